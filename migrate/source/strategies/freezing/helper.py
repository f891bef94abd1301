"""Functions of a file that do nothing but freeze the session they are given, such as the much copied freeze_session."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

_CALLS = frozenset({"list", "set", "sorted", "len"})
_METHODS = frozenset({"difference", "as_graph_def", "global_variables", "all_variables", "remove_training_nodes"})


@dataclass(frozen=True, slots=True, eq=False)
class Freezer:
    """A function that returns a session's graph, frozen.

    Attributes:
        function: It.
        session: The parameter for the session.
        names: The parameter for the names of the output nodes.
        kept: The parameter for variables that stay variables, if it has one.
        ignored: Parameters that change nothing about a Keras model, `kept` among them, which must not be given.
    """

    function: ast.FunctionDef
    session: str
    names: str
    kept: str | None
    ignored: frozenset[str]


def read_freezer(function: ast.FunctionDef, call: ast.Call, view: ModuleView) -> Freezer:
    """Reads a function around a call of `convert_variables_to_constants`.

    Args:
        function: The function.
        call: The call in it.
        view: The module.

    Raises:
        Unprovable: Where the function does anything else.
    """
    if not isinstance(view.parents[function], ast.Module) or function.decorator_list:
        raise Unprovable(ELSEWHERE, f"the session is a parameter of '{function.name}'", call)
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    by_name = {keyword.arg: keyword.value for keyword in call.keywords}
    parameters = {argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]}
    session = by_name.get("sess", given[0])
    names = by_name.get("output_node_names") or (call.args[2] if len(call.args) > 2 else None)
    if not isinstance(session, ast.Name) or not isinstance(names, ast.Name) or names.id not in parameters:
        raise Unprovable(ELSEWHERE, f"the session is a parameter of '{function.name}'", call)
    for statement in function.body:
        _refuse(statement, call, parameters)
    loaded = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    kept = next((name for name in sorted(parameters) if name.startswith("keep")), None)
    _refuse_names(function, names.id)
    return Freezer(
        function, session.id, names.id, kept if kept in loaded else None, frozenset(parameters - {session.id, names.id})
    )


def _refuse(statement: ast.stmt, call: ast.Call, parameters: set[str]) -> None:
    """Refuses a statement that does more than freeze."""
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Expr(value=ast.Constant()):
            return
        case ast.Assign(targets=[ast.Name()], value=value) | ast.AugAssign(target=ast.Name(), value=value):
            _refuse_calls(value, call)
            return
        case ast.Return(value=ast.expr() as value):
            _refuse_calls(value, call)
            return
        case ast.With(items=[ast.withitem(context_expr=ast.Call(func=ast.Attribute(attr="as_default")))], body=body):
            for inner in body:
                _refuse(inner, call, parameters)
            return
        case ast.If(test=ast.Name(id=flag), body=body, orelse=[]) if flag in parameters:
            if all(_clears_devices(inner) for inner in body):
                return
        case ast.For() if _clears_devices(statement):
            return
    raise Unprovable(CONTROL_FLOW, "the function around it does more than freeze", statement)


def _clears_devices(statement: ast.stmt) -> bool:
    """`for node in graph_def.node: node.device = ""`."""
    match statement:
        case ast.For(
            target=ast.Name(id=node),
            iter=ast.Attribute(attr="node"),
            body=[ast.Assign(targets=[ast.Attribute(value=ast.Name(id=same), attr="device")], value=ast.Constant())],
            orelse=[],
        ):
            return node == same
    return False


def _refuse_calls(value: ast.expr, call: ast.Call) -> None:
    for node in ast.walk(value):
        if not isinstance(node, ast.Call) or node is call:
            continue
        match node.func:
            case ast.Name(id=name) if name in _CALLS:
                continue
            case ast.Attribute(attr=name) if name in _METHODS:
                continue
        raise Unprovable(CONTROL_FLOW, "the function around it does more than freeze", node)


def _refuse_names(function: ast.FunctionDef, names: str) -> None:
    """Refuses names of outputs that the function makes up itself; those of all variables are no outputs."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == names:
                if isinstance(value, ast.BoolOp) and isinstance(value.values[0], ast.Name):
                    continue
            case ast.AugAssign(target=ast.Name(id=target), value=ast.ListComp(generators=[generator])):
                if target != names or "global_variables" in ast.unparse(generator.iter):
                    continue
            case ast.AugAssign(target=ast.Name(id=target)) if target == names:
                pass
            case _:
                continue
        raise Unprovable(NOT_STATIC, "the names of the output nodes are changed", node)
