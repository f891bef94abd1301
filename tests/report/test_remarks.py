from __future__ import annotations

from dataclasses import replace

from migrate.report.remarks import all_remarks, remarks
from migrate.results import Finding, Level, Refusal, Result, Site

TEXT = "import x\n  export( s )\nexport( s )\n"
SITE = Site("TFM002", "simple_save", 2, 3, Level.NATIVE, "is rewritten")
FLAGGED = Site(
    "TFM101",
    "builder",
    3,
    1,
    Level.FLAGGED,
    "left as it is",
    "it comes from elsewhere",
    findings=(
        Finding("TFM004", 3, 1, "said on top", Level.FLAGGED, "it comes from elsewhere"),
        Finding("TFM004", 1, 1, "said of another line", Level.NATIVE, "so it is"),
    ),
    refusals=(Refusal(Level.BRIDGED, "bridged", "TFM101", "it comes from elsewhere"),),
    ordinal=1,
)


def result(*sites: Site, text: str = TEXT) -> Result:
    return Result("a.py", text, text, sites)


def test_sites_and_their_findings():
    found = list(remarks(result(SITE, FLAGGED)))
    assert [(one.rule, one.severity, one.line, one.column, one.end_column, one.level, one.text) for one in found] == [
        ("TFM002", "note", 2, 3, 14, "native", "is rewritten"),
        ("TFM101", "warning", 3, 1, 12, "flagged", "left as it is (not bridged: it comes from elsewhere)"),
        ("TFM004", "warning", 3, 1, 12, "flagged", "said on top"),
        ("TFM004", "note", 1, 1, 9, "native", "said of another line (so it is)"),
    ]
    assert [one.site for one in found] == [SITE, FLAGGED, None, None]
    assert len({one.fingerprint for one in found}) == 4


def test_whole_files():
    error = Result("b.py", "", "", error="no Python")
    follows = Result("c.py", "a", "b", because="runs with a.py")
    found = [
        (one.path, remark.severity, remark.column, remark.end_column, remark.text)
        for one, remark in all_remarks([error, follows])
    ]
    assert found == [
        ("b.py", "error", 1, 1, "no Python"),
        ("c.py", "note", 1, 2, "gets TF1's names from tensorflow.compat.v1: it runs with a.py"),
    ]


def prints(*sites: Site, text: str = TEXT) -> list[str]:
    return [one.fingerprint for one in remarks(result(*sites, text=text))]


def test_fingerprints_are_of_the_line_and_not_of_its_place():
    moved = "# more\n\nimport x\nexport(  s )\n\n  export( s )\n"
    there = [replace(SITE, line=4), replace(SITE, line=6)]
    assert prints(SITE, replace(SITE, line=3)) == prints(*there, text=moved)
    # What the rewriter can do may change with the next version.
    assert prints(replace(SITE, rule="TFM301", level=Level.BRIDGED)) == prints(SITE)
    assert prints(SITE, text=TEXT.replace("s", "t")) != prints(SITE)
    assert prints(replace(SITE, kind="builder")) != prints(SITE)
