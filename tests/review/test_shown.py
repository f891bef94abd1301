from __future__ import annotations

from pathlib import Path

from migrate.review.shown import shown
from tests.review.scripts import FLAGGED, NATIVE, STAYING, items, path, reviewed


def test_a_lower_level_is_explained(tmp_path: Path):
    review = reviewed(tmp_path, one=NATIVE, two=STAYING)
    text = shown(items(review, "one")[0], NATIVE, colour=False)
    assert "not native: " in text
    assert "two.py runs in the same program" in text


def test_what_has_no_proposal_has_no_patch(tmp_path: Path):
    review = reviewed(tmp_path, one=FLAGGED)
    text = shown(items(review, "one")[0], FLAGGED, colour=False)
    assert "TFM103 flagged left as it is\n" in text
    assert "@@" not in text


def test_it_is_coloured_where_wanted(tmp_path: Path):
    review = reviewed(tmp_path, one=NATIVE)
    (item,) = items(review, "one")
    assert "\x1b[32mnative\x1b[0m" in shown(item, NATIVE, colour=True)
    assert "\x1b[31m-" in shown(item, NATIVE, colour=True)
    assert "\x1b" not in shown(item, NATIVE, colour=False)


def test_line_ends_are_not_shown_and_control_characters_are_made_visible(tmp_path: Path):
    text = NATIVE.replace("def export", "# \x1b[2J\ndef export").replace("\n", "\r\n")
    review = reviewed(tmp_path, one=text)
    said = shown(items(review, "one")[0], text, colour=False)
    assert "\r" not in said
    assert "^M" not in said
    assert "^[[2J" in said
    assert path(review, "one") in said
