"""The choices of the filter."""

from __future__ import annotations

from migrate.results import Level
from migrate.review.decision import State
from migrate.review.tui.choose import Group, chosen_by, chosen_to, counted
from migrate.review.tui.narrowing import Narrowing, Proved
from tests.review.tui.test_listing import file, view


def test_every_level_state_and_verdict_is_counted_and_the_rules_there_are():
    numbers = counted([file("a", view("a", 0), view("a", 1, level=Level.FLAGGED, state=State.REJECTED))])
    assert numbers[Group.LEVEL, "native"] == 1
    assert numbers[Group.LEVEL, "bridged"] == 0
    assert numbers[Group.STATE, "rejected"] == 1
    assert numbers[Group.VERDICT, "not verified"] == 2
    assert [word for group, word in numbers if group is Group.RULE] == ["TFM001"]
    assert len(numbers) == len(Level) + len(State) + len(Proved) + 1


def test_choices_make_what_is_shown_and_back():
    narrowing = Narrowing(
        frozenset([Level.NATIVE]), frozenset([State.EDITED]), frozenset([Proved.EQUAL]), frozenset(["TFM001"]), "text"
    )
    assert chosen_to(chosen_by(narrowing), "text") == narrowing
    assert chosen_to([], "") == Narrowing()
