"""Values for variables: from a checkpoint, or given."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.framework._variables import get_unique_variable, get_variable_full_name

v1 = tf.compat.v1


def assign_from_values(var_names_to_values: Mapping[str, Any]) -> tuple[Any, dict[Any, Any]]:
    """An operation that gives variables, found by name, these values, and what to feed when it runs."""
    return _assignments([(get_unique_variable(name), value) for name, value in var_names_to_values.items()])


def assign_from_values_fn(var_names_to_values: Mapping[str, Any]) -> Callable[[Any], Any]:
    """A function of a session that gives variables, found by name, these values."""
    operation, feed = assign_from_values(var_names_to_values)
    return lambda session: session.run(operation, feed)


def assign_from_checkpoint(
    model_path: str, var_list: Any, ignore_missing_vars: bool = False
) -> tuple[Any, dict[Any, Any]]:
    """An operation that gives variables their values in a checkpoint, and what to feed when it runs.

    Args:
        model_path: The checkpoint's path, without the endings of its files.
        var_list: Variables, or a mapping from names in the checkpoint to variables.
        ignore_missing_vars: Whether variables that are not in the checkpoint keep their values.
    """
    if isinstance(var_list, Mapping):
        named = list(var_list.items())
    else:
        named = [(get_variable_full_name(each), each) for each in var_list]
    reader = tf.train.load_checkpoint(model_path)
    pairs = []
    for name, var in named:
        if isinstance(var, list | tuple) or hasattr(var, "_variable_list"):
            raise NotImplementedError(f"{name!r} is partitioned: restore it with a tf.compat.v1.train.Saver")
        if getattr(var, "_save_slice_info", None):
            raise NotImplementedError(f"{name!r} is partitioned: restore it with a tf.compat.v1.train.Saver")
        if not reader.has_tensor(name):
            if not ignore_missing_vars:
                raise ValueError(f"the checkpoint {model_path} has no variable {name}")
            logging.getLogger(__name__).warning("variable %s is not in the checkpoint %s", name, model_path)
            continue
        value = reader.get_tensor(name)
        if var.shape.num_elements() != value.size:
            raise ValueError(f"{name} has shape {value.shape} in the checkpoint, and shape {var.shape} in the graph")
        pairs.append((var, value.reshape(var.shape.as_list())))
    return _assignments(pairs)


def assign_from_checkpoint_fn(
    model_path: str, var_list: Any, ignore_missing_vars: bool = False, reshape_variables: bool = False
) -> Callable[[Any], None] | None:
    """A function of a session that gives variables their values in a checkpoint; None if it has none of them.

    Args:
        model_path: The checkpoint's path, without the endings of its files.
        var_list: Variables, or a mapping from names in the checkpoint to variables.
        ignore_missing_vars: Whether variables that are not in the checkpoint keep their values.
        reshape_variables: Whether shapes may differ where the numbers of values are equal.
    """
    if not var_list:
        raise ValueError("var_list cannot be empty")
    if ignore_missing_vars:
        reader = tf.train.load_checkpoint(model_path)
        named = var_list if isinstance(var_list, Mapping) else {each.op.name: each for each in var_list}
        var_list = {name: each for name, each in named.items() if reader.has_tensor(name)}
        for name in named.keys() - var_list.keys():
            logging.getLogger(__name__).warning("variable %s is not in the checkpoint %s", name, model_path)
        if not var_list:
            return None
    saver = v1.train.Saver(var_list, reshape=reshape_variables)
    return lambda session: saver.restore(session, model_path)


def _assignments(pairs: list[tuple[Any, Any]]) -> tuple[Any, dict[Any, Any]]:
    feed, operations = {}, []
    for var, value in pairs:
        placeholder = v1.placeholder(var.dtype.base_dtype, var.shape)
        feed[placeholder] = value
        operations.append(v1.assign(var, placeholder))
    return tf.group(*operations), feed
