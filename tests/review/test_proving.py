from __future__ import annotations

from pathlib import Path

import pytest

from migrate.review.file import digest_of
from migrate.review.proving import prove, prove_text
from migrate.review.verdict import Verdict
from migrate.verify import scripts
from migrate.verify.results import Status
from migrate.verify.scripts import Proof
from tests.review.scripts import NATIVE, path, reviewed

RUN = """
export("out")
"""


class Compared:
    """A comparison with a certain status."""

    def __init__(self, status: Status) -> None:
        self.status = status
        self.equal = status is Status.EQUAL
        self.pairs = ()
        self.carried = ()


@pytest.mark.parametrize(
    ("status", "equal"), [(Status.EQUAL, True), (Status.DIFFERENT, False), (Status.NOT_PROVED, None)]
)
def test_a_verdict_has_three_values(monkeypatch: pytest.MonkeyPatch, status: Status, equal: bool | None):
    asked = []

    def proved(results, args, *, announce):
        asked.extend([*results, args, announce])
        yield Proof("a.py", Compared(status))  # type: ignore[arg-type]

    monkeypatch.setattr(scripts, "prove", proved)
    verdict = prove_text("a.py", "old", "new", ["{out}"], announce=print)
    assert verdict == Verdict("a.py", digest_of("new"), equal, f"{status}: 0 exports" if equal else verdict.said)
    assert verdict.said.startswith(f"{status}: ")
    assert [(asked[0].before, asked[0].after), *asked[1:]] == [("old", "new"), ["{out}"], print]


def test_what_cannot_be_run_is_not_proved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    review = reviewed(tmp_path, one=NATIVE)
    Path(path(review, "one")).write_text("print('other')\n")
    verdict = prove(review, path(review, "one"))
    assert verdict.equal is None
    assert verdict.said == "not proved: changed while it was being rewritten; run again"
    assert review.verdict(path(review, "one")) == verdict


def test_where_nothing_would_change_there_is_nothing_to_prove(tmp_path: Path):
    assert prove_text("a.py", "pass\n", "pass\n").said == "not proved: nothing would change"


@pytest.mark.slow
@pytest.mark.tensorflow
def test_the_script_is_really_run(tmp_path: Path):
    review = reviewed(tmp_path, one=NATIVE + RUN)
    said: list[str] = []
    verdict = prove(review, path(review, "one"), announce=said.append)
    assert verdict.equal is True, verdict
    assert verdict.said.startswith("equal: 1 export")
    assert len(said) == 2
