"""Writes a module whose names that ended with TensorFlow 1 come from `migrate.tf1`."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from migrate.source.api.outside import replacement_outside
from migrate.source.api.tf1_package import PACKAGE, Home
from migrate.source.skip import skipped_lines
from migrate.source.symbols import Scope, Symbols
from migrate.source.tf1.anchors import NAME, TOP, anchor, package_name, tensorflow_at
from migrate.source.tf1.moves import Moves, moves_of
from migrate.source.tf1.unused import without_unused
from migrate.source.tf1.uses import Use

_MAY_HAVE = re.compile(r"\bcontrib\b|\btensorflow\.examples\b|\blayers\b|\brnn_cell(_impl)?\b|\bpython\b")
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_V1 = "compat.v1."
_FROM = re.compile(rb"from\s+([\w.]+)(?=\s)")


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def may_have_moves(text: str) -> bool:
    """Whether a module may use such names at all, by its text."""
    return _MAY_HAVE.search(text) is not None


def with_tf1(text: str, symbols: Symbols | None = None, *, tidy: bool = True) -> str:
    """A module's text with the names that `migrate.tf1` has spelled with it; everything else as it is.

    Args:
        text: The module, which must be Python.
        symbols: Its names, where they are at hand.
        tidy: Whether imports go of which nothing is used any more.
    """
    if not may_have_moves(text):
        return text
    if symbols is None:
        symbols = Symbols(ast.parse(text))
    moves = moves_of(symbols)
    if not moves.any:
        return text
    new = _Writer(text, symbols, moves).written()
    private = {use.root for home, use in moves.expressions.values() if home.package != PACKAGE}
    return without_unused(new, private) if tidy and private else new


class _Writer:
    def __init__(self, text: str, symbols: Symbols, moves: Moves) -> None:
        self.text = text
        self.symbols = symbols
        self.moves = moves
        self.lines: list[bytes] = [line.encode() for line in _LINES.findall(text)]
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self.data = b"".join(self.lines)
        self.skipped = skipped_lines(text)
        self.newline = "\r\n" if self.data.partition(b"\n")[0].endswith(b"\r") else "\n"
        self.edits: list[_Edit] = []

    def written(self) -> str:
        self._imports()
        self._expressions()
        data = self.data
        for edit in sorted(self.edits, key=lambda one: (one.start, one.end), reverse=True):
            data = data[: edit.start] + edit.text.encode() + data[edit.end :]
        return data.decode()

    def _at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column

    def _span(self, node: ast.expr | ast.stmt | ast.alias) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._at(node.lineno, node.col_offset), self._at(node.end_lineno, node.end_col_offset)

    def _indent(self, node: ast.stmt) -> str:
        line = self.lines[node.lineno - 1].decode()
        return line[: len(line) - len(line.lstrip(" \t"))]

    # ---- imports -------------------------------------------------------------------------------------------------

    def _imports(self) -> None:
        by_statement: dict[ast.Import | ast.ImportFrom, dict[int, Home]] = {}
        for (node, position), home in self.moves.imports.items():
            if node.lineno not in self.skipped:
                by_statement.setdefault(node, {})[position] = home
        for node, moved in by_statement.items():
            if isinstance(node, ast.Import):
                for position, home in moved.items():
                    alias = node.names[position]
                    start, _ = self._span(alias)
                    if self.data.startswith(alias.name.encode(), start):
                        new = home.full.rstrip(".")
                        self.edits.append(_Edit(start, start + len(alias.name.encode()), new))
            else:
                self._from(node, moved)

    def _from(self, node: ast.ImportFrom, moved: dict[int, Home]) -> None:
        start, end = self._span(node)
        modules = {home.parent for home in moved.values()}
        same = all(home.path.rpartition(".")[2] == node.names[position].name for position, home in moved.items())
        found = _FROM.match(self.data, start)
        if len(moved) == len(node.names) and len(modules) == 1 and same and found is not None:
            self.edits.append(_Edit(found.start(1), found.end(1), modules.pop().full))
            return
        groups: dict[str, list[str]] = {}
        for position, alias in enumerate(node.names):
            home = moved.get(position)
            module = home.parent.full if home is not None else node.module or ""
            name = home.path.rpartition(".")[2] if home is not None else alias.name
            bound = alias.asname or alias.name
            groups.setdefault(module, []).append(name if name == bound else f"{name} as {bound}")
        lines = [f"from {module} import {', '.join(names)}" for module, names in groups.items()]
        before = self.data[self.starts[node.lineno - 1] : start]
        between = "; " if before.strip() else self.newline + before.decode()
        self.edits.append(_Edit(start, end, between.join(lines)))

    # ---- dotted names --------------------------------------------------------------------------------------------

    def _expressions(self) -> None:
        wanted = {
            node: (home, use)
            for node, (home, use) in self.moves.expressions.items()
            if use.whole.lineno not in self.skipped
        }
        anchors: dict[Scope, int] = {}
        name = package_name(self.symbols)
        for node, (home, use) in wanted.items():
            start, end = self._span(node)
            if home.package == PACKAGE:
                new = f"{name}.{home.path}"
                scope, line = anchor(use, self.lines, self.symbols)
                anchors[scope] = min(line, anchors.get(scope, line))
            else:
                new = self._public(home, use)
            self.edits.append(_Edit(start, end, new))
        if self.symbols.module in anchors:
            # What the module imports, its functions have.
            anchors = {self.symbols.module: anchors[self.symbols.module]}
        for scope, line in anchors.items():
            if scope.owner(name) is None:
                self._add_import(scope, line, name)

    def _public(self, home: Home, use: Use) -> str:
        """A public name of TensorFlow, by the name that it has there."""
        qualified = self.symbols.qualified(use.nodes[0], use.scope) or ""
        if qualified.startswith("tensorflow.python"):
            found = tensorflow_at(use.scope)
            assert found is not None
            name, legacy = found
            public = home.path.removeprefix(_V1)
            return f"{name}.{public if legacy else replacement_outside(public) or home.path}"
        return f"{use.root}.{home.path.removeprefix(_V1) if qualified.endswith('.v1') else home.path}"

    def _add_import(self, scope: Scope, line: int, name: str) -> None:
        """`from migrate import tf1`, beside another import of that package, or behind that of TensorFlow."""
        imported = NAME if name == NAME else f"{NAME} as {name}"
        assert isinstance(scope.node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef))
        body = scope.node.body
        beside = next((one for one in body if self._is_beside(one)), None)
        if beside is not None and beside.lineno < self._first():
            _, end = self._span(beside)
            self.edits.append(_Edit(end, end, f", {imported}"))
            return
        position = next(
            (number for number, one in enumerate(body) if one.lineno <= line <= (one.end_lineno or one.lineno)), None
        )
        if position is None:
            self._add_at_head(imported)
            return
        while isinstance(body[position], ast.Import) and _continues(body, position):
            position += 1
        statement = body[position]
        end_line = statement.end_lineno or statement.lineno
        text = f"{self._indent(statement)}from {TOP} import {imported}{self.newline}"
        if not self.lines[end_line - 1].endswith((b"\n", b"\r")):
            text = self.newline + text
        self.edits.append(_Edit(self.starts[end_line], self.starts[end_line], text))

    def _is_beside(self, node: ast.stmt) -> bool:
        if not isinstance(node, ast.ImportFrom) or node.module != TOP or node.level:
            return False
        return self.data[self._span(node)[1] - 1 :][:1] != b")"

    def _first(self) -> int:
        """The first line that needs the package."""
        return min(use.whole.lineno for home, use in self.moves.expressions.values() if home.package == PACKAGE)

    def _add_at_head(self, imported: str) -> None:
        """In front of the first statement that may come behind other imports."""
        body = self.symbols.tree.body
        place = next((one for one in body if not _belongs_first(one)), body[-1])
        at = self.starts[place.lineno - 1]
        self.edits.append(_Edit(at, at, f"from {TOP} import {imported}{self.newline}"))


def _belongs_first(node: ast.stmt) -> bool:
    """A docstring, or an import of `__future__`."""
    match node:
        case ast.Expr(value=ast.Constant(value=str())) | ast.ImportFrom(module="__future__"):
            return True
    return False


def _continues(body: list[ast.stmt], position: int) -> bool:
    """Whether the next statement is a plain import on the next line."""
    if position + 1 >= len(body):
        return False
    here, following = body[position], body[position + 1]
    return isinstance(following, ast.Import) and following.lineno == (here.end_lineno or here.lineno) + 1
