"""Names that a rewrite takes away, and files that use them."""

from __future__ import annotations

from pathlib import Path

from migrate.source.taken_away import taken_away, used_elsewhere


def test_functions_classes_and_values():
    before = "import os\nSIZE = 3\nclass A: pass\ndef f(): pass\ndef g():\n  inner = 1\nif SIZE:\n  B = 1\n"
    assert taken_away(before, "def g(): pass\nSIZE = 4\n") == {"A", "f", "B"}


def test_an_import_is_nobodys_but_the_files_own():
    assert taken_away("import os\nfrom a import b\n", "x = 1\n") == frozenset()


def test_a_name_in_a_file_that_imports_it(tmp_path: Path):
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("import m\nm.builder()\nprebuild = 1\n")
    other.write_text("from m import build\n")
    assert used_elsewhere({"build"}, [one]) is None
    assert used_elsewhere({"build", "zzz"}, [one, other]) == "build"
    assert used_elsewhere((), [other]) is None
    assert used_elsewhere({"build"}, [tmp_path / "gone.py"]) is None
