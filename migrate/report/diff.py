"""Unified diffs of bytes, such that `git apply` and `patch -p1` take them."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.places import relative_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.source.notebook.document import NotebookText

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_RESET = "\x1b[0m"
_QUOTED = {"\t": "\\t", "\n": "\\n", '"': '\\"', "\\": "\\\\"}


def unified_diff(before: bytes, after: bytes, path: str, root: Path | None = None) -> bytes:
    r"""Makes a patch of one file.

    Lines end at `\n` alone, so that carriage returns are part of the lines, as they are for git.

    Args:
        before: The content of the file.
        after: Its new content.
        path: The file; named relative to `root` where it lies below it.
        root: A directory, absolute; the current one where None.

    Returns:
        The patch, empty where nothing changes.
    """
    name = patch_name(path, root)
    return b"".join(
        _line(line)
        for line in difflib.diff_bytes(
            difflib.unified_diff,
            _lines(before),
            _lines(after),
            _header("a/", name),
            _header("b/", name),
        )
    )


def cells_diff(before: NotebookText, after: NotebookText, path: str, root: Path | None = None) -> bytes:
    """The changes of a notebook for people: a unified diff of the source of each cell that changes.

    Args:
        before: The notebook.
        after: The same after a rewrite.
        path: The file; named relative to `root` where it lies below it.
        root: A directory, absolute; the current one where None.

    Returns:
        The diff, which is no patch of the file.
    """
    name = patch_name(path, root)
    diff = b""
    for old, new in zip(before.cells, after.cells, strict=True):
        if old.source != new.source:
            cell = f"{name} cell {old.number}"
            lines = difflib.diff_bytes(
                difflib.unified_diff,
                _source_lines(old.source),
                _source_lines(new.source),
                _header("a/", cell),
                _header("b/", cell),
            )
            diff += b"".join(lines)
    return diff


def _source_lines(source: str) -> list[bytes]:
    """The lines of a cell's source. Its last one has no end, which is no news."""
    lines = _lines(source.encode("utf-8", "surrogatepass"))
    return lines if not lines or lines[-1].endswith(b"\n") else [*lines[:-1], lines[-1] + b"\n"]


def patch_name(path: str, root: Path | None = None) -> str:
    """How a patch names a file: relative to a directory, by default the current one, where it lies there; else whole."""
    return relative_to(path, root or Path.cwd()).as_posix().lstrip("/")


def coloured(diff: bytes, encoding: str = "utf-8") -> str:
    """A diff as text for a terminal: coloured, and with control characters made visible.

    Args:
        diff: The diff.
        encoding: The encoding of the files it is made of.

    Returns:
        The text.
    """
    return "".join(_coloured_lines(diff.decode(encoding, errors="replace")))


def plain(diff: bytes, encoding: str = "utf-8") -> str:
    """The same without colours, for a terminal that shows none: control characters are made visible all the same."""
    return "".join(
        f"{_CONTROL.sub(_visible, line)}\n" for line in diff.decode(encoding, errors="replace").split("\n")[:-1]
    )


def _coloured_lines(text: str) -> Iterator[str]:
    for line in text.split("\n")[:-1]:
        shown = _CONTROL.sub(_visible, line)
        if line.startswith(("--- ", "+++ ")):
            yield f"\x1b[1m{shown}{_RESET}\n"
        elif line.startswith("@@"):
            yield f"\x1b[36m{shown}{_RESET}\n"
        elif line.startswith("+"):
            yield f"\x1b[32m{shown}{_RESET}\n"
        elif line.startswith("-"):
            yield f"\x1b[31m{shown}{_RESET}\n"
        else:
            yield f"{shown}\n"


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"^{chr(code ^ 64)}" if code < 128 else f"\\x{code:02x}"


def _lines(data: bytes) -> list[bytes]:
    *whole, rest = data.split(b"\n")
    return [line + b"\n" for line in whole] + ([rest] if rest else [])


def _line(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _header(prefix: str, name: str) -> bytes:
    full = prefix + name
    if any(char < " " or char in '"\\\x7f' for char in name):
        full = '"' + "".join(_QUOTED.get(char, char if char >= " " else f"\\{ord(char):03o}") for char in full) + '"'
    elif " " in name:
        full += "\t"  # tells where a name with spaces ends
    return os.fsencode(full)
