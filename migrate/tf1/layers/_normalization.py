"""`tf.layers.BatchNormalization`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1._branching import branch, known
from migrate.tf1.layers._base import Layer

v1 = tf.compat.v1
ZEROS, ONES = v1.zeros_initializer(), v1.ones_initializer()


def moving_average(variable: Any, value: Any, momentum: Any, name: str = "AssignMovingAvg") -> Any:
    """Moves a variable towards a value, in one step, as TensorFlow 1's layers do it."""
    with v1.name_scope(name) as scope:
        decay = tf.convert_to_tensor(1.0 - momentum, name="decay")
        if decay.dtype != variable.dtype.base_dtype:
            decay = tf.cast(decay, variable.dtype.base_dtype)
        delta = (variable - tf.cast(value, variable.dtype.base_dtype)) * decay
        return variable.assign_sub(delta, name=scope, read_value=False)


class BatchNormalization(Layer):
    """`tf.layers.BatchNormalization`: the fused operation for images with the channels on axis 1 or 3, else plain ones.

    Renormalization, virtual batches and adjustments are not supported.
    """

    def __init__(
        self,
        axis: Any = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = ZEROS,
        gamma_initializer: Any = ONES,
        moving_mean_initializer: Any = ZEROS,
        moving_variance_initializer: Any = ONES,
        beta_regularizer: Callable[[Any], Any] | None = None,
        gamma_regularizer: Callable[[Any], Any] | None = None,
        beta_constraint: Callable[[Any], Any] | None = None,
        gamma_constraint: Callable[[Any], Any] | None = None,
        renorm: bool = False,
        renorm_clipping: Any = None,
        renorm_momentum: float = 0.99,
        fused: bool | None = None,
        trainable: bool = True,
        virtual_batch_size: int | None = None,
        adjustment: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable, name, **kwargs)
        unsupported = {"renorm": renorm, "virtual_batch_size": virtual_batch_size, "adjustment": adjustment}
        for argument, value in unsupported.items():
            if value:
                raise NotImplementedError(
                    f"batch normalization of migrate.tf1 has no {argument}: leave it out, or write the layer with "
                    "tf.nn.moments and tf.nn.batch_normalization"
                )
        if renorm_clipping or renorm_momentum != 0.99:
            raise NotImplementedError("batch normalization of migrate.tf1 has no renorm: leave its arguments out")
        if not isinstance(axis, int | list | tuple) or isinstance(axis, bool):
            raise TypeError(f"axis of batch normalization must be a number or a list of numbers, not {axis!r}")
        self.axis = [axis] if isinstance(axis, int) else list(axis)
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = beta_initializer
        self.gamma_initializer = gamma_initializer
        self.moving_mean_initializer = moving_mean_initializer
        self.moving_variance_initializer = moving_variance_initializer
        self.beta_regularizer = beta_regularizer
        self.gamma_regularizer = gamma_regularizer
        self.beta_constraint = beta_constraint
        self.gamma_constraint = gamma_constraint
        self.fused = True if fused is None else bool(fused)
        self.beta: Any = None
        self.gamma: Any = None
        self.moving_mean: Any = None
        self.moving_variance: Any = None

    def build(self, input_shape: Any) -> None:
        """Makes the four variables, or those of them that are asked for."""
        shape = tf.TensorShape(input_shape)
        if shape.rank is None:
            raise ValueError("the rank of the input of batch normalization must be known when the graph is built")
        self.axis = [each + shape.rank if each < 0 else each for each in self.axis]
        if any(not 0 <= each < shape.rank for each in self.axis):
            raise ValueError(f"axis {self.axis} of batch normalization is not one of the input's {shape.rank}")
        if len(set(self.axis)) != len(self.axis):
            raise ValueError(f"axis {self.axis} of batch normalization names one twice")
        lengths = shape.as_list()
        if any(lengths[each] is None for each in self.axis):
            raise ValueError(f"the size of axis {self.axis} of batch normalization must be known: {shape}")
        self.fused = self.fused and shape.rank == 4 and self.axis in ([1], [3])
        one = len(self.axis) == 1
        size = [lengths[self.axis[0]]] if one else [n if at in self.axis else 1 for at, n in enumerate(lengths)]
        dtype = tf.float32 if self.dtype in (tf.float16, tf.bfloat16) else self.dtype or tf.float32
        if self.scale:
            self.gamma = self.add_weight(
                "gamma",
                size,
                dtype,
                self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                trainable=True,
            )
        if self.center:
            self.beta = self.add_weight(
                "beta",
                size,
                dtype,
                self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                trainable=True,
            )
        # A partitioned average could not be assigned to.
        partitioner = self._scope.partitioner
        self._scope.set_partitioner(None)
        try:
            self.moving_mean = self._average("moving_mean", size, dtype, self.moving_mean_initializer)
            self.moving_variance = self._average("moving_variance", size, dtype, self.moving_variance_initializer)
        finally:
            self._scope.set_partitioner(partitioner)
        self.built = True

    def _average(self, name: str, size: list[int], dtype: Any, initializer: Any) -> Any:
        return self.add_weight(
            name,
            size,
            dtype,
            initializer,
            trainable=False,
            synchronization=tf.VariableSynchronization.ON_READ,
            aggregation=v1.VariableAggregation.MEAN,
        )

    def call(self, inputs: Any, training: Any = False) -> Any:
        """The normalized inputs; where `training` (a bool or a tensor) is true, by their own mean and variance."""
        if self.fused:
            return self._fused(inputs, training)
        return self._plain(inputs, training)

    def _fused(self, inputs: Any, training: Any) -> Any:
        size = self.moving_mean.shape
        beta = self.beta if self.center else tf.constant(0.0, self.moving_mean.dtype.base_dtype, size)
        gamma = self.gamma if self.scale else tf.constant(1.0, self.moving_mean.dtype.base_dtype, size)
        layout = "NCHW" if self.axis == [1] else "NHWC"

        def by_batch() -> Any:
            return v1.nn.fused_batch_norm(inputs, gamma, beta, epsilon=self.epsilon, data_format=layout)

        def by_averages() -> Any:
            return v1.nn.fused_batch_norm(
                inputs,
                gamma,
                beta,
                mean=self.moving_mean,
                variance=self.moving_variance,
                epsilon=self.epsilon,
                is_training=False,
                data_format=layout,
            )

        outputs, mean, variance = branch(training, by_batch, by_averages)
        if known(training) is not False:
            # By momentum 1, averages stay as they are.
            momentum = tf.convert_to_tensor(self.momentum)
            if known(training) is None:
                momentum = branch(training, lambda: self.momentum, lambda: 1.0)
            self.add_update(moving_average(self.moving_mean, mean, momentum))
            self.add_update(moving_average(self.moving_variance, variance, momentum))
        return outputs

    def _plain(self, inputs: Any, training: Any) -> Any:
        rank = inputs.shape.rank
        reduced = [at for at in range(rank) if at not in self.axis]
        broad = [1] * rank
        broad[self.axis[0]] = inputs.shape.as_list()[self.axis[0]]

        def spread(value: Any) -> Any:
            if value is None or value.shape.rank == rank or reduced == list(range(rank - 1)):
                return value
            return tf.reshape(value, broad)

        scale, offset = spread(self.gamma), spread(self.beta)
        mean, variance = self.moving_mean, self.moving_variance
        if known(training) is not False:
            averages = mean, variance
            values = tf.cast(inputs, mean.dtype.base_dtype)
            mean, variance = of_batch = v1.nn.moments(values, reduced, keep_dims=len(self.axis) > 1)
            mean = branch(training, lambda: of_batch[0], lambda: tf.convert_to_tensor(averages[0]))
            variance = branch(training, lambda: of_batch[1], lambda: tf.convert_to_tensor(averages[1]))
            for average, value in zip(averages, (mean, variance), strict=True):
                self._update(average, value, training)
        outputs = tf.nn.batch_normalization(
            inputs,
            *(spread(tf.cast(each, inputs.dtype)) for each in (mean, variance)),
            *(None if each is None else tf.cast(each, inputs.dtype) for each in (offset, scale)),
            self.epsilon,
        )
        outputs.set_shape(inputs.shape)
        return outputs

    def _update(self, average: Any, value: Any, training: Any) -> None:
        def update() -> Any:
            with tf.control_dependencies([moving_average(average, value, self.momentum)]):
                return tf.identity(average)

        if known(training):
            self.add_update(moving_average(average, value, self.momentum))
        else:
            self.add_update(branch(training, update, lambda: tf.identity(average)))


def batch_normalization(
    inputs: Any,
    axis: Any = -1,
    momentum: float = 0.99,
    epsilon: float = 1e-3,
    center: bool = True,
    scale: bool = True,
    beta_initializer: Any = ZEROS,
    gamma_initializer: Any = ONES,
    moving_mean_initializer: Any = ZEROS,
    moving_variance_initializer: Any = ONES,
    beta_regularizer: Callable[[Any], Any] | None = None,
    gamma_regularizer: Callable[[Any], Any] | None = None,
    beta_constraint: Callable[[Any], Any] | None = None,
    gamma_constraint: Callable[[Any], Any] | None = None,
    training: Any = False,
    trainable: bool = True,
    name: str | None = None,
    reuse: Any = None,
    renorm: bool = False,
    renorm_clipping: Any = None,
    renorm_momentum: float = 0.99,
    fused: bool | None = None,
    virtual_batch_size: int | None = None,
    adjustment: Any = None,
) -> Any:
    """`tf.layers.batch_normalization`."""
    layer = BatchNormalization(
        axis=axis,
        momentum=momentum,
        epsilon=epsilon,
        center=center,
        scale=scale,
        beta_initializer=beta_initializer,
        gamma_initializer=gamma_initializer,
        moving_mean_initializer=moving_mean_initializer,
        moving_variance_initializer=moving_variance_initializer,
        beta_regularizer=beta_regularizer,
        gamma_regularizer=gamma_regularizer,
        beta_constraint=beta_constraint,
        gamma_constraint=gamma_constraint,
        renorm=renorm,
        renorm_clipping=renorm_clipping,
        renorm_momentum=renorm_momentum,
        fused=fused,
        trainable=trainable,
        virtual_batch_size=virtual_batch_size,
        adjustment=adjustment,
        name=name,
        _reuse=reuse,
        _scope=name,
    )
    return layer(inputs, training=training)
