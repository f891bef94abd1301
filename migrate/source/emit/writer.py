"""Parses new lines of code so that they look like the file they go into: its indentation, its newlines, its width."""

from __future__ import annotations

import re
from collections.abc import Sequence

import libcst as cst

from migrate.source.emit.unread import ClassText, FunctionText, Piece

CONTINUED = "\v"
"""Stands for the indentation of a continued line."""

_HANGING = "    "
_DEFINITION = re.compile(r"(class|def) +(\w+)")

WIDTH = 80
"""Longer calls are broken, one argument a line."""


class Writer:
    """Makes LibCST statements from text, in the style of a module."""

    def __init__(self, module: cst.Module) -> None:
        self.config = module.config_for_parsing
        self.indent = module.default_indent
        self.newline = module.default_newline

    def statement(self, text: str) -> cst.BaseStatement:
        r"""One statement; at the start of a line `\t` stands for a block's level, `\v` for a continued line's."""
        parsed = cst.parse_statement(self.expression(text), config=self.config)
        assert isinstance(parsed, cst.BaseStatement)
        return parsed

    def at_top(self, text: str) -> cst.BaseStatement:
        """The same for the top level of the module, where a definition can stay text: most of them are long."""
        found = _DEFINITION.match(text)
        if found is None:
            return self.statement(text)
        name, piece = cst.Name(found[2]), Piece(self.expression(text), "", self.indent, self.newline)
        empty = cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])])
        if found[1] == "class":
            return ClassText(name, empty, piece=piece)
        return FunctionText(name, cst.Parameters(), empty, piece=piece)

    def expression(self, text: str) -> str:
        """The text of an expression with the file's newlines and indentation, for the marks of `statement`."""
        return self.newline.join(_indent(line, self.indent) for line in text.split("\n"))

    def block(self, statements: Sequence[cst.BaseStatement]) -> cst.IndentedBlock:
        """A block of statements; the first starts without blank lines."""
        return cst.IndentedBlock(trimmed(statements))


def trimmed(statements: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
    """Statements of which the first has no blank lines above it."""
    if not statements:
        return []
    first = statements[0]
    lines = list(leading(first))
    while lines and lines[0].comment is None:
        lines.pop(0)
    return [with_leading(first, lines), *statements[1:]]


def leading(statement: cst.BaseStatement) -> Sequence[cst.EmptyLine]:
    """The comments and blank lines above a statement."""
    found = getattr(statement, "leading_lines", ())
    return tuple(found)


def with_leading(statement: cst.BaseStatement, lines: Sequence[cst.EmptyLine]) -> cst.BaseStatement:
    """A statement with other comments and blank lines above it."""
    if tuple(lines) == tuple(leading(statement)):
        return statement
    return statement.with_changes(leading_lines=list(lines))


def comments(statement: cst.BaseStatement) -> list[cst.EmptyLine]:
    """Only the comments above a statement."""
    return [line for line in leading(statement) if line.comment is not None]


def blank(count: int) -> list[cst.EmptyLine]:
    """Blank lines, without the indentation of the block."""
    return [cst.EmptyLine(indent=False) for _ in range(count)]


def call(
    function: str,
    arguments: Sequence[str],
    *,
    before: str = "",
    after: str = "",
    depth: int = 0,
    indent: int = 2,
) -> str:
    """The text of a call, on one line if it fits, else one argument a line.

    Args:
        function: What is called.
        arguments: Texts of its arguments.
        before: What stands before it on its line.
        after: What stands behind it.
        depth: Levels of indentation of its line.
        indent: Width of a level.
    """
    line = f"{before}{function}({', '.join(arguments)}){after}"
    if len(line) + depth * indent <= WIDTH and "\n" not in line:
        return line
    inner = "".join("\v" + argument.replace("\n", "\n\v") + ",\n" for argument in arguments)
    return f"{before}{function}(\n{inner}){after}"


def dictionary(entries: Sequence[tuple[str, str]], *, before: str = "", depth: int = 0, indent: int = 2) -> str:
    """The text of a dictionary, on one line if it fits, else one entry a line."""
    line = f"{before}{{{', '.join(f'{key}: {value}' for key, value in entries)}}}"
    if len(line) + depth * indent <= WIDTH and "\n" not in line:
        return line
    inner = "".join(f"\v{key}: {value.replace(chr(10), chr(10) + CONTINUED)},\n" for key, value in entries)
    return f"{before}{{\n{inner}}}"


def _indent(line: str, indent: str) -> str:
    stripped = line.lstrip("\t\v")
    marks = line[: len(line) - len(stripped)]
    return "".join(indent if mark == "\t" else _HANGING for mark in marks) + stripped


class _Blanks(cst.CSTTransformer):
    """Blank lines of code that moves to the right stay empty."""

    reads_all = True

    def leave_EmptyLine(self, original_node: cst.EmptyLine, updated_node: cst.EmptyLine) -> cst.EmptyLine:
        if updated_node.comment is None:
            return updated_node.with_changes(indent=False, whitespace=cst.SimpleWhitespace(""))
        return updated_node


def unindented_blanks(statement: cst.BaseStatement) -> cst.BaseStatement:
    """A statement that moves to the right."""
    changed = statement.visit(_Blanks())
    assert isinstance(changed, cst.BaseStatement)
    return changed
