"""From a node of Python's ast to the LibCST node of the same source text."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

_Span = tuple[int, int, int, int]


class SourceIndex:
    """A module parsed by both, with the LibCST node of every statement and expression.

    Analysis uses `ast`, which is a dozen times faster; only what is edited needs the concrete tree.
    """

    def __init__(self, text: str) -> None:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        self.module = wrapper.module
        self._lines = text.splitlines(keepends=True)
        self._expressions: dict[_Span, cst.BaseExpression] = {}
        self._statements: dict[tuple[int, int], cst.BaseStatement] = {}
        self._small: dict[tuple[int, int], cst.BaseSmallStatement] = {}
        self._collect(wrapper.resolve(PositionProvider))

    def _collect(self, ranges: Mapping[cst.CSTNode, CodeRange]) -> None:
        for node, span in ranges.items():
            start = (span.start.line, span.start.column)
            if isinstance(node, cst.BaseExpression):
                key = (*start, span.end.line, span.end.column)
                # Of two with one span the outer one stands first: a parenthesized expression and its inside differ.
                self._expressions.setdefault(key, node)
            elif isinstance(node, cst.BaseSmallStatement):
                self._small[start] = node
            elif isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
                self._statements[start] = node

    def statement(self, node: ast.stmt) -> cst.BaseStatement:
        """The line or compound statement that holds a statement."""
        line = node.lineno
        column = self._column(line, node.col_offset)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.decorator_list:
            first = node.decorator_list[0]
            found = self._statements.get((first.lineno, self._column(first.lineno, first.col_offset) - 1))
            if found is not None:
                return found
        found = self._statements.get((line, column))
        if found is not None:
            return found
        # One of several small statements of a line.
        return cst.SimpleStatementLine([self._small[line, column]])

    def expression(self, node: ast.expr) -> cst.BaseExpression | None:
        """The LibCST node of an expression; None for what LibCST has no node of its own for."""
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
