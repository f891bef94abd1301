"""How the list of modules that are gone is made."""

from __future__ import annotations

from pathlib import Path

from migrate.source.api.remake_modules import gone, modules


def test_modules_are_files_and_packages(tmp_path: Path):
    for file in ("a/__init__.py", "a/b.py", "a/c/__init__.py", "contrib/x.py", "_api/v1.py", "__init__.py", "a/d.so"):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert modules(tmp_path) == {"a", "a.b", "a.c"}


def test_only_the_uppermost_that_is_gone_is_listed():
    assert gone({"a", "a.b", "a.b.c", "d", "d.my_test", "e"}, {"a", "d", "f"}) == ["a.b", "e"]
