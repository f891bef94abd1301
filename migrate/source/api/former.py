"""Calls of tf.contrib in code that stays TF1 code under TF2, and that TF2 has under another name."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from migrate.source.api.answers import Argument, Translation

_XAVIER = frozenset({"contrib.layers.xavier_initializer", "contrib.layers.xavier_initializer_conv2d"})
_PARAMETERS = ("uniform", "seed", "dtype")


def texts_of(call: ast.Call) -> tuple[dict[int | str, str], bool]:
    """The texts of a call's arguments, by position or keyword, and whether there are others, with stars."""
    texts: dict[int | str, str] = dict(enumerate(ast.unparse(argument) for argument in call.args))
    texts |= {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg}
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    return texts, starred or any(keyword.arg is None for keyword in call.keywords)


def translate_former(name: str, literals: Mapping[int | str, str], *, starred: bool = False) -> Translation | None:
    """The call under TF2 that makes the same operations.

    Args:
        name: The TF1 name below `tf.`.
        literals: The texts of its arguments, by position or keyword.
        starred: Whether it has arguments with stars.

    Returns:
        The call, or None where TF2 has no equal one. Uniform Xavier is Glorot's; the normal one has another spread.
    """
    if name not in _XAVIER or starred or len([key for key in literals if isinstance(key, int)]) > len(_PARAMETERS):
        return None
    given: dict[str, int | str] = {}
    for key in literals:
        parameter = _PARAMETERS[key] if isinstance(key, int) else key
        if parameter not in _PARAMETERS or parameter in given:
            return None
        given[parameter] = key
    if "uniform" in given and literals[given.pop("uniform")] != "True":
        return None
    arguments = tuple(Argument(parameter, given[parameter]) for parameter in _PARAMETERS if parameter in given)
    return Translation("compat.v1.glorot_uniform_initializer", arguments)
