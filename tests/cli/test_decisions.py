from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from migrate.cli.decisions import Terminal, accepted_only, tell_held
from migrate.results import Level, Result, Site
from migrate.review.outcome import HeldBack

if TYPE_CHECKING:
    import pytest

NATIVE = Site("TFM001", "builder", 3, 1, Level.NATIVE, "said")
LEFT = Site("TFM106", "builder", 9, 2, Level.FLAGGED, "said", ordinal=1)


def test_there_is_nothing_to_tell_of_what_was_not_accepted():
    changed = Result("a.py", "old", "new", (NATIVE, LEFT))
    same = Result("b.py", "old", "old", (LEFT,))
    broken = Result("c.py", "", "", error="no file")
    assert accepted_only([changed, same, broken]) == [Result("a.py", "old", "new", (NATIVE,)), broken]


def test_what_is_held_back_is_one_line_each(capfd: pytest.CaptureFixture[str]):
    tell_held([HeldBack("a\n.py", LEFT, "it stays")])
    assert capfd.readouterr().err == "a\\x0a.py:9:2: held back: it stays\n"


def test_lines_are_asked_for_until_there_are_none(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\nno"))
    terminal = Terminal()
    assert [terminal.ask("Well? ") for _ in range(3)] == ["yes", "no", None]
    ran = capfd.readouterr()
    assert (ran.out, ran.err) == ("", "Well? \n" * 3)
