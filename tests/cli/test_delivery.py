# ruff: noqa: ARG002 - fixtures are asked for by naming them
"""Where results go besides the terminal: SARIF, annotations, a mail for `git am`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from migrate.review.review import Review
from migrate.review.store import store_of
from migrate.settings import Settings
from tests.notebooks import TRIPLE, sources
from tests.report.sarif_schema import checked
from tests.review.scripts import FLAGGED, HEAD, NATIVE, exporting

WHO = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]


@pytest.fixture(autouse=True)
def no_job(monkeypatch: pytest.MonkeyPatch):
    """The tests may run in a job of GitHub's themselves."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


@pytest.fixture
def tree(repository):
    """A repository with two files that can be rewritten, one that is flagged, and one that cannot be read."""
    (repository.top / "src").mkdir()
    (repository.top / "src/one.py").write_text(NATIVE)
    (repository.top / "src/two.py").write_bytes(NATIVE.replace("\n", "\r\n").encode())
    (repository.top / "three.py").write_text(FLAGGED)
    repository.commit()
    return repository


def applied(repository, mail: bytes) -> None:
    subprocess.run(["git", *WHO, "am", "-q", "--keep-cr"], cwd=repository.top, input=mail, check=True)


class TestSarif:
    @pytest.mark.parametrize("args", [["rewrite"], ["rewrite", "--check"], ["scan"]])
    def test_it_is_alone_on_stdout(self, tf_migrate, tree, args):
        ran = tf_migrate(*args, "--format", "sarif", ".")
        assert ran.errors == ""
        results = checked(ran.text)["results"]
        places = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results]
        assert places == ["src/one.py", "src/two.py", "three.py"]
        assert ["fixes" in one for one in results] == [True, True, False]
        assert ran.code == int("--check" in args)

    def test_paths_are_those_of_the_repository_wherever_it_runs(self, tf_migrate, tree, monkeypatch):
        monkeypatch.chdir("src")
        (result,) = checked(tf_migrate("rewrite", "--format", "sarif", "one.py").text)["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/one.py"

    def test_what_was_written_needs_no_fix(self, tf_migrate, tree):
        ran = tf_migrate("rewrite", "--write", "--format", "sarif", "src")
        assert ["fixes" in one for one in checked(ran.text)["results"]] == [False, False]
        assert "tf.Module" in Path("src/one.py").read_text()

    def test_the_sites_are_those_of_the_json(self, tf_migrate, tree):
        results = checked(tf_migrate("rewrite", "--format", "sarif", ".").text)["results"]
        files = json.loads(tf_migrate("rewrite", "--format", "json", ".").text)["files"]
        assert [(one["ruleId"], one["properties"]["level"]) for one in results] == [
            (site["rule"], site["level"]) for file in files for site in file["sites"]
        ]

    def test_errors_are_results(self, tf_migrate, tree):
        Path("bad.py").write_text("saved_model = print 1\n")
        ran = tf_migrate("scan", "--format", "sarif", "bad.py")
        assert ran.code == 2
        assert [one["level"] for one in checked(ran.text)["results"]] == ["error"]


class TestGithub:
    @pytest.mark.parametrize("command", ["rewrite", "scan"])
    def test_annotations(self, tf_migrate, tree, command):
        ran = tf_migrate(command, "--format", "github", ".")
        assert (ran.code, ran.errors) == (0, "")
        assert [line.split(",title=")[0] for line in ran.text.splitlines()] == [
            "::notice file=src/one.py,line=6,col=5",
            "::notice file=src/two.py,line=6,col=5",
            "::warning file=three.py,line=4,col=13",
        ]

    def test_the_summary_of_a_job_gets_one_more_part(self, tf_migrate, tree, monkeypatch):
        Path("summary.md").write_text("before\n")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
        tf_migrate("rewrite", "--format", "github", "src")
        tf_migrate("rewrite", "--format", "text", "src")
        text = Path("summary.md").read_text()
        assert text.startswith("before\n### tf-migrate\n\n2 sites in 2 files: 2 native\n")
        assert text.count("### tf-migrate") == 1

    def test_a_summary_that_cannot_be_written_is_an_error(self, tf_migrate, tree, monkeypatch):
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", "none/summary.md")
        ran = tf_migrate("scan", "--format", "github", "src")
        assert (ran.code, ran.text) == (2, "")
        assert (
            ran.errors
            == "tf-migrate: error: none/summary.md: cannot write the job summary: No such file or directory\n"
        )


@pytest.mark.parametrize("form", ["sarif", "github"])
def test_stdin_is_no_file_that_could_be_named(tf_migrate, form):
    ran = tf_migrate("rewrite", "-", "--format", form, stdin=NATIVE.encode())
    assert (ran.code, ran.out) == (2, b"")
    assert "stdin" in ran.errors


class TestPatch:
    def test_git_takes_what_is_the_same_as_written(self, tf_migrate, tree, tmp_path_factory):
        file = tmp_path_factory.mktemp("patch") / "x.patch"
        ran = tf_migrate("rewrite", "--patch", file, ".")
        assert ran.code == 0
        assert ran.text.endswith("; 2 files would change (--write to apply)\n")
        assert Path("src/one.py").read_text() == NATIVE
        applied(tree, file.read_bytes())
        patched = [Path("src", name).read_bytes() for name in ("one.py", "two.py")]
        tree.git("reset", "-q", "--hard", "HEAD~")
        assert tf_migrate("rewrite", "--write", ".").code == 0
        assert [Path("src", name).read_bytes() for name in ("one.py", "two.py")] == patched

    def test_it_is_alone_on_stdout(self, tf_migrate, tree):
        ran = tf_migrate("rewrite", "--patch", "-", ".")
        assert ran.out.startswith(b"From 0000")
        assert "3 sites in 3 files" in ran.errors
        applied(tree, ran.out)
        assert "tf.Module" in Path("src/one.py").read_text()

    def test_a_report_goes_beside_it(self, tf_migrate, tree):
        ran = tf_migrate("rewrite", "--patch", "-", "--format", "sarif", "src")
        assert ran.out.startswith(b"From 0000")
        assert len(checked(ran.errors)["results"]) == 2

    def test_where_nothing_changes_an_old_file_does_not_stay(self, tf_migrate, tree):
        Path("x.patch").write_text("old")
        assert tf_migrate("rewrite", "--patch", "x.patch", "three.py").code == 0
        assert Path("x.patch").read_bytes() == b""

    @pytest.mark.parametrize("other", ["--diff", "--write", "--check"])
    def test_it_is_one_of_the_modes(self, tf_migrate, tree, other):
        ran = tf_migrate("rewrite", "--patch", "x.patch", other, ".")
        assert ran.code == 2
        assert "exclude each other" in ran.errors
        assert not Path("x.patch").exists()

    def test_stdin_has_no_name_to_be_patched(self, tf_migrate, cwd):
        ran = tf_migrate("rewrite", "--patch", "-", "-", stdin=NATIVE.encode())
        assert (ran.code, ran.out) == (2, b"")

    def test_a_place_that_cannot_be_written(self, tf_migrate, tree):
        ran = tf_migrate("rewrite", "--patch", "none/x.patch", ".")
        assert ran.code == 2
        assert "none/x.patch: cannot write it" in ran.errors

    @pytest.mark.parametrize("target", ["x.patch", "-"])
    def test_only_what_a_review_has_accepted(self, tf_migrate, tree, target):
        Path("src/one.py").write_text(HEAD + exporting("a") + exporting("b"))
        tree.commit()
        review = Review(["."], Settings())
        list(review.read())
        review.settle()
        review.accept(review.items("src/one.py")[:1])
        store_of(["."]).save(review)
        ran = tf_migrate("review", "--accepted-only", "--patch", target, ".")
        assert ran.code == 0
        mail = ran.out if target == "-" else Path(target).read_bytes()
        assert ("1 file would change" in ran.errors) == (target == "-")
        Path("x.patch").unlink(missing_ok=True)
        applied(tree, mail)
        text = Path("src/one.py").read_text()
        assert "model = OneModel()" in text
        assert "tf.compat.v1.saved_model.simple_save(sess, 'b'" in text
        assert Path("src/two.py").read_bytes() == NATIVE.replace("\n", "\r\n").encode()


def test_a_notebook_is_shown_by_cells_mailed_as_it_is_and_filtered(tf_migrate, repository):
    file = repository.top / "a.ipynb"
    file.write_bytes(TRIPLE)
    repository.commit()
    shown = tf_migrate("rewrite", str(file))
    assert [line.split()[-2:] for line in shown.text.splitlines() if line.startswith("+++")] == [
        ["cell", "2"],
        ["cell", "3"],
    ]
    assert "a.ipynb:cell 3:2:5: TFM002 native" in shown.errors
    filtered = tf_migrate("rewrite", "-", stdin=TRIPLE)
    mail = tf_migrate("rewrite", str(file), "--patch", "-")
    applied(repository, mail.out)
    assert file.read_bytes() == filtered.out
    assert sources(filtered.out)[0] == "import tensorflow as tf"
    assert tf_migrate("rewrite", str(file), "--check").code == 0
