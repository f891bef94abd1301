"""Calls of `tf.contrib` for which TF1's own API has another name: the code that stays is written with that."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from migrate.source import api
from migrate.source.symbols import Symbols


def respelled_calls(symbols: Symbols) -> Mapping[ast.Call, str]:
    """The calls, each with the name below `tensorflow.compat.v1`.

    Args:
        symbols: The module's names.
    """
    return symbols.once(respelled_calls, lambda: dict(_respelled(symbols)))


def _respelled(symbols: Symbols) -> Iterator[tuple[ast.Call, str]]:
    for scope, call in symbols.calls():
        name = symbols.resolve(call.func, scope) or ""
        spelling = respelled_call(call, name)
        if spelling is not None and ast.unparse(call.func).endswith(f".{name}"):
            yield call, spelling


def respelled_call(call: ast.Call, name: str) -> str | None:
    """The name below `tensorflow.compat.v1` for what a call means; None where there is none.

    Args:
        call: The call.
        name: What it calls, below `tensorflow`.
    """
    if not name.startswith("contrib."):
        return None
    new = api.call_outside(name, len(call.args), [keyword.arg or "**" for keyword in call.keywords])
    return new.removeprefix("compat.v1.") if new is not None else None
