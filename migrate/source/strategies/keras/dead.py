"""Code that only served an export: TensorInfos, signatures, names for tensors, the configuration of the session."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from migrate.source.strategies.keras.names import keras_name
from migrate.source.strategies.keras.uses import Uses, Variable
from migrate.source.symbols import Assigned, Binding, Bound, Scope

_ONLY_FOR_EXPORTS = frozenset({
    "build_tensor_info", "build_signature_def", "predict_signature_def", "classification_signature_def",
    "regression_signature_def", "tables_initializer", "initialize_all_tables", "group", "no_op", "get_session",
    "Session", "InteractiveSession", "ConfigProto", "GPUOptions", "get_default_graph", "Graph", "get_collection",
    "SavedModelBuilder", "Builder", "is_valid_signature",
})  # fmt: skip
_PLAIN = frozenset({"items", "split", "replace", "get_layer", "get_input_at", "get_output_at", "format", "join", "lower",
                    "upper", "strip"})  # fmt: skip
_OF_TENSORS = frozenset({"input", "inputs", "output", "outputs"})


def drop_dead(uses: Uses, scope: Scope) -> None:
    """Marks assignments as gone that nothing reads any more once the export is gone.

    Args:
        uses: The names of the module, with what is gone.
        scope: The function of the export.
    """
    variables = {
        (owner, name): bindings
        for owner in uses.view.symbols.scopes()
        for name, bindings in owner.bindings.items()
        if owner is scope or owner.parent is None or any(uses.is_gone(node) for node in uses.loads((owner, name)))
    }
    _drop_checks(uses)
    changed = True
    while changed:
        changed = False
        for variable, bindings in variables.items():
            for statement in _statements(uses, variable, bindings):
                uses.gone.add(statement)
                changed = True
        for loop in uses.nodes(ast.For):
            assert isinstance(loop, ast.For)
            if not uses.is_gone(loop) and _is_empty(loop, uses):
                uses.gone.add(loop)
                changed = True


def _is_empty(loop: ast.For, uses: Uses) -> bool:
    """Whether a loop did nothing but what is gone, over the tensors of a model, and nobody reads its names."""
    targets = [node for node in ast.walk(loop.target) if isinstance(node, ast.Name)]
    return (
        all(statement in uses.gone for statement in loop.body)
        and not loop.orelse
        and _concerns_model(loop.iter)
        and _is_idle(loop.iter, uses)
        and all((variable := uses.variable(target)) is not None and uses.unread(variable) for target in targets)
    )


def _drop_checks(uses: Uses) -> None:
    """`if not is_valid_signature(signature): raise ...`, of a signature that is gone, with a name or without."""
    for node in uses.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        name = uses.view.symbols.resolve(node.func, uses.scopes[node]) or ""
        if not name.endswith("is_valid_signature"):
            continue
        match uses.view.parents.get(node):
            case ast.Assign(targets=[ast.Name() as target]):
                variable = uses.variable(target)
                if variable is not None and len(variable[0].bindings[variable[1]]) == 1:
                    checks = [_check(load, uses) for load in uses.loads(variable)]
                    if all(check is not None for check in checks):
                        uses.gone |= {check for check in checks if check is not None}
            case _:
                check = _check(node, uses)
                uses.gone |= {check} if check is not None else set()


def _check(node: ast.expr, uses: Uses) -> ast.stmt | None:
    """The statement that raises where a signature is not valid."""
    match uses.view.parents.get(node):
        case ast.Compare(left=left, comparators=[ast.Constant()]) as test if left is node:
            pass
        case ast.UnaryOp(op=ast.Not()) as test:
            pass
        case _:
            return None
    match uses.view.parents.get(test):
        case ast.If(body=[ast.Raise()], orelse=[]) as check if check.test is test:
            return check
        case ast.Assert() as check:
            return check
    return None


def _statements(uses: Uses, variable: Variable, bindings: Sequence[Binding]) -> list[ast.stmt]:
    """The assignments that make a variable, and set its attributes, where all of that is of no use any more."""
    found: list[ast.stmt] = []
    if not uses.loads(variable):
        return []
    for binding in bindings:
        match binding:
            case Assigned(value=value, node=ast.Assign(targets=[ast.Name()]) as statement) if _is_idle(value, uses):
                filled = isinstance(value, ast.Dict) and not value.keys and _is_filled(variable, uses)
                if variable[0].parent is None and not (_concerns_model(value) or _is_keras(value, uses) or filled):
                    # Other modules may read a constant.
                    return []
                found.append(statement)
            case Bound(node=ast.With() as statement) if all(item in uses.gone for item in statement.items):
                pass
            case _:
                return []
    setters = set()
    for node in uses.loads(variable):
        if uses.is_gone(node) or uses.view.statement(node) in found:
            # `inputs = {k: info(t) for k, t in inputs.items()}`
            continue
        setter = _setter(node, uses)
        if setter is None:
            return []
        setters.add(setter)
    return [statement for statement in [*found, *setters] if not uses.is_gone(statement)]


def _is_filled(variable: Variable, uses: Uses) -> bool:
    """Whether a dictionary gets tensors of a model: `inputs[t.name] = t`."""
    again = {binding.node for binding in variable[0].bindings[variable[1]] if isinstance(binding, Assigned)}
    loads = [node for node in uses.loads(variable) if uses.view.statement(node) not in again]
    setters = [_setter(node, uses) for node in loads if not uses.is_gone(node)]
    return bool(setters) and all(
        isinstance(setter, ast.Assign) and isinstance(uses.view.parents.get(setter), ast.For) for setter in setters
    )


def _setter(node: ast.Name, uses: Uses) -> ast.stmt | None:
    """The statement `config.gpu_options.allow_growth = True` around `config`."""
    current: ast.AST = node
    parents = uses.view.parents
    while isinstance(parents.get(current), (ast.Attribute, ast.Subscript)):
        current = parents[current]
    statement = parents.get(current)
    if isinstance(statement, ast.Assign) and current in statement.targets and current is not node:
        if len(statement.targets) == 1 and _is_idle(statement.value, uses, setting=True):
            return statement
    return None


def _is_idle(value: ast.expr, uses: Uses, *, setting: bool = False) -> bool:
    """Whether nothing happens when an expression is not evaluated."""
    for node in ast.walk(value):
        if isinstance(node, (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom, ast.Lambda)):
            return False
        if isinstance(node, ast.Call) and node not in uses.moved:
            scope = uses.scopes[node]
            name = uses.view.symbols.resolve(node.func, scope) or keras_name(node.func, scope, uses.view.symbols)
            last = (name or "").rpartition(".")[2]
            plain = isinstance(node.func, ast.Attribute) and node.func.attr in _PLAIN
            # Such as `str(hvd.local_rank())`.
            asked = isinstance(node.func, ast.Attribute) and not node.args and not node.keywords
            if last not in _ONLY_FOR_EXPORTS and not (plain or _is_dict(node) or (setting and asked)):
                return False
    return True


def _is_dict(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id in (
        "dict",
        "list",
        "zip",
        "enumerate",
        "set",
        "tuple",
        "str",
        "int",
        "float",
        "len",
        "range",
    )


def _concerns_model(value: ast.expr) -> bool:
    """Whether an expression is made of tensors, or calls something."""
    return any(
        isinstance(node, ast.Call) or (isinstance(node, ast.Attribute) and node.attr in _OF_TENSORS)
        for node in ast.walk(value)
    )


def _is_keras(value: ast.expr, uses: Uses) -> bool:
    """Whether an expression only names a part of Keras, such as `tf.keras.backend`."""
    return keras_name(ast.Attribute(value, "x", ast.Load()), uses.scopes[value], uses.view.symbols) is not None
