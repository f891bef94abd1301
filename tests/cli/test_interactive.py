"""`tf-migrate rewrite --interactive`: asked on stderr, answered on stdin, the result on stdout."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.review.store import store_of
from tests.review.scripts import FLAGGED, HEAD, NATIVE, exporting

TWO = HEAD + exporting("a") + exporting("b")


@pytest.fixture
def tree(cwd: Path) -> Path:
    """A file with two rewrites, and one with one."""
    (cwd / "one.py").write_text(TWO)
    (cwd / "two.py").write_text(NATIVE)
    return cwd


def test_what_was_accepted_is_a_patch_on_stdout(tf_migrate, tree):
    ran = tf_migrate("rewrite", "-i", ".", stdin=b"n\ny\nq\n")
    assert ran.code == 0
    assert ran.text.startswith("--- a/one.py\n+++ b/one.py\n")
    assert ran.text.count("+") > ran.text.count("two.py") == 0
    assert "(1/3) Accept this rewrite [y,n,a,A,d,j,k,u,e,l,v,/,g,q,?]? " in ran.errors
    assert "1 accepted, 1 rejected, 1 not decided; kept in " in ran.errors
    assert ran.errors.endswith("1 site in 1 file: 1 native; 1 file would change (--write to apply)\n")
    assert Path("one.py").read_text() == TWO


def test_it_is_written_where_asked(tf_migrate, tree):
    ran = tf_migrate("rewrite", "--interactive", "--write", ".", stdin=b"j\nj\ny\n")
    assert (ran.code, ran.text) == (
        0,
        "two.py:6:5: TFM002 native becomes a tf.Module with one tf.function a signature, saved with "
        "tf.saved_model.save\n1 site in 1 file: 1 native; 1 file changed\n",
    )
    assert Path("one.py").read_text() == TWO
    assert "tf.saved_model.save(" in Path("two.py").read_text()
    assert store_of(["."]).kept() == ()


def test_without_an_answer_nothing_is_accepted(tf_migrate, tree):
    ran = tf_migrate("rewrite", "-i", ".", stdin=b"")
    assert (ran.code, ran.out) == (0, b"")
    assert "3 not decided" in ran.errors


def test_it_goes_on_where_it_was_left(tf_migrate, tree):
    tf_migrate("rewrite", "-i", ".", stdin=b"y\n")
    ran = tf_migrate("rewrite", "-i", ".", stdin=b"y\n")
    assert "review.json: 1 site decided before\n" in ran.errors
    assert "(2/3) Accept this rewrite" in ran.errors
    assert "2 sites in 1 file" in ran.errors


def test_a_dirty_tree_is_refused_before_anything_is_asked(tf_migrate, repository):
    Path("one.py").write_text(NATIVE)
    repository.commit()
    Path("one.py").write_text(NATIVE + "# more\n")
    ran = tf_migrate("rewrite", "-i", "--write", ".", stdin=b"y\n")
    assert (ran.code, ran.out) == (2, b"")
    assert "Accept" not in ran.errors
    repository.commit()
    assert tf_migrate("rewrite", "-i", "--write", ".", stdin=b"y\n").code == 0


def test_a_file_that_changes_while_one_is_asked_is_not_written_over(tf_migrate, tree, monkeypatch):
    from migrate.review.prompts import Prompts

    run = Prompts.run

    def changing(self: Prompts) -> None:
        run(self)
        Path("two.py").write_text("other\n")

    monkeypatch.setattr(Prompts, "run", changing)
    ran = tf_migrate("rewrite", "-i", "--write", ".", stdin=b"A\n")
    assert ran.code == 2
    assert "two.py: not written: changed while it was being rewritten" in ran.errors
    assert Path("two.py").read_text() == "other\n"
    assert "tf.saved_model.save(" in Path("one.py").read_text()


def test_ctrl_c_keeps_the_decisions_and_writes_nothing(tf_migrate, tree, monkeypatch):
    from migrate.cli.decisions import Terminal

    answers = ["y"]

    def ask(self: Terminal, prompt: str) -> str | None:
        if not answers:
            raise KeyboardInterrupt
        return answers.pop()

    monkeypatch.setattr(Terminal, "ask", ask)
    ran = tf_migrate("rewrite", "-i", "--write", ".")
    assert (ran.code, ran.out) == (130, b"")
    assert Path("one.py").read_text() == TWO
    assert store_of(["."]).decided(["."]) == 1


def test_an_editor_is_used(tf_migrate, tree, monkeypatch):
    Path("editor.sh").write_text('#!/bin/sh\necho "# by hand" >> "$1"\n')
    Path("editor.sh").chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(tree / "editor.sh"))
    ran = tf_migrate("rewrite", "-i", "two.py", stdin=b"e\n")
    assert ran.text.endswith("+# by hand\n")
    assert "1 edited; kept in" in ran.errors


def test_json_is_the_only_thing_on_stdout(tf_migrate, tree):
    import json

    ran = tf_migrate("rewrite", "-i", "--format", "json", ".", stdin=b"y\n")
    document = json.loads(ran.text)
    assert [(file["path"], len(file["sites"])) for file in document["files"]] == [("one.py", 1)]


def test_strict_still_tells_of_flagged_sites(tf_migrate, cwd):
    Path("one.py").write_text(FLAGGED)
    assert tf_migrate("rewrite", "-i", ".").code == 0
    assert tf_migrate("rewrite", "-i", "--strict", ".").code == 1


@pytest.mark.parametrize("args", [["-", "-i"], [".", "-i", "--check"], [".", "--verify-args", "x"]])
def test_options_that_make_no_sense_together_are_refused(tf_migrate, tree, args):
    ran = tf_migrate("rewrite", *args)
    assert (ran.code, ran.out) == (2, b"")
