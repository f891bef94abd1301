"""Edits of a module's text at places of its syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from migrate.source.unprovable import CONTROL_FLOW, Unprovable


class TextEdits:
    """Collects edits; positions are those of the tree of the text as it was."""

    def __init__(self, text: str) -> None:
        self._bytes = text.encode()
        self._starts = [0]
        for match in re.finditer(rb"\r\n|\r|\n", self._bytes):
            self._starts.append(match.end())
        self._newline = "\r\n" if b"\r\n" in self._bytes else "\n"
        self._edits: list[tuple[int, int, str]] = []

    def replace(self, node: ast.expr, text: str) -> None:
        """Another text for an expression."""
        start, end = self._span(node)
        self._edits.append((start, end, text))

    def insert_above(self, statement: ast.stmt, lines: Sequence[str]) -> None:
        """Statements above another, in its block."""
        if not lines:
            return
        start, indent = self._line(statement)
        line = statement.lineno - 1
        while line > 0 and self._is_comment(line - 1, indent):
            # A comment speaks of the statement.
            line -= 1
            start = self._starts[line]
        text = "\n".join(lines).replace("\n", f"{self._newline}{indent}")
        self._edits.append((start, start, f"{indent}{text}{self._newline}"))

    def remove(self, statement: ast.stmt, *, alone: bool) -> None:
        """No statement any more; where it stands alone in its block, one that does nothing."""
        start, indent = self._line(statement)
        end = self._offset(statement.end_lineno or statement.lineno, statement.end_col_offset or 0)
        rest = re.match(rb"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|$)", self._bytes[end:])
        if rest is None:
            raise Unprovable(CONTROL_FLOW, "a layer shares its line with another statement", statement)
        instead = f"{indent}pass{self._newline}" if alone else ""
        self._edits.append((start, end + rest.end(), instead))

    def replace_end(self, node: ast.expr, kept: ast.expr, text: str) -> None:
        """Another text for what stands behind a part of an expression."""
        self._edits.append((self._span(kept)[1], self._span(node)[1], text))

    def define_above(self, statement: ast.stmt, lines: Sequence[str]) -> None:
        """A function above a statement of the module, and above the comments on it."""
        decorators = getattr(statement, "decorator_list", [])
        line = min([statement.lineno, *(decorator.lineno for decorator in decorators)]) - 1
        while line > 0 and self._bytes[self._starts[line - 1] : self._starts[line]].startswith(b"#"):
            line -= 1
        start = self._starts[line]
        blank = 0
        while line - blank > 0 and not self._bytes[self._starts[line - blank - 1] : self._starts[line - blank]].strip():
            blank += 1
        above = [""] * max(2 - blank, 0) if line > 0 else []
        text = "".join(f"{added}{self._newline}" for added in [*above, *lines, "", ""])
        self._edits.append((start, start, text))

    def segment(self, node: ast.expr, inner: Mapping[ast.AST, str]) -> str:
        """The text of an expression, with other texts for some of its parts."""
        start, end = self._span(node)
        spans = sorted((*self._span(part), text) for part, text in inner.items() if isinstance(part, ast.expr))
        found, position = b"", start
        for left, right, text in spans:
            if left < position:
                # A part of a part that has its text already.
                continue
            found += self._bytes[position:left] + text.encode()
            position = right
        return (found + self._bytes[position:end]).decode()

    def text(self) -> str:
        """The text after all edits."""
        found = self._bytes
        # From the end; of what goes to one place the last first, so that it comes to stand behind the others.
        ordered = sorted(self._edits, key=lambda edit: (edit[0], edit[1]))
        for start, end, text in reversed(ordered):
            found = found[:start] + text.encode() + found[end:]
        return found.decode()

    def line_before(self, line: int) -> int:
        """The line that a line of the new text was."""
        grown = 0
        for start, end, text in sorted(self._edits, key=lambda edit: (edit[0], edit[1])):
            old = self._bytes[start:end].count(b"\n")
            new = text.count("\n")
            at = self._bytes[:start].count(b"\n") + 1 + grown
            if line < at + new:
                return max(at - grown, 1)
            if old != new:
                grown += new - old
        return line - grown

    def _is_comment(self, line: int, indent: str) -> bool:
        return self._bytes[self._starts[line] : self._starts[line + 1]].startswith(f"{indent}#".encode())

    def _line(self, statement: ast.stmt) -> tuple[int, str]:
        """The start of a statement's line, and its indentation."""
        start = self._starts[statement.lineno - 1]
        before = self._bytes[start : start + statement.col_offset]
        if before.strip(b" \t\f\xef\xbb\xbf"):
            raise Unprovable(CONTROL_FLOW, "a layer shares its line with another statement", statement)
        return start + (3 if before.startswith(b"\xef\xbb\xbf") else 0), before.decode().lstrip("\ufeff")

    def _span(self, node: ast.expr) -> tuple[int, int]:
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0),
        )

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column
