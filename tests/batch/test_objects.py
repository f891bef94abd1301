"""Commits are fetched and their Python files taken out, whatever their trees name."""

from __future__ import annotations

import os

import pytest

from migrate.batch.objects import TooLarge, blobs, fetch, take_out
from migrate.errors import MigrateError
from tests.batch.trees import git, repository

LARGEST = 100_000


def taken(source, tmp_path, ref="", largest=LARGEST):
    """The files of a commit, and those that were passed over."""
    bare, into = tmp_path / "bare.git", tmp_path / "into"
    bare.mkdir()
    into.mkdir()
    commit = fetch(str(source), ref, bare, largest=largest)
    passed = take_out(bare, list(blobs(bare, commit)), into, largest=largest)
    files = {str(path.relative_to(into)): path.read_bytes() for path in into.rglob("*") if path.is_file()}
    return files, passed


@pytest.mark.parametrize("address", ["{}", "file://{}"])
def test_python_files_and_what_says_how_to_read_them_are_taken(tmp_path, address):
    source = repository(
        tmp_path / "source",
        {"a.py": "1\n", "p/b.py": b"2\r\n", "c.txt": "", "n.ipynb": "{}", "p/.gitignore": "x\n", "pyproject.toml": ""},
    )
    files, passed = taken(address.format(source), tmp_path)
    assert files == {
        "a.py": b"1\n",
        "p/b.py": b"2\r\n",
        "n.ipynb": b"{}",
        "p/.gitignore": b"x\n",
        "pyproject.toml": b"",
    }
    assert passed == []


def test_a_branch_a_tag_and_a_commit_can_be_asked_for(tmp_path):
    source = repository(tmp_path / "source", {"a.py": "old\n"})
    git(source, "tag", "v1")
    first = git(source, "rev-parse", "HEAD")
    git(source, "config", "uploadpack.allowReachableSHA1InWant", "true")
    (source / "a.py").write_text("new\n")
    git(source, "commit", "--quiet", "--all", "-m", "second")
    git(source, "branch", "side")
    for number, (ref, expected) in enumerate([("", b"new\n"), ("v1", b"old\n"), ("side", b"new\n"), (first, b"old\n")]):
        place = tmp_path / str(number)
        place.mkdir()
        assert taken(source, place, ref)[0] == {"a.py": expected}


def test_what_is_too_large_is_passed_over(tmp_path):
    source = repository(tmp_path / "source", {"a.py": "1\n", "large.py": "#" * 2000})
    files, passed = taken(source, tmp_path, largest=1000)
    assert files == {"a.py": b"1\n"}
    assert [one.path for one in passed] == ["large.py"]
    assert isinstance(passed[0], TooLarge)


def test_links_and_submodules_are_left_out(tmp_path):
    source = repository(tmp_path / "source", {"a.py": "1\n"})
    (source / "link.py").symlink_to("/etc/passwd")
    git(source, "add", "link.py")
    git(source, "update-index", "--add", "--cacheinfo", f"160000,{git(source, 'rev-parse', 'HEAD')},sub.py")
    git(source, "commit", "--quiet", "-m", "odd")
    assert taken(source, tmp_path)[0] == {"a.py": b"1\n"}


@pytest.mark.parametrize(
    "parts", [("..", "evil.py"), (".git", "evil.py"), (".GIT ", "evil.py"), ("a\\..\\b", "evil.py")]
)
def test_trees_that_no_git_would_make_write_nowhere_else(tmp_path, parts):
    source = repository(tmp_path / "source", {"a.py": "1\n"})
    blob = git(source, "hash-object", "-w", "a.py")
    tree = f"100644 {parts[-1]}\0".encode() + bytes.fromhex(blob)
    for part in reversed(parts[:-1]):
        inner = git(source, "hash-object", "-t", "tree", "-w", "--stdin", "--literally", data=tree)
        tree = f"40000 {part}\0".encode() + bytes.fromhex(inner)
    top = git(source, "hash-object", "-t", "tree", "-w", "--stdin", "--literally", data=tree)
    git(source, "update-ref", "HEAD", git(source, "commit-tree", top, "-m", "evil"))
    files, _ = taken(source, tmp_path)
    assert files == {}
    assert not list(tmp_path.glob("evil.py"))


def test_names_that_are_no_utf8_are_kept(tmp_path):
    source = repository(tmp_path / "source", {})
    name = os.fsdecode(b"caf\xe9.py")
    (source / name).write_text("1\n")
    git(source, "add", "--all")
    git(source, "commit", "--quiet", "-m", "name")
    assert taken(source, tmp_path)[0] == {name: b"1\n"}


@pytest.mark.parametrize("ref", ["nothing", "0" * 40])
def test_what_cannot_be_fetched_is_an_error(tmp_path, ref):
    source = repository(tmp_path / "source", {"a.py": "1\n"})
    with pytest.raises(MigrateError, match=r"couldn't find remote ref|not our ref"):
        taken(source, tmp_path, ref)


def test_a_directory_without_git_is_an_error(tmp_path):
    (tmp_path / "plain").mkdir()
    with pytest.raises(MigrateError, match="not appear to be a git repository"):
        taken(tmp_path / "plain", tmp_path)


def test_no_program_of_the_repository_runs(tmp_path):
    source = repository(tmp_path / "source", {"a.py": "1\n", ".gitattributes": "*.py filter=evil\n"})
    marker = tmp_path / "ran"
    for key in ("filter.evil.smudge", "filter.evil.clean", "core.fsmonitor", "core.sshCommand", "core.pager"):
        git(source, "config", key, f"touch {marker}; cat")
    for hook in ("post-checkout", "reference-transaction", "pre-receive", "post-upload-pack"):
        (source / ".git/hooks").mkdir(exist_ok=True)
        (source / ".git/hooks" / hook).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (source / ".git/hooks" / hook).chmod(0o755)
    assert taken(source, tmp_path)[0] == {"a.py": b"1\n"}
    assert not marker.exists()
