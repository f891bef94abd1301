"""The calls of a SavedModelBuilder that is kept in a local name."""

from __future__ import annotations

import ast

from migrate.source.candidates import Candidate
from migrate.source.kinds import BUILDERS
from migrate.source.strategies.wrapping.nodes import nodes_of, only_value
from migrate.source.symbols import Assigned, Scope
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable
from migrate.source.view import ModuleView


def calls_of(name: str, candidate: Candidate, view: ModuleView) -> dict[str, list[ast.Call]]:
    """The calls of a builder's methods, by their names.

    Args:
        name: What the builder is called.
        candidate: The call that makes it.
        view: The module.

    Raises:
        Unprovable: It is not sure what is done with it.
    """
    reads = _reads(name, candidate.scope, view)
    if only_value(name, candidate.scope) is not candidate.call:
        reads = _reads_of_one(name, view.statement(candidate.call), reads, candidate.scope, view)
    return method_calls(reads, view)


def method_calls(reads: list[ast.expr], view: ModuleView) -> dict[str, list[ast.Call]]:
    """The calls of a builder's methods, by their names.

    Args:
        reads: Where it is read.
        view: The module.

    Raises:
        Unprovable: Something else is done with it.
    """
    calls: dict[str, list[ast.Call]] = {}
    for node in reads:
        match view.statement(node):
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=used, attr=method)) as call) if used is node:
                calls.setdefault(method, []).append(call)
            case (
                ast.Return(value=ast.Call(func=ast.Attribute(value=used, attr="save")) as call)
                | ast.Assign(targets=[ast.Name()], value=ast.Call(func=ast.Attribute(value=used, attr="save")) as call)
            ) if used is node:
                calls.setdefault("save", []).append(call)
            case _:
                raise Unprovable(ELSEWHERE, "the builder is passed on to other code, or its path is used", node)
    return calls


def _reads(name: str, scope: Scope, view: ModuleView) -> list[ast.expr]:
    """Where a builder is read by its name."""
    return [
        node
        for around, node in nodes_of(scope, view.symbols, inner=True)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        if around.owner(name) is scope
    ]


def _reads_of_one(name: str, opened: ast.stmt, reads: list[ast.expr], scope: Scope, view: ModuleView) -> list[ast.expr]:
    """Where one of several builders of a name is read: behind it in its block, before the next one there."""
    owned: dict[ast.expr, ast.stmt] = {}
    for binding in scope.bindings.get(name, []):
        match binding:
            case Assigned(node=ast.Assign(targets=[ast.Name()], value=ast.Call(func=function)) as one):
                if view.symbols.resolve(function, scope) in BUILDERS:
                    owned.update(dict.fromkeys(_behind(one, name, view), one))
                    continue
        raise Unprovable(CONTROL_FLOW, "the builder's name has several meanings", opened)
    if not owned.keys() >= set(reads):
        raise Unprovable(CONTROL_FLOW, "the builder's name has several meanings", opened)
    return [node for node in reads if owned[node] is opened]


def _behind(opened: ast.stmt, name: str, view: ModuleView) -> list[ast.expr]:
    """The uses of a name behind a statement in its block, up to the next one that gives it another value."""
    parent = view.parents[opened]
    blocks = [
        block for part in ("body", "orelse", "finalbody") if opened in (block := getattr(parent, part, None) or [])
    ]
    found: list[ast.expr] = []
    for one in blocks[0][blocks[0].index(opened) + 1 :] if blocks else ():
        names = [node for node in ast.walk(one) if isinstance(node, ast.Name) and node.id == name]
        defines = isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        if defines or any(not isinstance(node.ctx, ast.Load) for node in names):
            break
        found += names
    return found
