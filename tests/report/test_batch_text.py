from __future__ import annotations

import re

from migrate.batch.record import FileRecord, Record
from migrate.report.batch_text import run_table
from migrate.results import Level
from tests.report.batch_states import site, small_run, state_of

PLAIN = """\
Failed
  lost: could not be fetched: no such repository

Sites by level
  native   2
  wrapped  0
  bridged  1
  flagged  3

Sites by rule
  TFM001  native   2  A SavedModelBuilder export becomes a tf.Module saved with
                      signatures
  TFM301  bridged  1  The session's graph and values go to migrate.bridge
  TFM107  flagged  3  The session is used after the export

Most frequent reasons for less than native
  3  TFM101  the session '…' is used for something else, too
  1  TFM101  the graph comes from elsewhere

Slowest
  4.0 s  hard
  2.0 s  good

Written to {0}
  report.html  the report for people; report.json, report.sarif: for programs

5 repositories: 3 done, 1 failed, 1 waiting
6 sites in 3 files; 2 files to change, 1 file with an error
14 Python files (93.5 kB) in 6.6 s of work

go on: 1 repository waiting:
  tf-migrate batch --out {0} --resume

try what failed once more:
  tf-migrate batch retry {0} --failed

2 repositories with a patch; apply it in a checkout:
  git -C REPO am --keep-cr {0}/patches/NAME.patch
"""


def table(directory, *records, terminal=False, **more):
    with state_of(directory, *records, **more) as state:
        return run_table(directory, state, terminal=terminal)


def test_plain(tmp_path):
    text = table(tmp_path, *small_run(), seconds=[0.5, 2, 0.1, 4, 0])
    assert text == PLAIN.format(tmp_path)


def test_on_a_terminal_the_same_is_coloured_and_fits(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = table(tmp_path, *small_run(), terminal=True, seconds=[0.5, 2, 0.1, 4, 0])
    assert "\x1b[" in text
    bare = re.sub(r"\x1b\[[0-9;]*m", "", text)
    shown = bare[: bare.index("5 repositories")]
    assert max(map(len, shown.splitlines())) <= 80
    for said in ("Failed", "lost: could not be fetched", "TFM301  bridged  1", "Slowest", "4.0 s", "--resume"):
        assert said in bare


def test_long_names_and_reasons_are_folded(tmp_path):
    records = [Record("n" * 100, "/n", error="no " * 60)]
    records.append(Record("m", "/m", files=(FileRecord("a.py", False, (site(Level.FLAGGED, "TFM101", "why " * 50),)),)))
    lines = table(tmp_path / "x", *records).split("Written to")[0].splitlines()
    assert max(len(line) for line in lines if "nnn" not in line) <= 80
    assert sum(line.count("why") for line in lines) == 50


def test_names_and_messages_cannot_steer_a_terminal(tmp_path):
    for terminal in (False, True):
        record = Record("x", "/x", error="\x1b]0;owned\x07 [red]red[/red]\nsecond")
        text = table(tmp_path / str(terminal), record, terminal=terminal)
        assert "\x1b]" not in text
        assert "\x07" not in text
        assert "\\x1b]0;owned\\x07 [red]red[/red]\\x0asecond" in re.sub(r"\s*\n\s+", "", text)


def test_long_lists_say_how_much_is_left(tmp_path):
    few = [Record(f"r{index}", f"/r{index}", error="no") for index in range(10)]
    assert table(tmp_path / "few", *few).count(": no\n") == 10
    more = [Record(f"s{index}", f"/s{index}", error="no " + "x" * index) for index in range(12)]
    text = table(tmp_path / "more", *few, *more)
    assert "  11  no (such as r0)\n   1  no x (s1)\n" in text
    assert "and 2 other reasons: see report.html" in text


def test_a_run_that_has_only_begun(tmp_path):
    text = table(tmp_path, *small_run()[-1:])
    assert "Sites by" not in text
    assert "1 repository: 1 waiting" in text
