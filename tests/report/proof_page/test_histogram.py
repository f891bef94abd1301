from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from migrate.report.proof_page.histogram import histogram_pictures, shared_shapes, short_count
from migrate.verify.histogram import EDGES, ErrorHistogram, bin_labels

SVG = "{http://www.w3.org/2000/svg}"


def parse(markup):
    return ElementTree.fromstring(str(markup).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def picture(counts, name="y"):
    return parse(histogram_pictures(ErrorHistogram(counts, counts), name, "k")[0])


def bars(svg):
    """By label: where a bar stands, its height, and the number on it."""
    found = {}
    for group in svg.iter(f"{SVG}g"):
        rect, text = group.find(f"{SVG}rect"), group.find(f"{SVG}text")
        place, height, width = (float(rect.get(name)) for name in ("x", "height", "width"))
        found[group.find(f"{SVG}title").text] = (place, height, width, text.text, rect.get("fill"))
    return found


def test_a_bar_for_each_magnitude_that_occurs(counts):
    found = bars(picture(counts(zero=5, e0=1, not_finite=2)))
    assert list(found) == ["0: 5 elements", "1e-12 to 1e-11: 1 element", "not finite: 2 elements"]
    assert [bar[3] for bar in found.values()] == ["5", "1", "2"]


def test_no_elements_no_bars(counts):
    svg = picture(counts())
    assert bars(svg) == {}
    assert "No elements" in svg.find(f"{SVG}desc").text


def test_one_among_a_million_is_seen(counts):
    zero, one = bars(picture(counts(zero=1_000_000, e3=1))).values()
    assert zero[1] > one[1] > 3


def test_all_bars_lie_within_the_picture_and_apart(counts):
    svg = picture(tuple(range(1, len(EDGES) + 4)))
    _, _, width, height = map(float, svg.get("viewBox").split())
    found = list(bars(svg).values())
    assert len(found) == len(bin_labels())
    for left, right in pairwise(found):
        assert left[0] + left[2] < right[0]
    assert found[0][0] > 0
    assert found[-1][0] + found[-1][2] < width
    assert max(bar[1] for bar in found) < height


def test_the_bins_are_where_the_axis_says(counts):
    """The bar from 1e-12 on begins at the label 1e-12, the bar from 1000 on at the label 1000."""
    axis = parse(shared_shapes())
    labels = {text.text: float(text.get("x")) for text in axis.iter(f"{SVG}text")}
    assert {"1e-12", "1e-9", "1e-6", "0.001", "1", "1000", "exactly 0", "not finite"} <= labels.keys()
    for edge, label in ((0, "1e-12"), (3, "1e-9"), (9, "0.001"), (len(EDGES) - 1, "1000")):
        ((place, *_),) = bars(picture(counts(**{f"e{edge}": 1}))).values()
        assert 0 < place - labels[label] < 4


def test_what_is_exact_and_what_is_not_finite_need_no_colour(counts):
    """Each has a place of its own with words below; what is not finite is hatched, too."""
    found = bars(picture(counts(zero=1, not_finite=1)))
    assert found["not finite: 1 element"][4] == "url(#hatched)"
    assert 'id="hatched"' in shared_shapes()


def test_absolute_and_relative_are_told_apart(counts):
    pictures = histogram_pictures(ErrorHistogram(counts(zero=1), counts(e2=1)), "<y>", "k")
    absolute, relative = map(parse, pictures)
    assert absolute.find(f"{SVG}title").text == "absolute errors of <y>"
    assert relative.find(f"{SVG}title").text == "relative errors of <y>"
    assert "1e-10 to 1e-09: 1" in relative.find(f"{SVG}desc").text
    ids = [element.get("id") for svg in (absolute, relative) for element in svg.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == 4
    assert absolute.get("aria-labelledby").split() == ids[:2]


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1"), (999, "999"), (1000, "1k"), (1999, "2k"), (999_499, "999k"), (999_600, "1M"), (20_000_000_000, "20G")],
)
def test_short_counts(number, text):
    assert short_count(number) == text
