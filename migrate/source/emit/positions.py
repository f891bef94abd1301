"""Where the nodes of a concrete tree stand: what LibCST's PositionProvider says, without its machinery.

Resolving metadata visits the tree once more and makes three objects a node, which takes twice as long as parsing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from libcst._nodes.internal import CodegenState

if TYPE_CHECKING:
    import libcst as cst

Span = tuple[int, int, int, int]
"""First line, first column, last line, last column."""

_NEWLINE = re.compile(r"\r\n?|\n")


def positions(module: cst.Module, column: int = 0) -> tuple[dict[cst.CSTNode, Span], str]:
    """The span of every node below a module, without insignificant whitespace, and the module's text.

    Args:
        module: The module.
        column: The column with which its first line starts.
    """
    state = _Positions(module.default_indent, module.default_newline, column=column)
    module._codegen(state)
    return state.spans, "".join(state.tokens)


@dataclass(slots=True)
class _Positions(CodegenState):
    """Generates code and notes where each node starts and ends; the outer of two notes of a node is lost."""

    line: int = 1
    column: int = 0
    starts: list[tuple[int, int]] = field(default_factory=list)
    spans: dict[cst.CSTNode, Span] = field(default_factory=dict)

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.tokens.append(token)
            self.column += len(token)

    def add_token(self, value: str) -> None:
        self.tokens.append(value)
        if "\n" not in value and "\r" not in value:
            self.column += len(value)
            return
        *others, last = _NEWLINE.split(value)
        self.line += len(others)
        self.column = len(last)

    def before_codegen(self, node: cst.CSTNode) -> None:
        self.starts.append((self.line, self.column))

    def after_codegen(self, node: cst.CSTNode) -> None:
        start = self.starts.pop()
        if node not in self.spans:
            self.spans[node] = (*start, self.line, self.column)

    @contextmanager
    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> Iterator[None]:
        start = (self.line, self.column)
        yield
        if start_node is not None:
            start = self.spans[start_node][:2]
        end = self.spans[end_node][2:] if end_node is not None else (self.line, self.column)
        self.spans[node] = (*start, *end)
