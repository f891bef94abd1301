"""From a node of Python's ast to the LibCST node of the same source text."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

import libcst as cst

from migrate.source.emit.chunks import ChunkedModule
from migrate.source.emit.positions import Span
from migrate.source.emit.unread import Unread
from migrate.source.unprovable import CONTROL_FLOW, Unprovable


class _Kinds(dict[type[cst.CSTNode], type[cst.CSTNode] | None]):
    """What a class of nodes is, asked once: LibCST's are abstract base classes, and slow to answer."""

    def __missing__(self, node: type[cst.CSTNode]) -> type[cst.CSTNode] | None:
        found: type[cst.CSTNode] | None = None
        if not issubclass(node, Unread):
            kinds = (cst.BaseExpression, cst.BaseSmallStatement, cst.BaseStatement)
            found = next((kind for kind in kinds if issubclass(node, kind)), None)
        self[node] = found
        return found


_KINDS = _Kinds()


class SourceIndex:
    """A module parsed by both, with the LibCST node of every statement and expression.

    Analysis uses `ast`, which is a dozen times faster; only what is edited needs the concrete tree. Statements are
    only read when something in them is asked for.
    """

    def __init__(self, text: str, tree: ast.Module | None = None) -> None:
        """Parses a module.

        Args:
            text: Its source.
            tree: That source, parsed, if it is at hand.

        Raises:
            Unprovable: Where LibCST does not read what Python reads.
        """
        try:
            self._chunked = ChunkedModule(text, tree if tree is not None else ast.parse(text))
        except cst.ParserSyntaxError as error:
            raise Unprovable(CONTROL_FLOW, "the file is laid out in a way that is not understood") from error
        # Only what Python takes for line ends: str.splitlines knows more of them.
        self._lines = re.split(r"\r\n|\r|\n", text)
        self._parts: dict[cst.BaseSmallStatement, cst.SimpleStatementLine] = {}
        self._whole: dict[cst.CSTNode, cst.SimpleStatementLine] = {}
        self._starts: dict[cst.CSTNode, int] = {}
        self._ends: dict[cst.CSTNode, int] = {}
        self._expressions: dict[Span, cst.BaseExpression] = {}
        self._statements: dict[tuple[int, int], cst.BaseStatement] = {}
        self._small: dict[tuple[int, int], cst.BaseSmallStatement] = {}
        self._collect(self._chunked.spans)

    @property
    def module(self) -> cst.Module:
        """The module as far as it is read."""
        return self._chunked.module

    def read(self, node: ast.stmt) -> None:
        """Reads all of a statement at once, if nothing of it is read yet; much of it will be asked for."""
        self._read(node.lineno, whole=True)

    def _read(self, line: int, *, whole: bool = False) -> None:
        """Reads the statement that has a line, if it is not read yet."""
        try:
            spans = self._chunked.read(line, whole=whole)
        except cst.ParserSyntaxError as error:
            raise Unprovable(CONTROL_FLOW, "the file is laid out in a way that is not understood") from error
        if spans is not None:
            self._collect(spans)

    def _collect(self, spans: Mapping[cst.CSTNode, Span]) -> None:
        for node, span in spans.items():
            start = span[:2]
            self._starts[node] = span[0]
            self._ends[node] = span[2]
            kind = _KINDS[node.__class__]
            if kind is cst.BaseExpression:
                # Of two with one span the outer one stands first: a parenthesized expression and its inside differ.
                self._expressions.setdefault(span, node)  # type: ignore[arg-type]
            elif kind is cst.BaseSmallStatement:
                self._small[start] = node  # type: ignore[assignment]
            elif kind is cst.BaseStatement:
                self._statements[start] = node  # type: ignore[assignment]
                if isinstance(node, cst.SimpleStatementLine) and len(node.body) > 1:
                    self._split(node)

    def statement(self, node: ast.stmt) -> cst.BaseStatement:
        """The line or compound statement that holds a statement."""
        line = node.lineno
        self._read(line)
        column = self._column(line, node.col_offset)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.decorator_list:
            first = node.decorator_list[0]
            found = self._statements.get((first.lineno, self._column(first.lineno, first.col_offset) - 1))
            if found is not None:
                return found
        small = self._small.get((line, column))
        if small is not None and small in self._parts:
            return self._parts[small]
        found = self._statements.get((line, column))
        if found is not None:
            return found
        assert small is not None
        return cst.SimpleStatementLine([small])

    def small(self, node: ast.stmt) -> cst.BaseSmallStatement:
        """The node of a simple statement, without its line."""
        self._read(node.lineno)
        return self._small[(node.lineno, self._column(node.lineno, node.col_offset))]

    def is_part(self, statement: cst.CSTNode) -> bool:
        """Whether what `statement` gave is one of several on a line, and so no node of the module."""
        return statement in self._whole

    def holds(self, statement: cst.CSTNode) -> bool:
        """Whether what `statement` gave is a node of the module; the body of `if x: y` is not."""
        return statement in self._starts

    def lines(self, nodes: Iterable[cst.CSTNode]) -> list[int]:
        """The first lines of some nodes of the module, sorted."""
        return sorted({self._starts[node] for node in nodes if node in self._starts})

    def edited_inside(self, statement: cst.CSTNode, lines: Sequence[int]) -> bool:
        """Whether a statement of the module has one of some sorted lines."""
        above: Sequence[cst.Decorator] = getattr(statement, "decorators", ())
        first, last = self._starts[above[0] if above else statement], self._ends[statement]
        position = bisect_left(lines, first)
        return position < len(lines) and lines[position] <= last

    def edited(self, statement: cst.CSTNode, following: cst.CSTNode | None, nodes: Iterable[cst.CSTNode]) -> bool:
        """Whether any of some nodes may stand in a statement of the module, by their lines."""
        first = self._starts.get(statement)
        last = self._starts.get(following) if following is not None else None
        if first is None:
            return True
        return any(
            first <= self._starts.get(node, first) and (last is None or self._starts.get(node, last) <= last)
            for node in nodes
        )

    def rejoined(self, statements: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
        """Statements in which the untouched parts of a line `a; b` are that line again."""
        found: list[cst.BaseStatement] = []
        position = 0
        while position < len(statements):
            line = self._whole.get(statements[position])
            if line is not None:
                parts = [self._parts[small] for small in line.body]
                if list(statements[position : position + len(parts)]) == parts:
                    found.append(line)
                    position += len(parts)
                    continue
            found.append(statements[position])
            position += 1
        return found

    def _split(self, line: cst.SimpleStatementLine) -> None:
        """Makes a line of its own of each small statement of `a; b`."""
        for position, small in enumerate(line.body):
            last = position == len(line.body) - 1
            part = cst.SimpleStatementLine(
                [small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)],
                leading_lines=line.leading_lines if position == 0 else (),
                trailing_whitespace=line.trailing_whitespace if last else cst.TrailingWhitespace(),
            )
            self._parts[small] = part
            self._whole[part] = line

    def expression(self, node: ast.expr) -> cst.BaseExpression | None:
        """The LibCST node of an expression; None for what LibCST has no node of its own for."""
        self._read(node.lineno)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        key = (
            node.lineno,
            self._column(node.lineno, node.col_offset),
            node.end_lineno,
            self._column(node.end_lineno, node.end_col_offset),
        )
        return self._expressions.get(key)

    def _column(self, line: int, offset: int) -> int:
        """Columns of ast count UTF-8 bytes, those of LibCST characters."""
        text = self._lines[line - 1]
        if text.isascii():
            return offset
        return len(text.encode()[:offset].decode(errors="replace"))
