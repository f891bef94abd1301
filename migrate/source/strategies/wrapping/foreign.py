"""What of an export comes from another graph."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.behind import calls_behind
from migrate.source.strategies.wrapping.building import call_builds
from migrate.source.strategies.wrapping.nodes import nodes_of, reached
from migrate.source.strategies.wrapping.session import SessionCode
from migrate.source.symbols import Assigned, Bound, Scope, Symbols
from migrate.source.unprovable import ELSEWHERE, Unprovable

_DEEP = 10


def refuse_foreign_tensors(code: SessionCode) -> None:
    """Refuses exported tensors that are parameters, or attributes set elsewhere: their graph is another.

    Raises:
        Unprovable: There is one.
    """
    symbols = code.view.symbols
    parameters = {
        name
        for name, bindings in code.scope.bindings.items()
        if any(isinstance(binding, Bound) and isinstance(binding.node, ast.arg) for binding in bindings)
        and len(bindings) == 1
    }
    stored = {
        node.attr
        for scope in reached(code.scope, symbols)
        if scope.node is code.scope.node or not isinstance(scope.node, ast.Module)
        for _, node in nodes_of(scope, symbols)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        if not (isinstance(scope.node, ast.FunctionDef) and scope.node.name == "__init__")
    }
    for _, tensor in exported_tensors(code):
        root, attribute = tensor, ""
        while isinstance(root, (ast.Attribute, ast.Subscript)):
            attribute = root.attr if isinstance(root, ast.Attribute) else attribute
            root = root.value
        if isinstance(root, ast.Name) and root.id in parameters and (not attribute or attribute not in stored):
            raise Unprovable(ELSEWHERE, f"{ast.unparse(tensor)} is made elsewhere", tensor)


def exported_tensors(code: SessionCode) -> Iterator[tuple[Scope, ast.expr]]:
    """What the signatures of a function are made of, each with the scope it stands in.

    Args:
        code: The session that the function exports.
    """
    symbols = code.view.symbols
    for scope, node in nodes_of(code.scope, symbols):
        if not isinstance(node, ast.Call):
            continue
        name = (symbols.resolve(node.func, scope) or "").rpartition(".")[2]
        given: list[ast.expr] = []
        if name in ("build_tensor_info", "predict_signature_def", "classification_signature_def"):
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
        elif name == "simple_save":
            given = [*node.args[2:4], *(k.value for k in node.keywords if k.arg in ("inputs", "outputs"))]
        for tensor in (value for one in given for value in _values(one)):
            yield scope, tensor


def refuse_parts_elsewhere(code: SessionCode) -> None:
    """Refuses variables and tensors of the module that a function uses: they are made outside of its graph.

    Raises:
        Unprovable: There is one.
    """
    symbols = code.view.symbols
    if code.scope is symbols.module:
        return
    for scope in reached(code.scope, symbols):
        for around, node in nodes_of(scope, symbols, inner=True):
            if not isinstance(node, ast.Name) or around.owner(node.id) is not symbols.module:
                continue
            for binding in symbols.module.bindings[node.id]:
                if isinstance(binding, Assigned) and _builds(binding.value, symbols):
                    raise Unprovable(ELSEWHERE, f"'{node.id}' is made outside of the function that exports", node)


def _builds(value: ast.expr, symbols: Symbols, depth: int = 0) -> bool:
    """Whether TensorFlow's functions make a part of a graph for a value of the module."""
    if not any(isinstance(node, ast.Call) for node in ast.walk(value)):
        # A table of functions makes nothing; another name of a tensor is that tensor.
        names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
        made = [one for name in names for one in symbols.module.bindings.get(name, ()) if isinstance(one, Assigned)]
        return depth < _DEEP and any(_builds(one.value, symbols, depth + 1) for one in made if one.value is not value)
    return any(
        symbols.resolve(call.func, scope) is not None and call_builds(call, scope, symbols)
        for call, scope in calls_behind(value, symbols)
    )


def _values(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Dict):
        return [value for inner in node.values for value in _values(inner)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return [keyword.value for keyword in node.keywords]
    return [node]
