"""Which statements of a module can be left out when it is parsed, and what stands in their places meanwhile."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_INDENT = re.compile(r"[ \t]*")
_END = re.compile(r"[ \t]*;?[ \t]*(?:#.*)?[\r\n]*")
_UNUSUAL = re.compile(r"\r(?!\n)|\f")
_WANTED = re.compile(r"\bimport\b|=[ \t\\\r\n(]*\w+\.compat\.v1\b")
"""What is looked for in the whole of a module after a rewrite: imports, and `tf = tf.compat.v1`."""

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True, eq=False)
class Stub:
    """A statement that is left out.

    Attributes:
        node: The statement.
        first: Its first line, that of a decorator if it has one.
        last: Its last line.
        indent: What stands before it.
        block: The same for the statements in its blocks; None where it has none.
    """

    node: ast.stmt
    first: int
    last: int
    indent: str
    block: str | None

    def lines(self, newline: str) -> list[str]:
        """What stands for it: as much as it takes for the comments around it to go where they belong."""
        if self.block is None:
            return [f"{self.indent}...{newline}"]
        match self.node:
            case ast.ClassDef(name=name):
                header = f"class {name}:"
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                header = f"def {name}():"
            case _:
                header = "if 0:"
        return [f"{self.indent}{header}{newline}", f"{self.block}pass{newline}"]


class Stubs:
    """Makes the stubs of a module.

    Attributes:
        lines: The lines of the module, with their ends.
        newline: How the first of them ends.
    """

    def __init__(self, text: str, tree: ast.Module) -> None:
        """Takes a module.

        Args:
            text: Its source.
            tree: That source, parsed.
        """
        self.lines: list[str] = _LINES.findall(text)
        match = re.search(r"\r\n|\n", text)
        self.newline = match.group() if match is not None else "\n"
        self._first = tree.body[0] if tree.body else None
        self._unusual = _UNUSUAL.search(text) is not None

    def of(self, body: Sequence[ast.stmt], line: int = 0) -> Iterator[Stub]:
        """The outermost statements of a block that can be left out, but none that has a line."""
        if self._unusual:
            return
        for node in body:
            first, last = _first_line(node), node.end_lineno or node.lineno
            stub = None
            if not first <= line <= last and not _WANTED.search("".join(self.lines[first - 1 : last])):
                stub = self._stub(node, first, last)
            if stub is not None:
                yield stub
            else:
                for block in blocks(node):
                    yield from self.of(block, line)

    def text(self, stubs: Sequence[Stub], first: int, last: int) -> str:
        """Some lines of the module with stubs."""
        parts: list[str] = []
        at = first - 1
        for stub in stubs:
            parts += self.lines[at : stub.first - 1]
            parts += stub.lines(self.newline)
            at = stub.last
        if stubs and at == len(self.lines) and not self.lines[-1].endswith("\n"):
            parts[-1] = parts[-1].removesuffix(self.newline)
        return "".join([*parts, *self.lines[at:last]])

    def _stub(self, node: ast.stmt, first: int, last: int) -> Stub | None:
        """What stands for a statement; None for one that shares a line, and for what is short or has a meaning."""
        indent = self._indent(node)
        rest = self.lines[last - 1].encode()[node.end_col_offset :].decode()
        if indent is None or not _END.fullmatch(rest):
            return None
        inner = blocks(node)
        if not inner or (first == last and not isinstance(node, _DEFINITIONS)):
            # A module's docstring is looked for, and the `pass` of a block that is empty.
            known = isinstance(node, ast.Pass) or (node is self._first and isinstance(node, ast.Expr))
            return None if known else Stub(node, first, last, indent, None)
        # The first block says what is usual, the last one which comments are still inside.
        start, end = self._indent(inner[0][0]), self._indent(self._last_block(inner)[0])
        if isinstance(node, ast.Match) or not start or start != end:
            return None
        return Stub(node, first, last, indent, start)

    def _last_block(self, inner: Sequence[list[ast.stmt]]) -> list[ast.stmt]:
        block = inner[-1]
        while self._is_elif(block[0]):
            block = blocks(block[0])[-1]
        return block

    def _indent(self, node: ast.stmt) -> str | None:
        """What stands before a statement on its line; None where that is not white space alone."""
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        line = _first_line(node)
        column = decorators[0].col_offset - 1 if decorators else node.col_offset
        match = _INDENT.match(self.lines[line - 1])
        indent = match.group() if match is not None else ""
        continued = line > 1 and self.lines[line - 2].rstrip("\r\n").endswith("\\")
        return None if len(indent) != column or continued or self._is_elif(node) else indent

    def _is_elif(self, node: ast.stmt) -> bool:
        return isinstance(node, ast.If) and self.lines[node.lineno - 1].startswith("elif", node.col_offset)


def blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a statement, in the order of the source; `elif` stands in a block of its own."""
    match node:
        case ast.If() | ast.For() | ast.AsyncFor() | ast.While():
            return [node.body, node.orelse] if node.orelse else [node.body]
        case ast.With() | ast.AsyncWith() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.body]
        case ast.Try() | ast.TryStar():
            handlers = [handler.body for handler in node.handlers]
            return [block for block in [node.body, *handlers, node.orelse, node.finalbody] if block]
        case ast.Match():
            return [case.body for case in node.cases]
    return []


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
