"""Default arguments for all calls of some functions within a block: `arg_scope` and its helpers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Scope = dict[Any, dict[str, Any]]

_SCOPES: list[Scope] = [{}]
_DECORATED: set[Any] = set()


def arg_scope_func_key(op: Any) -> Any:
    """What a function is known by within scopes."""
    return getattr(op, "_key_op", str(op))


def current_arg_scope() -> Scope:
    """The defaults that hold now, by function."""
    return _SCOPES[-1]


def has_arg_scope(func: Any) -> bool:
    """Whether the function was decorated with `add_arg_scope`."""
    return arg_scope_func_key(func) in _DECORATED


@contextmanager
def arg_scope(list_ops_or_scope: Any, **kwargs: Any) -> Iterator[Scope]:
    """Sets default arguments of functions that are decorated with `add_arg_scope`.

    Args:
        list_ops_or_scope: The functions; or what another `arg_scope` gave, whose defaults then hold instead of those
            that hold now.
        **kwargs: The defaults.

    Yields:
        All defaults, to be used in another `arg_scope`.
    """
    if isinstance(list_ops_or_scope, dict):
        if kwargs:
            raise ValueError("an arg_scope that is entered again takes no further arguments")
        scope = {key: dict(defaults) for key, defaults in list_ops_or_scope.items()}
    elif isinstance(list_ops_or_scope, list | tuple):
        scope = dict(current_arg_scope())
        for op in list_ops_or_scope:
            if not has_arg_scope(op):
                raise ValueError(f"{op} is not decorated with add_arg_scope: it takes no defaults from an arg_scope")
            key = arg_scope_func_key(op)
            scope[key] = {**scope.get(key, {}), **kwargs}
    else:
        raise TypeError(f"arg_scope takes a list of functions or another scope, not {list_ops_or_scope!r}")
    _SCOPES.append(scope)
    try:
        yield scope
    finally:
        _SCOPES.pop()


def add_arg_scope(func: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a function take defaults from the `arg_scope` around its calls."""
    key = arg_scope_func_key(func)

    @functools.wraps(func)
    def with_defaults(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **{**current_arg_scope().get(key, {}), **kwargs})

    _DECORATED.add(key)
    with_defaults._key_op = key  # type: ignore[attr-defined]
    return with_defaults
