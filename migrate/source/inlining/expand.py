"""Replaces the calls of helpers in one function, one after the other, until it holds all of the graph."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from migrate.source.inlining.body import refuse_unusual
from migrate.source.inlining.call_copy import CallCopy
from migrate.source.inlining.classes import PlainClass
from migrate.source.inlining.comprehensions import as_loop, read_as_expression
from migrate.source.inlining.finding import Finder, Found
from migrate.source.inlining.needs import Needs
from migrate.source.inlining.nodes import block_of, identifiers_of, lines_with_name
from migrate.source.inlining.objects import taken_apart, without_alias
from migrate.source.inlining.paths import Path, definition_at, has_definition, path_of
from migrate.source.inlining.records import dictionaries, without_records
from migrate.source.inlining.text import Source
from migrate.source.inlining.unused import without_unused
from migrate.source.layers.cells import PACKAGES
from migrate.source.symbols import Symbols
from migrate.source.syntax import walk
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Inapplicable, Unprovable

_LIMIT = 40
_GROWTH = 3
_BUDGET = 1_500_000  # Characters that are parsed again, about a second.


@dataclass(frozen=True, slots=True)
class Expansion:
    """A module whose function holds the statements of its helpers.

    Attributes:
        text: The module.
        region: Where the function is, by names; empty for the module itself.
        used: The functions and classes that were read at their calls, by names.
        gone: Those of them that nothing uses any more; the text is without them.
    """

    text: str
    region: Path
    used: tuple[Path, ...]
    gone: tuple[Path, ...]


def expand(source: Source | str, region: Path, needs: Callable[[Symbols], Needs] = Needs) -> Expansion:
    """Reads helpers at their calls.

    Args:
        source: The module, or its text.
        region: Its function that exports, or makes what exports; by names.
        needs: Says which helpers those are.

    Raises:
        Unprovable: Where there is none to be read, or one cannot.
    """
    return _Expander(Source(source) if isinstance(source, str) else source, region, needs).run()


class _Expander(Finder):
    def __init__(self, source: Source, region: Path, needs: Callable[[Symbols], Needs]) -> None:
        self.path = region
        self.made_needs = needs
        self.objects: dict[str, Path] = {}
        self.used: dict[Path, None] = {}
        self._read(source)
        self.original = source
        self.size = len(self.source.lines)
        # Dictionaries that the author made here stay as they are.
        self.own_dicts = dictionaries(self.region)

    def run(self) -> Expansion:
        for count in range(1, _LIMIT + 1):
            found = self.next_call()
            if found is None:
                spelled = without_alias(self.source, self.region, self.objects)
                if spelled is None:
                    break
                self._load(spelled)
                continue
            self._replace(found)
            if count * len(self.source.text) > _BUDGET:
                raise Unprovable(CONTROL_FLOW, "the file is too long for so many helpers", self.region)
            if len(self.source.lines) > _GROWTH * self.size:
                raise Unprovable(CONTROL_FLOW, "its helpers would become a multiple of the file", self.region)
        else:
            raise Unprovable(CONTROL_FLOW, "it calls too many helpers", self.region)
        if not self.used:
            raise Inapplicable(ELSEWHERE, "no function of this file makes what is missing", self.region)
        classes = {name: self.class_of(name) for name in self.objects}
        text, gone = without_unused(self.source, self.used)
        self._load(text)
        for name, cls in reversed(classes.items()):
            # Those that hold others are made behind them.
            self._load(taken_apart(self.source, self.region, name, cls))
        text = without_records(self.source, self.region, self.own_dicts)
        # Functions that stood in a helper came with its statements.
        there = {path for path in self.used if has_definition(self.original.tree, path)}
        used, gone = (tuple(path for path in paths if path in there) for paths in (self.used, gone))
        return Expansion(text, self.path, used, gone)

    def _load(self, text: str) -> None:
        if text == self.source.text:
            return
        try:
            source = Source(text)
        except SyntaxError as error:
            raise Unprovable(CONTROL_FLOW, "a helper is laid out in a way that is not understood") from error
        self._read(source)

    def _read(self, source: Source) -> None:
        self.source = source
        self.symbols = source.symbols
        self.needs = self.made_needs(self.symbols)
        region = definition_at(self.source.tree, self.path)
        assert isinstance(region, (ast.Module, ast.FunctionDef))
        self.region = region
        self.scope = self.symbols.scope_of(region)

    def _replace(self, found: Found) -> None:
        source = self.source
        indent = source.indent(found.statement)
        if found.named is not None:
            self._name(found, found.named, indent)
            return
        if found.function is None:
            self._drop(found, indent)
            return
        refuse_unusual(found.function, decorators=("property", "staticmethod"))
        self._refuse_recursion(found)
        if found.comprehension is not None:
            self._replace_comprehension(found, found.comprehension, indent)
            return
        copy = CallCopy(self, found, indent)
        lines = copy.lines()
        if found.makes is not None:
            assert found.itself is not None
            self._remember(found.makes, found.itself)
            lines = [*self._constants(found.makes, found.itself, indent), *lines]
        if found.owner is None:
            self.used[path_of(source, found.function)] = None
        self._put(found.statement, lines, source.comment(found.statement), indent)

    def _replace_comprehension(self, found: Found, around: ast.ListComp, indent: str) -> None:
        """A call in a comprehension becomes an expression there, or the comprehension becomes a loop."""
        assert found.function is not None
        target = around.generators[0].target
        inner = self.symbols.scope_of(found.function)

        def means_the_same(name: ast.Name) -> bool:
            own = isinstance(target, ast.Name) and name.id == target.id
            return not own and self.scope.owner(name.id) is inner.owner(name.id)

        text = None
        if isinstance(found.node, ast.Call):
            text = read_as_expression(found.function, found.arguments or found.node, found.itself, means_the_same)
        if text is not None and not self._needs_statement(text):
            if found.owner is None:
                self.used[path_of(self.source, found.function)] = None
            lines = lines_with_name(self.source, found.statement, found.node, text)
            self._put(found.statement, lines, "", indent)
            return
        self.refuse_place(found, around)
        whole = isinstance(found.statement, ast.Assign) and found.statement.value is around
        names = [one.id for one in getattr(found.statement, "targets", []) if isinstance(one, ast.Name)]
        read = {node.id for node in walk(around) if isinstance(node, ast.Name)}
        if whole and len(names) == 1 and names[0] not in read:
            lines = as_loop(self.source, around, self.scope, names[0], self._free, indent)
            self._put(found.statement, lines, self.source.comment(found.statement), indent)
            return
        name = self._free("made")
        lines = as_loop(self.source, around, self.scope, name, self._free, indent)
        self._put(found.statement, [*lines, *lines_with_name(self.source, found.statement, around, name)], "", indent)

    def _needs_statement(self, text: str) -> bool:
        """Whether an expression makes variables or the like, which a loop that is written out can."""
        made = [
            self.symbols.resolve(node.func, self.scope) for node in walk(ast.parse(text)) if isinstance(node, ast.Call)
        ]
        return any(name is not None and self.needs.makes(name) and not name.startswith(PACKAGES) for name in made)

    def _free(self, base: str) -> str:
        """A name that nothing in the module has."""
        taken = {name for node in walk(self.source.tree) for name in identifiers_of(node)}
        name, count = base, 2
        while name in taken:
            name, count = f"{base}_{count}", count + 1
        return name

    def _name(self, found: Found, cls: str, indent: str) -> None:
        """Gives an object a name, in a statement of its own."""
        name = self._free(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls).lower())
        lines = [f"{indent}{name} = {self.source.segment(found.node)}"]
        lines += lines_with_name(self.source, found.statement, found.node, name)
        lines[-1] = lines[-1].rstrip()
        self._put(found.statement, lines, "", indent)

    def _remember(self, cls: PlainClass, name: str) -> None:
        self.objects[name] = path_of(self.source, cls.node)
        for one in cls.lineage():
            self.used[path_of(self.source, one.node)] = None

    def _constants(self, cls: PlainClass, name: str, indent: str) -> list[str]:
        """Values of the class become first values of the object's."""
        used = {node.attr for node in self.symbols.nodes_of_kind(ast.Attribute)}
        found: dict[str, str] = {}
        for one in reversed(cls.lineage()):
            for attribute, value in one.constants.items():
                if attribute in used:
                    found[attribute] = f"{indent}{name}.{attribute} = {self.source.segment(value)}"
        return list(found.values())

    def _drop(self, found: Found, indent: str) -> None:
        """`super().__init__()` of a class without one, and the making of an object that needs none."""
        match found.statement:
            case ast.Expr(value=value) if value is found.node:
                lines: list[str] = []
            case _ if found.makes is not None and found.itself is not None:
                self._remember(found.makes, found.itself)
                lines = self._constants(found.makes, found.itself, indent)
            case _:
                raise Unprovable(CONTROL_FLOW, "a constructor is called inside an expression", found.node)
        self._put(found.statement, lines, self.source.comment(found.statement), indent)

    def _refuse_recursion(self, found: Found) -> None:
        assert found.function is not None
        for node in walk(found.function):
            match node:
                case ast.Call(func=ast.Name(id=name)) if name == found.function.name and found.owner is None:
                    raise Unprovable(CONTROL_FLOW, f"{name} calls itself", node)
                case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) if (
                    name == found.function.name and found.itself is not None
                ):
                    raise Unprovable(CONTROL_FLOW, f"{name} calls itself", node)

    def _put(self, statement: ast.stmt, lines: list[str], comment: str, indent: str) -> None:
        """New lines in the place of a statement."""
        old = self.source.lines
        first, last = statement.lineno - 1, statement.end_lineno
        if comment:
            lines = [indent + comment, *lines]
        if not any(line.strip() and not line.strip().startswith("#") for line in lines):
            siblings = block_of(self.source.parents[statement], statement)
            if len(siblings) == 1:
                lines = [*lines, f"{indent}pass"]
        self._load("\n".join([*old[:first], *lines, *old[last:]]))
