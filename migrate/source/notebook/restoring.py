"""The source of a cell for new code of it: with its own lines in the place of what stands for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.source.notebook.magics import LINE

if TYPE_CHECKING:
    from migrate.source.notebook.document import Cell


def trimmed(code: str) -> str:
    """Code without the blank lines around it, which are not the cell's own."""
    lines = LINE.findall(code)
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return "".join(lines).rstrip("\r\n")


def restored(cell: Cell, code: str) -> str:
    """The new source of a cell, with its own lines in the place of what stands for them."""
    left = list(cell.masked.standing)
    lines: list[str] = []
    for line in LINE.findall(code):
        bare = line.rstrip("\r\n")
        if left and bare.strip() == left[0][0].strip():
            shown, own = left.pop(0)
            if _indent(shown) != _indent(bare):
                own = _indent(bare) + own.lstrip()
            line = own + line[len(bare) :]
        lines.append(line)
    if left:
        raise MigrateError(f"the new text has no place for {left[0][1].strip()!r} of cell {cell.number}")
    source = trimmed("".join(lines))
    # The blank lines that the cell has around its code are its own.
    before, _, after = cell.source.partition(trimmed(cell.source)) if cell.source.strip() else ("", "", "")
    return before + source + after if source else ""


def beside(cell: Cell, code: str) -> str:
    """What is in the chunk of a cell that is not its own."""
    own = [shown.strip() for shown, _ in cell.masked.standing]
    lines = [line for line in LINE.findall(code) if line.strip() not in own]
    if len(LINE.findall(code)) - len(lines) < len(own):
        raise MigrateError(f"the new text has no place for all of cell {cell.number}")
    found = "".join(lines)
    return found if found.strip() else ""


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
