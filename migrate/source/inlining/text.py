"""A module's text with its tree, and edits by the places of nodes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.source.symbols import Scope, Symbols
from migrate.source.unprovable import CONTROL_FLOW, Unprovable

_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.ClassDef,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


class Source:
    """One state of the text."""

    def __init__(self, text: str) -> None:
        """Reads it.

        Args:
            text: Python source whose lines end in newlines.
        """
        self.text = text
        self.tree = ast.parse(text)
        self.symbols = Symbols(self.tree)
        self.lines = text.split("\n")
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def column(self, line: int, offset: int) -> int:
        """The column in characters of an offset in bytes."""
        text = self.lines[line - 1]
        return offset if text.isascii() else len(text.encode()[:offset].decode())

    def segment(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start, end = self.column(node.lineno, node.col_offset), self.column(node.end_lineno, node.end_col_offset)
        lines = self.lines[node.lineno - 1 : node.end_lineno]
        lines[-1] = lines[-1][:end]
        lines[0] = lines[0][start:]
        return "\n".join(lines)

    def indent(self, node: ast.stmt) -> str:
        """The white space before a statement; other text there is refused.

        Raises:
            Unprovable: Where the statement shares its line with others.
        """
        line = self.lines[node.lineno - 1]
        before = line[: self.column(node.lineno, node.col_offset)]
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        after = self.lines[node.end_lineno - 1][self.column(node.end_lineno, node.end_col_offset) :].strip()
        if before.strip() or (after and not after.startswith("#")):
            raise Unprovable(CONTROL_FLOW, "a statement shares its line with others", node)
        return before

    def comment(self, node: ast.stmt) -> str:
        """The comment behind a statement on its line."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.lines[node.end_lineno - 1][self.column(node.end_lineno, node.end_col_offset) :].strip()

    def names(self, root: ast.AST, scope: Scope) -> Iterator[tuple[ast.Name, Scope]]:
        """The names below a node, each with the scope it stands in.

        Args:
            root: Where to look.
            scope: The scope that `root` stands in, or opens.
        """
        pending: list[tuple[ast.AST, Scope]] = [(root, scope)]
        while pending:
            node, inner = pending.pop()
            if isinstance(node, ast.Name):
                yield node, inner
            for child in ast.iter_child_nodes(node):
                pending.append((child, self.symbols.scope_of(child) if isinstance(child, _SCOPES) else inner))

    def function_around(self, node: ast.AST) -> ast.AST:
        """The function, class or module that a node stands in."""
        node = self.parents[node]
        while not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)):
            node = self.parents[node]
        return node


@dataclass(slots=True)
class LineEdits:
    """Changes of some lines of a text.

    Attributes:
        parts: Line -> spans of columns and what stands there instead.
        removed: Lines that go.
        deeper: Line -> further levels of indentation.
        inserted: Line -> lines put in front of it, one level above its own.
        after: Line -> lines put behind it, on its own level.
    """

    parts: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    deeper: dict[int, int] = field(default_factory=dict)
    inserted: dict[int, list[str]] = field(default_factory=dict)
    after: dict[int, list[str]] = field(default_factory=dict)

    def put(self, source: Source, node: ast.expr | ast.stmt, text: str) -> None:
        """Replaces a node that stands on one line.

        Raises:
            Unprovable: Where it stands on several, or in an f-string, whose parts have no places.
        """
        if node.end_lineno != node.lineno or node.end_col_offset is None:
            raise Unprovable(CONTROL_FLOW, "an expression of a helper is spread over several lines", node)
        above: ast.AST | None = node
        while above is not None and not isinstance(above, ast.stmt):
            if isinstance(above, ast.JoinedStr):
                raise Unprovable(CONTROL_FLOW, "a name of a helper is used in an f-string", node)
            above = source.parents.get(above)
        start = source.column(node.lineno, node.col_offset)
        end = source.column(node.lineno, node.end_col_offset)
        self.parts.setdefault(node.lineno, []).append((start, end, text))

    def line(self, source: Source, number: int) -> str:
        """A line after the changes of its parts."""
        text = source.lines[number - 1]
        for start, end, new in sorted(self.parts.get(number, ()), reverse=True):
            text = text[:start] + new + text[end:]
        return text
