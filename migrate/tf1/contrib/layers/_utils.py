"""Named outputs in collections, and what layers share."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

import tensorflow as tf

from migrate.tf1._branching import branch, known

v1 = tf.compat.v1


def collect_named_outputs(collections: Any, alias: str, outputs: Any) -> Any:
    """Adds a tensor to collections, under a name that `convert_collection_to_dict` finds it by."""
    if collections:
        append_tensor_alias(outputs, alias)
        v1.add_to_collections(collections, outputs)
    return outputs


def append_tensor_alias(tensor: Any, alias: str) -> Any:
    """Gives a tensor one more name."""
    tensor.aliases = [*getattr(tensor, "aliases", []), alias.removesuffix("/")]
    return tensor


def get_tensor_aliases(tensor: Any) -> list[str]:
    """The names given to a tensor, or its own."""
    if hasattr(tensor, "aliases"):
        return list(tensor.aliases)
    return [tensor.name.removesuffix(":0")]


def gather_tensors_aliases(tensors: Iterable[Any]) -> list[str]:
    """The names of several tensors."""
    return [alias for tensor in tensors for alias in get_tensor_aliases(tensor)]


def convert_collection_to_dict(collection: str, clear_collection: bool = False) -> OrderedDict[str, Any]:
    """The tensors of a collection by name."""
    found = OrderedDict(
        (alias, tensor) for tensor in v1.get_collection(collection) for alias in get_tensor_aliases(tensor)
    )
    if clear_collection:
        v1.get_default_graph().clear_collection(collection)
    return found


def get_variable_collections(variables_collections: Any, name: str) -> Any:
    """The collections for the variables of this name, where they are given by name; else all."""
    return variables_collections.get(name) if isinstance(variables_collections, dict) else variables_collections


def constant_value(value_or_tensor_or_var: Any, dtype: Any = None) -> Any:
    """The value, if it is known while the graph is built; else None."""
    if value_or_tensor_or_var is None:
        raise ValueError("constant_value needs a value, a tensor or a variable, not None")
    value = value_or_tensor_or_var
    if tf.is_tensor(value) or isinstance(value, tf.Variable):
        if dtype and value.dtype.base_dtype != dtype:
            raise ValueError(f"{value} is not of dtype {dtype}")
        value = None if isinstance(value, tf.Variable) else tf.get_static_value(value)
    elif dtype and not isinstance(value, dtype if isinstance(dtype, type) else tf.as_dtype(dtype).as_numpy_dtype):
        raise ValueError(f"{value!r} is not of dtype {dtype}")
    return value


def static_cond(pred: Any, fn1: Callable[[], Any], fn2: Callable[[], Any]) -> Any:
    """What one of two functions gives, by a condition that is known."""
    if not callable(fn1) or not callable(fn2):
        raise TypeError("fn1 and fn2 must be functions")
    return fn1() if pred else fn2()


def smart_cond(pred: Any, fn1: Callable[[], Any], fn2: Callable[[], Any], name: str | None = None) -> Any:
    """What one of two functions gives; a condition of the graph where `pred` is not known yet."""
    return static_cond(known(pred), fn1, fn2) if known(pred) is not None else branch(pred, fn1, fn2, name)


def _dimension(shape: Any, at: int, min_rank: int) -> int:
    shape = tf.TensorShape(shape)
    if shape.rank is None:
        raise ValueError("the rank of the input must be known when the graph is built")
    if shape.rank < min_rank:
        raise ValueError(f"the input must have at least {min_rank} dimensions, not shape {shape}")
    size = shape.as_list()[at]
    if size is None:
        raise ValueError(f"dimension {at} of the input must be known when the graph is built: {shape}")
    return int(size)


def last_dimension(shape: Any, min_rank: int = 1) -> int:
    """The size of the last dimension, which must be known."""
    return _dimension(shape, -1, min_rank)


def channel_dimension(shape: Any, data_format: str, min_rank: int = 1) -> int:
    """The size of the dimension of channels, which must be known; `data_format` is that of tf.layers."""
    return _dimension(shape, 1 if data_format == "channels_first" else -1, min_rank)


def n_positive_integers(n: int, value: Any) -> tuple[int, ...]:
    """`n` positive numbers: one for all, or one for each."""
    given = tuple(value) if isinstance(value, list | tuple | tf.TensorShape) else (value,) * n
    numbers = tuple(int(each) for each in given)
    if len(numbers) != n or any(each < 1 for each in numbers) or n < 1:
        raise ValueError(f"{n} positive integers were expected, not {value!r}")
    return numbers


def two_element_tuple(int_or_tuple: Any) -> tuple[int, int]:
    """Height and width: one for both, or one for each."""
    if isinstance(int_or_tuple, list | tuple):
        if len(int_or_tuple) != 2:
            raise ValueError(f"two numbers were expected, not {int_or_tuple!r}")
        return int(int_or_tuple[0]), int(int_or_tuple[1])
    if isinstance(int_or_tuple, tf.TensorShape):
        first, second = int_or_tuple.as_list()
        return int(first), int(second)
    return int(int_or_tuple), int(int_or_tuple)
