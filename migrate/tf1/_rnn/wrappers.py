"""Cells around other cells that have no variables of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.cell import RNNCell, check_cell
from migrate.tf1._rnn.lstm import LSTMStateTuple


class Wrapper(RNNCell):
    """Has the states and outputs of the cell in it, and no scope of its own."""

    def __init__(self, cell: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        check_cell("cell", cell)
        self.cell = cell

    @property
    def state_size(self) -> Any:
        """The cell's."""
        return self.cell.state_size

    @property
    def output_size(self) -> Any:
        """The cell's."""
        return self.cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The cell's."""
        with tf.compat.v1.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self.cell.zero_state(batch_size, dtype)

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """One step of the cell, with what the wrapper adds."""
        return self._call_wrapped_cell(inputs, state, self.cell.__call__, scope=scope)

    def call(self, inputs: Any, state: Any, **kwargs: Any) -> Any:
        """The same around the cell's `call`."""
        return self._call_wrapped_cell(inputs, state, self.cell.call, **kwargs)

    def _call_wrapped_cell(self, inputs: Any, state: Any, cell_call_fn: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


class ResidualWrapper(Wrapper):
    """Adds the inputs to the outputs."""

    def __init__(self, cell: Any, residual_fn: Callable[[Any, Any], Any] | None = None, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._residual_fn = residual_fn

    def _call_wrapped_cell(self, inputs: Any, state: Any, cell_call_fn: Any, **kwargs: Any) -> Any:
        outputs, new_state = cell_call_fn(inputs, state, **kwargs)
        return (self._residual_fn or _add)(inputs, outputs), new_state


def _add(inputs: Any, outputs: Any) -> Any:
    def add(one: Any, other: Any) -> Any:
        one.shape.assert_is_compatible_with(other.shape)
        return one + other

    tf.nest.assert_same_structure(inputs, outputs)
    return tf.nest.map_structure(add, inputs, outputs)


class DeviceWrapper(Wrapper):
    """Runs the cell on a device."""

    def __init__(self, cell: Any, device: Any, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._device = device

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The cell's, on that device."""
        scope = tf.compat.v1.name_scope(type(self).__name__ + "ZeroState", values=[batch_size])
        with scope, tf.compat.v1.device(self._device):
            return self.cell.zero_state(batch_size, dtype)

    def _call_wrapped_cell(self, inputs: Any, state: Any, cell_call_fn: Any, **kwargs: Any) -> Any:
        with tf.compat.v1.device(self._device):
            return cell_call_fn(inputs, state, **kwargs)


class DropoutWrapper(Wrapper):
    """Drops parts of the cell's inputs, outputs and states; with `variational_recurrent`, the same at every step."""

    def __init__(
        self,
        cell: Any,
        input_keep_prob: Any = 1.0,
        output_keep_prob: Any = 1.0,
        state_keep_prob: Any = 1.0,
        variational_recurrent: bool = False,
        input_size: Any = None,
        dtype: Any = None,
        seed: Any = None,
        dropout_state_filter_visitor: Callable[[Any], Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cell, dtype=dtype, **kwargs)
        if dropout_state_filter_visitor is not None and not callable(dropout_state_filter_visitor):
            raise TypeError("dropout_state_filter_visitor must be callable")
        self._dropout_state_filter = dropout_state_filter_visitor or _all_but_memory
        self._seed = seed
        self._variational_recurrent = variational_recurrent
        with tf.compat.v1.name_scope("DropoutWrapperInit"):
            self._input_keep_prob = _probability("input_keep_prob", input_keep_prob)
            self._state_keep_prob = _probability("state_keep_prob", state_keep_prob)
            self._output_keep_prob = _probability("output_keep_prob", output_keep_prob)
            self._noise = self._make_noise(input_size, dtype) if variational_recurrent else {}

    @property
    def wrapped_cell(self) -> Any:
        """The cell in it."""
        return self.cell

    def _make_noise(self, input_size: Any, dtype: Any) -> dict[str, Any]:
        if dtype is None:
            raise ValueError("When variational_recurrent=True, dtype must be provided")
        sizes = {"state": self.cell.state_size, "output": self.cell.output_size}
        if _drops(self._input_keep_prob):
            if input_size is None:
                raise ValueError(
                    "When variational_recurrent=True and input_keep_prob < 1.0 or is unknown, "
                    "input_size must be provided"
                )
            sizes = {"input": input_size, **sizes}
        noise = {}
        for kind, size in sizes.items():
            numbers = count()

            def draw(each: Any, kind: str = kind, numbers: Any = numbers) -> Any:
                shape = [1, *tf.TensorShape(each).as_list()]
                return tf.compat.v1.random_uniform(shape, seed=self._gen_seed(kind, next(numbers)), dtype=dtype)

            noise[kind] = tf.nest.map_structure(draw, size)
        return noise

    def _gen_seed(self, salt: str, number: int) -> int | None:
        if self._seed is None:
            return None
        digest = hashlib.md5(f"{self._seed}{salt}_{number}".encode(), usedforsecurity=False).hexdigest()
        return int(digest[:8], 16) & 0x7FFFFFFF

    def _drop(self, kind: str, values: Any, keep_prob: Any, visitor: Callable[[Any], Any] | None = None) -> Any:
        numbers = count()

        def drop(wanted: Any, value: Any, noise: Any) -> Any:
            if isinstance(wanted, list):
                noises = _children(noise) if self._variational_recurrent else [None] * len(wanted)
                parts = [drop(*each) for each in zip(wanted, _children(value), noises, strict=True)]
                return _packed_like(value, parts)
            number = next(numbers)
            return self._dropout(value, noise, keep_prob, self._gen_seed(kind, number)) if wanted else value

        return drop(_wanted(visitor or (lambda _: True), values), values, self._noise.get(kind))

    def _dropout(self, value: Any, noise: Any, keep_prob: Any, seed: int | None) -> Any:
        if not self._variational_recurrent:
            return tf.nn.dropout(value, rate=1.0 - keep_prob, seed=seed)
        result = tf.compat.v1.div(value, keep_prob) * tf.floor(keep_prob + noise)
        result.set_shape(value.shape)
        return result

    def _call_wrapped_cell(self, inputs: Any, state: Any, cell_call_fn: Any, **kwargs: Any) -> Any:
        if _drops(self._input_keep_prob):
            inputs = self._drop("input", inputs, self._input_keep_prob)
        output, new_state = cell_call_fn(inputs, state, **kwargs)
        if _drops(self._state_keep_prob):
            new_state = self._drop("state", new_state, self._state_keep_prob, self._dropout_state_filter)
        if _drops(self._output_keep_prob):
            output = self._drop("output", output, self._output_keep_prob)
        return output, new_state


def _probability(name: str, value: Any) -> Any:
    """A number where it is known, or else a tensor."""
    tensor = tf.convert_to_tensor(value)
    known = tf.get_static_value(tensor)
    if known is None:
        return tensor
    if not 0 <= known <= 1:
        raise ValueError(f"Parameter {name} must be between 0 and 1: {known}")
    return float(known)


def _drops(probability: Any) -> bool:
    return not isinstance(probability, float) or probability < 1


def _all_but_memory(state: Any) -> Any:
    if isinstance(state, LSTMStateTuple):
        return LSTMStateTuple(c=False, h=True)
    return not isinstance(state, tf.TensorArray)


def _wanted(visitor: Callable[[Any], Any], structure: Any) -> Any:
    """Which leaves the visitor wants: booleans, and lists of them where it went down into the structure."""
    said = visitor(structure)
    if not tf.nest.is_nested(structure):
        return bool(said)
    children = _children(structure)
    if isinstance(said, bool):
        return [_wanted(visitor, child) for child in children] if said else False
    return [_wanted(visitor, child) if flag else False for flag, child in zip(_children(said), children, strict=True)]


def _children(structure: Any) -> list[Any]:
    return [structure[key] for key in sorted(structure)] if isinstance(structure, Mapping) else list(structure)


def _packed_like(structure: Any, parts: list[Any]) -> Any:
    if isinstance(structure, Mapping):
        return type(structure)(zip(sorted(structure), parts, strict=True))  # type: ignore[call-arg]
    return type(structure)(*parts) if hasattr(structure, "_fields") else type(structure)(parts)
