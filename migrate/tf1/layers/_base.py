"""The layer that all others are: a variable scope, the variables made in it, and what calls of it leave behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Self
from weakref import WeakKeyDictionary

import tensorflow as tf

from migrate.tf1.layers import _named as named

v1 = tf.compat.v1
Keys = v1.GraphKeys

_COUNTS: WeakKeyDictionary[Any, dict[str, int]] = WeakKeyDictionary()


def snake_case(name: str) -> str:
    """The default scope of a class: `Conv2DTranspose` gives `conv2d_transpose`."""
    name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
    return f"private{name}" if name.startswith("_") else name


def collect(values: Iterable[Any], collection: str) -> None:
    """Adds what is not in the collection yet."""
    there = {id(value) for value in v1.get_collection(collection)}
    for value in values:
        if id(value) not in there:
            there.add(id(value))
            v1.add_to_collection(collection, value)


def parts(variable: Any) -> list[Any]:
    """The variable, or the parts of a partitioned one."""
    return list(variable) if isinstance(variable, Iterable) and not tf.is_tensor(variable) else [variable]


class Layer:
    """`tf.layers.Layer`: `build` makes the variables, `call` the outputs; both run within the layer's scope.

    Args:
        trainable: Whether its variables are added to `TRAINABLE_VARIABLES`.
        name: The scope; by default the name of the class in snake case, numbered where it was used before.
        dtype: Of the variables; by default that of the first input.
        **kwargs: `_scope` and `_reuse`, as functions that make layers pass them; `activity_regularizer`.
    """

    def __init__(self, trainable: bool = True, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        scope = kwargs.pop("_scope", None)
        self._reuse = kwargs.pop("_reuse", None)
        self._activity_regularizer = named.regularizer(kwargs.pop("activity_regularizer", None))
        if kwargs:
            raise TypeError(f"{type(self).__name__} takes no argument {', '.join(sorted(kwargs))}")
        self.trainable = trainable
        self.built = False
        self._dtype = None if dtype is None else tf.as_dtype(dtype)
        self._variables: list[tuple[Any, bool]] = []
        self._losses: list[Any] = []
        self._updates: list[Any] = []
        self._base_name = name.name if isinstance(name, v1.VariableScope) else name
        self._name = self._base_name
        if not name:
            self._base_name = snake_case(type(self).__name__)
            counts = _COUNTS.setdefault(v1.get_default_graph(), {})
            counts[self._base_name] = counts.get(self._base_name, 0) + 1
            self._name = f"{self._base_name}_{counts[self._base_name]}"
        self._scope: Any = None
        if scope:
            with v1.variable_scope(scope) as self._scope:
                pass
        self._graph: Any = None

    def build(self, input_shape: Any) -> None:  # noqa: ARG002 - for subclasses
        """Makes the variables."""
        self.built = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - for subclasses
        """Makes the outputs."""
        return inputs

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Makes the variables at the first call, and the outputs at each; `scope` names the first call's scope."""
        if tf.executing_eagerly():
            raise RuntimeError(
                f"{type(self).__name__} of migrate.tf1 builds a graph: call it within `with tf.Graph().as_default():` "
                "or after tf.compat.v1.disable_v2_behavior()"
            )
        self._set_scope(kwargs.pop("scope", None))
        inputs = _as_tensors(inputs)
        self._graph = self._graph or v1.get_default_graph()
        with (
            v1.variable_scope(self._scope, reuse=True if self.built else self._reuse, auxiliary_name_scope=False) as at,
            v1.name_scope(at.original_name_scope),
        ):
            self._build_once(inputs)
            outputs = self.call(inputs, *args, **kwargs)
            self._regularize_activity(outputs)
        collect(self.updates, Keys.UPDATE_OPS)
        return outputs

    def apply(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The same as a call."""
        return self(inputs, *args, **kwargs)

    def add_weight(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Callable[[Any], Any] | None = None,
        trainable: bool | None = None,
        constraint: Callable[[Any], Any] | None = None,
        use_resource: bool | None = None,
        synchronization: Any = tf.VariableSynchronization.AUTO,
        aggregation: Any = v1.VariableAggregation.NONE,
        partitioner: Any = None,
    ) -> Any:
        """Makes a variable in the layer's scope, or finds it where the scope is reused.

        A regularizer's loss is added to `REGULARIZATION_LOSSES` for a new variable only.
        """
        if trainable and synchronization == tf.VariableSynchronization.ON_READ:
            raise ValueError(f"variable {name!r} is to be synchronized on read: it cannot be trainable")
        if trainable is None:
            trainable = synchronization != tf.VariableSynchronization.ON_READ
        dtype = tf.as_dtype(dtype or self._dtype or tf.float32)
        regularizer = named.regularizer(regularizer)
        self._set_scope(None)
        before = {id(variable) for variable in v1.global_variables()}
        with (
            v1.variable_scope(self._scope, reuse=self.built or self._reuse, auxiliary_name_scope=False) as scope,
            v1.name_scope(scope.original_name_scope),
        ):
            variable = v1.get_variable(
                name,
                shape=() if shape is None else shape,
                dtype=dtype,
                initializer=named.initializer(initializer) or scope.initializer or _default_initializer(name, dtype),
                trainable=trainable and self.trainable,
                constraint=named.constraint(constraint),
                use_resource=use_resource or scope.use_resource or None,
                partitioner=partitioner,
                synchronization=synchronization,
                aggregation=aggregation,
            )
            if regularizer is not None:
                self._regularize(name, [part for part in parts(variable) if id(part) not in before], regularizer)
        trained = {id(each) for each in v1.trainable_variables()}
        learns = trainable and self.trainable and all(id(part) in trained for part in parts(variable))
        self._variables.append((variable, learns))
        return variable

    add_variable = add_weight

    def add_loss(self, losses: Any, inputs: Any = None) -> None:  # noqa: ARG002 - TF1 sorts them by it
        """Adds losses to the layer's, and to `REGULARIZATION_LOSSES`."""
        new = [each() if callable(each) else each for each in _flat(losses)]
        new = [each for each in new if each is not None]
        self._losses += new
        collect(new, Keys.REGULARIZATION_LOSSES)

    def add_update(self, updates: Any, inputs: Any = None) -> None:  # noqa: ARG002 - TF1 sorts them by it
        """Adds update operations, which get into `UPDATE_OPS` when the call ends."""
        self._updates += [each() if callable(each) else each for each in _flat(updates)]

    @property
    def name(self) -> str:
        """The name given, or one made from the class."""
        return str(self._name)

    @property
    def scope_name(self) -> str:
        """The variable scope, which is known from the first call on."""
        if self._scope is None:
            raise ValueError(f"layer {self._name} has no scope yet: it has not been called")
        return str(self._scope.name)

    @property
    def graph(self) -> Any:
        """The graph of the first call."""
        return self._graph

    @property
    def dtype(self) -> Any:
        """The dtype of the variables, None before the first call where none was given."""
        return self._dtype

    @property
    def updates(self) -> list[Any]:
        """Update operations of all calls; none for a layer that is not trainable."""
        return list(self._updates) if self.trainable else []

    @property
    def losses(self) -> list[Any]:
        """Losses of regularizers."""
        return list(self._losses)

    @property
    def trainable_variables(self) -> list[Any]:
        """Those that are trained; none for a layer that is not trainable."""
        return [each for each, learns in self._variables if learns and self.trainable]

    @property
    def non_trainable_variables(self) -> list[Any]:
        """Those that are not trained."""
        rest = [each for each, learns in self._variables if not learns]
        return rest if self.trainable else [each for each, learns in self._variables if learns] + rest

    @property
    def variables(self) -> list[Any]:
        """All, those that are trained first."""
        return self.trainable_variables + self.non_trainable_variables

    weights = variables
    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables

    def count_params(self) -> int:
        """How many numbers the variables hold."""
        if not self.built:
            raise ValueError(f"layer {self._name} has no variables yet: it has not been called or built")
        return sum(each.shape.num_elements() for each in self.weights)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        raise NotImplementedError("a layer of migrate.tf1 is not copied: make another one with the same arguments")

    def _set_scope(self, scope: Any) -> None:
        if self._scope is not None:
            return
        if self._reuse:
            context = v1.variable_scope(self._base_name if scope is None else scope)
        else:
            context = v1.variable_scope(scope, default_name=self._base_name)
        with context as self._scope:
            pass

    def _build_once(self, inputs: Any) -> None:
        if self.built:
            return
        flat = tf.nest.flatten(inputs)
        if self._dtype is None and flat:
            self._dtype = flat[0].dtype.base_dtype
        self.build(tf.nest.map_structure(lambda each: each.shape, inputs))
        self.built = True

    def _regularize(self, name: str, variables: list[Any], regularizer: Callable[[Any], Any]) -> None:
        for variable in variables:
            with v1.name_scope(f"{name}/Regularizer"):
                self.add_loss([regularizer(variable)])

    def _regularize_activity(self, outputs: Any) -> None:
        if self._activity_regularizer is None:
            return
        with v1.name_scope("ActivityRegularizer"):
            for output in tf.nest.flatten(outputs):
                loss = self._activity_regularizer(output)
                self.add_loss([loss / tf.cast(tf.shape(output)[0], loss.dtype)])


def _flat(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple) else [values]


def _as_tensors(inputs: Any) -> Any:
    """Arrays and numbers become tensors; tensors, sparse ones too, stay."""
    return tf.nest.map_structure(
        lambda each: each if tf.is_tensor(each) else tf.convert_to_tensor(each), inputs, expand_composites=False
    )


def _default_initializer(name: str, dtype: Any) -> Any:
    if dtype.is_floating or dtype.is_complex:
        return v1.glorot_uniform_initializer()
    if dtype.is_integer or dtype == tf.bool:
        return v1.zeros_initializer()
    raise ValueError(f"variable {name!r} of dtype {dtype.name} needs an initializer")
