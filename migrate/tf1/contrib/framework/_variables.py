"""Variables: making them, and finding them in collections."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.framework._arg_scope import add_arg_scope

v1 = tf.compat.v1
Keys = v1.GraphKeys


@add_arg_scope
def variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Callable[[Any], Any] | None = None,
    trainable: bool = True,
    collections: Iterable[str] | None = None,
    caching_device: Any = None,
    device: Any = None,
    partitioner: Any = None,
    custom_getter: Callable[..., Any] | None = None,
    use_resource: bool | None = None,
    synchronization: Any = tf.VariableSynchronization.AUTO,
    aggregation: Any = v1.VariableAggregation.NONE,
) -> Any:
    """A variable of the current scope, as `tf.get_variable` makes or finds it, on a device if one is given."""
    getter = v1.get_variable
    if custom_getter is not None:
        getter = functools.partial(custom_getter, reuse=v1.get_variable_scope().reuse)
    with v1.device(device or ""):
        return getter(
            name,
            shape=shape,
            dtype=dtype,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
            collections=list(dict.fromkeys([Keys.GLOBAL_VARIABLES] if collections is None else collections)),
            caching_device=caching_device,
            partitioner=partitioner,
            use_resource=use_resource,
            synchronization=synchronization,
            aggregation=aggregation,
        )


@add_arg_scope
def model_variable(
    name: str,
    shape: Any = None,
    dtype: Any = tf.float32,
    initializer: Any = None,
    regularizer: Callable[[Any], Any] | None = None,
    trainable: bool = True,
    collections: Iterable[str] | None = None,
    caching_device: Any = None,
    device: Any = None,
    partitioner: Any = None,
    custom_getter: Callable[..., Any] | None = None,
    use_resource: bool | None = None,
    synchronization: Any = tf.VariableSynchronization.AUTO,
    aggregation: Any = v1.VariableAggregation.NONE,
) -> Any:
    """A variable that is also in `MODEL_VARIABLES`."""
    return variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=trainable,
        collections=[*(collections or []), Keys.GLOBAL_VARIABLES, Keys.MODEL_VARIABLES],
        caching_device=caching_device,
        device=device,
        partitioner=partitioner,
        custom_getter=custom_getter,
        use_resource=use_resource,
        synchronization=synchronization,
        aggregation=aggregation,
    )


def add_model_variable(var: Any) -> None:
    """Adds a variable to `MODEL_VARIABLES` if it is not there."""
    if all(var is not each for each in v1.get_collection(Keys.MODEL_VARIABLES)):
        v1.add_to_collection(Keys.MODEL_VARIABLES, var)


def local_variable(
    initial_value: Any, validate_shape: bool = True, name: str | None = None, use_resource: bool | None = None
) -> Any:
    """A variable in `LOCAL_VARIABLES` that is not trained."""
    return _plain(initial_value, Keys.LOCAL_VARIABLES, validate_shape, name, use_resource)


def global_variable(
    initial_value: Any, validate_shape: bool = True, name: str | None = None, use_resource: bool | None = None
) -> Any:
    """A variable in `GLOBAL_VARIABLES` that is not trained."""
    return _plain(initial_value, Keys.GLOBAL_VARIABLES, validate_shape, name, use_resource)


def _plain(value: Any, collection: str, validate_shape: bool, name: str | None, use_resource: bool | None) -> Any:
    return v1.Variable(
        value,
        trainable=False,
        collections=[collection],
        validate_shape=validate_shape,
        name=name,
        use_resource=use_resource,
    )


def get_variables(scope: Any = None, suffix: str | None = None, collection: str = Keys.GLOBAL_VARIABLES) -> list[Any]:
    """The variables of a collection whose names begin with `scope` (a regular expression) and end with `suffix`."""
    if isinstance(scope, v1.VariableScope):
        scope = scope.name
    if suffix is not None:
        scope = f"{scope or ''}.*{suffix}{'' if ':' in suffix else ':'}"
    return list(v1.get_collection(collection, scope))


def get_trainable_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """Those of `TRAINABLE_VARIABLES`."""
    return get_variables(scope, suffix, Keys.TRAINABLE_VARIABLES)


def get_model_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """Those of `MODEL_VARIABLES`."""
    return get_variables(scope, suffix, Keys.MODEL_VARIABLES)


def get_local_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """Those of `LOCAL_VARIABLES`."""
    return get_variables(scope, suffix, Keys.LOCAL_VARIABLES)


def get_variables_by_suffix(suffix: str, scope: Any = None) -> list[Any]:
    """The variables whose names end with `suffix`."""
    return get_variables(scope=scope, suffix=suffix)


def get_variables_by_name(given_name: str, scope: Any = None) -> list[Any]:
    """The variables with this name, whatever scope is before it."""
    return get_variables(scope=scope, suffix=f"/{given_name}:|^{given_name}:")


def get_unique_variable(var_op_name: str) -> Any:
    """The variable with this name, scopes included.

    Raises:
        ValueError: There is none, or none whose name is just this.
    """
    found = get_variables(scope=var_op_name)
    if not found:
        raise ValueError(f"there is no variable {var_op_name}")
    for each in found:
        if each.op.name == var_op_name:
            return each
    raise ValueError(f"several variables begin with {var_op_name}, and none is called so")


def get_variables_to_restore(include: Any = None, exclude: Any = None) -> list[Any]:
    """The variables whose names begin with one of `include` (all by default), and with none of `exclude`."""
    for name, given in {"include": include, "exclude": exclude}.items():
        if given is not None and not isinstance(given, list | tuple):
            raise TypeError(f"{name} must be a list or a tuple of scopes, not {given!r}")
    found = get_variables() if include is None else [each for scope in include for each in get_variables(scope)]
    left_out = {id(each) for scope in exclude or () for each in get_variables(scope)}
    return [each for each in found if id(each) not in left_out]


def get_variable_full_name(var: Any) -> str:
    """The variable's name in checkpoints: a part of a partitioned variable has that of the whole."""
    sliced = getattr(var, "_save_slice_info", None)
    return str(sliced.full_name if sliced else var.op.name)


def filter_variables(
    var_list: Iterable[Any], include_patterns: Any = None, exclude_patterns: Any = None, reg_search: bool = True
) -> list[Any]:
    """The variables whose names match one of the first patterns, if there are any, and none of the others."""
    match = re.search if reg_search else re.match
    return [
        each
        for each in var_list
        if (not include_patterns or any(match(pattern, each.name) for pattern in include_patterns))
        and not any(match(pattern, each.name) for pattern in exclude_patterns or ())
    ]
