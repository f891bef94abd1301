"""Texts in an editor."""

from __future__ import annotations

import sys

import pytest

from migrate.errors import MigrateError
from migrate.review import editor
from migrate.review.editor import edited, editor_command


def python(code: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; from pathlib import Path; file = Path(sys.argv[1]); {code}"]


def test_visual_comes_before_editor(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VISUAL", "code --wait 'a b'")
    monkeypatch.setenv("EDITOR", "ed")
    assert editor_command() == ["code", "--wait", "a b"]
    monkeypatch.setenv("VISUAL", " ")
    assert editor_command() == ["ed"]


def test_without_both_a_usual_one_is_taken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.setattr(editor.shutil, "which", lambda name: name == "vi" or None)
    assert editor_command() == ["vi"]
    monkeypatch.setattr(editor.shutil, "which", lambda _: None)
    with pytest.raises(MigrateError, match="set \\$VISUAL or \\$EDITOR"):
        editor_command()


def test_an_editor_that_cannot_be_split_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VISUAL", "vim '")
    with pytest.raises(MigrateError, match="VISUAL is"):
        editor_command()


def test_newlines_and_odd_characters_stay():
    text = "a\r\nb\n\tc\r\N{SNOWMAN}\udc80"
    assert edited(text, "a.py", python("file.write_bytes(file.read_bytes() + b'!')")) == text + "!"


def test_the_file_has_its_name():
    assert edited("", "export.py", python("file.write_text(file.name)")) == "export.py"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["/no/such/editor"], "no such file or directory"),
        (python("sys.exit(2)"), "ended with exit code 2"),
        (python("file.write_bytes(b'\\xff')"), "cannot be read"),
        (python("file.unlink()"), "cannot be read"),
    ],
)
def test_what_goes_wrong_is_one_line(command: list[str], said: str):
    with pytest.raises(MigrateError, match=said):
        edited("text", "a.py", command)
