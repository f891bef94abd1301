"""Puts what a file imports from other modules of its tree into its text."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from migrate.source import api
from migrate.source.gathering.closure import Closures
from migrate.source.gathering.constants import constant_of
from migrate.source.gathering.items import FIRST, KEPT, LAST, PLAIN, Gathered, Item
from migrate.source.inlining.text import LineEdits, Source
from migrate.source.symbols import SCOPES, Imported, Scope
from migrate.source.syntax import children, walk
from migrate.source.tree import Made, Outside, Place, imports_tree, source_tree
from migrate.source.unprovable import ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

# All exports of a file need the same text.
_GATHERED: WeakKeyDictionary[ModuleView, dict[bool, Gathered | None]] = WeakKeyDictionary()


def gather(view: ModuleView, *, exporting: bool = False) -> Gathered | None:
    """The text of a file with what it imports from its tree; None where there is nothing of that kind.

    What cannot stand in the file stays imported.

    Args:
        view: The file.
        exporting: Whether only what exports for the file is wanted, with what that needs.
    """
    known = _GATHERED.setdefault(view, {})
    if exporting not in known:
        wanted = {made.key for made in view.export_calls.values()} if exporting else None
        known[exporting] = _gathered(view, wanted)
    return known[exporting]


def _gathered(view: ModuleView, wanted: Collection[tuple[object, str]] | None) -> Gathered | None:
    if view.path.endswith("__init__.py") or "__all__" in view.symbols.module.bindings:
        # What they import may be for others.
        return None
    if "\r" in view.text or not imports_tree(view.path, view.tree, view.settings.top):
        return None
    found = source_tree(view.path, view.text, view.settings.top, view.symbols)
    if found is None:
        return None
    tree, own = found
    return _Gatherer(Closures(tree, own), wanted).gathered()


@dataclass(frozen=True, slots=True, eq=False)
class _Use:
    """A place in the file that uses something of another module."""

    node: ast.Name | ast.Attribute
    scope: Scope
    made: Made

    @property
    def root(self) -> str:
        node: ast.expr = self.node
        while isinstance(node, ast.Attribute):
            node = node.value
        assert isinstance(node, ast.Name)
        return node.id


@dataclass(slots=True, eq=False)
class _Gatherer:
    closures: Closures
    wanted: Collection[tuple[object, str]] | None = None
    items: dict[tuple[object, str], Item] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def gathered(self) -> Gathered | None:
        source = self.source
        uses = list(self._uses())
        for use in uses:
            if not isinstance(use.node.ctx, ast.Load):
                self.closures.set_here.add(use.made.key)
        self.taken = {name for scope in source.symbols.scopes() for name in scope.bindings}
        self.taken |= {node.id for node in walk(source.tree) if isinstance(node, ast.Name)}
        for made in {use.made.key: use.made for use in uses}.values():
            if self.wanted is not None and made.key not in self.wanted:
                continue
            own = [use for use in uses if use.made.key == made.key]
            try:
                found = self.closures.closure(made)
                self._refuse_imports(found)
            except Unprovable:
                continue
            if made.key not in self.items:
                self.items[made.key] = self._item(made, own)
            for other in found:
                if other.key not in self.items:
                    mine = [use for use in uses if use.made.key == other.key]
                    self.items[other.key] = self._item(other, mine)
        if not self.items:
            return None
        return self._written([use for use in uses if use.made.key in self.items and not self._stays(use)])

    @property
    def source(self) -> Source:
        return self.closures.own.source

    # ---- finding ---------------------------------------------------------------------------------------------

    def _uses(self) -> Iterator[_Use]:
        own, tree = self.closures.own, self.closures.tree
        pending: list[tuple[ast.AST, Scope]] = [(self.source.tree, self.source.symbols.module)]
        while pending:
            node, scope = pending.pop()
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                holder = tree.chain(own, node.value, scope)
                if isinstance(holder, Made):
                    # `Net.rate = 0.1`
                    self.closures.set_here.add(holder.key)
            if isinstance(node, (ast.Name, ast.Attribute)):
                meaning = tree.chain(own, node, scope)
                if isinstance(meaning, Made) and meaning.module.path != tree.file:
                    yield _Use(node, scope, meaning)
                    continue
                above = self.source.parents.get(node)
                if isinstance(meaning, Place) and not (isinstance(above, ast.Attribute) and above.attr[:2] != "__"):
                    self.closures.handed_on.add(meaning.path)
            below = self.source.symbols.scope_of(node) if isinstance(node, SCOPES) else scope
            pending += [(child, below) for child in reversed(list(children(node)))]

    def _refuse_imports(self, found: list[Made]) -> None:
        """Imports whose names mean something else in the file; the others are noted."""
        wanted: dict[str, str] = {}
        for made in found:
            for use in self.closures.uses(made):
                if isinstance(use.meaning, Outside) and self._known(use.meaning) is None:
                    name = use.node.id  # type: ignore[union-attr]
                    other = self.imports.get(name, wanted.get(name, use.statement))
                    if other != use.statement or (name not in self.imports and self._is_other(name, use.meaning)):
                        raise Unprovable(ELSEWHERE, f"{name} means something else in {made.module.name}")
                    wanted[name] = use.statement
        self.imports |= wanted
        self.taken |= set(wanted)

    def _is_other(self, name: str, outside: Outside) -> bool:
        """Whether a name is used for something else in any part of the file."""
        if name not in self.taken:
            return False
        bindings = [one for scope in self.source.symbols.scopes() for one in scope.bindings.get(name, ())]
        return not bindings or any(
            not isinstance(one, Imported) or api.normal(one.qualified) != api.normal(outside.qualified)
            for one in bindings
        )

    def _known(self, outside: Outside) -> str | None:
        """The name that the file itself gives to something of an installed package."""
        for name, bindings in self.source.symbols.module.bindings.items():
            if all(isinstance(binding, Imported) for binding in bindings):
                meant = {api.normal(binding.qualified) for binding in bindings if isinstance(binding, Imported)}
                if meant == {api.normal(outside.qualified)}:
                    return name
        return None

    def _item(self, made: Made, uses: list[_Use]) -> Item:
        constant = self.closures.is_constant(made)
        direct = [use for use in uses if isinstance(use.node, ast.Name)]
        at_top = [use for use in uses if use.scope.owner(use.root) in (self.source.symbols.module, None)]
        if direct:
            ident = direct[0].root
            alias = len(at_top) == len(uses) and all(use.root == ident for use in direct)
            if not alias and ident in self.source.symbols.module.bindings:
                ident = self._fresh(made)
            return self._noted(Item(made, ident, constant, alias, ident if alias else None))
        if not uses:
            return self._noted(self._further(made, constant))
        spelled = {self.source.segment(use.node) for use in uses}
        spelling = spelled.pop() if len(spelled) == 1 and len(at_top) == len(uses) else None
        if constant:
            ident = f"{made.name}__of__{made.module.name}"
            while ident in self.taken:
                ident += "_"
        else:
            ident = self._fresh(made)
        return self._noted(Item(made, ident, constant, spelled=spelling))

    def _further(self, made: Made, constant: bool) -> Item:
        """What the file itself does not use, though others of its module, or the module."""
        item = Item(made, self._fresh(made), constant)
        scope = self.source.symbols.module
        tree, own = self.closures.tree, self.closures.own
        for name in scope.bindings:
            if tree.bound(own, scope, name) == Place(made.module.path):
                item.spelled = f"{name}.{made.name}"
                return item
        for bindings in scope.bindings.values():
            for binding in bindings:
                node = binding.node
                if isinstance(node, ast.ImportFrom) and node in self.source.tree.body and item.ident == made.name:
                    meaning = tree.imported_from(own, node, made.name)
                    if isinstance(meaning, Made) and meaning.key == made.key:
                        item.spelled = made.name
                        item.statement = f"from {'.' * node.level}{node.module or ''} import {made.name}"
                        return item
        return item

    def _stays(self, use: _Use) -> bool:
        """Whether a constant is spelled in two ways, of which this one can stay."""
        item = self.items[use.made.key]
        return item.constant and item.alias and isinstance(use.node, ast.Attribute)

    def _noted(self, item: Item) -> Item:
        self.taken.add(item.ident)
        return item

    def _fresh(self, made: Made) -> str:
        candidate, count = made.name, 2
        while candidate in self.taken or hasattr(builtins, candidate):
            candidate = f"{made.name}_{made.module.name}" if count == 2 else f"{made.name}_{count}"
            count += 1
        return candidate

    # ---- writing ---------------------------------------------------------------------------------------------

    def _written(self, uses: list[_Use]) -> Gathered | None:
        source = self.source
        edits = LineEdits()
        try:
            for item in self.items.values():
                self._define(item)
            for use in uses:
                item = self.items[use.made.key]
                if source.segment(use.node) != item.ident:
                    edits.put(source, use.node, item.ident)
            self._rename_imports(edits, uses)
        except Unprovable:
            # What spells it cannot be changed where it stands: then all of it stays imported.
            return None
        place = self._place(uses)
        if place is None:
            return None
        lines = [edits.line(source, number) for number in range(1, len(source.lines) + 1)]
        block = [f"{FIRST} = 0", *self.imports.values()]
        for item in sorted(self.items.values(), key=lambda one: not one.constant):
            block += item.lines
        text = "\n".join([*lines[:place], *block, f"{LAST} = 0", *lines[place:]])
        roots = frozenset(use.root for use in uses if isinstance(use.node, ast.Attribute))
        items = {item.ident: item for item in self.items.values()}
        return Gathered(text, source.text, self.closures.tree, items, self.imports, roots)

    def _define(self, item: Item) -> None:
        made = item.made
        if item.constant:
            item.lines = (f"{item.ident} = {constant_of(self.closures.tree, made)!r}",)
            return
        source, node = made.module.source, made.node
        source.indent(node)
        edits = LineEdits()
        needs: set[str] = set()
        imports: set[str] = set()
        defaults = _defaults(node)
        for use in self.closures.uses(made):
            if isinstance(use.meaning, Made) and use.node in defaults and self.items[use.meaning.key].constant:
                ident = repr(constant_of(self.closures.tree, use.meaning))
            elif isinstance(use.meaning, Made):
                ident = self.items[use.meaning.key].ident
                needs.add(ident)
            else:
                assert isinstance(use.node, ast.Name)
                ident = self._known(use.meaning) or use.node.id
                if self._known(use.meaning) is None:
                    imports.add(ident)
            if source.segment(use.node) != ident:
                edits.put(source, use.node, ident)
        decorators = [] if isinstance(node, ast.Assign) else node.decorator_list
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        lines = [edits.line(source, number) for number in range(first, (node.end_lineno or node.lineno) + 1)]
        at = node.lineno - first
        old = rf"{made.name}"
        word = {ast.FunctionDef: "def", ast.ClassDef: "class"}.get(type(node), "")
        start = f"{word} {old}" if word else old
        if not lines[at].startswith(start):
            raise Unprovable(ELSEWHERE, f"{made.name} is laid out in a way that is not understood")
        lines[at] = f"{word} {item.ident}".strip() + lines[at][len(start) :]
        item.lines, item.needs, item.imports = tuple(lines), frozenset(needs), frozenset(imports)

    def _rename_imports(self, edits: LineEdits, uses: list[_Use]) -> None:
        """Other names for what is imported and stands in the text now."""
        done: set[ast.alias] = set()
        for use in uses:
            owner = use.scope.owner(use.root)
            if not isinstance(use.node, ast.Name) or owner is None:
                # What `from x import *` gives is hidden by the definition.
                continue
            for binding in owner.bindings[use.root]:
                node = binding.node
                assert isinstance(node, ast.ImportFrom)
                alias = next(one for one in node.names if (one.asname or one.name) == use.root)
                if alias in done:
                    continue
                done.add(alias)
                if alias.end_lineno != alias.lineno or alias.end_col_offset is None:
                    raise Unprovable(ELSEWHERE, "an import is laid out in a way that is not understood", node)
                end = self.source.column(alias.lineno, alias.end_col_offset)
                new = f" as {alias.name}{PLAIN}" if alias.asname is None else KEPT
                edits.parts.setdefault(alias.lineno, []).append((end, end, new))

    def _place(self, uses: list[_Use]) -> int | None:
        """Behind which line definitions can stand: behind imports, and above what uses them."""
        body = self.source.tree.body
        first = min(_statement_of(self.source, use.node).lineno for use in uses)
        found: int | None = None
        for position, statement in enumerate(body):
            if statement.lineno >= first and not isinstance(statement, (ast.Import, ast.ImportFrom)):
                break
            if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Try, ast.If)) and any(
                isinstance(node, (ast.Import, ast.ImportFrom)) for node in walk(statement)
            ):
                after = body[position + 1] if position + 1 < len(body) else None
                end = statement.end_lineno or statement.lineno
                if after is None or after.lineno > end:
                    found = end
            elif isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and found is not None:
                break
        return found


def _defaults(node: ast.AST) -> set[ast.AST]:
    """What the defaults of functions are made of; it is evaluated once, where they are defined."""
    return {
        inner
        for function in walk(node)
        if isinstance(function, ast.FunctionDef)
        for default in [*function.args.defaults, *function.args.kw_defaults]
        if default is not None
        for inner in walk(default)
    }


def _statement_of(source: Source, node: ast.AST) -> ast.stmt:
    """The statement of the module that holds a node."""
    while not isinstance(source.parents[node], ast.Module):
        node = source.parents[node]
    assert isinstance(node, ast.stmt)
    return node
