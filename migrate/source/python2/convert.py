"""Python 2 as Python 3, by those fixers of fissix (lib2to3) whose result does the same.

A file that Python 3 cannot parse is not run by it either, so what is written in place of it is Python 3 altogether:
TensorFlow 2 has no Python 2.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from migrate.source.python2.binary import with_binary_modes
from migrate.source.python2.division import uncertain_division

FIXERS = (
    "apply",
    "basestring",
    "dict",
    "except",
    "exec",
    "execfile",
    "filter",
    "has_key",
    "imports",
    "itertools",
    "itertools_imports",
    "long",
    "map",
    "ne",
    "next",
    "nonzero",
    "numliterals",
    "print",
    "raise",
    "raw_input",
    "reduce",
    "repr",
    "throw",
    "tuple_params",
    "xrange",
    "zip",
)
"""Not among them: what only looks better (`idioms`), and what depends on where a file is (`import`)."""

_LOOKS = re.compile(
    r"^[ \t]*print\b[ \t]*(?:$|[^\s(=.,)\]:])|^[ \t]*except\b[^:#(]+,[ \t]*\w+[ \t]*:|^[ \t]*raise[ \t]+[\w.]+[ \t]*,"
    r"|^[ \t]*exec[ \t]+[^\s(=]|`|<>|^[ \t]*print[ \t]*\(.*\)[ \t]*[,%]",
    re.MULTILINE,
)
# Python 3 takes these names of texts as well, but for raw ones.
_UNICODE = re.compile(r"\bunichr\b|\bunicode\b|\b[uU][rR]['\"]")
_GONE = b"\0"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Modern:
    """A Python 2 file as Python 3.

    Attributes:
        text: The new text.
        changed: The lines of the old text that are another one now.
        uncertain: Why it may not do the same, and on which line of the new text; None where it does.
    """

    text: str = field(repr=False)
    changed: tuple[int, ...]
    uncertain: tuple[str, int] | None = None
    _lines: tuple[int, ...] = field(default=(), repr=False)

    def old_line(self, line: int) -> int:
        """Which line of the old text a line of the new one is."""
        return self._lines[line - 1] if self._lines else line


def looks_like_python2(text: str, error: SyntaxError) -> bool:
    """Whether a text that Python 3 cannot parse seems to be Python 2.

    Args:
        text: The text.
        error: What Python 3 says.
    """
    return isinstance(error, TabError) or _LOOKS.search(text) is not None


def can_convert() -> bool:
    """Whether fissix is installed."""
    try:
        import fissix  # noqa: F401
    except ImportError:
        return False
    return True


@lru_cache(maxsize=64)
def modern(text: str) -> Modern | None:
    """A text that Python 3 cannot parse, as Python 3.

    Args:
        text: The text.

    Returns:
        The new text; None where it is no Python 2 either, or where fissix is missing.
    """
    try:
        from fissix.pgen2.parse import ParseError
        from fissix.pgen2.tokenize import TokenError
        from fissix.refactor import RefactoringTool
    except ImportError:
        return None
    names = [*FIXERS, "unicode"] if _UNICODE.search(text) else FIXERS
    tool = RefactoringTool([f"fissix.fixes.fix_{name}" for name in names])
    body = text if text.endswith(("\n", "\r")) else f"{text}\n"
    try:
        if str(tool.driver.parse_string(body)) != body:
            return None
        found = str(tool.refactor_string(body, "file"))
        found = with_binary_modes(_without_doubled(_without_tabs(found)))
        tree = ast.parse(found)
    except (ParseError, TokenError, SyntaxError, ValueError, RecursionError, AttributeError):
        return None
    found = found if body == text else found.removesuffix("\n")
    changed, lines = _compared(text, found)
    uncertain = _unsure(tool.fixer_log) or uncertain_division(tree)
    return Modern(found, changed, uncertain, lines)


def readable(text: str) -> str:
    """A text that Python 3 can parse: this one, or what it is as Python 3, where there is such."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = modern(text)
        return text if found is None else found.text
    return text


def _unsure(log: list[str]) -> tuple[str, int] | None:
    """What a fixer could not do, in its words."""
    said = next((line for line in log if "Line" in line), None)
    if said is None:
        return None
    number = re.search(r"Line (\d+)", said)
    reason = said.partition(": ")[2] or said
    return f"Python 2 code that Python 3 has not: {reason}", int(number.group(1)) if number else 1


def _without_doubled(text: str) -> str:
    """The text with `print(x.y)` for `print((x.y))`, which the fixer makes of what was in parentheses."""
    tree = ast.parse(text)
    lines = [line.encode() for line in _LINE.findall(text)]
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="print"), args=[argument], keywords=[]):
                pass
            case _:
                continue
        if isinstance(argument, (ast.Tuple, ast.GeneratorExp, ast.Starred)) or node.end_lineno is None:
            continue
        start, end = (node.func.end_col_offset or 0), (node.end_col_offset or 0)
        first, last = lines[node.lineno - 1], lines[node.end_lineno - 1]
        inner = argument.col_offset - start, end - (argument.end_col_offset or 0)
        if (argument.lineno, argument.end_lineno) != (node.lineno, node.end_lineno) or inner != (2, 2):
            continue
        if first[start : start + 2] == b"((" and last[end - 2 : end] == b"))":
            # One byte for another, so that all columns stay right.
            lines[node.end_lineno - 1] = last[: end - 1] + _GONE + last[end:]
            first = lines[node.lineno - 1]
            lines[node.lineno - 1] = first[: start + 1] + _GONE + first[start + 2 :]
    return b"".join(lines).replace(_GONE, b"").decode()


def _without_tabs(text: str) -> str:
    """The text with spaces for the tabs that lines of code start with, where Python 3 finds them ambiguous."""
    try:
        ast.parse(text)
    except TabError:
        starts = set(_statements(text))
        lines = _LINE.findall(text)
        return "".join(_indented(line) if number in starts else line for number, line in enumerate(lines, 1))
    return text


def _statements(text: str) -> Iterator[int]:
    """The lines on which statements start."""
    from fissix.pgen2 import token, tokenize

    starts = True
    for kind, _, (line, _), _, _ in tokenize.generate_tokens(iter(text.splitlines(keepends=True)).__next__):
        if kind == token.NEWLINE:
            starts = True
        elif starts and kind not in (token.INDENT, token.DEDENT, tokenize.NL):
            starts = kind == tokenize.COMMENT
            yield line


def _indented(line: str) -> str:
    code = line.lstrip(" \t")
    return line[: len(line) - len(code)].expandtabs(8) + code


def _compared(old: str, new: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The lines of the old text that changed, and which of its lines each of the new one is where these differ in number."""
    before, after = _LINE.findall(old), _LINE.findall(new)
    if len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True), 1)
        return tuple(number for number, (one, other) in pairs if one != other), ()
    changed: list[int] = []
    lines: list[int] = []
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        if tag != "equal":
            changed += range(start + 1, end + 1)
        lines += [min(start + number, max(end - 1, start)) + 1 for number in range(new_end - new_start)]
    return tuple(changed), tuple(lines)
