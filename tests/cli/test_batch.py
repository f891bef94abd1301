"""The command itself; what becomes of repositories is made up, but for one real run that is interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from migrate.batch.job import Commit, Form, Limits, Options
from migrate.batch.options_json import from_json
from migrate.batch.record import FileRecord, Migrated, Record
from migrate.batch.run import looked_at
from migrate.batch.state import Status
from migrate.results import Level
from tests.batch.trees import SCRIPT


class Toy:
    """An executor: `bad...` fails, at `stop...` somebody presses Ctrl-C, and at `burst...` it breaks."""

    fails = True
    jobs: ClassVar[list[int]] = []
    seen: ClassVar[list[str]] = []
    closed = 0

    def __init__(self, jobs):
        Toy.jobs.append(jobs)

    def run(self, jobs, observe):
        for job in jobs:
            name = job.repository.name
            Toy.seen.append(f"{name}@{job.repository.ref}" if job.repository.ref else name)
            if name.startswith("stop") and Toy.fails:
                raise KeyboardInterrupt
            observe(name, "a.py")
            error = "could not be read" if name.startswith("bad") and Toy.fails else None
            files = () if error else (FileRecord("a.py", True), FileRecord("b.py", False, (), "not valid Python 3"))
            record = Record(name, job.repository.source, job.repository.ref, "", error, 3, 99, files)
            yield Migrated(record, b"" if error else b"patch\n", seconds=0.25)

    def close(self):
        Toy.closed += 1


@pytest.fixture(autouse=True)
def toy(cwd, monkeypatch):
    """No process is started, and there are some directories."""
    monkeypatch.setattr("migrate.batch.engines.local.LocalExecutor", Toy)
    Toy.fails, Toy.jobs, Toy.seen, Toy.closed = True, [], [], 0
    for name in ("good", "better", "bad", "stop"):
        Path(name).mkdir()
    return Toy


def options(directory="out") -> Options:
    with looked_at(Path(directory)) as state:
        return from_json(state.options)


def counts(directory="out"):
    with looked_at(Path(directory)) as state:
        return tuple(state.counts()[status] for status in (Status.DONE, Status.FAILED, Status.WAITING))


# ---- a run ---------------------------------------------------------------------------------------------------


def test_a_run(tf_migrate):
    ran = tf_migrate("batch", "good", "better", "--out", "out")
    assert ran.code == 0
    assert ran.text.splitlines()[-4:] == [
        "6 Python files (198 B) in 0.5 s of work", "", "2 repositories with a patch; apply it in a checkout:",
        f"  git -C REPO am --keep-cr {Path('out/patches').absolute()}/NAME.patch",
    ]  # fmt: skip
    assert ran.errors.splitlines() == [
        "[1/2] good: 3 files, 0 sites, 1 changed (0.2 s)",
        "[2/2] better: 3 files, 0 sites, 1 changed (0.2 s)",
    ]
    assert {path.name for path in Path("out").iterdir()} >= {"patches", "records", "report.html", "report.json"}
    assert options() == Options()


def test_the_word_run_may_stand_there_and_a_directory_may_be_called_like_a_command(tf_migrate):
    Path("status").mkdir()
    assert tf_migrate("batch", "run", "good", "--out", "a").code == 0
    assert tf_migrate("batch", "./status", "--out", "b").code == 0
    assert Toy.seen == ["good", "status"]


def test_one_that_fails_does_not_stop_the_others(tf_migrate):
    ran = tf_migrate("batch", "bad", "good", "--out", "out")
    assert ran.code == 1
    assert ran.text.startswith("Failed\n  bad: could not be read\n")
    assert ran.errors.splitlines()[0] == "[1/2] bad: failed: could not be read (0.2 s)"
    assert counts() == (1, 1, 0)


def test_quiet_says_nothing(tf_migrate):
    ran = tf_migrate("batch", "bad", "good", "--out", "out", "--quiet")
    assert (ran.code, ran.out, ran.err) == (1, b"", b"")


def test_a_log_has_a_line_for_each_repository_and_is_added_to(tf_migrate):
    Path("log").write_text("before\n")
    tf_migrate("batch", "bad", "good", "--out", "out", "-q", "--log", "log")
    first, bad, good = Path("log").read_text().splitlines()
    assert first == "before"
    assert bad.endswith(" [1/2] bad: failed: could not be read (0.2 s)")
    assert good.endswith(" [2/2] good: 3 files, 0 sites, 1 changed (0.2 s)")


def test_options_are_kept_with_the_run(tf_migrate):
    ran = tf_migrate(
        "batch", "good", "--out", "out", "--branch", "tf2", "--by-rule", "--author", "Ada L. <ada@example.org>",
        "--message", " Say it ", "--level", "bridged", "--select", "TFM301", "--ignore", "TFM004", "--exclude", "old/",
        "--whole-program", "--verify", "--file-seconds", "2.5", "--repository-seconds", "9", "--memory", "512",
    )  # fmt: skip
    assert ran.code == 0, ran.errors
    kept = options()
    assert kept.form is Form.BRANCH
    assert kept.commit == Commit("Ada L. <ada@example.org>", "Say it", True, "tf2")
    assert (kept.limits.file_seconds, kept.limits.repository_seconds, kept.limits.memory_mib) == (2.5, 9, 512)
    assert kept.limits.file_kib == Limits().file_kib
    settings = kept.settings
    assert (settings.level, settings.select, settings.ignore) == (Level.BRIDGED, ("TFM301",), ("TFM004",))
    assert (settings.exclude, settings.whole_program, kept.verify) == (("old/",), True, True)


def test_what_is_wanted(tf_migrate):
    assert tf_migrate("batch", "good", "--out", "a", "--tree").code == 0
    assert tf_migrate("batch", "good", "--out", "b", "--patch").code == 0
    assert (options("a").form, options("b").form) == (Form.TREE, Form.PATCH)


def test_jobs(tf_migrate):
    tf_migrate("batch", "good", "--out", "a", "--jobs", "3")
    tf_migrate("batch", "good", "--out", "b")
    assert Toy.jobs == [3, len(os.sched_getaffinity(0))]


# ---- lists ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.txt", "# all of ours\ngood\n\nbetter v1\n"),
        ("list.csv", "source,ref\ngood,\nbetter,v1\n"),
        ("list.json", '["good", {"source": "better", "ref": "v1"}]'),
    ],
)
def test_a_list_and_names_together(tf_migrate, name, text):
    Path(name).write_text(text)
    assert tf_migrate("batch", "stop", "--from", name, "--out", "out", "--ref", "main").code == 130
    with looked_at(Path("out")) as state:
        wanted = [(row.repository.name, row.repository.ref) for row in state.rows()]
    assert wanted == [("stop", "main"), ("good", "main"), ("better", "v1")]


def test_the_same_repository_is_taken_once(tf_migrate):
    Path("list.txt").write_text("good\n")
    tf_migrate("batch", "good", "./good/", "--from", "list.txt", "--out", "out")
    assert Toy.seen == ["good"]


# ---- wrong usage ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["good"], "--out"),
        (["--out", "out"], "name repositories, or a list of them with --from"),
        (["nowhere", "--out", "out"], "nowhere: no such directory"),
        (["http://example.org/a", "--out", "out"], "http is not fetched from"),
        (["ext::sh -c true", "--out", "out"], "no such directory"),
        (["good", "--out", "out", "--ref=--upload-pack=x"], "is no branch, tag or commit"),
        (["--from", "none.txt", "--out", "out"], "none.txt: no such file"),
        (["--from", "bad.json", "--out", "out"], "bad.json: not valid JSON"),
        (["good", "--out", "out", "--tree", "--branch", "b"], "exclude each other"),
        (["good", "--out", "out", "--branch", "-b"], "is no branch"),
        (["good", "--out", "out", "--author", "Ada"], "expected NAME <ADDRESS>"),
        (["good", "--out", "out", "--message", " "], "must be one line"),
        (["good", "--out", "out", "--message", "a\nb"], "must be one line"),
        (["good", "--out", "out", "--level", "best"], "best"),
        (["good", "--out", "out", "--select", "TFM9"], "TFM9"),
        (["good", "--out", "out", "--jobs", "-1"], "--jobs"),
        (["good", "--out", "out", "--file-seconds", "0"], "--file-seconds"),
        (["good", "--out", "out", "--log", "no/such/log"], "no/such/log: cannot be written"),
        (["good", "--out", "bad.json"], "bad.json: cannot be made"),
        (["--out", "out", "--resume"], "out: holds no run to go on with"),
        (["status", "good"], "good: holds no run"),
        (["retry", "good"], "say which: --failed, or --name NAME"),
        (["retry", "good", "--failed"], "good: holds no run"),
    ],
)
def test_wrong_usage_is_one_line_that_says_what_to_do(tf_migrate, args, said):
    Path("bad.json").write_text("{")
    ran = tf_migrate("batch", *args)
    assert ran.code == 2
    assert said in ran.errors
    assert "Traceback" not in ran.errors
    assert (ran.text, Toy.seen) == ("", [])


def test_a_run_is_not_begun_over_another(tf_migrate):
    tf_migrate("batch", "good", "--out", "out")
    ran = tf_migrate("batch", "better", "--out", "out")
    assert ran.code == 2
    assert "go on with --resume, or name another directory" in ran.errors


@pytest.mark.parametrize("more", [["good"], ["--level", "native"], ["--from", "x"], ["--tree"], ["--memory", "100"]])
def test_a_run_goes_on_with_what_it_was_begun_with(tf_migrate, more):
    tf_migrate("batch", "stop", "--out", "out")
    ran = tf_migrate("batch", "--out", "out", "--resume", *more)
    assert ran.code == 2
    assert "a run goes on with what it was begun with" in ran.errors
    assert counts() == (0, 0, 1)


def test_a_cluster_needs_dask(tf_migrate, monkeypatch):
    monkeypatch.setitem(sys.modules, "migrate.batch.engines.dask", None)
    ran = tf_migrate("batch", "good", "--out", "out", "--scheduler", "tcp://127.0.0.1:1")
    assert ran.code == 2
    assert "pip install 'tf-migrate[cluster]'" in ran.errors


# ---- stopping, going on, trying again ------------------------------------------------------------------------


def test_ctrl_c_keeps_what_is_done_and_reports_it(tf_migrate):
    ran = tf_migrate("batch", "good", "stop", "better", "--out", "out")
    assert (ran.code, ran.text, Toy.closed) == (130, "", 1)
    assert "Traceback" not in ran.errors
    assert counts() == (1, 0, 2)
    document = json.loads(Path("out/report.json").read_text())
    assert [one["status"] for one in document["repositories"]] == ["done", "waiting", "waiting"]
    assert "--resume" in Path("out/report.html").read_text()


def test_resume_does_the_rest_and_nothing_twice(tf_migrate):
    tf_migrate("batch", "good", "stop", "better", "--out", "out")
    Toy.fails, Toy.seen = False, []
    ran = tf_migrate("batch", "--out", "out", "--resume")
    assert (ran.code, Toy.seen) == (0, ["stop", "better"])
    assert "[2/3] stop" in ran.errors
    assert "3 repositories: 3 done" in ran.text
    Toy.seen = []
    assert (tf_migrate("batch", "--out", "out", "--resume").code, Toy.seen) == (0, [])


def test_status_tells_how_far_a_run_is_and_changes_nothing(tf_migrate):
    tf_migrate("batch", "good", "stop", "--out", "out")
    before = {path: path.stat().st_mtime_ns for path in Path("out").rglob("*.json")}
    ran = tf_migrate("batch", "status", "out")
    assert ran.code == 1
    assert "2 repositories: 1 done, 1 waiting" in ran.text
    assert "tf-migrate batch --out out --resume" in ran.text
    assert {path: path.stat().st_mtime_ns for path in Path("out").rglob("*.json")} == before


def test_status_of_a_run_that_is_done(tf_migrate):
    shown = tf_migrate("batch", "good", "--out", "out")
    ran = tf_migrate("batch", "status", "out")
    assert (ran.code, ran.text) == (0, shown.text)


def test_retry_takes_what_failed(tf_migrate):
    tf_migrate("batch", "bad", "good", "--out", "out")
    Toy.seen = []
    assert tf_migrate("batch", "retry", "out", "--failed").code == 1
    Toy.fails = False
    ran = tf_migrate("batch", "retry", "out", "--failed", "--log", "log", "--jobs", "2")
    assert (ran.code, Toy.seen, Toy.jobs[-1]) == (0, ["bad", "bad"], 2)
    assert counts() == (2, 0, 0)
    assert json.loads(Path("out/report.json").read_text())["summary"]["failed"] == 0
    assert "bad" in Path("log").read_text()


def test_retry_takes_what_is_named(tf_migrate):
    tf_migrate("batch", "good", "better", "--out", "out")
    Toy.seen = []
    assert tf_migrate("batch", "retry", "out", "--name", "better", "-q").code == 0
    assert Toy.seen == ["better"]
    ran = tf_migrate("batch", "retry", "out", "--name", "best")
    assert (ran.code, counts()) == (2, (2, 0, 0))
    assert "the run has no repository 'best'" in ran.errors


def test_a_real_run_is_stopped_by_a_signal_and_goes_on(cwd):
    for number in range(6):
        Path(f"r{number}").mkdir()
        # The second one takes long enough for the signal to come before the others, however slow this process is.
        Path(f"r{number}/a.py").write_text(SCRIPT * (100 if number == 1 else 5))
    command = [sys.executable, "-m", "migrate", "batch", "--out", "out", "--jobs", "1"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    names = [f"r{number}" for number in range(6)]
    with subprocess.Popen(
        [*command, *names],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A program that is started in the background of a shell ignores the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert first.startswith("[1/6] r0: 1 files, ")
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    done, failed, waiting = counts()
    assert (failed, done + waiting) == (0, 6)
    assert waiting > 0
    summary = json.loads(Path("out/report.json").read_text())["summary"]
    assert (summary["done"], summary["waiting"]) == (done, waiting)
    again = subprocess.run([*command, "--resume", "-q"], env=environment, capture_output=True, timeout=120)
    assert (again.returncode, again.stdout, again.stderr) == (0, b"", b"")
    assert counts() == (6, 0, 0)


def test_a_log_that_cannot_be_written_is_told_before_a_run_is_begun(tf_migrate, tmp_path):
    (tmp_path / "one").mkdir()
    out = tmp_path / "out"
    ran = tf_migrate("batch", str(tmp_path / "one"), "--out", str(out), "--log", str(tmp_path / "no/such.log"))
    assert ran.code == 2
    assert "such.log: cannot be written" in ran.errors
    assert not out.exists()
