"""What all layers of contrib share: the names of their variables, and how a layer ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.framework._variables import model_variable
from migrate.tf1.contrib.layers._utils import collect_named_outputs, get_variable_collections
from migrate.tf1.layers._base import parts

v1 = tf.compat.v1
Keys = v1.GraphKeys
ZEROS = v1.zeros_initializer()

WEIGHTS = {"kernel": "weights", "bias": "biases"}


def renaming(names: Mapping[str, str] | None = None) -> Callable[..., Any]:
    """A custom getter that makes variables those of the model, some under other names than their layer's."""

    def own(getter: Callable[..., Any], name: str, *args: Any, **kwargs: Any) -> Any:
        *scopes, last = name.split("/")
        name = "/".join([*scopes, (names or {}).get(last, last)])
        given = kwargs.pop("collections", None) or []
        collections = list(dict.fromkeys([*given, Keys.GLOBAL_VARIABLES, Keys.MODEL_VARIABLES]))
        return getter(name, *args, collections=collections, **kwargs)

    return own


def file(variable: Any, variables_collections: Any, name: str) -> None:
    """Adds a variable of a layer to the collections that the caller named."""
    for collection in get_variable_collections(variables_collections, name) or []:
        there = {id(each) for each in v1.get_collection(collection)}
        for part in parts(variable):
            if id(part) not in there:
                v1.add_to_collection(collection, part)


def parameter(
    name: str,
    shape: Any,
    dtype: Any,
    initializer: Any,
    variables_collections: Any,
    trainable: bool,
    regularizer: Callable[[Any], Any] | None = None,
) -> Any:
    """A variable of the model that no layer makes."""
    return model_variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        collections=get_variable_collections(variables_collections, name),
        trainable=trainable,
    )


def finished(
    outputs: Any,
    activation_fn: Callable[[Any], Any] | None,
    outputs_collections: Any,
    alias: str,
    normalizer_fn: Callable[..., Any] | None = None,
    normalizer_params: Mapping[str, Any] | None = None,
) -> Any:
    """Normalizes, activates and collects what a layer gave."""
    if normalizer_fn is not None:
        outputs = normalizer_fn(outputs, **(normalizer_params or {}))
    if activation_fn is not None:
        outputs = activation_fn(outputs)
    return collect_named_outputs(outputs_collections, alias, outputs)


def channels_first(data_format: str | None, allowed: tuple[str, ...]) -> str:
    """A data format of contrib in the words of layers."""
    if data_format is not None and data_format not in allowed:
        raise ValueError(f"data_format must be one of {', '.join(allowed)}, not {data_format!r}")
    return "channels_first" if data_format and data_format.startswith("NC") else "channels_last"
