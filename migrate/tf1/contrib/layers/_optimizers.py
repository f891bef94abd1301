"""`optimize_loss`: one operation that trains, with summaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import tensorflow as tf

v1 = tf.compat.v1
train = v1.train

OPTIMIZER_CLS_NAMES: dict[str, Any] = {
    "Adagrad": train.AdagradOptimizer,
    "Adam": train.AdamOptimizer,
    "Ftrl": train.FtrlOptimizer,
    "Momentum": lambda learning_rate: train.MomentumOptimizer(learning_rate, momentum=0.9),
    "RMSProp": train.RMSPropOptimizer,
    "SGD": train.GradientDescentOptimizer,
}
OPTIMIZER_SUMMARIES = ["learning_rate", "loss", "gradients", "gradient_norm", "global_gradient_norm"]

Pairs = list[tuple[Any, Any]]


def optimize_loss(
    loss: Any,
    global_step: Any,
    learning_rate: Any,
    optimizer: Any,
    gradient_noise_scale: float | None = None,
    gradient_multipliers: Mapping[Any, Any] | None = None,
    clip_gradients: Any = None,
    learning_rate_decay_fn: Callable[[Any, Any], Any] | None = None,
    update_ops: Iterable[Any] | None = None,
    variables: list[Any] | None = None,
    name: str | None = None,
    summaries: list[str] | None = None,
    colocate_gradients_with_ops: bool = False,
    increment_global_step: bool = True,
) -> Any:
    """`tf.contrib.layers.optimize_loss`, without gradient noise: gives the loss, and trains whenever it is computed.

    Args:
        loss: A scalar.
        global_step: What to count in; by default, the graph's global step if there is one.
        learning_rate: A float, which becomes the variable `learning_rate`; a scalar tensor; or None.
        optimizer: One of `OPTIMIZER_CLS_NAMES`, a class or an instance of `tf.train.Optimizer`, or a function of the
            learning rate (of nothing, without one) that gives an instance.
        gradient_noise_scale: Not supported.
        gradient_multipliers: By variable or name of a variable, what to multiply its gradient with.
        clip_gradients: The greatest global norm, or a function of the pairs of gradients and variables.
        learning_rate_decay_fn: Gives the learning rate for a learning rate and a step.
        update_ops: What else to run; by default, `UPDATE_OPS`.
        variables: What to train; by default, all that is trainable.
        name: The scope.
        summaries: Of `OPTIMIZER_SUMMARIES`; by default, `loss`, `learning_rate` and `global_gradient_norm`.
        colocate_gradients_with_ops: Whether gradients are computed where their operations are.
        increment_global_step: Whether to count.
    """
    if gradient_noise_scale is not None:
        raise NotImplementedError(
            "optimize_loss of migrate.tf1 has no gradient_noise_scale: leave it out, or add the noise to what "
            "compute_gradients gives"
        )
    loss = tf.convert_to_tensor(loss)
    if not loss.shape.is_compatible_with([]):
        raise ValueError(f"the loss must be a scalar, not of shape {loss.shape}")
    if global_step is None:
        global_step = train.get_global_step()
    else:
        train.assert_global_step(global_step)
    shown = ["loss", "learning_rate", "global_gradient_norm"] if summaries is None else summaries
    with v1.variable_scope(name, "OptimizeLoss", [loss, global_step]):
        updates = list(v1.get_collection(v1.GraphKeys.UPDATE_OPS) if update_ops is None else update_ops)
        if updates:
            loss = _after(updates, loss)
        rate = _learning_rate(learning_rate)
        for summary in shown:
            if summary not in OPTIMIZER_SUMMARIES:
                raise ValueError(f"summaries are of {', '.join(OPTIMIZER_SUMMARIES)}, not {summary!r}")
        if rate is not None and learning_rate_decay_fn is not None:
            if global_step is None:
                raise ValueError("learning_rate_decay_fn needs a global_step")
            rate = learning_rate_decay_fn(rate, global_step)
            if "learning_rate" in shown:
                v1.summary.scalar("learning_rate", rate)
        chosen = _optimizer(optimizer, rate)
        variables = v1.trainable_variables() if variables is None else variables
        pairs = chosen.compute_gradients(loss, variables, colocate_gradients_with_ops=colocate_gradients_with_ops)
        if not pairs:
            raise ValueError("there are no gradients: no variable is trainable")
        if gradient_multipliers is not None:
            pairs = _multiplied(pairs, gradient_multipliers)
        norms = "global_gradient_norm" in shown or "gradient_norm" in shown
        if norms:
            _norm_summary("global_norm/gradient_norm", pairs)
        if isinstance(clip_gradients, float):
            clipped, _ = tf.clip_by_global_norm([gradient for gradient, _ in pairs], clip_gradients)
            pairs = list(zip(clipped, [variable for _, variable in pairs], strict=True))
        elif callable(clip_gradients):
            pairs = clip_gradients(pairs)
        elif clip_gradients is not None:
            raise ValueError(f"clip_gradients must be a float or a function, not {clip_gradients!r}")
        if "loss" in shown:
            v1.summary.scalar("loss", loss)
        _gradient_summaries(pairs, shown)
        if clip_gradients is not None and norms:
            _norm_summary("global_norm/clipped_gradient_norm", pairs)
        step = global_step if increment_global_step else None
        return _after([chosen.apply_gradients(pairs, global_step=step, name="train")], loss)


def _after(operations: list[Any], value: Any) -> Any:
    with (
        v1.name_scope(None, "control_dependency", [*operations, value]) as at,
        tf.control_dependencies(operations),
    ):
        return tf.identity(value, name=at)


def _learning_rate(given: Any) -> Any:
    if given is None:
        return None
    if tf.is_tensor(given) and given.shape.rank == 0:
        return given
    if isinstance(given, float):
        if given < 0.0:
            raise ValueError(f"the learning rate must not be below 0: {given}")
        initial = v1.constant_initializer(given)
        return v1.get_variable("learning_rate", [], trainable=False, initializer=initial)
    raise ValueError(f"the learning rate must be a float or a scalar tensor, not {given!r}")


def _optimizer(given: Any, rate: Any) -> Any:
    by_rate = isinstance(given, str) or (isinstance(given, type) and issubclass(given, train.Optimizer))
    if by_rate and rate is None:
        raise ValueError("a learning rate is needed for an optimizer that is given by its name or class")
    if isinstance(given, str):
        if given not in OPTIMIZER_CLS_NAMES:
            raise ValueError(f"the optimizer must be one of {', '.join(OPTIMIZER_CLS_NAMES)}, not {given!r}")
        return OPTIMIZER_CLS_NAMES[given](learning_rate=rate)
    if by_rate:
        return given(learning_rate=rate)
    if not isinstance(given, train.Optimizer) and callable(given):
        given = given() if rate is None else given(rate)
    if not isinstance(given, train.Optimizer):
        raise ValueError(f"the optimizer must be one of tf.compat.v1.train, not {given!r}")
    return given


def _multiplied(pairs: Pairs, multipliers: Mapping[Any, Any]) -> Pairs:
    found: Pairs = []
    for gradient, variable in pairs:
        for key, factor in multipliers.items():
            if gradient is not None and (key is variable or (isinstance(key, str) and key == variable.name)):
                if isinstance(gradient, tf.IndexedSlices):
                    values = gradient.values * tf.cast(tf.convert_to_tensor(factor), gradient.dtype)
                    gradient = tf.IndexedSlices(values, gradient.indices, gradient.dense_shape)
                else:
                    gradient *= tf.cast(tf.convert_to_tensor(factor), gradient.dtype)
        found.append((gradient, variable))
    return found


def _norm_summary(name: str, pairs: Pairs) -> None:
    v1.summary.scalar(name, tf.linalg.global_norm([gradient for gradient, _ in pairs]))


def _gradient_summaries(pairs: Pairs, shown: list[str]) -> None:
    for gradient, variable in pairs:
        values = gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient
        if values is None:
            continue
        name = variable.name.replace(":", "_")
        if "gradients" in shown:
            v1.summary.histogram(f"gradients/{name}", values)
        if "gradient_norm" in shown:
            v1.summary.scalar(f"gradient_norm/{name}", tf.linalg.global_norm([values]))
