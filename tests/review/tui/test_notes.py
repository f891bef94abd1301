"""What is said after a decision."""

from __future__ import annotations

from dataclasses import replace

from migrate.results import Level
from migrate.review.decision import State
from migrate.review.tui.notes import note
from migrate.review.tui.views import Spot
from tests.review.tui.test_listing import file, view


def test_nothing_is_said_about_what_was_decided_on():
    before = {"a": file("a", view("a", 0), view("a", 1))}
    now = file("a", view("a", 0, state=State.ACCEPTED), view("a", 1))
    assert note(before, [now], [Spot("a", (0,))]) == ("", None)


def test_other_proposals_that_changed_are_counted():
    before = {"a": file("a", view("a", 0), view("a", 1)), "dir/b.py": file("dir/b.py", view("dir/b.py", 4))}
    lower = view("dir/b.py", 4, level=Level.BRIDGED)
    assert note(before, [file("dir/b.py", lower)], [Spot("a", (0,))]) == (
        "1 other proposal changed (b.py line 5)",
        None,
    )
    changed = [
        file("a", view("a", 0), view("a", 1, level=Level.BRIDGED)),
        file("dir/b.py", replace(lower, changed=True)),
    ]
    said, spot = note(before, changed, [Spot("a", (0,))])
    assert said == "2 other proposals changed; 1 of them had been accepted: decide again on what is marked [!]"
    assert spot is None


def test_where_nothing_was_decided_on_it_leads_to_what_changed():
    before = {"a": file("a", view("a", 0), view("a", 1, state=State.ACCEPTED))}
    assert note(before, [file("a", view("a", 0), view("a", 1))], []) == ("", Spot("a", (1,)))
    assert note(before, [], []) == ("", None)
