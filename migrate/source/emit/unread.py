"""Statements of a concrete tree that are text until somebody asks what is in them.

Such a node has the type, the comments above it and the name that it would have, and writes its text. What visits it
does not look inside; where it is written at another depth, or somebody wants all of it, it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from migrate.source.emit.positions import Span, positions
from migrate.source.unprovable import CONTROL_FLOW, Unprovable

if TYPE_CHECKING:
    from libcst._nodes.internal import CodegenState


@dataclass(frozen=True, slots=True)
class Piece:
    """The lines of one statement.

    Attributes:
        text: The lines, with comments that belong to its last block.
        indent: What stands before the statement on its first line.
        usual_indent: What the module takes for a level of indentation; blocks with it do not say theirs.
        usual_newline: The same for the ends of lines.
    """

    text: str = ""
    indent: str = ""
    usual_indent: str = "    "
    usual_newline: str = "\n"

    def parsed(self) -> cst.BaseStatement:
        """The statement.

        Raises:
            ParserSyntaxError: LibCST does not read what Python reads.
        """
        return self._statement(cst.parse_module("".join(self._around(self.text))))

    def placed(self, text: str) -> tuple[cst.BaseStatement, Mapping[cst.CSTNode, Span], int]:
        """The statement, where its nodes stand, and how many lines too far down.

        Args:
            text: What is read instead of the lines.

        Raises:
            ParserSyntaxError: LibCST does not read what Python reads.
            Unprovable: LibCST does not write what it has read.
        """
        above, text = self._around(text)
        module = cst.parse_module(above + text)
        spans, written = positions(module, 0 if above else len(self.indent))
        if written != above + text:
            raise Unprovable(CONTROL_FLOW, "the file is laid out in a way that is not understood")
        lines = above.count("\n")
        inside = {node: span for node, span in spans.items() if span[0] > lines and node is not module}
        return self._statement(module), inside, lines

    def _around(self, text: str) -> tuple[str, str]:
        """Lines above a text with which it can be parsed, and the text."""
        newline = self.usual_newline
        if not text.endswith("\n"):
            text += newline
        if text.count("\n") == 1 and text.endswith("\r\n") == (newline == "\r\n"):
            # Its indentation says nothing about it.
            return "", text[len(self.indent) :]
        # What is first in a text is what is usual, so that the rest is spelled out.
        above = f"if 0:{newline}{self.usual_indent}pass{newline}"
        return above + (f"if 0:{newline}" if self.indent else ""), text

    def _statement(self, module: cst.Module) -> cst.BaseStatement:
        node: cst.CSTNode = module.body[-1]
        if len(module.body) > 1 and self.indent:
            node = node.body.body[-1]  # type: ignore[attr-defined]
        assert isinstance(node, cst.BaseStatement)
        return node


class Unread:
    """What all statements that are text have in common."""

    piece: Piece
    leading_lines: tuple[cst.EmptyLine, ...]

    def read(self) -> cst.BaseStatement:
        """The statement as if it had been read from the first."""
        return self.piece.parsed().with_changes(leading_lines=self.leading_lines)

    def _visit_and_replace_children(self, visitor: cst.CSTVisitorT) -> cst.BaseStatement:
        if getattr(visitor, "reads_all", False):
            node: cst.BaseStatement = self.read()._visit_and_replace_children(visitor)  # type: ignore[assignment]
            return node
        return self  # type: ignore[return-value]

    def _codegen_impl(self, state: CodegenState, **_: object) -> None:
        if "".join(state.indent_tokens) != self.piece.indent:
            self.read()._codegen_impl(state)
            return
        for line in self.leading_lines:
            line._codegen(state)
        body = self.piece.text.rstrip("\r\n")
        state.add_token(body)
        # A token of its own: a module without a last newline leaves out its last token.
        state.add_token(self.piece.text[len(body) :] or state.default_newline)


@dataclass(frozen=True)
class FunctionText(Unread, cst.FunctionDef):  # type: ignore[misc]
    """A function that is not read yet."""

    piece: Piece = Piece()


@dataclass(frozen=True)
class ClassText(Unread, cst.ClassDef):  # type: ignore[misc]
    """A class that is not read yet."""

    piece: Piece = Piece()


@dataclass(frozen=True)
class BlockText(Unread, cst.If):  # type: ignore[misc]
    """Another compound statement that is not read yet."""

    piece: Piece = Piece()


@dataclass(frozen=True)
class LineText(Unread, cst.SimpleStatementLine):  # type: ignore[misc]
    """A statement without a block that is not read yet."""

    piece: Piece = Piece()


def unread(stub: cst.BaseStatement, piece: Piece) -> FunctionText | ClassText | BlockText | LineText:
    """What stands for a statement, from a stub with its name and the comments above it."""
    match stub:
        case cst.FunctionDef():
            return FunctionText(stub.name, stub.params, stub.body, leading_lines=stub.leading_lines, piece=piece)
        case cst.ClassDef():
            return ClassText(stub.name, stub.body, leading_lines=stub.leading_lines, piece=piece)
        case cst.If():
            return BlockText(stub.test, stub.body, leading_lines=stub.leading_lines, piece=piece)
        case cst.SimpleStatementLine():
            return LineText(stub.body, leading_lines=stub.leading_lines, piece=piece)
    raise AssertionError(stub)
