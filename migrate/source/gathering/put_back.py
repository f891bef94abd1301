"""Takes out of a rewritten text what was put into it, and imports again what it still needs of other modules."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection
from dataclasses import dataclass, field

from migrate.source.gathering.items import FIRST, KEPT, LAST, PLAIN, Gathered, Item
from migrate.source.gathering.silent import imports_under_tf2
from migrate.source.inlining.text import LineEdits, Source
from migrate.source.symbols import Symbols
from migrate.source.unprovable import ELSEWHERE, Unprovable


@dataclass(frozen=True, slots=True)
class PutBack:
    """A text without what was put into it.

    Attributes:
        text: The text.
        read: Functions and classes that are no longer called, as they are read at their calls.
        copied: What stays in the file, because it had to change.
        imported: What is imported from the other modules as before.
    """

    text: str
    read: tuple[Item, ...]
    copied: tuple[Item, ...]
    imported: tuple[Item, ...]


def put_back(text: str, gathered: Gathered) -> PutBack:
    """Puts imports in the place of what is still as the other modules have it.

    Args:
        text: The gathered text, rewritten.
        gathered: What was put into it.

    Raises:
        Unprovable: Where that would leave something in the file that belongs to the other module.
    """
    return _Restorer(text, gathered).result()


@dataclass(slots=True, eq=False)
class _Restorer:
    text: str
    gathered: Gathered
    nodes: dict[str, ast.stmt] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    copied: dict[str, Item] = field(default_factory=dict)
    remade: set[str] = field(default_factory=set)
    source: Source = field(init=False)

    def __post_init__(self) -> None:
        self.source = Source(self.text)

    def result(self) -> PutBack:
        self._find()
        self._decide()
        text = self._without_imports(self._written())
        self._refuse_undefined(text)
        read = tuple(
            item
            for item in self.gathered.items.values()
            if not item.constant and item.ident not in self.used and item.ident not in self.copied
        )
        items = self.gathered.items
        imported = tuple(items[name] for name in sorted(self.used) if name in items and name not in self.copied)
        return PutBack(text, read, tuple(self.copied.values()), imported)

    def _find(self) -> None:
        """Where the definitions stand now, and which are used outside of them."""
        items = self.gathered.items
        for node in self.source.tree.body:
            name = _defined(node)
            if isinstance(node, ast.ClassDef) and name in items and self._is_remade(node, items[name]):
                self.remade.add(name)
            elif name in items or name in (FIRST, LAST):
                if name in self.nodes:
                    raise Unprovable(ELSEWHERE, f"{name} would get another value in the file", node)
                self.nodes[name] = node
        inside = {inner for node in self.nodes.values() for inner in ast.walk(node)}
        local = _local(self.source.tree, self.gathered.items.keys() - self.nodes.keys())
        for read in ast.walk(self.source.tree):
            if not isinstance(read, ast.Name) or read in inside or read.id in self.remade or read in local:
                continue
            if read.id in items or read.id in (FIRST, LAST):
                if not isinstance(read.ctx, ast.Load) or read.id in (FIRST, LAST):
                    raise Unprovable(ELSEWHERE, f"{read.id} would get another value in the file", read)
                self.used.add(read.id)
        if FIRST not in self.nodes:
            raise Unprovable(ELSEWHERE, "what the file imports cannot be told apart from what it defines")

    def _is_remade(self, node: ast.ClassDef, item: Item) -> bool:
        """Whether a class is not that of the other module any more, but the new module under its name."""
        made = item.made.node
        if not isinstance(made, ast.ClassDef):
            return False
        return any(ast.unparse(base).endswith(".Module") for base in node.bases) and not any(
            ast.unparse(base).endswith(".Module") for base in made.bases
        )

    def _decide(self) -> None:
        """What is imported, and what stays in the file: definitions that changed, and what only they need."""
        pending = sorted(self.used)
        seen: set[str] = set()
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            item = self.gathered.items[name]
            if name not in self.nodes:
                raise Unprovable(ELSEWHERE, f"{item.made.name} of {item.made.module.name} would be gone")
            if self._importable(item):
                continue
            if isinstance(item.made.node, ast.ClassDef):
                raise Unprovable(ELSEWHERE, f"the class {item.made.name} of {item.made.module.name} must change, too")
            self.copied[name] = item
            pending += item.needs
            self.used |= item.needs

    def _importable(self, item: Item) -> bool:
        """Whether the other module's own is right for the rewritten text."""
        if item.spelled is None or not imports_under_tf2(self.gathered.tree, item.made.module):
            return False
        names, pending = set(), [item.ident]
        while pending:
            name = pending.pop()
            if name in names:
                continue
            names.add(name)
            one = self.gathered.items[name]
            if name not in self.nodes or self._lines(name) != one.lines:
                return False
            pending += one.needs
        return True

    def _lines(self, name: str) -> tuple[str, ...]:
        node = self.nodes[name]
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        return tuple(self.source.lines[first - 1 : node.end_lineno])

    # ---- writing ---------------------------------------------------------------------------------------------

    def _written(self) -> str:
        """The text without the definitions, in which imported names are spelled as before."""
        source = self.source
        edits = LineEdits()
        place = self.nodes[FIRST].lineno
        for node in self.nodes.values():
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
            edits.removed |= set(range(first, (node.end_lineno or node.lineno) + 1))
        inside = {inner for name, node in self.nodes.items() if name not in self.copied for inner in ast.walk(node)}
        for read in ast.walk(source.tree):
            if isinstance(read, ast.Name) and read not in inside and read.id in self.used - set(self.copied):
                spelled = self.gathered.items[read.id].spelled
                if spelled is not None and spelled != read.id:
                    edits.put(source, read, spelled)
        added = self._imports(edits, inside)
        own = sorted(
            {
                statement
                for name in self.used - set(self.copied)
                if (statement := self.gathered.items[name].statement) is not None
            }
        )
        found: list[str] = []
        for number in range(1, len(source.lines) + 1):
            found += added.get(number, ())
            if number == place:
                found += own
                found += self._copies(edits)
            if number not in edits.removed:
                found.append(edits.line(source, number))
        return "\n".join(found)

    def _imports(self, edits: LineEdits, inside: set[ast.AST]) -> dict[int, list[str]]:
        """The added imports that are needed, by the line they come before; the statements in the text go."""
        wanted = {name for item in self.copied.values() for name in item.imports}
        wanted |= {n.id for n in ast.walk(self.source.tree) if isinstance(n, ast.Name) and n not in inside}
        place = self.nodes[FIRST].lineno
        own = [node for node in self.source.tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        for node in own:
            if node.lineno > place and ast.unparse(node) in self.gathered.imports.values():
                edits.removed |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        own = [node for node in own if node.lineno < place and getattr(node, "module", "") != "__future__"]
        tensorflow = next((node for node in own if "tensorflow" in ast.unparse(node)), None)
        found: dict[int, list[str]] = {}
        for name, statement in self.gathered.imports.items():
            if name in wanted:
                first = own[:1] if statement.split()[1].partition(".")[0] in sys.stdlib_module_names else [tensorflow]
                line = first[0].lineno if first and first[0] is not None else place
                found.setdefault(line, []).append(statement)
        return found

    def _copies(self, edits: LineEdits) -> list[str]:
        def text(name: str) -> list[str]:
            node = self.nodes[name]
            first = (node.end_lineno or node.lineno) - len(self._lines(name)) + 1
            return [edits.line(self.source, first + number) for number in range(len(self._lines(name)))]

        lines: list[str] = []
        for name, item in self.copied.items():
            if item.constant:
                lines = [*text(name), *lines]
        lines = ["", *lines] if lines else []
        for name, item in self.copied.items():
            if not item.constant:
                lines += ["", "", *text(name)]
        return lines

    def _without_imports(self, text: str) -> str:
        """The text whose imports have their own names again, without those that nothing uses any more."""
        source = Source(text)
        local = _local(source.tree, self.gathered.items.keys() - self.used)
        used = {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name) and node not in local}
        edits = LineEdits()
        dropped: set[ast.stmt] = set()
        for node in ast.walk(source.tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                gone = [alias for alias in node.names if self._is_gone(alias, used)]
                if gone:
                    dropped |= {node} if len(gone) == len(node.names) else set()
                    _drop(source, edits, node, gone)
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Try) and _is_empty(node, dropped):
                edits.removed |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        lines = [edits.line(source, n) for n in range(1, len(source.lines) + 1) if n not in edits.removed]
        text = "\n".join(lines)
        text = re.sub(rf" as \w+{PLAIN}\b", "", text)
        return re.sub(rf"\b(\w+){KEPT}\b", r"\1", text)

    def _refuse_undefined(self, text: str) -> None:
        """Nothing may be used that is neither defined nor imported any more."""
        source = Source(text)
        names = {*self.gathered.items, *self.gathered.imports}
        spelled = {item.spelled for item in self.gathered.items.values()}
        starred = "*" in source.symbols.module.bindings
        for node, scope in source.names(source.tree, source.symbols.module):
            if node.id in names and scope.owner(node.id) is None and not (starred and node.id in spelled):
                raise Unprovable(ELSEWHERE, f"{node.id} of another module would be undefined")

    def _is_gone(self, alias: ast.alias, used: set[str]) -> bool:
        name = alias.asname or alias.name.split(".")[0]
        for mark in (PLAIN, KEPT):
            if name.endswith(mark):
                name = name.removesuffix(mark)
                return name not in used or name in self.copied or name in self.remade or self._is_inside(name)
        return name in self.gathered.roots and name not in used

    def _is_inside(self, name: str) -> bool:
        """Whether a name that a function imports is one of the file now."""
        item = self.gathered.items.get(name)
        return item is not None and not item.alias


def _defined(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return ""


def _is_empty(node: ast.Try, dropped: set[ast.stmt]) -> bool:
    """Whether a try statement at the top level did nothing but import what is gone."""
    parts = [*node.body, *node.orelse, *node.finalbody, *(inner for one in node.handlers for inner in one.body)]
    return bool(dropped & set(parts)) and all(part in dropped or isinstance(part, ast.Pass) for part in parts)


def _drop(source: Source, edits: LineEdits, node: ast.Import | ast.ImportFrom, gone: list[ast.alias]) -> None:
    """Takes names out of an import, and the import away where none is left."""
    last = node.end_lineno or node.lineno
    if len(gone) == len(node.names):
        siblings = next(
            block
            for part in ("body", "orelse", "finalbody")
            if node in (block := getattr(source.parents[node], part, []))
        )
        if len(siblings) == 1 and not isinstance(source.parents[node], ast.Module):
            edits.put(source, node, "pass")
            return
        edits.removed |= set(range(node.lineno, last + 1))
        return
    kept = [alias for alias in node.names if alias not in gone]
    if node.lineno == last:
        texts = [source.lines[node.lineno - 1][alias.col_offset : alias.end_col_offset] for alias in kept]
        first, final = node.names[0], node.names[-1]
        edits.parts.setdefault(node.lineno, []).append(
            (first.col_offset, final.end_col_offset or first.col_offset, ", ".join(texts))
        )
        return
    for alias in gone:
        # One name a line, as formatters write it; else the name stays, which does no harm.
        text = source.lines[alias.lineno - 1].partition("#")[0].strip()
        if re.fullmatch(r"[\w.]+( as \w+)?,?", text) and alias.lineno not in (node.lineno, last):
            edits.removed.add(alias.lineno)


def _local(tree: ast.Module, names: Collection[str]) -> set[ast.Name]:
    """Names of functions' own among some that nothing of the module has any more: a `model` that a function makes."""
    return {
        node
        for scope in Symbols(tree).scopes()
        if isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and any(name in scope.bindings for name in names)
        for node in ast.walk(scope.node)
        if isinstance(node, ast.Name) and node.id in names and node.id in scope.bindings
    }
