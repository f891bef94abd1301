"""The hooks do on files of a commit what pre-commit expects of them."""

from __future__ import annotations

import shlex
import tomllib

import pytest
import yaml

from tests.commands import TOP, shell
from tests.review.scripts import FLAGGED, NATIVE

HOOKS = {hook["id"]: hook for hook in yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))}


@pytest.fixture
def commit(repository):
    """What is about to be committed: two files, one of them in place of an older one."""
    (repository.top / "one.py").write_text("import x\n")
    repository.commit()
    (repository.top / "one.py").write_text(NATIVE)
    (repository.top / "a b.py").write_text(FLAGGED)
    repository.git("add", "-A")
    return repository


def ran(hook: str, commit, *args: str):
    """What a hook comes to: pre-commit puts `args` and the files behind the entry."""
    files = commit.git("diff", "--staged", "--name-only", "-z").strip("\0").split("\0")
    assert files == ["a b.py", "one.py"]
    return shell(f"{HOOKS[hook]['entry']} {shlex.join([*args, *files])}", commit.top)


def test_both_hooks_are_declared_as_pre_commit_wants_them():
    assert HOOKS.keys() == {"tf-migrate", "tf-migrate-check"}
    scripts = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    for hook in HOOKS.values():
        assert hook.keys() == {"id", "name", "description", "entry", "language", "types", "require_serial"}
        assert (hook["language"], hook["types"], hook["require_serial"]) == ("python", ["python"], True)
        # pre-commit installs the package, and calls what it installs.
        assert hook["entry"].split()[0] in scripts


def test_the_check_fails_and_changes_nothing(commit):
    done = ran("tf-migrate-check", commit)
    assert (done.returncode, done.stderr) == (1, "")
    assert "one.py:6:5: TFM002 native" in done.stdout
    assert (commit.top / "one.py").read_text() == NATIVE


def test_the_other_rewrites_what_is_staged(commit):
    done = ran("tf-migrate", commit)
    assert (done.returncode, done.stderr) == (0, "")
    # By this pre-commit sees that there is something to look at, and stops the commit.
    assert commit.git("diff", "--name-only").split() == ["one.py"]
    assert "tf.Module" in (commit.top / "one.py").read_text()
    commit.git("add", "-A")
    assert ran("tf-migrate", commit).returncode == 0
    assert commit.git("diff", "--name-only") == ""


def test_options_go_between(commit):
    done = ran("tf-migrate", commit, "--level", "bridged")
    assert done.returncode == 0
    assert "bridge" in (commit.top / "one.py").read_text()
