"""Hostile directories and repositories: nothing outside is read or written, nothing of them runs, the rest is done."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from migrate.batch.job import Commit, Form, Job, Limits, Options
from migrate.batch.outputs import record_json
from migrate.batch.protocol import Started
from migrate.batch.repository import Wanted, repositories
from migrate.batch.work import migrate_repository
from migrate.settings import Settings
from tests.batch.trees import SCRIPT, git, repository
from tests.notebooks import TRIPLE, sources

GRAPH = """\
import tensorflow as tf
import a

sess = tf.Session()
builder = tf.saved_model.builder.SavedModelBuilder("out")
builder.add_meta_graph_and_variables(sess, ["x"])
builder.save()
"""


def migrated(source, announce=lambda _: None, given_up=None, ref="", **options):
    (one,) = repositories([Wanted(str(source), ref)])
    return migrate_repository(Job(one, Options(**options)), announce, given_up or {})


def said(done):
    assert done.record.error is None, done.record.error
    return {file.path: file.error for file in done.record.files}


@pytest.fixture
def tree(tmp_path) -> Path:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/a.py").write_text(SCRIPT)
    return tmp_path / "tree"


def test_what_is_not_a_file_of_the_directory_is_left_alone(tree, tmp_path):
    (tmp_path / "outside.py").write_text(SCRIPT)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/b.py").write_text(SCRIPT)
    (tree / "link.py").symlink_to("../outside.py")
    (tree / "there").symlink_to("../elsewhere")
    (tree / "itself").symlink_to(".")
    (tree / "loop.py").symlink_to("loop.py")
    os.mkfifo(tree / "pipe.py")
    os.mkfifo(tree / ".gitignore")
    (tree / "directory.py").mkdir()
    assert said(migrated(tree)) == {"a.py": None}


@pytest.mark.parametrize("to", ["/dev/zero", "../ignored"])
def test_an_ignore_file_that_is_a_link_is_not_read(tree, tmp_path, to):
    (tmp_path / "ignored").write_text("*.py\n")
    (tree / ".gitignore").symlink_to(to)
    assert said(migrated(tree)) == {"a.py": None}


def test_a_file_that_becomes_a_pipe_or_a_link_is_not_waited_for(tree, tmp_path):
    (tmp_path / "outside.py").write_text(SCRIPT)
    (tree / "b.py").write_text(SCRIPT)
    (tree / "c.py").write_text(SCRIPT)

    def change(event: Started) -> None:
        if event.path == "a.py":
            for name in ("b.py", "c.py"):
                (tree / name).unlink()
            os.mkfifo(tree / "b.py")
            (tree / "c.py").symlink_to("../outside.py")

    assert said(migrated(tree, change)) == {
        "a.py": None,
        "b.py": "no regular file",
        "c.py": "too many levels of symbolic links",
    }


def test_files_that_vanish_or_change_are_said_and_the_others_done(tree):
    for name in ("b.py", "c.py", "d.py"):
        (tree / name).write_text(SCRIPT)

    def change(event: Started) -> None:
        if event.path == "c.py":
            (tree / "a.py").unlink()
            (tree / "b.py").write_text(SCRIPT + "# more\n")
            (tree / "d.py").unlink()
            (tree / "zz.py").write_text("print()\n")

    done = migrated(tree, change)
    assert said(done) == {
        "a.py": "changed while it was being rewritten; run again",
        "b.py": "changed while it was being rewritten; run again",
        "c.py": None,
        "d.py": "no such file or directory",
    }
    assert [file.path for file in done.record.files if file.changed] == ["c.py"]
    assert done.patch.count(b"diff --git") <= 1
    assert b"a/c.py" in done.patch


def test_a_file_that_vanishes_while_programs_are_fitted_together_is_said(tree):
    (tree / "main.py").write_text(GRAPH)

    def change(event: Started) -> None:
        if not event.path and (tree / "a.py").exists() and not seen:
            seen.append(event)
            return
        if not event.path and (tree / "a.py").exists():
            (tree / "a.py").unlink()

    seen: list[Started] = []
    errors = said(migrated(tree, change))
    assert set(errors) == {"a.py", "main.py"}
    assert errors["a.py"] is not None
    assert errors["main.py"] is None


def test_notebooks_are_worked_on_too(tmp_path):
    (tmp_path / "a.ipynb").write_bytes(TRIPLE)
    done = migrated(tmp_path, form=Form.TREE)
    assert said(done) == {"a.ipynb": None}
    ((path, after),) = done.files
    assert path == "a.ipynb"
    assert [cell.startswith("class ") for cell in sources(after)] == [False, True, False]
    (site,) = json.loads(record_json(done.record))["files"][0]["sites"]
    assert (site["cell"], site["line"]) == (3, 2)
    assert b"+++ b/a.ipynb" in done.patch


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_may_not_be_read_is_said(tree):
    (tree / "locked").mkdir(mode=0)
    (tree / "secret.py").write_text(SCRIPT)
    (tree / "secret.py").chmod(0)
    assert said(migrated(tree)) == {"a.py": None, "locked": "permission denied", "secret.py": "permission denied"}


def test_large_files_are_passed_over(tree):
    (tree / "large.py").write_text(SCRIPT + "#" * 3000)
    done = migrated(tree, limits=Limits(file_kib=2))
    assert said(done) == {"a.py": None, "large.py": "larger than 2 KiB; passed over"}
    assert done.record.python_bytes == len(SCRIPT)


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "-" * 50_000 + "1",
        "x = " + "a." * 20_000 + "b",
        "x = " + " + ".join(["1"] * 20_000),
        "".join(f"{' ' * i}if x:\n" for i in range(150)) + " " * 150 + "pass",
    ],
    ids=["parentheses", "signs", "attributes", "sum", "blocks"],
)
def test_deeply_nested_code_is_an_error_of_its_file(tree, text):
    (tree / "b.py").write_text(f"{SCRIPT}{text}\n")
    errors = said(migrated(tree))
    assert errors["a.py"] is None
    assert "internal error" not in (errors["b.py"] or "")


def test_deep_directories_do_not_matter(tree):
    # Deeper than a path may be long, so that it is made step by step.
    here = os.open(tree, os.O_RDONLY)
    for _ in range(60):
        os.mkdir("d" * 100, dir_fd=here)
        below = os.open("d" * 100, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    handle = os.open("b.py", os.O_CREAT | os.O_WRONLY, dir_fd=here)
    os.write(handle, SCRIPT.encode())
    os.close(handle)
    os.close(here)
    errors = said(migrated(tree))
    assert errors.pop("a.py") is None
    assert list(errors.values()) == ["file name too long"]


@pytest.mark.parametrize("name", [b"caf\xe9.py", b"-x.py", b"a b\t\n\"'.py", b"--help.py", "\u202eyp.py".encode()])
@pytest.mark.parametrize("form", [Form.PATCH, Form.BRANCH])
def test_odd_names_go_through(tmp_path, name, form):
    path = os.fsdecode(name)
    source = repository(tmp_path / "source", {path: SCRIPT})
    done = migrated(source, form=form, ref="main")
    assert said(done) == {path: None}
    assert json.loads(record_json(done.record))["files"][0]["path"] == path
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(source), str(clone))
    if form is Form.PATCH:
        git(clone, "am", "--quiet", data=done.patch)
    else:
        (tmp_path / "bundle").write_bytes(done.bundle)
        git(clone, "pull", "--quiet", str(tmp_path / "bundle"), "tf-migrate")
    assert "tf.saved_model.save(" in (clone / path).read_text()


def test_a_checkout_runs_nothing_of_its_own(tmp_path):
    source = repository(tmp_path / "source", {"a.py": SCRIPT, ".gitattributes": "*.py filter=evil diff=evil\n"})
    marker = tmp_path / "ran"
    run = f"touch {marker}; cat"
    for key in (
        "filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv", "core.fsmonitor", "core.sshCommand", "core.pager",
        "core.alternateRefsCommand", "core.gitProxy", "uploadpack.packObjectsHook", "credential.helper",
    ):  # fmt: skip
        git(source, "config", key, run)
    git(source, "config", "core.hooksPath", str(tmp_path / "hooks"))
    (tmp_path / "hooks").mkdir()
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman", "pre-auto-gc"):
        (tmp_path / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (tmp_path / "hooks" / hook).chmod(0o755)
    for form in (Form.PATCH, Form.BRANCH):
        assert said(migrated(source, form=form)) == {"a.py": None}
    assert not marker.exists()


def test_objects_that_are_missing_are_not_fetched_by_what_a_checkout_says(tmp_path):
    source = repository(tmp_path / "source", {"a.py": SCRIPT})
    marker = tmp_path / "ran"
    git(source, "config", "remote.evil.url", f"ext::sh -c 'touch {marker}'")
    git(source, "config", "remote.evil.promisor", "true")
    git(source, "config", "extensions.partialClone", "evil")
    git(source, "config", "core.repositoryFormatVersion", "1")
    git(source, "config", "protocol.ext.allow", "always")
    (source / ".git/HEAD").write_text("1" * 40 + "\n")
    assert said(migrated(source)) == {"a.py": None}
    assert migrated(source, form=Form.BRANCH).record.error is not None
    assert not marker.exists()


@pytest.mark.parametrize("content", ["gitdir: /dev/zero\n", "gitdir: ../other/.git\n", "\0" * 100, "gitdir: .\n"])
def test_a_git_file_that_points_elsewhere_is_no_matter(tree, tmp_path, content):
    repository(tmp_path / "other", {"b.py": SCRIPT})
    (tree / ".git").write_text(content)
    done = migrated(tree)
    assert said(done) == {"a.py": None}
    assert done.record.commit in ("", git(tmp_path / "other", "rev-parse", "HEAD"))


def test_a_fetched_tree_is_read_as_the_checkout_is(tmp_path):
    files = {
        "nets/model.py": "import tensorflow as tf\n\n\ndef net(x):\n    return tf.layers.dense(x, 2)\n",
        "export.py": SCRIPT.replace("w = ", "from nets.model import net\nz = net(x)\nw = "),
        "sub/.gitignore": "ignored.py\n",
        "sub/ignored.py": SCRIPT,
        "sub/b.py": SCRIPT,
    }
    source = repository(tmp_path / "source", files)
    here, fetched = migrated(source), migrated(source, ref="main")
    assert here.record.files == fetched.record.files
    assert here.patch == fetched.patch
    assert "sub/b.py" in said(here)


def test_what_is_excluded_is_relative_to_each_repository(tree):
    (tree / "old").mkdir()
    (tree / "old/b.py").write_text(SCRIPT)
    done = migrated(tree, settings=Settings(exclude=("/old/",), root=str(tree.parent)))
    assert said(done) == {"a.py": None}


def test_a_bomb_of_trees_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("migrate.batch.objects._MOST_FILES", 5000)
    source = repository(tmp_path / "source", {"a.py": SCRIPT})
    made = f"100644 blob {git(source, 'rev-parse', 'HEAD:a.py')}\ta.py\n"
    for _ in range(8):
        tree = git(source, "mktree", data=made.encode())
        made = "".join(f"040000 tree {tree}\td{number}\n" for number in range(10))
    top = git(source, "mktree", data=made.encode())
    git(source, "update-ref", "HEAD", git(source, "commit-tree", top, "-m", "bomb"))
    assert migrated(source, ref="main").record.error == "has more than 5000 files"


def test_more_than_a_repository_may_have_to_be_read_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("migrate.batch.objects._MOST_BYTES", 100)
    source = repository(tmp_path / "source", {"a.py": SCRIPT})
    error = migrated(source, ref="main").record.error
    assert error is not None
    assert error.startswith("has more than ")


def test_a_directory_that_is_gone_is_an_error(tree):
    (one,) = repositories([Wanted(str(tree))])
    tree.rename(tree.with_name("moved"))
    done = migrate_repository(Job(one, Options()), lambda _: None, {})
    assert done.record.error == "no such directory"
    tree.write_text("")
    assert migrate_repository(Job(one, Options()), lambda _: None, {}).record.error == "is no directory"


def test_many_small_files_are_counted(tree):
    for number in range(2000):
        (tree / f"f{number}.py").write_text("x = 1\n")
    record = migrated(tree).record
    assert (record.python_files, record.python_bytes) == (2001, len(SCRIPT) + 12_000)
    assert [file.path for file in record.files] == ["a.py"]


def test_files_given_up_are_not_begun_again(tree):
    (tree / "b.py").write_text(SCRIPT)
    begun: list[str] = []
    done = migrated(tree, lambda event: begun.append(event.path), {"a.py": "took too long"})
    assert said(done) == {"a.py": "took too long", "b.py": None}
    assert begun == ["b.py", ""]


def test_nothing_is_written_to_a_directory(tree):
    before = {path: path.stat().st_mtime_ns for path in tree.rglob("*")}
    migrated(tree, form=Form.TREE, commit=Commit(by_rule=True))
    assert {path: path.stat().st_mtime_ns for path in tree.rglob("*")} == before
    assert str(tree) not in sys.path
