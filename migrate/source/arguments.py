"""The arguments of calls by the names of parameters."""

from __future__ import annotations

import ast

from migrate.source.unprovable import NOT_STATIC, Unprovable


def bind(call: ast.Call, names: tuple[str, ...], required: int | None = None) -> list[ast.expr | None]:
    """The arguments of a call in the order of its parameters; None for those that are not given.

    Raises:
        Unprovable: Where stars hide them, or they do not fit.
    """
    needed = len(names) if required is None else required
    found: dict[str, ast.expr] = {}
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(not k.arg for k in call.keywords):
        raise Unprovable(NOT_STATIC, "its arguments are passed on with * or **", call)
    if len(call.args) > len(names):
        raise Unprovable(NOT_STATIC, "it has more arguments than TensorFlow takes", call)
    found.update(zip(names, call.args, strict=False))
    for keyword in call.keywords:
        found[str(keyword.arg)] = keyword.value
    for name in names[:needed]:
        if name not in found:
            raise Unprovable(NOT_STATIC, f"its argument {name} is missing", call)
    return [found.get(name) for name in names]


def call_arguments(call: ast.Call, function: ast.FunctionDef) -> dict[str, ast.expr] | None:
    """What each parameter of a function of this file gets from a call, constants as defaults; None if not plain."""
    arguments = function.args
    if arguments.vararg or arguments.kwarg or arguments.posonlyargs or function.decorator_list:
        return None
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(not k.arg for k in call.keywords):
        return None
    names = [argument.arg for argument in [*arguments.args, *arguments.kwonlyargs]]
    bound: dict[str, ast.expr] = {}
    defaults = arguments.defaults
    for argument, default in zip(arguments.args[len(arguments.args) - len(defaults) :], defaults, strict=True):
        bound[argument.arg] = default
    for argument, kw_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if kw_default is not None:
            bound[argument.arg] = kw_default
    if any(not isinstance(default, ast.Constant) for default in bound.values()) or len(call.args) > len(names):
        return None
    bound.update(zip(names, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg not in names:
            return None
        bound[str(keyword.arg)] = keyword.value
    return bound if set(bound) == set(names) else None
