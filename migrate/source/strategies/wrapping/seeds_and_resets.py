"""Resets of the default graph, and seeds of graphs, in graph code that is wrapped."""

from __future__ import annotations

import ast

from migrate.source.changes import Changes
from migrate.source.strategies.wrapping.entries import comes_first
from migrate.source.strategies.wrapping.first_values import first_values_are_constant
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.strategies.wrapping.session import SessionCode
from migrate.source.symbols import Scope
from migrate.source.unprovable import INIT_OP, VARIABLE, Unprovable
from migrate.source.view import ModuleView


def refuse_resets(code: SessionCode, scopes: list[Scope]) -> None:
    """The default graph cannot be reset inside of a `with` that makes it the default one.

    Raises:
        Unprovable: It is.
    """
    for scope in scopes:
        for around, node in nodes_of(scope, code.view.symbols):
            if isinstance(node, ast.Call) and code.view.symbols.resolve(node.func, around) == "reset_default_graph":
                if code.whole:
                    if not comes_first(code.view.statement(node), code.view):
                        raise Unprovable(VARIABLE, "the program resets the default graph when it has begun", node)
                elif scope not in (code.scope, code.view.symbols.module):
                    raise Unprovable(VARIABLE, "a helper resets the default graph", node)
                elif _is_repeated(node, scope, code.view):
                    raise Unprovable(VARIABLE, "a loop resets the default graph", node)


def _is_repeated(node: ast.AST, scope: Scope, view: ModuleView) -> bool:
    while node is not scope.node and node in view.parents:
        node = view.parents[node]
        if isinstance(node, (ast.For, ast.While)):
            return True
    return False


def refuse_resets_at_load(code: SessionCode, scopes: list[Scope]) -> None:
    """A model that initializes its variables when it is loaded has their first values, whatever the session held.

    Raises:
        Unprovable: These may be other values.
    """
    for export in code.exports:
        if export.resets is None:
            continue
        changed = code.live or code.restores or not first_values_are_constant(scopes, code.view)
        if changed or not code.initializes:
            raise Unprovable(
                INIT_OP, "all variables get their first values whenever the model is loaded", export.resets
            )


def refuse_seeds(code: SessionCode, scopes: list[Scope]) -> None:
    """A graph's seed gives each operation its own by its number, and TF2's graphs have other numbers.

    Raises:
        Unprovable: Initial values may depend on it.
    """
    if code.restores or (code.live and _trains(scopes, code)):
        return
    for scope in scopes:
        for around, node in nodes_of(scope, code.view.symbols):
            if isinstance(node, ast.Call) and code.view.symbols.resolve(node.func, around) in (
                "set_random_seed",
                "random.set_random_seed",
            ):
                raise Unprovable(VARIABLE, "initial values depend on the seed of the graph", node)


def _trains(scopes: list[Scope], code: SessionCode) -> bool:
    """Whether variables get other values than their first ones."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in ("minimize", "apply_gradients", "restore")
        for scope in scopes
        for _, node in nodes_of(scope, code.view.symbols)
    )


def drop_resets(scope: Scope, view: ModuleView, changes: Changes) -> None:
    """`tf.reset_default_graph()`: nothing is in the default graph."""
    for around, node in nodes_of(scope, view.symbols):
        match node:
            case ast.Expr(value=ast.Call(func=function)):
                if view.symbols.resolve(function, around) == "reset_default_graph":
                    changes.statements[node] = ()
