from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.report.diff import cells_diff, coloured, patch_name, plain, unified_diff
from migrate.source.notebook.document import read_notebook
from tests.notebooks import notebook

CASES = {
    "plain": (b"a\nb\nc\n", b"a\nB\nc\n"),
    "no newline at the end": (b"a\nb", b"a\nB"),
    "newline at the end added": (b"a\nb", b"a\nb\n"),
    "newline at the end gone": (b"a\nb\n", b"a\nb"),
    "carriage returns": (b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n"),
    "lone carriage returns": (b"a\rb\rc", b"a\rB\rc"),
    "byte order mark": (b"\xef\xbb\xbfa\nb\n", b"\xef\xbb\xbfa\nB\n"),
    "latin-1": (b"\xe4\nb\n", b"\xe4\nB\n"),
    "form feed and odd line ends": ("a\x0cb\u2028c\x85d\nx\n".encode(), "a\x0cb\u2028c\x85d\ny\n".encode()),
    "far apart": (b"1\n" + b"x\n" * 30 + b"2\n", b"one\n" + b"x\n" * 30 + b"two\n"),
    "all gone": (b"a\n", b""),
    "all new": (b"", b"a\n"),
    "looks like a patch": (b"--- a\n+++ b\n@@\n", b"--- a\n++ b\n@@\n"),
}
NAMES = [
    "x.py",
    "sub/dir/x.py",
    "with space.py",
    "tab\tand\nline.py",
    'quote".py',
    "back\\slash.py",
    "ü.py",
    "\udcff.py",
]


def applies(tool, directory, before, after, name):
    file = directory / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(before)
    patch = unified_diff(before, after, name)
    command = ["git", "apply", "--whitespace=nowarn"] if tool == "git" else ["patch", "-p1", "-s"]
    done = subprocess.run(command, input=patch, cwd=directory, capture_output=True)
    assert done.returncode == 0, (done, patch)
    assert (file.read_bytes() if file.exists() else b"") == after


@pytest.mark.parametrize("tool", ["git", "patch"])
@pytest.mark.parametrize("case", CASES)
def test_patches_apply(cwd, tool, case):
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed")
    applies(tool, cwd, *CASES[case], "x.py")


@pytest.mark.parametrize("name", NAMES)
def test_strange_names(cwd, name):
    applies("git", cwd, *CASES["plain"], name)


def test_applies_in_a_subdirectory_of_a_work_tree(repository, monkeypatch):
    below = repository.top / "sub"
    below.mkdir()
    monkeypatch.chdir(below)
    applies("git", below, *CASES["plain"], "x.py")


@given(
    st.lists(st.sampled_from([b"a\n", b"b\n", b"\r\n", b"c", b"--\n"])),
    st.lists(st.sampled_from([b"a\n", b"d\n", b"c"])),
)
def test_any_two_texts(tmp_path_factory, before, after):
    directory = tmp_path_factory.mktemp("any")
    old, new = b"".join(before), b"".join(after)
    if old == new:
        assert unified_diff(old, new, "x.py") == b""
        return
    here = Path.cwd()
    os.chdir(directory)
    try:
        applies("git", directory, old, new, "x.py")
    finally:
        os.chdir(here)
        shutil.rmtree(directory)


def test_names_are_relative_to_here_where_they_can_be(cwd):
    assert patch_name("a/../b/x.py") == "b/x.py"
    assert patch_name(str(cwd / "b/x.py")) == "b/x.py"
    assert patch_name("../x.py") == str(cwd.parent / "x.py").lstrip("/")
    assert patch_name("-") == "-"
    assert patch_name("sub/x.py", cwd / "sub") == "x.py"


def test_colours_leave_the_text_and_show_control_characters(cwd):
    text = coloured(unified_diff(b"a\nb\r\n\x1b[2J", b"a\nc\r\n\x1b[2J", "x.py"))
    assert "\x1b[31m-b^M\x1b[0m\n" in text
    assert "\x1b[32m+c^M\x1b[0m\n" in text
    assert "\x1b[2J" not in text
    assert "^[[2J" in text
    assert coloured("-ä\n+ö\n".encode("latin-1"), "latin-1") == "\x1b[31m-ä\x1b[0m\n\x1b[32m+ö\x1b[0m\n"


def test_without_colours_control_characters_are_shown_all_the_same():
    text = plain(unified_diff(b"a\nb\r\n\x1b[2J\n", b"a\nc\r\n\x1b[2J\n", "x.py"))
    assert text.splitlines()[3:] == [" a", "-b^M", "+c^M", " ^[[2J"]


def test_a_notebook_is_shown_cell_by_cell():
    before = read_notebook(notebook("a = 1\nb = 2", "c = 3", "d = 4"))
    after = read_notebook(notebook("a = 1\nb = 5\n", "c = 3", ""))
    assert cells_diff(before, after, "x y.ipynb").decode() == (
        "--- a/x y.ipynb cell 1\t\n+++ b/x y.ipynb cell 1\t\n@@ -1,2 +1,2 @@\n a = 1\n-b = 2\n+b = 5\n"
        "--- a/x y.ipynb cell 3\t\n+++ b/x y.ipynb cell 3\t\n@@ -1 +0,0 @@\n-d = 4\n"
    )
    assert cells_diff(before, before, "x.ipynb") == b""
