"""What stands below the diff."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from migrate.results import Finding, Level, Refusal, Signature, Site
from migrate.review.decision import State
from migrate.review.item import Item
from migrate.review.tui.views import FileView, ItemView
from migrate.review.tui.why import why
from migrate.review.verdict import Verdict
from tests.review.tui.test_listing import file, view

CLASSIFY = Signature("serving_default", "tensorflow/serving/classify", ("inputs",), ("classes", "scores"))
PREDICT = Signature("plain", "tensorflow/serving/predict", ("x",), ("y",))


def said(shown: FileView, one: ItemView | None = None) -> str:
    console = Console(width=150, color_system=None)
    with console.capture() as capture:
        console.print(why(shown, one))
    return capture.get()


def one_site(**changes: object) -> ItemView:
    made = view("a", 0)
    site: Site = replace(made.item.site, **changes)  # type: ignore[arg-type]
    proposal = None if site.level is Level.FLAGGED else replace(made.item.proposal, sites=(site,))  # type: ignore[type-var]
    return ItemView(Item("a", (site,), proposal), State.PENDING)


def test_rule_proofs_refusals_and_findings_are_all_there():
    one = one_site(
        reason="it loops",
        proved=("the session does nothing else",),
        refusals=(Refusal(Level.NATIVE, "keras_model", "TFM105", "a layer has no equal"),),
        findings=(Finding("TFM109", 7, 1, "random numbers", Level.NATIVE, "drawn anew"),),
    )
    text = said(file("a", one), one)
    assert "TFM001 builder-to-module: A SavedModelBuilder export becomes" in text
    assert "tf-migrate explain TFM001" in text
    assert "proved: the session does nothing else" in text
    assert "not higher: it loops" in text
    assert "not native: a layer has no equal (keras_model, TFM105)" in text
    assert "note: random numbers: drawn anew (TFM109, line 7)" in text


@pytest.mark.parametrize(
    ("level", "after"),
    [
        (Level.NATIVE, "classify (restored after the save)"),
        (Level.WRAPPED, "classify (restored after the save)"),
        (Level.BRIDGED, "classify (handed over)"),
        (Level.FLAGGED, "as before"),
    ],
)
def test_method_names_before_and_after(level: Level, after: str):
    one = one_site(level=level, signatures=(CLASSIFY, PREDICT))
    lines = said(file("a", one), one).splitlines()
    row = next(line for line in lines if line.startswith("serving_default"))
    assert row.split("  ")[0] == "serving_default"
    assert "classes, scores" in row
    assert row.rstrip().endswith(after)


def test_nothing_is_claimed_about_an_edited_text():
    one = replace(one_site(signatures=(CLASSIFY,)), state=State.EDITED)
    text = said(file("a", one), one)
    assert "nothing is known about its signatures" in text
    assert "restored" not in text


def test_signatures_that_are_not_known_are_not_made_up():
    one = one_site()
    assert "signatures: none is written out here" in said(file("a", one), one)


def test_a_file_says_its_error_its_verdict_and_what_holds_it_low():
    shown = FileView("a", "", "", (), "not valid Python", "b.py runs with it", Verdict("a", "", False, "different: 1"))
    text = said(shown)
    assert "error: not valid Python" in text
    assert "verify: different: 1" in text
    assert "b.py runs with it" in text


def test_control_characters_cannot_steer_the_terminal():
    one = one_site(message="a\x1b[2Jb", reason="c\nd", signatures=(replace(PREDICT, key="k\x07"),))
    text = said(file("a", one), one)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "a\\x1b[2Jb" in text
