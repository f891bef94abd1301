"""Variables in a scope of the layer's own, as the layers of TensorFlow 1 made them."""

from __future__ import annotations

from collections import Counter
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import tensorflow as tf

from migrate.tf1._rnn.arguments import refuse
from migrate.tf1.layers._base import snake_case

_NAMES: WeakKeyDictionary[Any, Counter[str]] = WeakKeyDictionary()


class ScopedLayer:
    """What `tf.layers.Layer` did for recurrent cells: the scope is found at the first call and kept.

    Attributes have values on the class, too, since cells were often written without calling this constructor.
    """

    trainable = True
    built = False
    input_rank: int | None = None
    _reuse: Any = None
    _scope: Any = None
    _always_reuse_scope: Any = None
    _current_scope: Any = None
    _dtype: Any = None
    _name: str | None = None

    def __init__(self, trainable: bool = True, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        self._reuse = kwargs.pop("_reuse", None)
        scope = kwargs.pop("_scope", None)
        refuse(type(self).__name__, kwargs)
        self.trainable = trainable
        self._given_name = name
        self._dtype = None if dtype is None else tf.as_dtype(dtype)
        if scope:
            with tf.compat.v1.variable_scope(scope) as captured:
                self._scope = captured

    @property
    def _base_name(self) -> str:
        given = getattr(self, "_given_name", None)
        return given or snake_case(type(self).__name__)

    @property
    def name(self) -> str:
        """The name that was given, or the class's with a number."""
        if getattr(self, "_given_name", None):
            return self._base_name
        if self._name is None:
            counts = _NAMES.setdefault(tf.compat.v1.get_default_graph(), Counter())
            counts[self._base_name] += 1
            self._name = f"{self._base_name}_{counts[self._base_name]}"
        return self._name

    @property
    def dtype(self) -> Any:
        """What the variables are made of: as given, or as the first input was."""
        return self._dtype

    @property
    def scope_name(self) -> str:
        """The variable scope, known after the first call."""
        if self._scope is None:
            raise ValueError(f"{type(self).__name__} has no scope name before it is called for the first time.")
        return str(self._scope.name)

    @property
    def trainable_weights(self) -> list[Any]:
        """Variables that the cell made and that are trained."""
        return list(self.__dict__.get("_trainable", [])) if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Any]:
        """Variables that the cell made and that are not trained."""
        fixed = list(self.__dict__.get("_fixed", []))
        return fixed if self.trainable else list(self.__dict__.get("_trainable", [])) + fixed

    @property
    def weights(self) -> list[Any]:
        """All variables that the cell made."""
        return self.trainable_weights + self.non_trainable_weights

    variables = weights

    @property
    def trainable_variables(self) -> list[Any]:
        """The same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Any]:
        """The same as `non_trainable_weights`."""
        return self.non_trainable_weights

    def build(self, inputs_shape: Any) -> None:
        """Makes the variables; a class that makes them in `call` has none of its own."""

    def add_weight(
        self,
        name: str,
        shape: Any,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        trainable: bool | None = None,
        constraint: Any = None,
        use_resource: bool | None = None,
        synchronization: Any = tf.VariableSynchronization.AUTO,
        aggregation: Any = tf.VariableAggregation.NONE,
        partitioner: Any = None,
    ) -> Any:
        """Makes a variable in the layer's scope, or finds it there when the layer is built or reuses."""
        if trainable is None:
            trainable = synchronization != tf.VariableSynchronization.ON_READ
        self._set_scope(None)
        reuse = self.built or self._reuse
        with tf.compat.v1.variable_scope(self._scope, reuse=reuse, auxiliary_name_scope=False) as scope:
            self._current_scope = scope
            if tf.compat.v1.executing_eagerly_outside_functions():
                # dynamic_rnn sets a function, with which no variable can be made in tf.compat.v1.wrap_function.
                scope.set_caching_device(None)
            with tf.compat.v1.name_scope(scope.original_name_scope):
                before = {id(each) for each in tf.compat.v1.global_variables()}
                variable = tf.compat.v1.get_variable(
                    name,
                    shape=shape,
                    dtype=tf.as_dtype(dtype or self._dtype or tf.float32),
                    initializer=scope.initializer if initializer is None else initializer,
                    trainable=trainable and self.trainable,
                    constraint=constraint,
                    partitioner=partitioner,
                    use_resource=use_resource or scope.use_resource,
                    synchronization=synchronization,
                    aggregation=aggregation,
                )
                if regularizer is not None and id(variable) not in before:
                    tf.compat.v1.add_to_collection(tf.compat.v1.GraphKeys.REGULARIZATION_LOSSES, regularizer(variable))
        self._keep(variable)
        return variable

    add_variable = add_weight

    def _keep(self, variable: Any) -> None:
        whole = isinstance(variable, tf.compat.v1.Variable | tf.Variable) or tf.is_tensor(variable)
        parts = [variable] if whole else list(variable)
        trained = any(each is parts[0] for each in tf.compat.v1.trainable_variables())
        kept = self.__dict__.setdefault("_trainable" if trained else "_fixed", [])
        if all(each is not variable for each in kept):
            kept.append(variable)

    def _set_scope(self, scope: Any) -> None:
        if self._scope is not None:
            return
        if self._reuse:
            opened = tf.compat.v1.variable_scope(self._base_name if scope is None else scope)
        else:
            opened = tf.compat.v1.variable_scope(scope, default_name=self._base_name)
        with opened as captured:
            self._scope = captured

    def _scope_to_call_in(self) -> Any:
        if not self.built:
            return tf.compat.v1.variable_scope(self._scope, reuse=self._reuse, auxiliary_name_scope=False)
        if self._always_reuse_scope is None:
            self._always_reuse_scope = tf.compat.v1.variable_scope(self._scope, reuse=True, auxiliary_name_scope=False)
        return self._always_reuse_scope

    def _call_in_scope(self, inputs: Any, *args: Any, scope: Any = None, **kwargs: Any) -> Any:
        if tf.executing_eagerly():
            raise RuntimeError(
                f"{type(self).__name__} of migrate.tf1 builds a graph: call it within `with tf.Graph().as_default():` "
                "or after tf.compat.v1.disable_v2_behavior()"
            )
        self._set_scope(scope)
        with self._scope_to_call_in() as current:
            self._current_scope = current
            if _takes_scope(self.call):
                kwargs["scope"] = current
            with tf.compat.v1.name_scope(current.original_name_scope):
                inputs = tf.nest.map_structure(_tensor, inputs)
                if not self.built:
                    self._build_for(inputs)
                return self.call(inputs, *args, **kwargs)

    def _build_for(self, inputs: Any) -> None:
        leaves = tf.nest.flatten(inputs)
        for each in leaves:
            rank = each.shape.rank if hasattr(each, "shape") else None
            if self.input_rank is not None and rank is not None and rank != self.input_rank:
                raise ValueError(
                    f"{type(self).__name__} takes inputs of rank {self.input_rank}, not of shape {each.shape}."
                )
        if leaves and self._dtype is None and hasattr(leaves[0], "dtype"):
            self._dtype = leaves[0].dtype.base_dtype
        if all(hasattr(each, "shape") for each in leaves):
            self.build(tf.nest.map_structure(lambda each: each.shape, inputs))
        self.built = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """What the layer computes; classes that do not override `__call__` define it."""
        raise NotImplementedError(f"{type(self).__name__} has no method `call`.")


def _tensor(value: Any) -> Any:
    return tf.convert_to_tensor(value) if isinstance(value, np.ndarray | float | int) else value


def _takes_scope(function: Any) -> bool:
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return code is not None and "scope" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
