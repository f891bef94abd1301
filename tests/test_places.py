from __future__ import annotations

from pathlib import Path

from migrate.places import absolute, common_directory


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
