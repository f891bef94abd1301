"""Recurrent cells that a loop puts into a list, as the comprehension that makes the same list."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.inlining.comprehensions import one_expression
from migrate.source.inlining.nodes import block_of
from migrate.source.inlining.text import Source
from migrate.source.kinds import Kinds
from migrate.source.layers.cells import PACKAGES
from migrate.source.syntax import walk
from migrate.source.unprovable import VARIABLE, Inapplicable
from migrate.source.unrolling.written_out import WrittenOut


def lists_cells(kinds: Kinds) -> bool:
    """Whether a region makes recurrent cells in a loop."""
    return any(
        isinstance(node, ast.Call) and _is_cell(node, kinds)
        for step in kinds.region.steps
        if isinstance(step.node, ast.For) and step.inlined is None
        for statement in step.node.body
        for node in walk(statement)
    )


def with_listed_cells(view_text: str, kinds: Kinds) -> WrittenOut:
    """Writes a comprehension for each loop that only makes cells and appends them to a new list.

    Args:
        view_text: The module's source.
        kinds: The region.

    Raises:
        Unprovable: There is no such loop.
    """
    source = Source(view_text, kinds.region.symbols)
    found = {loop.lineno: (loop, made, text) for loop, made, text in _loops(source, kinds)}
    if not found:
        raise Inapplicable(VARIABLE, "no loop only makes cells and lists them")
    gone = {n for _, made, _ in found.values() for n in range(made.lineno, (made.end_lineno or made.lineno) + 1)}
    lines: list[str] = []
    origins: list[int] = []
    number = 1
    while number <= len(source.lines):
        following = number + 1
        if number in found:
            lines.append(found[number][2])
            origins.append(number)
            following = (found[number][0].end_lineno or number) + 1
        elif number not in gone:
            lines.append(source.lines[number - 1])
            origins.append(number)
        number = following
    return WrittenOut(kinds.region.scope, "\n".join(lines), tuple(origins))


def _loops(source: Source, kinds: Kinds) -> Iterator[tuple[ast.For, ast.Assign, str]]:
    """The loops, the statements that make their lists, and what does the same."""
    for step in kinds.region.steps:
        loop = step.node
        if not isinstance(loop, ast.For) or step.inlined is not None or loop.orelse:
            continue
        match loop.target, loop.body:
            case ast.Name(id=target), [
                *statements,
                ast.Expr(value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[last], keywords=[])),
            ]:  # fmt: skip
                element = one_expression(statements, last)
            case _:
                continue
        made = _list_before(loop, name, source)
        if element is None or made is None or not isinstance(element, ast.Call) or not _is_cell(element, kinds):
            continue
        own = {target} | {n.id for one in statements for n in walk(one)
                          if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}  # fmt: skip
        read = {n.id for n in walk(element) if isinstance(n, ast.Name)} | {
            n.id for n in walk(loop.iter) if isinstance(n, ast.Name)
        }
        if (own - {target}) & read or name in read | own or _read_elsewhere(own, loop, source, kinds):
            continue
        text = f"{name} = [{ast.unparse(element)} for {target} in {source.segment(loop.iter)}]"
        yield loop, made, source.indent(loop) + text


def _is_cell(call: ast.Call, kinds: Kinds) -> bool:
    symbol = kinds.symbol(call) or ""
    return symbol.startswith(PACKAGES) and symbol.endswith(("Cell", "Wrapper"))


def _list_before(loop: ast.For, name: str, source: Source) -> ast.Assign | None:
    """The statement that makes an empty list, with nothing between it and the loop that mentions it."""
    block = block_of(source.parents[loop], loop)
    for statement in reversed(block[: block.index(loop)]):
        match statement:
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.List(elts=[])) if found == name:
                return statement
        if any(isinstance(node, ast.Name) and node.id == name for node in walk(statement)):
            return None
    return None


def _read_elsewhere(names: set[str], loop: ast.For, source: Source, kinds: Kinds) -> bool:
    """Whether names of a loop are read outside of it, other than in another loop that sets them first."""
    inside = set(walk(loop))
    scope = kinds.region.scope
    for node, inner in source.names(scope.node, scope):
        if node.id in names and node not in inside and isinstance(node.ctx, ast.Load) and inner.owner(node.id) is scope:
            around: ast.AST | None = node
            while around is not None and not (isinstance(around, ast.For) and _sets(around, node)):
                around = source.parents.get(around)
            if around is None:
                return True
    return isinstance(scope.node, ast.Module) and any(
        source.function_around(node) is not scope.node
        for name in names
        for node in source.named(name)
        if isinstance(node.ctx, ast.Load)
    )


def _sets(loop: ast.For, read: ast.Name) -> bool:
    """Whether a loop sets a name in each turn before it is read there."""
    if any(isinstance(node, ast.Name) and node.id == read.id for node in walk(loop.target)):
        return True
    for statement in loop.body:
        if read in set(walk(statement)):
            return False
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]) if name == read.id:
                return True
    return False
