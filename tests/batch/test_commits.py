"""Patches that `git am` takes, and branches in bundles: the same tree from both."""

from __future__ import annotations

import subprocess

import pytest

from migrate.batch.job import Commit, Form, Job, Options
from migrate.batch.repository import Wanted, repositories
from migrate.batch.work import migrate_repository
from tests.batch.trees import SCRIPT, git, repository

KERAS = """\
import tensorflow as tf
from tensorflow.keras import backend as K

model = tf.keras.models.load_model("m.h5")
tf.saved_model.simple_save(K.get_session(), "out", {"x": model.input}, {"y": model.output})
"""
FILES = {"a.py": SCRIPT, "p/b.py": KERAS, "c.py": "print(1)\n"}


def migrated(source, form, commit=Commit()):  # noqa: B008
    (one,) = repositories([Wanted(str(source))])
    done = migrate_repository(Job(one, Options(form=form, commit=commit)), lambda _: None, {})
    assert done.record.error is None
    return done


def applied(source, tmp_path, patch):
    """The tree of a clone after `git am`."""
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(source), str(clone))
    git(clone, "am", "--quiet", "--keep-cr", data=patch)
    return git(clone, "rev-parse", "HEAD^{tree}")


def fetched(source, tmp_path, bundle):
    """The tree of the branch in a bundle."""
    (tmp_path / "b.bundle").write_bytes(bundle)
    git(source, "fetch", "--quiet", str(tmp_path / "b.bundle"), "refs/heads/tf-migrate:refs/heads/tf-migrate")
    return git(source, "rev-parse", "tf-migrate^{tree}")


@pytest.mark.parametrize(
    "files",
    [
        FILES,
        {"crlf.py": SCRIPT.replace("\n", "\r\n")},
        {"latin.py": ("# coding: latin-1\n# caf\xe9\n" + SCRIPT).encode("latin-1")},
        {"long.py": SCRIPT + "# " + "x" * 2000 + "\n"},
        {"no newline.py": SCRIPT.rstrip("\n")},
        {"from.py": SCRIPT + '"""\nFrom nobody\n---\ndiff --git a b\n-- \n>From x\n"""\n'},
        {"caf\N{LATIN SMALL LETTER E WITH ACUTE}.py": SCRIPT + "# \N{SNOWMAN}\n"},
    ],
    ids=["several", "crlf", "latin", "long", "newline", "from", "names"],
)
def test_the_patch_and_the_branch_come_to_the_same(tmp_path, files):
    source = repository(tmp_path / "source", files)
    patched = applied(source, tmp_path, migrated(source, Form.PATCH).patch)
    assert patched != git(source, "rev-parse", "HEAD^{tree}")
    assert patched == fetched(source, tmp_path, migrated(source, Form.BRANCH).bundle)


def test_modes_stay(tmp_path):
    source = repository(tmp_path / "source", {"a.py": "#!/usr/bin/env python\n" + SCRIPT})
    (source / "a.py").chmod(0o755)
    git(source, "commit", "--quiet", "--all", "-m", "mode")
    fetched(source, tmp_path, migrated(source, Form.BRANCH).bundle)
    assert git(source, "ls-tree", "tf-migrate").startswith("100755 ")


def test_every_rule_can_have_a_commit_of_its_own(tmp_path):
    source = repository(tmp_path / "source", FILES)
    commit = Commit("J\xfcrgen <j@example.com>", "Gr\xfc\xdfe", by_rule=True)
    tree = applied(source, tmp_path, migrated(source, Form.PATCH, commit).patch)
    assert tree == fetched(source, tmp_path, migrated(source, Form.BRANCH, commit).bundle)
    for place in (tmp_path / "clone", source):
        head = "HEAD" if place != source else "tf-migrate"
        log = git(place, "log", "--format=%an <%ae> %s", f"{head}~2..{head}").splitlines()
        assert log == [f"J\xfcrgen <j@example.com> Gr\xfc\xdfe ({rule})" for rule in ("TFM005", "TFM002")]


def test_commits_are_the_same_whenever_they_are_made(tmp_path):
    source = repository(tmp_path / "source", FILES)
    one, two = (migrated(source, Form.BRANCH) for _ in range(2))
    assert one.bundle == two.bundle
    assert one.record == two.record


def test_a_branch_is_made_of_what_is_committed(tmp_path):
    source = repository(tmp_path / "source", {"a.py": SCRIPT})
    (source / "a.py").write_text("not committed\n")
    fetched(source, tmp_path, migrated(source, Form.BRANCH).bundle)
    assert "tf.saved_model.save(" in git(source, "show", "tf-migrate:a.py")
    assert (source / "a.py").read_text() == "not committed\n"


def test_where_nothing_changes_there_is_no_commit(tmp_path):
    source = repository(tmp_path / "source", {"c.py": "print(1)\n"})
    assert migrated(source, Form.PATCH).patch == b""
    assert migrated(source, Form.BRANCH).bundle == b""


def test_a_patch_applies_to_a_tree_without_git(tmp_path):
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/a.py").write_text(SCRIPT)
    done = migrated(tmp_path / "tree", Form.PATCH)
    subprocess.run(["git", "apply"], cwd=tmp_path / "tree", input=done.patch, check=True)
    assert "tf.saved_model.save(" in (tmp_path / "tree/a.py").read_text()
