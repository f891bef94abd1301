from __future__ import annotations

from dataclasses import replace

import pytest

from migrate.report.scan_text import inventory_text, totals_text
from migrate.results import Finding, Level, Refusal, Result, Signature, Site

NATIVE = Site(
    "TFM001", "builder", 3, 5, Level.NATIVE, "exported natively",
    signatures=(Signature("serving_default", "", ("a", "b"), ("c",)),), proved=("one read of each value",),
    findings=(Finding("TFM004", 7, 2, "a method name", Level.NATIVE, "TF2 has none"),),
)  # fmt: skip
BRIDGED = Site(
    "TFM301", "simple_save", 9, 1, Level.BRIDGED, "by the bridge", "no graph",
    refusals=(Refusal(Level.NATIVE, "native", "TFM101", "no graph"), Refusal(Level.WRAPPED, "frozen", "TFM107", "no\nfile")),
)  # fmt: skip
FLAGGED = Site("TFM900", "builder", 12, 1, Level.FLAGGED, "left as it is", "by hand")


def test_all_that_is_known_of_a_site():
    assert inventory_text([Result("a.py", "", "", (NATIVE,)), Result("b.py", "", "")]) == (
        "a.py:3:5: TFM001 native builder: exported natively\n"
        "    signature serving_default(a, b) -> c\n"
        "    proved: one read of each value\n"
        "    TFM004 on line 7: a method name: TF2 has none\n"
    )


def test_each_strategy_gives_its_reason_and_none_is_said_twice():
    assert inventory_text([Result("a.py", "", "", (BRIDGED,))]) == (
        "a.py:9:1: TFM301 bridged simple_save: by the bridge\n"
        "    not native (native, TFM101): no graph\n"
        "    not wrapped (frozen, TFM107): no\\x0afile\n"
    )


def test_a_reason_that_no_strategy_gave_is_told():
    assert inventory_text([Result("a.py", "", "", (FLAGGED,))]) == (
        "a.py:12:1: TFM900 flagged builder: left as it is\n    by hand\n"
    )


def test_colour_is_only_in_the_level():
    results = [Result("a.py", "", "", (NATIVE, BRIDGED, FLAGGED))]
    coloured = inventory_text(results, colour=True)
    assert "TFM001 \x1b[32mnative\x1b[0m builder" in coloured
    for code in ("32", "35", "33", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == inventory_text(results)


@pytest.mark.parametrize(("errors", "said"), [(0, ""), (1, "; 1 error"), (2, "; 2 errors")])
def test_totals_go_from_the_best_level_down(errors, said):
    results = [
        Result("a.py", "", "", (FLAGGED, BRIDGED, NATIVE, replace(NATIVE, kind="a"))),
        Result("b.py", "", "", (NATIVE,)),
        *[Result("c.py", "", "", error="no")] * errors,
    ]
    assert totals_text(results) == (
        "    1  native   a TFM001\n"
        "    2  native   builder TFM001\n"
        "    1  bridged  simple_save TFM301\n"
        "    1  flagged  builder TFM900\n"
        f"5 sites in 2 files: 3 native, 1 bridged, 1 flagged{said}\n"
    )


def test_totals_of_nothing():
    assert totals_text([]) == "no TensorFlow 1 export code found\n"
