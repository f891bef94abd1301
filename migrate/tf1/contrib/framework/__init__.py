"""`tf.contrib.framework`: scopes of arguments, variables and their collections, checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1._branching import branch, known
from migrate.tf1.contrib.framework import nest
from migrate.tf1.contrib.framework._arg_scope import (
    add_arg_scope,
    arg_scope,
    current_arg_scope,
    has_arg_scope,
)
from migrate.tf1.contrib.framework._checkpoints import (
    assign_from_checkpoint,
    assign_from_checkpoint_fn,
    assign_from_values,
    assign_from_values_fn,
)
from migrate.tf1.contrib.framework._variables import (
    add_model_variable,
    filter_variables,
    get_local_variables,
    get_model_variables,
    get_trainable_variables,
    get_unique_variable,
    get_variable_full_name,
    get_variables,
    get_variables_by_name,
    get_variables_by_suffix,
    get_variables_to_restore,
    global_variable,
    local_variable,
    model_variable,
    variable,
)

__all__ = [
    "add_arg_scope",
    "add_model_variable",
    "arg_scope",
    "argsort",
    "assert_global_step",
    "assign_from_checkpoint",
    "assign_from_checkpoint_fn",
    "assign_from_values",
    "assign_from_values_fn",
    "convert_to_tensor_or_sparse_tensor",
    "create_global_step",
    "current_arg_scope",
    "filter_variables",
    "get_global_step",
    "get_local_variables",
    "get_model_variables",
    "get_name_scope",
    "get_or_create_global_step",
    "get_trainable_variables",
    "get_unique_variable",
    "get_variable_full_name",
    "get_variables",
    "get_variables_by_name",
    "get_variables_by_suffix",
    "get_variables_to_restore",
    "global_variable",
    "has_arg_scope",
    "init_from_checkpoint",
    "is_tensor",
    "list_variables",
    "load_checkpoint",
    "load_variable",
    "local_variable",
    "model_variable",
    "nest",
    "smart_cond",
    "smart_constant_value",
    "sort",
    "variable",
]

argsort = tf.argsort
assert_global_step = tf.compat.v1.train.assert_global_step
convert_to_tensor_or_sparse_tensor = tf.compat.v1.convert_to_tensor_or_sparse_tensor
create_global_step = tf.compat.v1.train.create_global_step
get_global_step = tf.compat.v1.train.get_global_step
get_or_create_global_step = tf.compat.v1.train.get_or_create_global_step
is_tensor = tf.is_tensor
sort = tf.sort


def get_name_scope() -> str:
    """The name scope of the default graph."""
    return str(tf.compat.v1.get_default_graph().get_name_scope())


def smart_cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    name: str | None = None,
) -> Any:
    """What one of two functions gives; a condition of the graph where `pred` is not known yet."""
    if not callable(true_fn) or not callable(false_fn):
        raise TypeError("true_fn and false_fn must be functions")
    return branch(pred, true_fn, false_fn, name)


def smart_constant_value(pred: Any) -> bool | None:
    """The value of a condition, or None where only the session knows it."""
    return known(pred)


def init_from_checkpoint(checkpoint_dir: str, assignment_map: Any) -> None:
    """Makes variables begin with their values in a checkpoint, by a map of names or scopes."""
    tf.compat.v1.train.init_from_checkpoint(checkpoint_dir, assignment_map)


def list_variables(checkpoint_dir: str) -> list[tuple[str, list[int]]]:
    """Names and shapes of what is in a checkpoint."""
    return list(tf.train.list_variables(checkpoint_dir))


def load_checkpoint(filepattern: str) -> Any:
    """A reader of a checkpoint, or of the latest one in a directory."""
    return tf.train.load_checkpoint(filepattern)


def load_variable(checkpoint_dir: str, name: str) -> Any:
    """A value in a checkpoint."""
    return tf.train.load_variable(checkpoint_dir, name)
