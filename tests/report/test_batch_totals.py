from __future__ import annotations

from migrate.batch.record import FileRecord, Record
from migrate.batch.state import Status
from migrate.report.batch_reasons import Reason
from migrate.report.batch_totals import time_classes, totals
from tests.report.batch_states import BRIDGED, FLAGGED, NATIVE, small_run, state_of


def found_of(directory, *records, **more):
    with state_of(directory, *records, **more) as state:
        return totals(state)


def test_counts(tmp_path):
    found = found_of(tmp_path, *small_run())
    assert found.statuses == {Status.DONE: 3, Status.FAILED: 1, Status.WAITING: 1}
    assert (found.repositories, found.python_files, found.python_bytes) == (5, 14, 93_500)
    assert (found.files, found.sites, found.changed, found.patches, found.broken_files) == (3, 6, 2, 2, 1)
    assert found.levels == {"native": 2, "bridged": 1, "flagged": 3}
    assert found.by_rule == [
        ("native", "builder", "TFM001", 2), ("bridged", "builder", "TFM301", 1), ("flagged", "builder", "TFM107", 3),
    ]  # fmt: skip
    assert found.rule_ids == {"TFM001", "TFM004", "TFM107", "TFM301"}
    assert found.seconds == 2


def test_each_repository_that_is_done_has_one_fate(tmp_path):
    done = [
        Record("a", "/a"),
        Record("b", "/b", files=(FileRecord("x.py", True, (NATIVE,)),)),
        Record("c", "/c", files=(FileRecord("x.py", True, (NATIVE, BRIDGED)),)),
        Record("d", "/d", files=(FileRecord("x.py", True, (BRIDGED, FLAGGED)),)),
        Record("e", "/e", files=(FileRecord("x.py", False, (), "too large"),)),
        Record("f", "/f", error="no"),
    ]
    assert found_of(tmp_path, *done).fates == {"no exports": 1, "all native": 1, "all rewritten": 1, "by hand": 2}


def test_the_same_reason_is_counted_once_for_all_files(tmp_path):
    found = found_of(tmp_path, *small_run())
    (first, cause), (second, other) = found.why
    assert first == Reason("TFM101", "the session '…' is used for something else, too")
    assert (cause.count, cause.repositories, cause.example, cause.levels) == (3, 1, "hard: p/one.py:7", {"flagged": 3})
    assert (second.text, other.count) == ("the graph comes from elsewhere", 1)


def test_the_hardest_files_come_first_with_their_reasons(tmp_path):
    first, second = found_of(tmp_path, *small_run()).hardest
    assert (first.repository, first.path, second.path) == ("hard", "p/one.py", "p/two.py")
    assert second.reasons == (BRIDGED.reason, FLAGGED.reason)
    assert first.reasons == (FLAGGED.reason,)


def test_lists_have_an_end(tmp_path):
    many = [
        Record(f"r{index}", f"/r{index}", files=(FileRecord("a.py", False, (FLAGGED,) * (index % 50)),))
        for index in range(100)
    ] + [Record(f"f{index}", f"/f{index}", error=f"no {index}") for index in range(300)]
    found = found_of(tmp_path, *many, seconds=[index / 10 for index in range(400)])
    assert len(found.hardest) == 25
    assert [file.repository for file in found.hardest[:3]] == ["r49", "r99", "r48"]
    assert [slow.name for slow in found.slowest[:2]] == ["f299", "f298"]
    assert (len(found.failed), found.failed[0].repository) == (200, "f0")
    assert sum(cause.count for cause in found.failures.values()) == 300


def test_files_that_were_run(tmp_path):
    files = (
        FileRecord("a.py", True, (NATIVE,), None, "", "equal: 1 export"),
        FileRecord("b.py", False, (NATIVE,), "different: y", "", "different: y"),
        FileRecord("c.py", False, (FLAGGED,)),
    )
    found = found_of(tmp_path, Record("a", "/a", files=files))
    assert (found.verified, found.proved) == (2, 1)


def test_every_time_is_in_one_class(tmp_path):
    found = found_of(tmp_path, *(Record(f"r{n}", f"/r{n}") for n in range(4)), seconds=[0, 0.1, 29, 10_000])
    assert dict(zip(time_classes(), found.times, strict=True)) == {
        "under 0.1 s": 1, "0.1-0.3 s": 1, "0.3-1 s": 0, "1-3 s": 0, "3-10 s": 0, "10-30 s": 1, "30-100 s": 0,
        "100-300 s": 0, "300-1000 s": 0, "over 1000 s": 1,
    }  # fmt: skip


def test_a_run_without_repositories(tmp_path):
    found = found_of(tmp_path)
    assert (found.repositories, found.sites, found.hardest, found.why) == (0, 0, [], [])
