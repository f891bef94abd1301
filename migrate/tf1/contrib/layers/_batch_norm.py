"""`batch_norm` of contrib: by the layer, by the fused operation, or by plain ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from migrate.tf1._branching import branch, known
from migrate.tf1.contrib.framework._arg_scope import add_arg_scope
from migrate.tf1.contrib.layers._shared import ZEROS, file, finished, parameter, renaming
from migrate.tf1.layers import BatchNormalization
from migrate.tf1.layers._normalization import ONES, moving_average

v1 = tf.compat.v1
Keys = v1.GraphKeys

_INITIAL = {"beta": ZEROS, "gamma": ONES, "moving_mean": ZEROS, "moving_variance": ONES}


@add_arg_scope
def batch_norm(
    inputs: Any,
    decay: float = 0.999,
    center: bool = True,
    scale: bool = False,
    epsilon: float = 0.001,
    activation_fn: Callable[[Any], Any] | None = None,
    param_initializers: Mapping[str, Any] | None = None,
    param_regularizers: Mapping[str, Any] | None = None,
    updates_collections: Any = Keys.UPDATE_OPS,
    is_training: Any = True,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    batch_weights: Any = None,
    fused: bool | None = None,
    data_format: str = "NHWC",
    zero_debias_moving_mean: bool = False,
    scope: Any = None,
    renorm: bool = False,
    renorm_clipping: Any = None,
    renorm_decay: float = 0.99,
    adjustment: Any = None,
) -> Any:
    """`tf.contrib.layers.batch_norm`, without batch weights, renormalization, adjustment and zero debias.

    With `updates_collections=None`, the moving averages are updated whenever the output is computed.
    """
    unsupported = {
        "batch_weights": batch_weights is not None,
        "zero_debias_moving_mean": zero_debias_moving_mean,
        "renorm": renorm or renorm_clipping or renorm_decay != 0.99,
        "adjustment": adjustment is not None,
    }
    for argument, given in unsupported.items():
        if given:
            raise NotImplementedError(
                f"batch_norm of migrate.tf1 has no {argument}: leave it out, or write the layer with tf.nn.moments and "
                "tf.nn.batch_normalization"
            )
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError(f"data_format must be NHWC or NCHW, not {data_format!r}")
    inputs = tf.convert_to_tensor(inputs)
    rank = inputs.shape.rank
    fused = True if fused is None else fused
    in_collection = isinstance(updates_collections, str) and updates_collections == Keys.UPDATE_OPS
    call = _Call(
        inputs,
        decay,
        center,
        scale,
        epsilon,
        {**_INITIAL, **(param_initializers or {})},
        dict(param_regularizers or {}),
        updates_collections,
        is_training,
        variables_collections,
        trainable,
        data_format,
    )
    by_operation = fused and (rank == 2 or (rank == 4 and not in_collection))
    getter = None if by_operation else renaming()
    with v1.variable_scope(scope, "BatchNorm", [inputs], reuse=reuse, custom_getter=getter) as at:
        if by_operation:
            outputs = call.by_operation()
        elif in_collection:
            outputs = call.by_layer(fused, at, reuse)
        else:
            outputs = call.plainly()
        return finished(outputs, activation_fn, outputs_collections, at.name)


@dataclass(frozen=True, slots=True)
class _Call:
    """One call: what was given, and the three ways to do it."""

    inputs: Any
    decay: float
    center: bool
    scale: bool
    epsilon: float
    initializers: dict[str, Any]
    regularizers: dict[str, Any]
    updates_collections: Any
    is_training: Any
    variables_collections: Any
    trainable: bool
    data_format: str

    def by_layer(self, fused: bool, at: Any, reuse: Any) -> Any:
        layer = BatchNormalization(
            axis=1 if self.data_format == "NCHW" else -1,
            momentum=self.decay,
            epsilon=self.epsilon,
            center=self.center,
            scale=self.scale,
            **{f"{name}_initializer": each for name, each in self.initializers.items()},
            beta_regularizer=self.regularizers.get("beta"),
            gamma_regularizer=self.regularizers.get("gamma"),
            trainable=self.trainable,
            fused=fused,
            name=at.name,
            _scope=at,
            _reuse=reuse,
        )
        outputs = layer(self.inputs, training=self.is_training)
        for name in ("moving_mean", "moving_variance", "beta", "gamma"):
            if getattr(layer, name) is not None:
                file(getattr(layer, name), self.variables_collections, name)
        return outputs

    def by_operation(self) -> Any:
        inputs, rank = self.inputs, self.inputs.shape.rank
        channels = self._channels()
        if rank == 2:
            shape = [-1, channels, 1, 1] if self.data_format == "NCHW" else [-1, 1, 1, channels]
            inputs = tf.reshape(inputs, shape)
        beta, gamma = (tf.constant(value, tf.float32, [channels]) for value in (0.0, 1.0))
        if self.center:
            beta = self._variable("beta", regularizer=self.regularizers.get("beta"))
        if self.scale:
            gamma = self._variable("gamma", regularizer=self.regularizers.get("gamma"))
        averages = self._averages()

        def run(**given: Any) -> Any:
            epsilon, layout = self.epsilon, self.data_format
            return v1.nn.fused_batch_norm(inputs, gamma, beta, epsilon=epsilon, data_format=layout, **given)

        outputs, *moments = branch(
            self.is_training, run, lambda: run(mean=averages[0], variance=averages[1], is_training=False)
        )
        if known(self.is_training) is not False:
            if self.updates_collections is None:

                def updated() -> Any:
                    with tf.control_dependencies(self._moves(averages, moments)):
                        return tf.identity(outputs)

                outputs = branch(self.is_training, updated, lambda: tf.identity(outputs))
            else:
                self._update_later(averages, moments)
        outputs.set_shape(inputs.shape)
        return tf.reshape(outputs, tf.shape(self.inputs)) if rank == 2 else outputs

    def plainly(self) -> Any:
        inputs, rank = self.inputs, self.inputs.shape.rank
        if rank is None:
            raise ValueError("the rank of the input of batch_norm must be known when the graph is built")
        first = self.data_format == "NCHW"
        channels = self._channels()
        broad = [1, channels, *[1] * (rank - 2)]
        # TensorFlow 1 has no regularizers here.
        beta = self._variable("beta") if self.center else None
        gamma = self._variable("gamma") if self.scale else None
        averages = self._averages()
        mean, variance = averages
        if known(self.is_training) is not False:
            axes = [0, *range(2, rank)] if first else list(range(rank - 1))
            moments = list(v1.nn.moments(inputs, axes, keep_dims=first))
            if first:
                moments = [tf.reshape(each, [-1]) for each in moments]

            def by_averages() -> Any:
                return [tf.identity(each) for each in averages]

            if self.updates_collections is None:

                def updated() -> Any:
                    with tf.control_dependencies(self._moves(averages, moments)):
                        return [tf.identity(each) for each in moments]

                mean, variance = branch(self.is_training, updated, by_averages)
            else:
                self._update_later(averages, moments)
                mean, variance = branch(self.is_training, lambda: moments, by_averages)
        values = [mean, variance, beta, gamma]
        if first:
            values = [None if each is None else tf.reshape(each, broad) for each in values]
        outputs = tf.nn.batch_normalization(inputs, *values, self.epsilon)
        outputs.set_shape(inputs.shape)
        return outputs

    def _channels(self) -> int:
        channels = self.inputs.shape.as_list()[1 if self.data_format == "NCHW" else -1]
        if channels is None:
            raise ValueError(f"the channels of the input of batch_norm must be known: {self.inputs.shape}")
        return int(channels)

    def _variable(self, name: str, trainable: bool | None = None, regularizer: Any = None) -> Any:
        dtype = self.inputs.dtype.base_dtype
        return parameter(
            name,
            [self._channels()],
            tf.float32 if dtype in (tf.float16, tf.bfloat16) else dtype,
            self.initializers[name],
            self.variables_collections,
            self.trainable if trainable is None else trainable,
            regularizer,
        )

    def _averages(self) -> tuple[Any, Any]:
        # A partitioned average could not be assigned to.
        with v1.variable_scope(v1.get_variable_scope()) as at:
            at.set_partitioner(None)
            return self._variable("moving_mean", trainable=False), self._variable("moving_variance", trainable=False)

    def _moves(self, averages: Any, moments: Any) -> list[Any]:
        return [moving_average(*pair, self.decay) for pair in zip(averages, moments, strict=True)]

    def _update_later(self, averages: Any, moments: Any) -> None:
        def moved() -> Any:
            with tf.control_dependencies(self._moves(averages, moments)):
                return [tf.identity(each) for each in averages]

        if known(self.is_training):
            updates = self._moves(averages, moments)
        else:
            updates = branch(self.is_training, moved, lambda: [tf.identity(each) for each in averages])
        for each in updates:
            v1.add_to_collections(self.updates_collections, each)
