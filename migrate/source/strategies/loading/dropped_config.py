"""Settings of sessions, which go with the sessions."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.source.loaded.places import Places, Variable
from migrate.source.symbols import Symbols

_PROTOS = frozenset({"ConfigProto", "GPUOptions", "GraphOptions", "OptimizerOptions"})


def dropped_config(places: Places, symbols: Symbols, gone: Iterable[ast.AST]) -> set[ast.stmt]:
    """The statements that only make a config for sessions that go.

    Args:
        places: What is put where.
        symbols: The module's names.
        gone: The calls that make the sessions.
    """
    lost = {node for root in gone for node in ast.walk(root)}
    dropped: set[ast.stmt] = set()
    while True:
        found = {
            statement
            for node in lost
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
            for statement in _makers(node, places, symbols, lost)
        } - dropped
        if not found:
            return dropped
        dropped |= found
        lost |= {node for statement in found for node in ast.walk(statement)}


def _makers(name: ast.Name, places: Places, symbols: Symbols, lost: set[ast.AST]) -> set[ast.stmt]:
    """The statements that make the config a name stands for, if nothing else uses it."""
    place = places.place(name)
    if not isinstance(place, Variable):
        return set()
    found: set[ast.stmt] = set()
    for scope, node in places.nodes:
        if not isinstance(node, ast.Name) or node in lost or places.place(node) != place:
            continue
        statement = _config_statement(node, places)
        if statement is None:
            return set()
        match statement:
            case ast.Assign(targets=[ast.Name()], value=ast.Call(func=function)):
                if symbols.resolve(function, scope) not in _PROTOS:
                    return set()
        found.add(statement)
    return found if any(isinstance(statement.targets[0], ast.Name) for statement in found) else set()  # type: ignore[attr-defined]


def _config_statement(name: ast.Name, places: Places) -> ast.Assign | None:
    """`config = ...` and `config.a.b = ...`, by the name in it that is the config."""
    node: ast.AST = name
    while isinstance(places.parents[node], ast.Attribute):
        node = places.parents[node]
    match places.parents[node]:
        case ast.Assign(targets=[target]) as statement if target is node:
            return statement
    return None
