"""`tf.layers.Dense`, `Dropout` and `Flatten`."""

from __future__ import annotations

import inspect
import numbers
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1._branching import branch
from migrate.tf1.layers import _named as named
from migrate.tf1.layers._base import Layer, snake_case
from migrate.tf1.layers._sizes import checked_format

v1 = tf.compat.v1


def function_of(layer: type[Layer]) -> Callable[..., Any]:
    """The function that makes a layer and calls it: the class's arguments after `inputs`, and `reuse` at the end."""
    own = [
        each
        for each in list(inspect.signature(layer.__init__).parameters.values())[1:]
        if each.kind != each.VAR_KEYWORD
    ]
    inputs, reuse = (inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in ("inputs", "reuse"))
    signature = inspect.Signature([inputs, *own, reuse.replace(default=None)])

    def function(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        x, again = given.pop("inputs"), given.pop("reuse", None)
        return layer(**given, _scope=given.get("name"), _reuse=again)(x)

    function.__name__ = function.__qualname__ = snake_case(layer.__name__)
    function.__doc__ = f"`tf.layers.{function.__name__}`."
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function


class Dense(Layer):
    """`tf.layers.Dense`: the product of the input's last dimension and `kernel`, plus `bias`."""

    def __init__(
        self,
        units: int,
        activation: Callable[[Any], Any] | None = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = v1.zeros_initializer(),  # noqa: B008 - it has no state
        kernel_regularizer: Callable[[Any], Any] | None = None,
        bias_regularizer: Callable[[Any], Any] | None = None,
        activity_regularizer: Callable[[Any], Any] | None = None,
        kernel_constraint: Callable[[Any], Any] | None = None,
        bias_constraint: Callable[[Any], Any] | None = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable, name, activity_regularizer=activity_regularizer, **kwargs)
        self.units = int(units)
        self.activation = named.activation(activation)
        self.use_bias = use_bias
        self.kernel_initializer = kernel_initializer
        self.bias_initializer = bias_initializer
        self.kernel_regularizer = kernel_regularizer
        self.bias_regularizer = bias_regularizer
        self.kernel_constraint = kernel_constraint
        self.bias_constraint = bias_constraint
        self.kernel: Any = None
        self.bias: Any = None

    def build(self, input_shape: Any) -> None:
        """Makes `kernel` and, if asked for, `bias`."""
        shape = tf.TensorShape(input_shape)
        if self.dtype is not None and not (self.dtype.is_floating or self.dtype.is_complex):
            raise TypeError(f"a dense layer's input is of a floating dtype, not {self.dtype.name}")
        if shape.rank is None or shape.rank < 2:
            raise ValueError(f"a dense layer's input has at least two dimensions, not shape {shape}")
        length = shape.as_list()[-1]
        if length is None:
            raise ValueError("the last dimension of a dense layer's input must be known when the graph is built")
        self.kernel = self.add_weight(
            "kernel",
            [length, self.units],
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            trainable=True,
        )
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                [self.units],
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                trainable=True,
            )
        self.built = True

    def call(self, inputs: Any) -> Any:
        """The outputs, of the input's rank."""
        if isinstance(inputs, tf.SparseTensor):
            outputs = tf.sparse.sparse_dense_matmul(inputs, self.kernel)
        elif inputs.shape.rank > 2:
            outputs = tf.tensordot(inputs, self.kernel, [[inputs.shape.rank - 1], [0]])
            outputs.set_shape([*inputs.shape.as_list()[:-1], self.units])
        else:
            outputs = tf.matmul(inputs, self.kernel)
        if self.use_bias:
            outputs = tf.nn.bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)


dense = function_of(Dense)


class Dropout(Layer):
    """`tf.layers.Dropout`: while training, a share `rate` of the values becomes zero and the rest grows."""

    def __init__(
        self, rate: Any = 0.5, noise_shape: Any = None, seed: int | None = None, name: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed

    def call(self, inputs: Any, training: Any = False) -> Any:
        """The inputs, some of them zero where `training` (a bool or a tensor) is true."""
        return branch(
            training,
            lambda: drop(inputs, self.rate, self._noise_shape(inputs), self.seed),
            lambda: tf.identity(inputs),
        )

    def _noise_shape(self, inputs: Any) -> Any:
        if self.noise_shape is None or tf.is_tensor(self.noise_shape):
            return self.noise_shape
        sizes = tf.shape(inputs)
        return [sizes[at] if size is None else size for at, size in enumerate(self.noise_shape)]


def drop(inputs: Any, rate: Any, noise_shape: Any, seed: int | None) -> Any:
    """TensorFlow 1's `tf.nn.dropout`, with the operations it had: TensorFlow 2's have other names."""
    with v1.name_scope("dropout"):
        if isinstance(rate, numbers.Real):
            if not 0 <= float(rate) < 1:
                raise ValueError(f"the rate of dropout must be a number in [0, 1), not {rate}")
            if rate == 0:
                return inputs
        if not inputs.dtype.is_floating:
            raise ValueError(f"dropout scales its input, which must be of a floating dtype, not {inputs.dtype.name}")
        rate = tf.convert_to_tensor(rate, dtype=inputs.dtype, name="rate")
        if tf.get_static_value(rate) == 0:
            return inputs
        shape = tf.shape(inputs) if noise_shape is None else noise_shape
        random = v1.random_uniform(shape, seed=seed, dtype=inputs.dtype)
        scale = 1 / (1 - rate)
        result = inputs * scale * tf.cast(random >= rate, inputs.dtype)
        result.set_shape(inputs.shape)
        return result


def dropout(
    inputs: Any,
    rate: Any = 0.5,
    noise_shape: Any = None,
    seed: int | None = None,
    training: Any = False,
    name: str | None = None,
) -> Any:
    """`tf.layers.dropout`."""
    return Dropout(rate, noise_shape=noise_shape, seed=seed, name=name)(inputs, training=training)


class Flatten(Layer):
    """`tf.layers.Flatten`: all dimensions but the first become one."""

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = checked_format(data_format or "channels_last")

    def call(self, inputs: Any) -> Any:
        """The matrix; with `channels_first`, the channels are moved to the end before."""
        rank = inputs.shape.rank
        if rank is None or rank < 1:
            raise ValueError(f"the input of flatten has at least one dimension, not shape {inputs.shape}")
        if self.data_format == "channels_first" and rank > 1:
            inputs = tf.transpose(inputs, [0, *range(2, rank), 1])
        batch = inputs.shape.as_list()[0]
        outputs = tf.reshape(inputs, (batch or tf.shape(inputs)[0], -1))
        outputs.set_shape([batch, inputs.shape[1:].num_elements()])
        return outputs


def flatten(inputs: Any, name: str | None = None, data_format: str | None = "channels_last") -> Any:
    """`tf.layers.flatten`."""
    return Flatten(name=name, data_format=data_format)(inputs)
