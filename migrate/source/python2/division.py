"""Divisions that Python 2 and Python 3 do in different ways: `/` between whole numbers."""

from __future__ import annotations

import ast

_FLOATS = frozenset({"float", "time.time", "math.sqrt", "math.exp", "math.log", "np.sqrt", "np.mean", "numpy.mean",
                     "np.float32", "np.float64", "tf.to_float"})  # fmt: skip
_CARRIED = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def uncertain_division(tree: ast.Module) -> tuple[str, int] | None:
    """A division whose operands may both be whole numbers, or tensors of them.

    Args:
        tree: A module that was Python 2.

    Returns:
        What there is to say, and the line; None where every `/` divides floating-point numbers, or means it anyway.
    """
    if _has_true_division(tree):
        return None
    return _in_scope(tree, {})


def _has_true_division(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "division" for alias in node.names)
        for node in tree.body
    )


def _in_scope(scope: ast.Module | _Function, outer: dict[str, bool]) -> tuple[str, int] | None:
    inner: list[_Function] = []
    nodes: list[ast.AST] = []
    pending: list[ast.AST] = list(scope.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner.append(node)
            pending += [*node.decorator_list, *node.args.defaults]
            continue
        nodes.append(node)
        pending += ast.iter_child_nodes(node)
    floats = {**outer, **_float_names(scope, nodes)}
    for node in sorted(nodes, key=lambda node: getattr(node, "lineno", 0)):
        match node:
            case ast.BinOp(op=ast.Div(), left=left, right=right):
                pass
            case ast.AugAssign(op=ast.Div(), target=left, value=right):
                pass
            case _:
                continue
        if not (_is_float(left, floats) or _is_float(right, floats)):
            said = f"'{ast.unparse(left)} / {ast.unparse(right)}' rounds whole numbers down in Python 2, and not in Python 3"
            return said, node.lineno
    return next((found for function in inner if (found := _in_scope(function, floats)) is not None), None)


def _float_names(scope: ast.Module | _Function, nodes: list[ast.AST]) -> dict[str, bool]:
    """The names of a scope, and whether all they are given is floating-point numbers."""
    given: dict[str, list[ast.expr | None]] = {}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                given.setdefault(name, []).append(value)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                # A float stays one by these.
                given.setdefault(name, []).extend([] if isinstance(op, _CARRIED) else [None])
            case ast.Name(id=name, ctx=ast.Store()):
                given.setdefault(name, [])
    simple = {id(target) for node in nodes if isinstance(node, ast.Assign) for target in node.targets}
    simple |= {id(node.target) for node in nodes if isinstance(node, ast.AugAssign)}
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in simple:
            given[node.id].append(None)
    if not isinstance(scope, ast.Module):
        arguments = scope.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        given |= {argument.arg: [None] for argument in every if argument is not None}
    for node in nodes:
        if isinstance(node, ast.Global):
            given |= {name: [None] for name in node.names}
    return {
        name: bool(values) and all(value is not None and _is_float(value, {}) for value in values)
        for name, values in given.items()
    }


def _is_float(node: ast.expr, floats: dict[str, bool]) -> bool:
    match node:
        case ast.Constant(value=float()):
            return True
        case ast.Name(id=name):
            return floats.get(name, False)
        case ast.UnaryOp(operand=operand):
            return _is_float(operand, floats)
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _CARRIED):
            return _is_float(left, floats) or _is_float(right, floats)
        case ast.Call(func=func):
            return ast.unparse(func) in _FLOATS
    return False
