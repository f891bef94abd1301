from __future__ import annotations

from pathlib import Path

import pytest

from migrate.choices import Choices
from migrate.paths import plan_file
from migrate.results import Level, Mode
from migrate.review.plans import Plans, left
from migrate.settings import Settings
from migrate.source.walk import Found
from tests.review.scripts import HEAD, NATIVE, exporting

TWO = "# coding: latin-1\n# ä\n" + HEAD + exporting("a") + exporting("b")


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """A file with two sites, in Latin-1."""
    (tmp_path / "one.py").write_bytes(TWO.encode("latin-1"))
    return Found(tmp_path / "one.py")


@pytest.fixture
def plans(found: Found) -> Plans:
    """The plans of that file."""
    plans = Plans(Settings())
    plans.add(found, plan_file(found, Settings()))
    return plans


def test_each_plan_is_made_once(plans: Plans, found: Found):
    assert plans.file(found, Choices()).planned is plans.first(str(found.path))
    choices = Choices(frozenset({0}))
    assert plans.file(found, choices).planned is plans.file(found, Choices(frozenset({0}))).planned
    assert [one.ordinals for one in plans.file(found, choices).planned.proposals] == [(1,)]


def test_a_reason_to_stay_makes_another_plan(plans: Plans, found: Found):
    file = plans.file(found, Choices(), "another file stays")
    assert file.stays_because == "another file stays"
    assert {site.level for site in file.result.sites} == {Level.BRIDGED}


@pytest.mark.parametrize("now", [TWO.encode("latin-1"), (TWO + "# ö\n").encode("latin-1"), b"\xff\xfe", None])
def test_plans_are_of_the_text_that_was_read(plans: Plans, found: Found, now: bytes | None):
    found.path.unlink()
    if now is not None:
        found.path.write_bytes(now)
    file = plans.file(found, Choices(frozenset({1})))
    assert file.result.before == TWO
    assert file.result.error is None
    assert [one.ordinals for one in file.planned.proposals] == [(0,)]


def test_what_is_left_is_as_it_was(tmp_path: Path):
    (tmp_path / "one.py").write_text(NATIVE)
    result = plan_file(Found(tmp_path / "one.py"), Settings()).result
    assert (result.changed, result.mode) == (True, Mode.EAGER)
    stays = left(result, "because")
    assert (stays.after, stays.changed, stays.mode) == (NATIVE, False, None)
    assert [(site.line, site.level, site.reason, site.signatures) for site in stays.sites] == [
        (6, Level.FLAGGED, "because", ()),
    ]
