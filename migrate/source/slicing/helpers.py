"""Helpers of the file that a graph's code calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.flow import Outer
from migrate.source.kinds import IN_GRAPH, VARIABLES, Kinds
from migrate.source.purity import Purity
from migrate.source.slicing.reads import refuse_dimensions, refuse_outer, refuse_version_tests
from migrate.source.slicing.symbols import NOT_SAVED, STATEFUL_PREFIXES
from migrate.source.symbols import SCOPES, Scope, Symbols
from migrate.source.syntax import children, walk
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, SIDE_EFFECTS, Unprovable


def called_helpers(function: ast.FunctionDef, call: ast.Call, kinds: Kinds, purity: Purity) -> list[ast.FunctionDef]:
    """The helper that is called and all that it calls: what only computes tensors may stay where it is.

    Raises:
        Unprovable: One of them does more, or reads what changes.
    """
    region = kinds.region
    symbols = region.symbols
    if (
        symbols.module.bindings.get(function.name) is None
        or symbols.function(call.func, symbols.module) is not function
    ):
        raise Unprovable(CONTROL_FLOW, f"{function.name} is a nested function", call)
    found = helper_functions(function, kinds)
    for inner in found:
        _globals_in_helper(inner, kinds, purity)
        scope = symbols.scope_of(inner)
        for node in walk(inner):
            if not isinstance(node, ast.Call):
                if isinstance(node, (ast.Global, ast.Nonlocal, ast.Yield, ast.Await)):
                    raise Unprovable(ELSEWHERE, f"the helper {inner.name} is more than a plain function", node)
                continue
            name = symbols.resolve(node.func, scope)
            if name is None and _has_effects(node, inner, kinds, purity):
                raise Unprovable(
                    ELSEWHERE,
                    f"the helper {inner.name} may have effects ({ast.unparse(node.func)})",
                    node,
                )
            if name is None:
                if isinstance(node.func, ast.Attribute) and node.func.attr in (
                    "assign",
                    "assign_add",
                    "assign_sub",
                ):
                    raise Unprovable(SIDE_EFFECTS, f"the helper {inner.name} changes a variable", node)
                continue
            reason = _state_in_helper(name)
            if reason:
                raise Unprovable(ELSEWHERE, f"the helper {inner.name} {reason}", node)
    return found


def _has_effects(call: ast.Call, function: ast.FunctionDef, kinds: Kinds, purity: Purity) -> bool:
    """Whether a call in a helper may do more than compute; a function is traced when TF2 likes, and how often."""
    symbols = kinds.region.symbols
    scope = symbols.scope_of(function)
    root = call.func
    while isinstance(root, (ast.Attribute, ast.Subscript, ast.Call)):
        root = root.func if isinstance(root, ast.Call) else root.value
    if not isinstance(root, ast.Name) or root.id in scope.bindings:
        # A method of something the helper made or was given: a tensor, or a list of its own.
        return isinstance(root, ast.Name) and isinstance(call.func, ast.Name)
    if symbols.function(call.func, scope) is not None:
        return False
    return not purity.harmless(call, scope)


def _globals_in_helper(function: ast.FunctionDef, kinds: Kinds, purity: Purity) -> None:
    """A helper may not use the graph's tensors through names of the module."""
    region = kinds.region
    for node in walk(function):
        refuse_version_tests(node, region)
    refuse_dimensions(function, region.symbols.scope_of(function), region)
    scope = region.symbols.scope_of(function)
    inside = set(walk(function))
    for node, inner in _names(function, scope, region.symbols):
        owner = inner.owner(node.id)
        if isinstance(node.ctx, ast.Load) and (owner is None or owner.node not in inside):
            made = [d for step in region.steps for d in step.writes if d.name == node.id]
            if isinstance(region.scope.node, ast.Module) and any(kinds.value(d) in IN_GRAPH for d in made):
                raise Unprovable(ELSEWHERE, f"the helper {function.name} uses '{node.id}' of the module", node)
            if not isinstance(region.scope.node, ast.Module):
                refuse_outer(Outer(node.id), node, kinds, purity)
            if not purity.stable_global(node.id) or purity.declared_global(node.id):
                raise Unprovable(ELSEWHERE, f"the helper {function.name} reads '{node.id}', which changes", node)


def _names(function: ast.FunctionDef, scope: Scope, symbols: Symbols) -> Iterator[tuple[ast.Name, Scope]]:
    """The names in a function, each with the scope it stands in."""
    pending: list[tuple[ast.AST, Scope]] = [(function, scope)]
    while pending:
        node, inner = pending.pop()
        if isinstance(node, ast.Name):
            yield node, inner
        pending += [
            (child, symbols.scope_of(child) if isinstance(child, SCOPES) else inner) for child in children(node)
        ]


def _state_in_helper(name: str) -> str | None:
    if name in VARIABLES or name.startswith(("layers.", "contrib.", "keras.", "nn.rnn_cell", "nn.dynamic_rnn")):
        return f"makes variables (tf.{name})"
    if name.startswith("placeholder") or name == "sparse_placeholder":
        return "makes placeholders"
    if "table" in name.rpartition(".")[2] or name.startswith("lookup."):
        return f"makes a lookup table (tf.{name})"
    if name in NOT_SAVED or name.startswith(STATEFUL_PREFIXES):
        return f"uses tf.{name}"
    if name in ("add_to_collection", "get_collection", "get_default_graph", "Graph", "Session", "assign"):
        return f"uses tf.{name}"
    return None


def helper_functions(function: ast.FunctionDef, kinds: Kinds) -> list[ast.FunctionDef]:
    """A function of this file and all of this file's functions that it calls, directly or not."""
    symbols = kinds.region.symbols
    found = [function]
    for current in found:
        scope = symbols.scope_of(current)
        for node in walk(current):
            if isinstance(node, ast.Call):
                callee = symbols.function(node.func, scope)
                if callee is not None and callee not in found:
                    found.append(callee)
    return found
