"""Which items are shown."""

from __future__ import annotations

import pytest

from migrate.engine import Proposal
from migrate.results import Finding, Level, Refusal, Signature, Site
from migrate.review.decision import State
from migrate.review.item import Item
from migrate.review.tui.narrowing import Narrowing, Proved, proved, rules_of
from migrate.review.tui.views import FileView, ItemView
from migrate.review.verdict import Verdict

FINDING = Finding("TFM004", 3, 1, "method names", Level.NATIVE, "they were lost")
REFUSAL = Refusal(Level.NATIVE, "keras_model", "TFM105", "a layer has no equal")
SITE = Site(
    "TFM201",
    "frozen_graph",
    3,
    1,
    Level.WRAPPED,
    "is called",
    "some Reason",
    (Signature("key_of_it", "method", ("picture",), ("score",)),),
    (FINDING,),
    (REFUSAL,),
    ("the session does nothing else",),
)
VIEW = ItemView(Item("models/a.py", (SITE,), Proposal((SITE,), "new_text = 1\n")), State.ACCEPTED)
FILE = FileView("models/a.py", "old_text = 1\n", "edited_text = 1\n", (VIEW,))


@pytest.mark.parametrize(
    "text",
    [
        *("MODELS/A", "tfm201", "frozen_graph", "is called", "some reason", "tfm004", "method names", "they were lost"),
        *("tfm105", "keras_model", "no equal", "nothing else", "key_of_it", "picture", "score", "old_text", "new_text"),
    ],
)
def test_a_text_is_found_wherever_it_is_shown(text: str):
    assert Narrowing(text=text).shows(FILE, VIEW)


def test_other_texts_are_not():
    assert not Narrowing(text="edited_text").shows(FILE, VIEW)  # shown only once the reviewer wrote it
    assert not Narrowing(text="nowhere").shows(FILE, VIEW)
    edited = ItemView(VIEW.item, State.EDITED)
    assert Narrowing(text="edited_text").shows(FileView("a.py", "", "edited_text", (edited,)), edited)


@pytest.mark.parametrize(
    ("narrowing", "shown"),
    [
        (Narrowing(), True),
        (Narrowing(levels=frozenset([Level.WRAPPED, Level.NATIVE])), True),
        (Narrowing(levels=frozenset([Level.NATIVE])), False),
        (Narrowing(states=frozenset([State.ACCEPTED])), True),
        (Narrowing(states=frozenset([State.PENDING])), False),
        (Narrowing(verdicts=frozenset([Proved.NOT_RUN])), True),
        (Narrowing(verdicts=frozenset([Proved.EQUAL])), False),
        (Narrowing(rules=frozenset(["TFM004"])), True),
        (Narrowing(rules=frozenset(["TFM001"])), False),
        (Narrowing(levels=frozenset([Level.WRAPPED]), text="nowhere"), False),
    ],
)
def test_each_group_has_to_agree(narrowing: Narrowing, shown: bool):
    assert narrowing.shows(FILE, VIEW) is shown
    assert narrowing.everything is (narrowing == Narrowing())


@pytest.mark.parametrize(("equal", "what"), [(True, Proved.EQUAL), (False, Proved.DIFFERENT), (None, Proved.UNPROVED)])
def test_what_a_verdict_says(equal: bool | None, what: Proved):
    assert proved(FileView("a.py", "", "", verdict=Verdict("a.py", "", equal, ""))) is what
    assert proved(FILE) is Proved.NOT_RUN


def test_files_that_cannot_be_read_are_found_by_name_and_error_only():
    broken = FileView("models/b.py", "", "", error="not valid Python")
    assert Narrowing().shows_file(broken)
    assert Narrowing(text="VALID").shows_file(broken)
    assert not Narrowing(text="nowhere").shows_file(broken)
    assert not Narrowing(levels=frozenset([Level.NATIVE])).shows_file(broken)


def test_it_is_said_in_a_few_words():
    narrowing = Narrowing(frozenset([Level.NATIVE]), frozenset([State.PENDING]), text="abc")
    assert narrowing.said() == "native, pending /abc"
    assert Narrowing().said() == ""


def test_the_rules_of_an_item_are_those_of_its_findings_too():
    assert rules_of(VIEW) == {"TFM201", "TFM004"}
