"""The code cells of a notebook as one program: each starts with a text that names it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from migrate.source.notebook.magics import LINE, SIGN
from migrate.source.unprovable import NOT_REWRITTEN, Unprovable

_ALONE = re.compile(r"""^"%% \[cell \d+\]"[ \t]*$""", re.MULTILINE)
_DROPPED = re.compile(
    r"""^([ \t]*)(?:(['"]).*\2|get_ipython\(\)\.(?:system|run_line_magic)\(.*\))  #%[ \t]*$""", re.MULTILINE
)
_HEAD = re.compile(r'^"%% \[cell (\d+)\]"[ \t]*(?:\r\n|\r|\n|\Z)', re.MULTILINE)


def head(number: int) -> str:
    """The line above the code of a cell: a text, so that it stays where it is and means nothing."""
    return f'"%% [cell {number}]"'


def has_cells(text: str) -> bool:
    """Whether a program is that of a notebook."""
    return text.startswith('"%% [cell ') and _HEAD.match(text) is not None


def chunks(text: str) -> list[tuple[int, str]]:
    """The code below each head, with the number of its cell. What stands above the first belongs to that."""
    heads = list(_HEAD.finditer(text))
    if not heads:
        return []
    ends = [*(one.start() for one in heads[1:]), len(text)]
    found = [(int(one.group(1)), text[one.end() : end]) for one, end in zip(heads, ends, strict=True)]
    if heads[0].start():
        found[0] = (found[0][0], text[: heads[0].start()] + found[0][1])
    return found


def program_parts(text: str) -> list[str]:
    """What is compiled by itself: each cell of a notebook's program; else all of the text."""
    return [code for _, code in chunks(text)] if has_cells(text) else [text]


def as_script(program: str) -> str:
    """The program of a notebook for Python alone, without names of cells and commands; every line stays where it is."""
    return _DROPPED.sub(lambda match: f"{match.group(1)}pass" if match.group(1) else "#", _ALONE.sub("#", program))


def unclosed(program: str) -> int | None:
    """The number of a cell whose code only ends in another one, which IPython would not run; None where there is none.

    Args:
        program: The program of a notebook, as Python 3.
    """
    try:
        if _heads(program) == len(chunks(program)):
            return None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return next((number for number, code in chunks(program) if not _parses(code)), None)


def refuse_split(before: str, after: str) -> None:
    """Refuses a rewrite of a notebook's program that cannot be put back into its cells.

    Args:
        before: The program as it was read.
        after: The program after the rewrite.

    Raises:
        Unprovable: Cells came together, or what only IPython understands has moved.
    """
    if not has_cells(before):
        return
    old, new = chunks(before), chunks(after)
    if [number for number, _ in old] != [number for number, _ in new] or _heads(after) != len(new):
        raise Unprovable(NOT_REWRITTEN, "the rewrite would put code of several cells into one block")
    for (number, code), (_, changed) in zip(old, new, strict=True):
        if code == changed:
            continue
        if list(_standing(code)) != list(_standing(changed)):
            raise Unprovable(NOT_REWRITTEN, f"the rewrite would change what IPython does in cell {number}")
        if not _parses(changed):
            raise Unprovable(NOT_REWRITTEN, f"cell {number} would be no code of its own")


def _heads(text: str) -> int:
    """How many cells start between the statements of a program."""
    return sum(is_head(node) for node in ast.parse(text).body)


def is_head(node: ast.stmt) -> bool:
    """Whether a statement is the line above the code of a cell."""
    match node:
        case ast.Expr(value=ast.Constant(value=str(value))):
            return re.fullmatch(r"%% \[cell \d+\]", value) is not None
    return False


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


def _standing(code: str) -> Iterator[str]:
    return (line.strip() for line in LINE.findall(code) if line.rstrip().endswith(SIGN.strip()))
