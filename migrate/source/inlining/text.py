"""A module's text with its tree, and edits by the places of nodes."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from migrate.source.symbols import Scope, Symbols
from migrate.source.syntax import children, parents
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


class Parents(dict[ast.AST, ast.AST]):
    """The node around each node, worked out for the statements of the module that somebody asks about."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__()
        self._tree = tree
        self._left = set(tree.body)
        self._lines = [_first_line(statement) for statement in tree.body]

    def __missing__(self, node: ast.AST) -> ast.AST:
        line = getattr(node, "lineno", None)
        if line is not None and (position := bisect_right(self._lines, line)):
            # Several may share the line.
            while position and self._lines[position - 1] == self._lines[bisect_right(self._lines, line) - 1]:
                position -= 1
                self._fill(self._tree.body[position])
        if not dict.__contains__(self, node):
            for statement in [one for one in self._tree.body if one in self._left]:
                self._fill(statement)
        if not dict.__contains__(self, node):
            raise KeyError(node)
        return self[node]

    def __contains__(self, node: object) -> bool:
        return isinstance(node, ast.AST) and self.get(node) is not None

    def get(self, node: ast.AST, default: ast.AST | None = None) -> ast.AST | None:  # type: ignore[override]
        """The node around a node; `default` for the module itself."""
        try:
            return self[node]
        except KeyError:
            return default

    def _fill(self, statement: ast.stmt) -> None:
        if statement in self._left:
            self._left.remove(statement)
            self.update(parents(statement))
            self[statement] = self._tree


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


class Source:
    """One state of the text."""

    def __init__(self, text: str, symbols: Symbols | None = None) -> None:
        """Reads it.

        Args:
            text: Python source whose lines end in newlines.
            symbols: The names of that text, where it has been read before.
        """
        self.text = text
        if symbols is not None:
            self.symbols = symbols
        self.tree = ast.parse(text) if symbols is None else symbols.tree
        self.lines = text.split("\n")
        self.parents = Parents(self.tree)

    @cached_property
    def symbols(self) -> Symbols:
        """What its names mean."""
        return Symbols(self.tree)

    @property
    def nodes(self) -> Sequence[ast.AST]:
        """Every node, level by level."""
        return self.symbols.nodes()

    def named(self, name: str) -> list[ast.Name]:
        """The nodes that spell a name."""
        if self.text.isascii() and name not in self.text:
            return []
        return self._named.get(name, [])

    @cached_property
    def _named(self) -> dict[str, list[ast.Name]]:
        found: dict[str, list[ast.Name]] = {}
        for node in self.symbols.nodes_of_kind(ast.Name):
            found.setdefault(node.id, []).append(node)
        return found

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
            for child in children(node):
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
