"""Decisions as JSON: what is read, and what is refused with one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from migrate.errors import MigrateError
from migrate.results import Level, Mode
from migrate.review.decision import Decision, State
from migrate.review.document import KeptVerdict, read_document, to_json


def site(**changes: Any) -> dict[str, Any]:
    made = {"ordinal": 0, "line": 3, "state": "accepted", "level": "native", "limit": "native", "rewrite": "12"}
    return {**made, **changes}


def file(**changes: Any) -> dict[str, Any]:
    return {"path": "a/b.py", "digest": "34", "sites": [site()], "edit": None, "verdict": None, **changes}


def document(*files: Any, **changes: Any) -> str:
    return json.dumps({"version": 1, "files": list(files), **changes})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "review.json"


def test_what_was_written_is_read(place: Path):
    edited = file(path="ä.py", edit={"text": "x = '\N{SNOWMAN}'\r\n", "mode": "eager"})
    proved = file(verdict={"digest": "56", "equal": None, "said": "not proved"})
    text = to_json([edited, proved])
    assert text.isascii()
    place.write_text(text)
    first, second = read_document(place)
    assert (first.path, first.digest, first.text, first.mode) == ("ä.py", "34", "x = '\N{SNOWMAN}'\r\n", Mode.EAGER)
    assert first.sites[0].decision == Decision(State.ACCEPTED, Level.NATIVE, Level.NATIVE, "12")
    assert second.verdict == KeptVerdict("56", None, "not proved")
    assert first.raw == edited
    assert first.decided


def test_a_site_without_a_decision_has_no_rewrite(place: Path):
    place.write_text(document(file(sites=[site(state="pending", limit="wrapped"), site(ordinal=1, state="rejected")])))
    (only,) = read_document(place)
    assert [one.decision for one in only.sites] == [Decision(limit=Level.WRAPPED), Decision(State.REJECTED)]


def test_unknown_keys_are_passed_over_and_optional_ones_may_be_missing(place: Path):
    bare = {"path": "a.py", "digest": "1", "sites": [], "who": "me"}
    place.write_text(document(bare, made="today"))
    (only,) = read_document(place)
    assert (only.text, only.verdict, only.decided) == (None, None, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", 'it has no "version"'),
        ("{}", 'it has no "version"'),
        ('{"version": "1"}', 'it has no "version"'),
        (document(version=2), "is of version 2, and this tf-migrate reads version 1"),
        (document(version=0), "is of version 0"),
        ('{"version": 1}', "files is missing"),
        (document(files={}), "files must be an array"),
        (document("a"), r"files\[0\] must be an object"),
        (document(file(path=1)), r"files\[0\].path must be a string"),
        (document(file(), file()), r"files\[1\].path is there twice: a/b.py"),
        (document(file(digest=None)), r"files\[0\].digest must be a string"),
        (document(file(sites=[site(), 1])), r"files\[0\].sites\[1\] must be an object"),
        (document(file(sites=[site(state="maybe")])), "state must be one of pending, accepted, rejected, edited"),
        (document(file(sites=[site(ordinal=True)])), "ordinal must be a whole number"),
        (document(file(sites=[site(level="best")])), "level must be one of native"),
        (document(file(sites=[site(limit=1)])), "limit must be a string"),
        (document(file(sites=[site(rewrite=None)])), "rewrite must be a string"),
        (document(file(edit="text")), r"files\[0\].edit must be an object"),
        (document(file(edit={"text": 1})), "edit.text must be a string"),
        (document(file(edit={"text": "", "mode": "fast"})), "edit.mode must be one of eager"),
        (document(file(verdict={"digest": "", "said": "", "equal": 1})), "verdict.equal must be true, false or null"),
    ],
)
def test_what_is_no_such_file_is_refused_with_one_line_that_names_it(place: Path, text: str, said: str):
    place.write_text(text)
    with pytest.raises(MigrateError, match=said) as caught:
        read_document(place)
    assert str(caught.value).startswith(f"{place}: ")
    assert "\n" not in str(caught.value)


def test_what_cannot_be_read_or_is_no_text_is_refused(place: Path):
    with pytest.raises(MigrateError, match="no such file"):
        read_document(place)
    with pytest.raises(MigrateError, match="is a directory"):
        read_document(place.parent)
    place.write_bytes(b"\xff\xfe")
    with pytest.raises(MigrateError, match="not valid JSON"):
        read_document(place)
