"""What turns one text into another: the lines that go, and those that come in their place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

# As Python ends lines; str.splitlines would also end them at form feeds and the like.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A range of a text, and what comes in its place. Lines and columns count from 1, columns in characters.

    Attributes:
        line: The line on which the range starts.
        column: The column at which it starts.
        end_line: The line on which it ends.
        end_column: The column behind its last character.
        text: What comes in its place; may be empty.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


def replacements(before: str, after: str) -> tuple[Replacement, ...]:
    """Says what turns `before` into `after`: whole lines, and no more of them than have changed.

    Args:
        before: A text.
        after: Another one.

    Returns:
        The ranges of `before` to replace, from the first to the last; they do not overlap.
    """
    old, new = text_lines(before), text_lines(after)
    return tuple(
        Replacement(*_place(old, start), *_place(old, end), "".join(new[new_start:new_end]))
        for start, end, new_start, new_end in _hunks(old, new)
    )


def text_lines(text: str) -> list[str]:
    """The lines of a text as Python counts them, with their ends."""
    return _LINE.findall(text)


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """The ranges of lines that differ: in the old text, and in the new one."""
    # Most of a file stays as it is: comparing only the rest keeps long files quick.
    head = _same(old, new)
    tail = _same(old[head:][::-1], new[head:][::-1])
    inner = difflib.SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    for tag, start, end, new_start, new_end in inner.get_opcodes():
        if tag != "equal":
            yield head + start, head + end, head + new_start, head + new_end


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines are the same from the start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _place(lines: Sequence[str], index: int) -> tuple[int, int]:
    """Line and column where a line starts. The end of the text is behind its last line, not on one of its own."""
    if index < len(lines) or not lines:
        return index + 1, 1
    return len(lines), len(lines[-1]) + 1
