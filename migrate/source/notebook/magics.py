"""What IPython understands and Python does not: `%magic`, `!command`, `%%cell` and `name?`, and what stands for it.

Each such line has a line of Python in its place that analysis and rewrites leave where it is: a text mostly, or the
statement that a magic only measures. So every other line keeps its number, and the notebook gets its own lines back.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

SIGN = "  #%"
"""How each line ends that stands for another."""
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
"""A line as Python counts them."""

_MEASURING = frozenset({"time", "timeit", "prun", "memit", "mprun", "lprun"})
"""Magics that run the statement behind them."""
_AROUND = frozenset({*_MEASURING, "capture", "notify", "wandb"})
"""Magics of cells whose code runs as it would without."""
_ANYTHING = frozenset({"run", "load", "pylab", "reset", "reset_selective", "xdel", "store"})
"""Magics that may give names other values."""
_MAGIC = re.compile(r"[ \t]*(?:[%!?]|[\w.]+\?{1,2}[ \t]*$)")
_ASSIGNED = re.compile(r"([ \t]*)([A-Za-z_][\w.]*(?:[ \t]*,[ \t]*[A-Za-z_]\w*)*)[ \t]*=[ \t]*([!%].*)")
_COMMAND = re.compile(
    r"[ \t]*(?:pip3?|conda|apt-get|ls|ll|cd|cat|cp|mv|rm|mkdir|rmdir|pwd|less|more|man|git|wget)[ \t]+[^=\s.(,\[][^(]*$"
)
_OPTIONS = re.compile(r"(?:-\w+(?:[ \t]+\d+)?(?:[ \t]+|$))*")
_TOKEN = re.compile(
    r"#.*|(?P<open>[rRbBuUfF]{0,2}(?:'''|\"\"\"))|'(?:[^'\\]|\\.)*'?|\"(?:[^\"\\]|\\.)*\"?|(?P<in>[(\[{])|(?P<out>[)\]}])|\\.|."
)


@dataclass(frozen=True, slots=True)
class Masked:
    """The source of a cell as Python.

    Attributes:
        lines: Its lines, with their ends.
        standing: The lines that stand for others, in their order: what they are, and what the cell has, without ends.
        opaque: Whether nothing of the cell is Python.
    """

    lines: tuple[str, ...]
    standing: tuple[tuple[str, str], ...] = ()
    opaque: bool = False


def masked(source: str) -> Masked:
    """The source of a cell with lines of Python in the place of what only IPython understands.

    Args:
        source: The source.
    """
    lines = LINE.findall(source)
    if _parses(source):
        return Masked(tuple(lines))
    first = next((number for number, line in enumerate(lines) if line.strip() and line.strip()[0] != "#"), 0)
    name = re.match(r"%%(\w*)", lines[first]) if lines else None
    opaque = name is not None and name.group(1) not in _AROUND
    shown: list[str] = []
    standing: list[tuple[str, str]] = []
    for line, new in _with_stand_ins(lines, first if name is not None else -1, opaque=opaque):
        shown.append(new)
        if new != line:
            standing.append((_bare(new), _bare(line)))
    return Masked(tuple(shown), tuple(standing), opaque)


def _with_stand_ins(lines: list[str], head: int, *, opaque: bool) -> Iterator[tuple[str, str]]:
    """Each line, and what it becomes."""
    state = _Reading()
    magic = False
    indent = ""
    for number, line in enumerate(lines):
        bare = _bare(line)
        end = line[len(bare) :]
        starts = not magic and state.at_statement
        if number == head and opaque:
            yield line, f"get_ipython().system({bare.strip()!r}){SIGN}{end}"
        elif number == head or (opaque and bare.strip()) or magic:
            yield line, f"{indent}{bare.strip()!r}{SIGN}{end}" if bare.strip() else line
            magic = magic and bare.endswith("\\")
        elif starts and (new := _stand_in(bare)) is not None:
            indent = new[: len(new) - len(new.lstrip())]
            magic = bare.endswith("\\")
            yield line, new + end
        else:
            state.read(bare)
            yield line, line
        if not magic:
            indent = ""


def _stand_in(line: str) -> str | None:
    """What stands for a line that starts a statement; None where it is Python."""
    assigned = _ASSIGNED.fullmatch(line)
    if assigned is not None:
        indent, names, call = assigned.groups()
        return f"{indent}{names} = get_ipython().getoutput({call!r}){SIGN}"
    if not (_MAGIC.match(line) or _COMMAND.match(line)):
        return None
    stripped = line.strip()
    indent = line[: len(line) - len(line.lstrip())]
    magic, _, rest = stripped.removeprefix("%").partition(" ")
    if stripped.startswith("%") and magic in _MEASURING:
        statement = rest.strip()[_OPTIONS.match(rest.strip()).end() :]  # type: ignore[union-attr]
        if statement and _parses(statement):
            # What it does counts, whoever measures it.
            return f"{indent}{statement}{SIGN}"
    if stripped.startswith("%") and magic in _ANYTHING:
        # It may do anything.
        return f"{indent}get_ipython().run_line_magic({magic!r}, {rest.strip()!r}){SIGN}"
    if stripped.startswith("!"):
        # It may read and write files: nothing is moved across it that does so, too.
        return f"{indent}get_ipython().system({stripped!r}){SIGN}"
    return f"{indent}{stripped!r}{SIGN}"


class _Reading:
    """How far a reader of lines is: inside of brackets, of a long text, or behind a backslash."""

    def __init__(self) -> None:
        self._depth = 0
        self._quotes = ""
        self._continued = False

    @property
    def at_statement(self) -> bool:
        return not (self._depth or self._quotes or self._continued)

    def read(self, line: str) -> None:
        """Reads one line, without its end."""
        at = 0
        self._continued = False
        while at < len(line):
            if self._quotes:
                closed = re.compile(rf"(?:[^\\]|\\.)*?{self._quotes}").match(line, at)
                if closed is None:
                    return
                at, self._quotes = closed.end(), ""
                continue
            token = _TOKEN.match(line, at)
            if token is None:
                break
            at = token.end()
            if token["open"]:
                self._quotes = token["open"][-3:]
            elif token["in"]:
                self._depth += 1
            elif token["out"]:
                self._depth = max(0, self._depth - 1)
        self._continued = line.endswith("\\") and not self._quotes


def _bare(line: str) -> str:
    return line.rstrip("\r\n")


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
