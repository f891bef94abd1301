from __future__ import annotations

from pathlib import Path

from migrate.places import absolute, common_directory, relative_to, source_root, work_tree


def test_absolute_keeps_links_and_drops_dots(cwd):
    (cwd / "real").mkdir()
    (cwd / "link").symlink_to("real")
    assert absolute("link/./x/../y.py") == cwd / "link/y.py"


def test_common_directory(cwd):
    for name in ("a/b", "a/c"):
        (cwd / name).mkdir(parents=True)
    (cwd / "a/b/x.py").touch()
    assert common_directory([]) == Path.cwd()
    assert common_directory(["a/b"]) == cwd / "a/b"
    assert common_directory(["a/b/x.py"]) == cwd / "a/b"
    assert common_directory(["a/b/x.py", "a/c"]) == cwd / "a"
    assert common_directory(["a/b", cwd / "a/b/x.py"]) == cwd / "a/b"
    assert common_directory(["a/missing/x.py"]) == cwd / "a"


def test_sources_are_known_by_their_work_tree(cwd):
    (cwd / "repo/.git").mkdir(parents=True)
    (cwd / "repo/src/deep").mkdir(parents=True)
    (cwd / "module").mkdir()
    (cwd / "module/.git").write_text("gitdir: elsewhere")
    assert source_root(["repo/src/deep/x.py"]) == cwd / "repo"
    assert source_root(["repo/src", "repo"]) == cwd / "repo"
    assert source_root(["module"]) == cwd / "module"
    assert work_tree("repo/src") == cwd / "repo"


def test_sources_without_git_are_known_by_where_the_command_runs(cwd, monkeypatch):
    (cwd / "a/b").mkdir(parents=True)
    assert work_tree("a") is None
    assert source_root(["a/b"]) == cwd
    monkeypatch.chdir("a/b")
    assert source_root([cwd / "a"]) == cwd / "a"


def test_relative_to(cwd):
    assert relative_to("a/../b/x.py", cwd) == Path("b/x.py")
    assert relative_to("../x.py", cwd) == cwd.parent / "x.py"
