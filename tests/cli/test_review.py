# ruff: noqa: ARG002 - fixtures are asked for by naming them
"""`tf-migrate review`: decisions are taken up, given, carried out; the screen itself has tests of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from migrate.cli.review import _refuse_without_terminal
from migrate.errors import MigrateError
from migrate.review.review import Review
from migrate.review.store import as_dict, store_of
from migrate.settings import Settings
from tests.review.scripts import FLAGGED, HEAD, NATIVE, exporting, graph

TWO = HEAD + exporting("a") + exporting("b")
IN_ONE_FUNCTION = HEAD + "def main():\n" + "".join(f"  {line}\n" for line in (graph("a") + graph("b")).splitlines())


def decided(*accepted: tuple[str, int], settings: Settings = Settings()) -> Review:  # noqa: B008 - frozen
    """Accepts some sites in the current directory, and keeps that."""
    review = Review(["."], settings)
    list(review.read())
    review.settle()
    for name, ordinal in accepted:
        review.accept([item for item in review.items(name) if ordinal in item.ordinals])
    store_of(["."]).save(review)
    return review


@pytest.fixture
def tree(cwd: Path) -> Path:
    """Two files with rewrites, and one without."""
    (cwd / "one.py").write_text(TWO)
    (cwd / "two.py").write_text(NATIVE)
    (cwd / "three.py").write_text(FLAGGED)
    return cwd


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """A terminal whose screen accepts everything; how often it was opened, and with what."""
    opened: list[dict[str, object]] = []

    def run_review(review: Review, store: object, **options: object) -> None:
        list(review.read())
        review.settle()
        options.pop("verify_args")
        if options["resume"]:
            store.load(review)  # type: ignore[attr-defined]
        opened.append({**options, "decided": len(review.decisions())})
        review.accept(item for file in review.files for item in review.items(file.path))
        store.save(review)  # type: ignore[attr-defined]

    monkeypatch.setattr("migrate.review.tui.app.run_review", run_review)
    monkeypatch.setattr("migrate.cli.review._refuse_without_terminal", lambda: None)
    return opened


class TestAcceptedOnly:
    def test_what_was_accepted_is_printed_as_a_patch(self, tf_migrate, tree):
        review = decided(("one.py", 1))
        for ran in (
            tf_migrate("review", ".", "--accepted-only"),
            tf_migrate("review", ".", "--accepted-only", "--diff"),
        ):
            assert ran.code == 0
            assert ran.text.startswith("--- a/one.py\n+++ b/one.py\n")
            assert ran.text.count("tf.saved_model.save(") == 1
            assert ran.errors == "1 site in 1 file: 1 native; 1 file would change (--write to apply)\n"
        assert review.outcome().results[0].before == Path("one.py").read_text()

    def test_it_is_written_and_the_decisions_about_it_are_done(self, tf_migrate, tree):
        review = decided(("one.py", 0), ("one.py", 1))
        ran = tf_migrate("review", ".", "--accepted-only", "--write")
        assert (ran.code, ran.errors) == (0, "")
        assert ran.text == "2 sites in 1 file: 2 native; 1 file changed\n"
        assert Path("one.py").read_text() == review.preview("one.py")
        assert Path("two.py").read_text() == NATIVE
        assert store_of(["."]).kept() == ()
        again = tf_migrate("review", ".", "--accepted-only", "--write")
        assert (again.code, again.text) == (0, "nothing to carry out\n")

    def test_a_part_of_the_tree_can_be_asked_for(self, tf_migrate, tree):
        Path("sub").mkdir()
        Path("sub/four.py").write_text(NATIVE)
        Path("pyproject.toml").write_text("[tool.tf-migrate]\n")
        decided(("sub/four.py", 0), ("two.py", 0))
        assert tf_migrate("review", "sub", "--accepted-only", "--write").code == 0
        assert Path("two.py").read_text() == NATIVE
        assert [one.path for one in store_of(["."]).kept()] == ["two.py"]

    def test_it_can_be_checked_and_be_written_elsewhere(self, tf_migrate, tree):
        decided(("one.py", 0))
        assert tf_migrate("review", ".", "--accepted-only", "--check").code == 1
        assert tf_migrate("review", "two.py", "--accepted-only", "--check").code == 0
        assert tf_migrate("review", ".", "--accepted-only", "--output-dir", "out").code == 0
        assert [file.name for file in Path("out").iterdir()] == ["one.py"]
        assert Path("one.py").read_text() == TWO

    def test_what_is_held_back_is_told(self, tf_migrate, cwd):
        Path("one.py").write_text(IN_ONE_FUNCTION)
        decided(("one.py", 0))
        ran = tf_migrate("review", ".", "--accepted-only", "--write")
        assert ran.code == 1
        assert ran.errors.startswith("one.py:8:5: held back: other code of the file still builds a TF1 graph")
        assert ran.text == "nothing to carry out\n"
        assert Path("one.py").read_text() == IN_ONE_FUNCTION

    def test_what_changed_since_is_told_and_not_written(self, tf_migrate, tree):
        decided(("one.py", 0), ("two.py", 0))
        Path("two.py").write_text(NATIVE + "# new\n")
        ran = tf_migrate("review", ".", "--accepted-only", "--write")
        assert (ran.code, ran.errors) == (1, "two.py: changed since it was decided on: review it again\n")
        assert Path("two.py").read_text() == NATIVE + "# new\n"
        assert "tf.saved_model.save(" in Path("one.py").read_text()

    def test_another_rewrite_than_the_accepted_one_is_told_and_not_written(self, tf_migrate, tree):
        decided(("two.py", 0))
        ran = tf_migrate("review", ".", "--accepted-only", "--write", "--level", "bridged")
        assert (ran.code, ran.text) == (1, "nothing to carry out\n")
        assert ran.errors == "two.py: a rewrite that was accepted is another one now: review it again\n"

    def test_without_decisions_it_says_how_to_make_some(self, tf_migrate, tree):
        ran = tf_migrate("review", ".", "--accepted-only", "--write")
        assert ran.code == 2
        assert "there are no decisions; make them with `tf-migrate review`" in ran.errors

    def test_a_dirty_tree_is_refused_but_decisions_do_not_make_it_dirty(self, tf_migrate, repository):
        Path("one.py").write_text(TWO)
        decided()
        repository.commit()
        decided(("one.py", 0))
        Path("one.py").write_text(TWO + "# more\n")
        decided(("one.py", 0))
        ran = tf_migrate("review", ".", "--accepted-only", "--write")
        assert (ran.code, ran.out) == (2, b"")
        assert "(one.py); commit first, or pass --allow-dirty" in ran.errors
        assert tf_migrate("review", ".", "--accepted-only", "--write", "--allow-dirty").code == 0
        repository.git("checkout", "-q", "one.py")
        decided(("one.py", 0))
        assert tf_migrate("review", ".", "--accepted-only", "--write").code == 0

    @pytest.mark.parametrize("text", ["{", '{"version": 7, "files": []}', '{"version": 1, "files": [1]}'])
    def test_a_file_that_is_none_is_one_line(self, tf_migrate, tree, text):
        Path(".tf-migrate").mkdir()
        Path(".tf-migrate/review.json").write_text(text)
        for args in (["--accepted-only"], ["--html", "page.html"]):
            ran = tf_migrate("review", ".", *args)
            assert (ran.code, ran.out, ran.errors.count("\n")) == (2, b"", 1)
            assert "review.json: " in ran.errors
        assert Path(".tf-migrate/review.json").read_text() == text

    def test_a_file_that_cannot_be_read_is_an_error_and_the_others_are_written(self, tf_migrate, tree):
        decided(("two.py", 0))
        Path("bad.py").write_text("simple_save(\n")
        ran = tf_migrate("review", ".", "--accepted-only", "--write")
        assert ran.code == 2
        assert "bad.py: not valid Python 3" in ran.errors
        assert "tf.saved_model.save(" in Path("two.py").read_text()


class TestGivenDecisions:
    @pytest.fixture
    def given(self, tree, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """What a page would export: everything but the first site accepted."""
        review = Review(["."], Settings())
        list(review.read())
        review.settle()
        document = as_dict(review)
        for file in document["files"]:
            for site in file["sites"]:
                site["state"] = "accepted" if site["rewrite"] else "pending"
        document["files"][0]["sites"][0]["state"] = "rejected"
        place = tmp_path_factory.mktemp("given") / "decisions.json"
        place.write_text(json.dumps(document))
        return place

    def test_they_are_carried_out(self, tf_migrate, given):
        before = given.read_bytes()
        ran = tf_migrate("review", ".", "--decisions", given, "--accepted-only", "--write")
        assert (ran.code, ran.text) == (0, "2 sites in 2 files: 2 native; 2 files changed\n")
        assert Path("one.py").read_text().count("simple_save") == 1
        assert given.read_bytes() == before
        assert not Path(".tf-migrate").exists()

    def test_what_is_kept_does_not_count_beside_them(self, tf_migrate, given):
        decided(("one.py", 0))
        tf_migrate("review", ".", "--decisions", given, "--accepted-only", "--write")
        assert Path("one.py").read_text().count("simple_save") == 1

    def test_decisions_about_other_files_are_no_success(self, tf_migrate, given):
        given.write_text(given.read_text().replace(".py", ".txt"))
        ran = tf_migrate("review", ".", "--decisions", given, "--accepted-only")
        assert (ran.code, ran.out) == (1, b"")
        assert "it has none about these files" in ran.errors

    def test_a_file_that_is_not_there(self, tf_migrate, tree):
        ran = tf_migrate("review", ".", "--decisions", "none.json", "--accepted-only")
        assert (ran.code, ran.errors.count("\n")) == (2, 1)
        assert "none.json" in ran.errors

    def test_they_are_taken_to_the_screen(self, tf_migrate, given, screen):
        assert tf_migrate("review", ".", "--decisions", given).code == 0
        assert screen == [{"jobs": 0, "resume": True, "decided": 3}]


class TestScreen:
    def test_it_is_opened_and_what_comes_next_is_said(self, tf_migrate, tree, screen):
        ran = tf_migrate("review", ".", "--level", "bridged", "--jobs", 1)
        assert (ran.code, ran.out) == (0, b"")
        assert ran.errors == (
            f"3 accepted; kept in {tree / '.tf-migrate/review.json'}\n"
            "to write what was accepted: tf-migrate review . --level bridged --accepted-only --write\n"
        )
        assert screen == [{"jobs": 1, "resume": False, "decided": 0}]
        assert Path("one.py").read_text() == TWO
        assert tf_migrate(*ran.errors.split("tf-migrate ")[1].split()).text.endswith("; 2 files changed\n")

    def test_decisions_of_before_are_not_passed_over_in_silence(self, tf_migrate, tree, screen):
        decided(("one.py", 0))
        ran = tf_migrate("review", ".")
        assert (ran.code, screen) == (2, [])
        assert (
            "review.json: has decisions about a file; go on with --resume, or forget them with --restart" in ran.errors
        )
        assert tf_migrate("review", "two.py").code == 0
        assert tf_migrate("review", ".", "--resume").code == 0
        assert screen[-1]["decided"] == 2

    def test_they_can_be_forgotten(self, tf_migrate, tree, screen):
        decided(("one.py", 0))
        assert tf_migrate("review", ".", "--restart").code == 0
        assert screen == [{"jobs": 0, "resume": False, "decided": 0}]

    def test_going_on_without_any_is_a_start(self, tf_migrate, tree, screen):
        assert tf_migrate("review", ".", "--resume").code == 0
        assert screen == [{"jobs": 0, "resume": True, "decided": 0}]

    def test_the_arguments_of_scripts_are_split_as_a_shell_does(self, tf_migrate, tree, monkeypatch):
        asked = []
        monkeypatch.setattr("migrate.cli.review._refuse_without_terminal", lambda: None)
        monkeypatch.setattr("migrate.review.tui.app.run_review", lambda *_, **options: asked.append(options))
        assert tf_migrate("review", ".", "--verify-args", "--out '{out}/a b'").code == 0
        assert asked[0]["verify_args"] == ["--out", "{out}/a b"]

    def test_without_a_terminal_it_says_what_to_use(self, tf_migrate, tree):
        ran = tf_migrate("review", ".")
        assert (ran.code, ran.out, ran.errors.count("\n")) == (2, b"", 1)
        for way in ("--html FILE", "`tf-migrate rewrite --interactive`", "--accepted-only"):
            assert way in ran.errors

    def test_a_dumb_terminal_is_none(self, monkeypatch):
        class Terminal:
            def isatty(self) -> bool:
                return True

        monkeypatch.setattr(sys, "stdin", Terminal())
        monkeypatch.setattr(sys, "stdout", Terminal())
        monkeypatch.setenv("TERM", "xterm")
        _refuse_without_terminal()
        monkeypatch.setenv("TERM", "dumb")
        with pytest.raises(MigrateError, match="needs a terminal that can draw"):
            _refuse_without_terminal()


class TestPage:
    def test_it_is_written_with_what_is_kept(self, tf_migrate, tree):
        decided(("one.py", 0))
        ran = tf_migrate("review", ".", "--html", "page.html")
        assert ran.code == 0
        assert ran.text == "4 sites in 3 files: 3 native, 1 flagged; 1 accepted, 2 not decided; page.html written\n"
        assert ran.errors == "1 site decided before\n"
        assert '"state": "accepted"' in Path("page.html").read_text().replace('"state":"', '"state": "')

    def test_what_was_rejected_counts_as_that_and_with_the_level_that_was_offered(self, tf_migrate, tree):
        review = decided(("one.py", 0))
        review.reject([*review.items("two.py"), *review.items("three.py")])
        store_of(["."]).save(review)
        said = "3 native, 1 flagged; 1 accepted, 2 rejected, 1 not decided; page.html written\n"
        assert tf_migrate("review", ".", "--html", "page.html").text == f"4 sites in 3 files: {said}"

    def test_where_nothing_was_decided_only_sites_are_counted(self, tf_migrate, tree):
        said = "4 sites in 3 files: 3 native, 1 flagged; page.html written\n"
        assert tf_migrate("review", ".", "--html", "page.html").text == said


@pytest.mark.parametrize(
    "args",
    [
        ["--write"],
        ["--check", "--html", "page.html"],
        ["--accepted-only", "--html", "page.html"],
        ["--accepted-only", "--write", "--diff"],
        ["--resume", "--restart"],
        ["--accepted-only", "--restart"],
        ["--accepted-only", "--verify-args=--steps 1"],
        ["--level", "flagged"],
        [],
    ],
)
def test_options_that_make_no_sense_together_are_refused(tf_migrate, tree, args):
    ran = tf_migrate("review", *(["."] if args else []), *args)
    assert (ran.code, ran.out) == (2, b"")
    assert not Path("page.html").exists()
