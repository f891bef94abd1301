from __future__ import annotations

import itertools
import random

import pytest

from migrate.report.picture.boxes import Box, BoxKind, Link, Picture, Row
from migrate.report.picture.columns import columns_of, spread
from migrate.report.picture.crossings import count_crossings, reduce_crossings
from migrate.report.picture.layers import MOST_WIDTH
from migrate.report.picture.layout import Layout, lay_out
from migrate.report.picture.measure import label_size, shorten, text_width


def picture(boxes, links, kind=BoxKind.SCOPE):
    rows = (Row("kernel", "float32 [3]", "trainable", ""),)
    return Picture(
        "title",
        "caption",
        tuple(Box(i, kind, f"scope/layer_{i}", "12 ops", rows * (i % 4)) for i in range(boxes)),
        tuple(Link(a, b, label, 1, "") for a, b, label in links),
    )


def assert_apart(layout: Layout):
    for a, b in itertools.combinations(layout.boxes, 2):
        beside = a.x + a.width <= b.x or b.x + b.width <= a.x
        above = a.y + a.height <= b.y or b.y + b.height <= a.y
        assert beside or above, (a.box.title, b.box.title)
    for placed in layout.boxes:
        assert placed.x >= 0
        assert placed.y >= 0
        assert placed.x + placed.width <= layout.width
        assert placed.y + placed.height <= layout.height
    labels = []
    for route in layout.routes:
        if route.label_at is not None:
            width, height = label_size(route.link.label)
            x, y = route.label_at
            labels.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    rectangles = [(p.x, p.y, p.x + p.width, p.y + p.height) for p in layout.boxes]
    for (l0, t0, r0, b0), (l1, t1, r1, b1) in itertools.chain(
        itertools.combinations(labels, 2), itertools.product(labels, rectangles)
    ):
        assert r0 <= l1 or r1 <= l0 or b0 <= t1 or b1 <= t0


def test_a_chain_is_straight_and_goes_down():
    layout = lay_out(picture(6, [(i, i + 1, "float32 [?, 128]") for i in range(5)]))
    assert_apart(layout)
    middles = {round(placed.x + placed.width / 2) for placed in layout.boxes}
    assert len(middles) == 1
    tops = [placed.y for placed in layout.boxes]
    assert tops == sorted(tops)
    assert not any(route.is_back for route in layout.routes)


def test_a_shortcut_goes_round_the_boxes():
    layout = lay_out(picture(4, [(0, 1, ""), (1, 2, ""), (2, 3, ""), (0, 3, "")]))
    assert_apart(layout)
    (shortcut,) = [route for route in layout.routes if (route.link.start, route.link.end) == (0, 3)]
    for placed in layout.boxes[1:3]:
        for x, y in shortcut.points:
            inside = placed.x < x < placed.x + placed.width and placed.y < y < placed.y + placed.height
            assert not inside


def test_a_circle_has_an_arrow_that_goes_back():
    layout = lay_out(picture(3, [(0, 1, "a"), (1, 2, ""), (2, 0, "b")]))
    assert_apart(layout)
    (back,) = [route for route in layout.routes if route.is_back]
    assert (back.link.start, back.link.end) == (2, 0)
    assert back.points[0][1] > back.points[-1][1]


@pytest.mark.parametrize("seed", range(12))
def test_nothing_overlaps(seed):
    chance = random.Random(seed)
    boxes = chance.randint(1, 40)
    pairs = {(chance.randrange(boxes), chance.randrange(boxes)) for _ in range(chance.randint(0, 90))}
    labels = ["", "float32 [?, 128]", "3 x int64 [?, ?, ?, 16] + 2 more"]
    layout = lay_out(picture(boxes, [(a, b, chance.choice(labels)) for a, b in sorted(pairs)]))
    assert_apart(layout)
    assert len(layout.routes) == sum(a != b for a, b in pairs)


def test_wide_layers_are_divided():
    layout = lay_out(picture(30, [(0, i, "") for i in range(1, 30)]))
    assert_apart(layout)
    assert layout.width < 2 * MOST_WIDTH


def test_nothing_to_lay_out():
    assert lay_out(picture(0, [])).boxes == ()
    assert len(lay_out(picture(1, [(0, 0, "")])).boxes) == 1


def test_fewer_crossings():
    rows = [[0, 1, 2], [3, 4, 5]]
    edges = [(0, 5), (1, 4), (2, 3)]
    found = reduce_crossings(rows, edges)
    assert count_crossings(rows, {0: [5], 1: [4], 2: [3]}) == 3
    assert count_crossings(found, {0: [5], 1: [4], 2: [3]}) == 0


def test_spread_keeps_the_distance_and_moves_little():
    assert spread([0, 0], [1, 1], [0, 10]) == [-5, 5]
    assert spread([0, 100], [1, 1], [0, 10]) == [0, 100]
    assert spread([0, 0], [9, 1], [0, 10]) == [-1, 9]
    assert columns_of([[0], [1]], {0: 10, 1: 20}, [(0, 1, 1)], 5) == {0: 10, 1: 10}


@pytest.mark.parametrize("text", ["", "a", "a/b/c/d", "x" * 200, "a/" + "y" * 90, "first … last", "層" * 50, "é́" * 30])
def test_shortened_names_fit(text):
    short = shorten(text, 30)
    assert text_width(short, 10) <= text_width("m" * 30, 10)
    if len(text) <= 12:
        assert short == text
    assert shorten("a/b/" + "c" * 20, 24) == "…/" + "c" * 20 or len(shorten("a/b/" + "c" * 20, 24)) <= 24
