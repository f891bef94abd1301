from __future__ import annotations

from dataclasses import replace

from migrate.report.text import findings_text, one_line, summary_line
from migrate.results import Finding, Level, Result, Site

NATIVE = Site("TFM001", "builder", 3, 5, Level.NATIVE, "exported natively")
FLAGGED = Site(
    "TFM900", "builder", 9, 1, Level.FLAGGED, "left as it is", "no graph",
    findings=(Finding("TFM005", 7, 2, "a table", Level.FLAGGED),),
)  # fmt: skip
BOTH = Result("a.py", "x", "y", (NATIVE, FLAGGED))


def test_a_line_for_each_finding_and_one_for_each_reason():
    assert findings_text([BOTH, Result("b.py", "", "")]) == (
        "a.py:3:5: TFM001 native exported natively\n"
        "a.py:9:1: TFM900 flagged left as it is\n"
        "    no graph\n"
        "a.py:7:2: TFM005 flagged a table\n"
    )


def test_colour_is_only_in_the_level():
    coloured = findings_text([BOTH], colour=True)
    assert "TFM001 \x1b[32mnative\x1b[0m exported natively\n" in coloured
    assert coloured.replace("\x1b[32m", "").replace("\x1b[33m", "").replace("\x1b[0m", "") == findings_text([BOTH])


def test_what_is_reported_cannot_break_the_line_or_steer_the_terminal():
    result = Result("a\n\x1b[2J.py", "", "", (replace(NATIVE, message="a\r\nb"),))
    assert findings_text([result]) == "a\\x0a\\x1b[2J.py:3:5: TFM001 native a\\x0d\\x0ab\n"
    assert one_line("\x9b1m ü") == "\\x9b1m ü"


def test_summary():
    one = Result("b.py", "x", "y", (NATIVE,))
    bad = Result("c.py", "", "", error="no")
    assert summary_line([BOTH, one]) == (
        "3 sites in 2 files: 2 native, 1 flagged; 2 files would change (--write to apply)\n"
    )
    assert summary_line([one], done=True) == "1 site in 1 file: 1 native; 1 file changed\n"
    assert summary_line([replace(one, after="x")]) == "1 site in 1 file: 1 native\n"
    assert summary_line([one, bad, bad], done=True) == "1 site in 1 file: 1 native; 1 file changed; 2 errors\n"
    assert summary_line([]) == "no TensorFlow 1 export code found\n"
    assert summary_line([bad]) == "no TensorFlow 1 export code found; 1 error\n"
