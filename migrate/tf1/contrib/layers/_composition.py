"""`repeat` and `stack`: several layers by one call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import tensorflow as tf

v1 = tf.compat.v1


def _name(layer: Callable[..., Any], default: str) -> str:
    if hasattr(layer, "__name__"):
        return str(layer.__name__)
    if isinstance(layer, functools.partial) and hasattr(layer.func, "__name__"):
        return str(layer.func.__name__)
    return default


def repeat(inputs: Any, repetitions: int, layer: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`tf.contrib.layers.repeat`: one layer after another, in scopes `name/name_1`, `name/name_2` ..."""
    scope = kwargs.pop("scope", None)
    with v1.variable_scope(scope, "Repeat", [inputs]):
        inputs = tf.convert_to_tensor(inputs)
        if scope is None:
            scope = _name(layer, "repeat")
        outputs = inputs
        for number in range(1, repetitions + 1):
            outputs = layer(outputs, *args, **{**kwargs, "scope": f"{scope}_{number}"})
        return outputs


def stack(inputs: Any, layer: Callable[..., Any], stack_args: Any, **kwargs: Any) -> Any:
    """`tf.contrib.layers.stack`: one layer after another, each with its own arguments."""
    scope = kwargs.pop("scope", None)
    if not isinstance(stack_args, list | tuple):
        raise ValueError(f"stack_args must be a list or a tuple, not {stack_args!r}")
    with v1.variable_scope(scope, "Stack", [inputs]):
        outputs = tf.convert_to_tensor(inputs)
        if scope is None:
            scope = _name(layer, "stack")
        for number, given in enumerate(stack_args, start=1):
            given = given if isinstance(given, list | tuple) else [given]
            outputs = layer(outputs, *given, **{**kwargs, "scope": f"{scope}_{number}"})
        return outputs
