"""A module with some loops of one region written out, for the strategies to read in its place."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from migrate.source.flow import Definition, Merge, Value
from migrate.source.inlining.body import BodyCopy, Target
from migrate.source.inlining.decided import Decided
from migrate.source.inlining.nodes import identifiers_of
from migrate.source.inlining.text import LineEdits, Source
from migrate.source.kinds import Kinds
from migrate.source.layers.constants import UNKNOWN_VALUE, Constants
from migrate.source.symbols import Scope
from migrate.source.syntax import children, walk
from migrate.source.unprovable import VARIABLE, Inapplicable
from migrate.source.unrolling.folding import UNKNOWN, Folding, is_written
from migrate.source.unrolling.loops import Loop, loops
from migrate.source.unrolling.written_out import WrittenOut

_SUFFIX = re.compile(r"[A-Za-z0-9_]{1,12}\Z")


def without_loops(view_text: str, kinds: Kinds) -> WrittenOut:
    """Writes out the loops of a region that make variables.

    Args:
        view_text: The module's source.
        kinds: The region.

    Raises:
        Unprovable: None of them makes them a number of times that the source tells.
    """
    source = Source(view_text, kinds.region.symbols)
    found = {loop.node.lineno: loop for loop in loops(kinds) if _is_unread(loop, source, kinds)}
    if not found:
        raise Inapplicable(VARIABLE, "a variable is made in a loop")
    taken = {name for node in walk(source.tree) for name in identifiers_of(node)}
    lines: list[str] = []
    origins: list[int] = []
    number = 1
    while number <= len(source.lines):
        loop = found.get(number)
        if loop is None:
            lines.append(source.lines[number - 1])
            origins.append(number)
            number += 1
            continue
        written = _Writing(source, kinds, loop, taken).lines()
        lines += written
        origins += [number] * len(written)
        number = (loop.node.end_lineno or number) + 1
    return WrittenOut(kinds.region.scope, "\n".join(lines), tuple(origins))


def _is_unread(loop: Loop, source: Source, kinds: Kinds) -> bool:
    """Whether nothing behind a loop reads its targets, and no name of the loop is used as another scope's."""
    inside = set(walk(loop.node))
    targets = set(loop.rounds[0])
    scope = kinds.region.scope
    if targets & (set(scope.globals) | set(scope.nonlocals)):
        return False
    for node, inner in source.names(scope.node, scope):
        if node.id not in targets or inner.owner(node.id) is not scope:
            continue
        if node not in inside and isinstance(node.ctx, ast.Load) and not _in_other_loop(node, source):
            return False
        if node in inside and inner is not scope and isinstance(inner.node, ast.Lambda):
            return False
    return not isinstance(scope.node, ast.Module) or not any(
        node not in inside and source.function_around(node) is not scope.node
        for name in targets
        for node in source.named(name)
        if node in source.parents and _reads_module(node, source)
    )


def _reads_module(node: ast.Name, source: Source) -> bool:
    function = source.function_around(node)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    owner = source.symbols.scope_of(function).owner(node.id)
    return owner is None or owner is source.symbols.module


def _in_other_loop(node: ast.AST, source: Source) -> bool:
    """Whether a name is read in a loop that sets it anew."""
    name = node.id  # type: ignore[attr-defined]
    while node in source.parents:
        node = source.parents[node]
        if isinstance(node, ast.For) and any(isinstance(n, ast.Name) and n.id == name for n in walk(node.target)):
            return True
        if isinstance(node, (ast.FunctionDef, ast.Module)):
            return False
    return False


class _Writing:
    """Writes out one loop."""

    def __init__(self, source: Source, kinds: Kinds, loop: Loop, taken: set[str]) -> None:
        self._source = source
        self._kinds = kinds
        self._scope: Scope = kinds.region.scope
        self._loop = loop
        self._taken = taken
        self._constants = Constants(kinds.region)

    def lines(self) -> list[str]:
        loop = self._loop.node
        indent = self._source.indent(loop)
        own = self._own_names()
        suffixes = self._suffixes()
        found: list[str] = []
        for position, (given, suffix) in enumerate(zip(self._loop.rounds, suffixes, strict=True)):
            names = {name: self._fresh(f"{name}_{suffix}") for name in own}
            copy = self._round(given, names, indent)
            if position and copy and copy[0].strip() and found and found[-1].strip() and len(copy) > 3:
                found.append("")
            found += copy
        return found

    def _round(self, given: Mapping[str, ast.expr], names: dict[str, str], indent: str) -> list[str]:
        loop = self._loop.node
        edits = LineEdits()
        folding = Folding(given, self._behind)
        for statement in loop.body:
            self._edit(statement, self._scope, given, names, folding, edits)
        body = ast.FunctionDef("loop", ast.parse("lambda: 0", mode="eval").body.args, loop.body, [])  # type: ignore[attr-defined]
        ast.copy_location(body, loop)
        decided = _Decided(self._source, given, folding)
        return BodyCopy(self._source, body, Target(None), edits).lines(indent, names, decided)

    def _edit(
        self,
        node: ast.AST,
        scope: Scope,
        given: Mapping[str, ast.expr],
        names: Mapping[str, str],
        folding: Folding,
        edits: LineEdits,
    ) -> None:
        """Puts what the targets are, and the names of this round, into one piece of the body."""
        if isinstance(node, ast.expr) and self._mentions(node, given, scope):
            value = folding.value(node)
            whole = isinstance(
                node, (ast.BinOp, ast.JoinedStr, ast.Call, ast.Name, ast.IfExp, ast.Subscript, ast.Compare)
            )
            kept = isinstance(value, float) and not isinstance(node, ast.Name)
            if whole and not kept and value is not UNKNOWN and is_written(value) and node.lineno == node.end_lineno:
                edits.put(self._source, node, self._literal(value, node))
                return
        if isinstance(node, ast.Name) and scope.owner(node.id) is self._scope:
            if node.id in given:
                edits.put(self._source, node, ast.unparse(given[node.id]))
            elif node.id in names:
                edits.put(self._source, node, names[node.id])
            return
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in given:
            if scope.owner(node.value.id) is self._scope:
                # A number with a point behind it is another one.
                edits.put(self._source, node.value, f"({ast.unparse(given[node.value.id])})")
                return
        for child in children(node):
            inner = self._source.symbols.scope_of(child) if isinstance(child, _SCOPES) else scope
            self._edit(child, inner, given, names, folding, edits)

    def _mentions(self, node: ast.expr, given: Mapping[str, ast.expr], scope: Scope) -> bool:
        """Whether an expression reads a target, and nothing in scopes of its own."""
        found = False
        for inner in walk(node):
            if isinstance(inner, _SCOPES):
                return False
            if isinstance(inner, ast.Name) and inner.id in given and scope.owner(inner.id) is self._scope:
                found = True
        return found

    def _literal(self, value: object, node: ast.expr) -> str:
        text = repr(value)
        if isinstance(value, str) and '"' not in value and "\\" not in value and not text.startswith('"'):
            quotes = [c.value for c in walk(node) if isinstance(c, ast.Constant) and isinstance(c.value, str)]
            if quotes and '"' in self._source.segment(node):
                return f'"{value}"'
        return f"({text})" if isinstance(value, (int, float)) and text.startswith("-") else text

    def _behind(self, node: ast.Name) -> ast.expr | None:
        found = self._constants.source(node)
        return found if found is not node and self._constants.value(found) is not UNKNOWN_VALUE else None

    # ---- names ----------------------------------------------------------------------------------------------

    def _fresh(self, name: str) -> str:
        candidate, count = name, 2
        while candidate in self._taken:
            candidate, count = f"{name}_{count}", count + 1
        self._taken.add(candidate)
        return candidate

    def _suffixes(self) -> list[str]:
        """What tells the rounds apart: the last target that is a number or a word, or their positions."""
        for name in reversed(self._loop.rounds[0]):
            values = [given[name] for given in self._loop.rounds]
            texts = [str(value.value) for value in values if isinstance(value, ast.Constant)]
            if len(texts) == len(values) == len(set(texts)) and all(_SUFFIX.match(text) for text in texts):
                return texts
        return [str(position) for position in range(len(self._loop.rounds))]

    def _own_names(self) -> list[str]:
        """Names that each round sets before it reads them, and that nothing else uses."""
        inside = set(walk(self._loop.node))
        places: dict[str, list[ast.Name]] = {}
        shared: set[str] = set(self._scope.globals) | set(self._scope.nonlocals) | set(self._loop.rounds[0])
        for node, inner in self._source.names(self._scope.node, self._scope):
            if inner.owner(node.id) is not self._scope:
                continue
            if node in inside:
                places.setdefault(node.id, []).append(node)
            elif isinstance(node.ctx, ast.Load) and self._may_come_from(node, inside):
                shared.add(node.id)
        if isinstance(self._scope.node, ast.Module):
            # Other code of the module, or another module, may read them.
            shared |= {name for name in places if any(_reads_module(n, self._source) for n in self._source.named(name))}
        return [name for name in places if name not in shared and _set_first(name, self._loop.node.body)]

    def _may_come_from(self, node: ast.Name, inside: set[ast.AST]) -> bool:
        """Whether a name that is read outside of the loop may have a value of it."""
        pending: list[Value] = [value] if (value := self._kinds.region.value_of.get(node)) is not None else []
        if not pending:
            return True
        seen: set[Value] = set()
        while pending:
            value = pending.pop()
            if value in seen:
                continue
            seen.add(value)
            if isinstance(value, Merge):
                pending += value.inputs
            elif isinstance(value, Definition):
                if value.step.node in inside:
                    return True
                pending += [value.previous] if value.previous is not None else []
        return False


_SCOPES = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.FunctionDef, ast.ClassDef)


def _set_first(name: str, body: list[ast.stmt]) -> bool:
    """Whether a block sets a name, on every way, before it reads it."""
    for statement in body:
        found = [node for node in walk(statement) if isinstance(node, ast.Name) and node.id == name]
        if not found:
            continue
        match statement:
            case ast.Assign(targets=targets, value=value):
                plain = [n for target in targets for n in _targets(target)]
                return any(n in found for n in plain) and not any(n in found for n in walk(value))
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
                return target in found and not any(n in found for n in walk(value))
            case ast.With(items=items, body=inner):
                heads = {n for item in items for n in walk(item)}
                return not any(n in heads for n in found) and _set_first(name, inner)
        return False
    return False


def _targets(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, (ast.Tuple, ast.List)):
        return [inner for element in target.elts for inner in _targets(element)]
    return [target]


class _Decided(Decided):
    """Tests of a loop's body that its targets decide."""

    def __init__(self, source: Source, given: Mapping[str, ast.expr], folding: Folding) -> None:
        super().__init__(source, given, lambda _: None)
        self._folding = folding

    def truth(self, test: ast.expr) -> bool | None:
        """Whether a test holds; None where that is only known when it runs."""
        if not any(isinstance(node, ast.Name) and node.id in self._given for node in walk(test)):
            return None
        value = self._folding.value(test)
        return super().truth(test) if value is UNKNOWN else bool(value)
