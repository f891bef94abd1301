from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.source.walk import find_files


def make(top: Path, *names: str) -> None:
    for name in names:
        file = top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")


def found(*paths, **options) -> list[str]:
    everything = list(find_files(paths, **options))
    assert all(one.error is None for one in everything)
    return [one.path.as_posix() for one in everything]


def test_python_files_come_sorted_and_keep_the_spelling_of_the_path(cwd):
    make(cwd, "b.py", "a/z.py", "a/b/c.py", "a.py", "README.md", "a/data.pyc", "Z.py")
    assert found(".") == ["Z.py", "a/b/c.py", "a/z.py", "a.py", "b.py"]
    assert found("a") == ["a/b/c.py", "a/z.py"]
    assert found(cwd / "a") == [(cwd / "a/b/c.py").as_posix(), (cwd / "a/z.py").as_posix()]


def test_paths_keep_their_order_and_files_come_once(cwd):
    make(cwd, "a/x.py", "b/x.py")
    assert found("b", "a", "b/x.py", cwd / "a") == ["b/x.py", "a/x.py"]


def test_a_named_file_is_taken_whatever_it_is(cwd):
    make(cwd, "script", "build/gen.py", "skipped.py")
    (cwd / ".gitignore").write_text("skipped.py\n")
    assert found("script", "build/gen.py", "skipped.py", exclude=["*.py"]) == [
        "script",
        "build/gen.py",
        "skipped.py",
    ]


def test_directories_without_sources_are_skipped(cwd):
    make(
        cwd,
        ".git/x.py",
        ".venv/x.py",
        "node_modules/x.py",
        "__pycache__/x.py",
        "build/x.py",
        "dist/x.py",
        "a.py",
    )
    make(cwd, "venv/x.py", "venv/pyvenv.cfg", "env/conda-meta/history", "env/x.py", "lib/venv/x.py")
    assert found(".") == ["a.py", "lib/venv/x.py"]


def test_a_named_directory_is_walked_even_if_it_would_be_skipped(cwd):
    make(cwd, "build/x.py", "build/build/x.py")
    assert found("build") == ["build/x.py"]


def test_gitignore_is_honoured_at_every_level(cwd):
    make(
        cwd,
        "a.py",
        "gen_a.py",
        "sub/gen_b.py",
        "sub/keep/gen_c.py",
        "sub/local.py",
        "other/local.py",
        "out/x.py",
    )
    (cwd / ".gitignore").write_text("# generated\ngen_*.py\nout/\n")
    (cwd / "sub/.gitignore").write_text("/local.py\n!keep/gen_c.py\n")
    assert found(".") == ["a.py", "other/local.py", "sub/keep/gen_c.py"]


def test_gitignore_above_the_path_counts_up_to_the_top_of_the_work_tree(cwd):
    make(cwd, "repo/.git/HEAD", "repo/pkg/sub/a.py", "repo/pkg/sub/gen.py", "repo/pkg/sub/top.py")
    (cwd / ".gitignore").write_text("a.py\n")
    (cwd / "repo/.gitignore").write_text("gen.py\n/top.py\n")
    (cwd / "repo/pkg/.gitignore").write_text("sub/top.py\n")
    assert found("repo/pkg/sub") == ["repo/pkg/sub/a.py"]


def test_a_named_directory_that_git_ignores_is_walked(cwd):
    make(cwd, ".git/HEAD", "out/pkg/a.py")
    (cwd / ".gitignore").write_text("out/\n")
    assert found("out") == ["out/pkg/a.py"]
    assert found("out/pkg") == ["out/pkg/a.py"]
    assert found(".") == []


def test_lines_of_a_gitignore_that_are_no_pattern_are_passed_over(cwd):
    make(cwd, "a.py", "b.py")
    (cwd / ".gitignore").write_bytes(b"!\n\\\n\xff\xfe\n\nb.py\r\n")
    assert "a.py" in found(".")


def test_exclude(cwd):
    make(cwd, "a.py", "tests/a.py", "pkg/tests/b.py", "pkg/old/c.py", "old/d.py")
    assert found(".", exclude=["tests", "pkg/old"]) == ["a.py", "old/d.py"]
    assert found("pkg", exclude=["old/"], root=cwd / "pkg") == ["pkg/tests/b.py"]
    assert found("pkg", exclude=["/old"], root=cwd) == ["pkg/old/c.py", "pkg/tests/b.py"]


def test_a_bad_glob_is_an_error(cwd):
    make(cwd, "a.py")
    with pytest.raises(MigrateError, match="'!' is not a glob"):
        list(find_files(["."], exclude=["!"]))


def test_symbolic_links_are_not_followed_but_may_be_named(cwd):
    make(cwd, "real/a.py", "elsewhere/b.py")
    (cwd / "real/link").symlink_to(cwd / "elsewhere")
    (cwd / "real/loop").symlink_to(cwd / "real")
    (cwd / "real/b.py").symlink_to(cwd / "elsewhere/b.py")
    assert found("real") == ["real/a.py"]
    assert found("real/b.py", "elsewhere") == ["real/b.py"]
    assert found("real/link") == ["real/link/b.py"]


def test_an_empty_directory_and_one_without_python(cwd):
    make(cwd, "docs/x.md")
    (cwd / "empty").mkdir()
    assert found("docs", "empty") == []


def test_things_that_are_no_files_are_passed_over(cwd):
    make(cwd, "a.py", "dir.py/b.py")
    os.mkfifo(cwd / "pipe.py")
    (cwd / "dangling.py").symlink_to("nowhere")
    assert found(".") == ["a.py", "dir.py/b.py"]


def test_a_missing_path_is_told_and_the_others_go_on(cwd):
    make(cwd, "a.py")
    missing, there = find_files(["missing.py", "a.py"])
    assert missing.error == "no such file or directory"
    assert there.error is None


def test_notebooks_are_found_but_not_their_checkpoints(cwd):
    make(cwd, "a/x.ipynb", "a/y.py", "a/.ipynb_checkpoints/x-checkpoint.ipynb")
    (named,) = find_files(["a/x.ipynb"])
    assert named.error is None
    assert [found.path.name for found in find_files(["a"])] == ["x.ipynb", "y.py"]


def test_a_directory_that_cannot_be_listed_is_told(cwd, monkeypatch):
    make(cwd, "a/x.py", "b/x.py")
    scandir = os.scandir

    def closed(path):
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    one, two = find_files(["."])
    assert (one.path, one.error) == (Path("a"), "permission denied")
    assert two.path == Path("b/x.py")


def test_a_tree_deeper_than_the_stack(cwd):
    depth = sys.getrecursionlimit() + 100
    for _ in range(depth):
        Path("d").mkdir()
        os.chdir("d")
    Path("a.py").touch()
    os.chdir(cwd)
    try:
        assert len(found(".")) == 1
    finally:
        subprocess.run(["rm", "-rf", "d"], check=True)  # pytest cannot remove it
