"""A concrete tree of a module in which whole functions and classes are text until somebody asks what is in them.

LibCST takes longer to read a file than everything else that happens to it, and of a long file a few lines change. So
definitions at the top level are read as stubs, which then stand for their text; the tree is the same otherwise.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from migrate.source.emit.positions import Span, positions
from migrate.source.unprovable import CONTROL_FLOW, Unprovable

if TYPE_CHECKING:
    from libcst._nodes.internal import CodegenState

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_INDENT = re.compile(r"[ \t]*")
_UNUSUAL = re.compile(r"\r(?!\n)|\f")
_WANTED = re.compile(r"\bimport\b|=[ \t\\\r\n(]*\w+\.compat\.v1\b")
"""What is looked for in the whole of a module after a rewrite: imports, and `tf = tf.compat.v1`."""


@dataclass(frozen=True)
class FunctionText(cst.FunctionDef):
    """A function that is not read yet."""

    text: str = ""

    def _visit_and_replace_children(self, visitor: cst.CSTVisitorT) -> FunctionText:
        return self

    def _codegen_impl(self, state: CodegenState) -> None:
        _write(self, self.text, state)


@dataclass(frozen=True)
class ClassText(cst.ClassDef):
    """A class that is not read yet."""

    text: str = ""

    def _visit_and_replace_children(self, visitor: cst.CSTVisitorT) -> ClassText:
        return self

    def _codegen_impl(self, state: CodegenState) -> None:
        _write(self, self.text, state)


def _write(node: FunctionText | ClassText, text: str, state: CodegenState) -> None:
    for line in node.leading_lines:
        line._codegen(state)
    body = text.rstrip("\r\n")
    state.add_token(body)
    # A token of its own: a module without a last newline leaves out its last token.
    state.add_token(text[len(body) :] or state.default_newline)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A definition that is text.

    Attributes:
        first: Its first line.
        last: Its last line, with the comments that belong to its block.
        position: Where it stands in the body of the module.
    """

    first: int
    last: int
    position: int


@dataclass(frozen=True, slots=True)
class _Stub:
    """A definition that is left out of what is parsed, by its lines, and how its block is indented."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    first: int
    last: int
    indent: str


class ChunkedModule:
    """A module, read as far as it was asked for.

    Attributes:
        module: The concrete tree; its body changes when a chunk is read.
        chunks: The definitions that are text, in the order of the source.
        spans: Where the nodes that are read stand.
    """

    def __init__(self, text: str, tree: ast.Module) -> None:
        """Parses all of a module but the insides of its definitions.

        Raises:
            ParserSyntaxError: LibCST does not read what Python reads.
        """
        self._lines = _LINES.findall(text)
        stubs = [] if _UNUSUAL.search(text) else self._stubs(tree)
        parsed = cst.parse_module(self._stubbed(stubs) if stubs else text)
        self.spans, _ = positions(parsed)
        self.chunks: list[Chunk] = []
        self._body = list(parsed.body)
        if stubs:
            self._place(stubs)
        self.module = parsed.with_changes(body=self._body)

    def read(self, chunk: Chunk) -> Mapping[cst.CSTNode, Span]:
        """Parses a chunk; the spans of its nodes, which stand in the module from now on.

        Raises:
            ParserSyntaxError: LibCST does not read what Python reads.
            Unprovable: LibCST does not write what it has read.
        """
        text = self._text(chunk)
        if not text.endswith(("\n", "\r")):
            text += self.module.default_newline
        parsed, above = cst.parse_module(text), 0
        if (parsed.default_indent, parsed.default_newline) != (self.module.default_indent, self.module.default_newline):
            # What is first in the text is what is usual, so that the rest is spelled out.
            newline = self.module.default_newline
            text, above = f"if 0:{newline}{self.module.default_indent}pass{newline}{text}", 2
            parsed = cst.parse_module(text)
        found, written = positions(parsed)
        if written != text:
            raise Unprovable(CONTROL_FLOW, "the file is laid out in a way that is not understood")
        node, down = parsed.body[-1], chunk.first - 1 - above
        spans = {
            one: (first + down, start, last + down, end)
            for one, (first, start, last, end) in found.items()
            if one is not parsed and first > above
        }
        self.chunks.remove(chunk)
        whole = node.with_changes(leading_lines=self._body[chunk.position].leading_lines)
        spans[whole] = spans.pop(node)
        self._body[chunk.position] = whole
        return spans

    def _text(self, chunk: Chunk) -> str:
        return "".join(self._lines[chunk.first - 1 : chunk.last])

    def _stubs(self, tree: ast.Module) -> list[_Stub]:
        found: list[_Stub] = []
        for node in tree.body:
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            last, inner = node.end_lineno or node.lineno, node.body[0]
            decorators: list[ast.expr] = getattr(inner, "decorator_list", [])
            above = decorators[0] if decorators else inner
            line = self._lines[above.lineno - 1]
            match = _INDENT.match(line)
            indent = match.group() if match is not None else ""
            if above.lineno == node.lineno or not indent or not self._starts(above, inner, indent):
                continue
            if not _WANTED.search("".join(self._lines[first - 1 : last])):
                found.append(_Stub(node, first, last, indent))
        return found

    def _starts(self, above: ast.stmt | ast.expr, inner: ast.stmt, indent: str) -> bool:
        """Whether a block starts on a line of its own."""
        return above.col_offset - (above is not inner) == len(indent)

    def _stubbed(self, stubs: Sequence[_Stub]) -> str:
        match = re.search(r"\r\n|\n", "".join(self._lines))
        newline = match.group() if match is not None else "\n"
        parts: list[str] = []
        at = 0
        for stub in stubs:
            parts += self._lines[at : stub.first - 1]
            word = "class" if isinstance(stub.node, ast.ClassDef) else "def"
            brackets = "" if word == "class" else "()"
            parts.append(f"{word} {stub.node.name}{brackets}:{newline}{stub.indent}pass{newline}")
            at = stub.last
        if not self._lines[-1].endswith(("\n", "\r")) and at == len(self._lines):
            parts[-1] = parts[-1].removesuffix(newline)
        return "".join([*parts, *self._lines[at:]])

    def _place(self, stubs: Sequence[_Stub]) -> None:
        """Puts the text of the definitions in the place of the stubs, and says where everything really stands."""
        at = {self.spans[statement][0]: position for position, statement in enumerate(self._body)}
        down = 0
        # From which line of the parsed text on how many lines are missing.
        moved: list[tuple[int, int]] = []
        for stub in stubs:
            position = at[stub.first - down]
            node = self._body[position]
            assert isinstance(node, (cst.FunctionDef, cst.ClassDef))
            assert isinstance(node.body, cst.IndentedBlock)
            chunk = Chunk(stub.first, stub.last + len(node.body.footer), position)
            self.chunks.append(chunk)
            new: FunctionText | ClassText
            if isinstance(node, cst.FunctionDef):
                new = FunctionText(node.name, node.params, node.body, text=self._text(chunk))
            else:
                new = ClassText(node.name, node.body, text=self._text(chunk))
            self._body[position] = new.with_changes(leading_lines=node.leading_lines)
            moved.append((stub.first - down + 2, down := down + stub.last - stub.first - 1))
        self.spans = _moved(self.spans, moved)
        for chunk in self.chunks:
            self.spans[self._body[chunk.position]] = (chunk.first, 0, chunk.last, 0)


def _moved(spans: Mapping[cst.CSTNode, Span], moved: Sequence[tuple[int, int]]) -> dict[cst.CSTNode, Span]:
    """Spans in the whole text, from those in a text with stubs of two lines; without the insides of the stubs."""
    count = max(last for _, _, last, _ in spans.values())
    below = [0] * (count + 2)
    for (line, down), (following, _) in zip(moved, [*moved[1:], (count + 2, 0)], strict=True):
        below[line:following] = [down] * (following - line)
    stubs = {line - before for line, _ in moved for before in (1, 2)}
    return {
        node: (first + below[first], start, last + below[last], end)
        for node, (first, start, last, end) in spans.items()
        if first not in stubs
    }
