from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from migrate.report.batch_page.charts import Part, columns, divided_bar, parts, small_bar

THREE = (Part("native", "native", 1), Part("wrapped", "wrapped", 3), Part("flagged", "flagged", 6))


def widths(svg):
    return [float(rect.get("width")) for rect in ElementTree.fromstring(svg).iter("rect")]


def test_parts_keep_their_order_and_leave_out_what_is_not_there():
    assert parts({"a": "A", "b": "B", "c": "C"}, {"c": 2, "a": 1, "b": 0}) == (Part("a", "A", 1), Part("c", "C", 2))


def test_a_bar_is_divided_by_counts():
    one, three, six = widths(divided_bar("sites", THREE))
    assert one + three + six + 4 == pytest.approx(1000, abs=0.2)
    assert six / one == pytest.approx(6, rel=0.01)
    assert three / one == pytest.approx(3, rel=0.01)


def test_the_smallest_part_is_seen_and_the_bar_no_wider_for_it():
    one, many = widths(divided_bar("sites", (Part("a", "a", 1), Part("b", "b", 10**6))))
    assert one == 3
    assert one + many + 2 == pytest.approx(1000, abs=0.2)


def test_a_bar_of_nothing():
    assert widths(divided_bar("sites", ())) == []


def test_small_bars_share_a_scale():
    assert widths(small_bar((Part("a", "a", 5),), 10)) == [110]
    assert sum(widths(small_bar(THREE, 10))) == pytest.approx(220, abs=0.2)


def test_columns_are_as_high_as_their_counts():
    svg = columns("times", ["x", "y", "z"], [4, 0, 2])
    high, low = (float(rect.get("height")) for rect in ElementTree.fromstring(svg).iter("rect"))
    assert high == 2 * low
    assert 'aria-label="times: x: 4; z: 2"' in svg


def test_texts_are_escaped_and_nothing_is_styled_inline():
    for svg in (
        divided_bar('<b>"', (Part("a", "<script>&", 1),)),
        small_bar((Part("a", "<script>&", 1),), 1),
        columns("<b>", ["<script>"], [1]),
    ):
        assert "<script" not in svg
        ElementTree.fromstring(svg)
        assert not re.search(r"\sstyle=|<style", svg)
