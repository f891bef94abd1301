"""Makes the inputs of one call as a plan says."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from migrate.verify.examples import make_examples, row_lengths
from migrate.verify.values import make_values, numpy_dtype_of, pool_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from migrate.signatures.model import Shape
    from migrate.verify.plans import Plan
    from migrate.verify.specs import InputSpec


@dataclass(frozen=True, slots=True)
class SparseValue:
    """A sparse tensor: indices int64 `[n, rank]`, values `[n]`, dense_shape int64 `[rank]`."""

    indices: NDArray[Any]
    values: NDArray[Any]
    dense_shape: NDArray[Any]


Value = Any
"""An array, a SparseValue, or the tuple of a composite tensor's components."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One call of a signature.

    Attributes:
        label: For people: what kind of inputs these are.
        inputs: An array, a SparseValue or a tuple of components for each input.
        rows: The shared first dimension.
        refused: Whether both models may refuse it, and nothing follows from that: it lacks what they need, or is empty.
    """

    label: str
    inputs: Mapping[str, Value]
    rows: int = 1
    refused: bool = False

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shapes of all inputs, in order; of a sparse one its dense shape and how many values it has."""
        return tuple(shape for value in self.inputs.values() for shape in _shapes(value))


def make_sample(
    signature: str, specs: Sequence[InputSpec], plan: Plan, seed: int, words: tuple[bytes, ...]
) -> Sample | None:
    """Makes the inputs of one call; the same for the same arguments.

    Returns:
        None where an input is of a kind that cannot be made.
    """
    rng = np.random.default_rng([seed & 0xFFFFFFFF, zlib.crc32(f"{signature}/{plan.label}".encode())])
    inputs: dict[str, Value] = {}
    for spec in specs:
        value = _input(rng, spec, plan, words)
        if value is None:
            return None
        inputs[spec.name] = value
    return Sample(plan.label, inputs, _rows(inputs, plan), plan.without is not None or plan.rows == 0)


def _input(rng: np.random.Generator, spec: InputSpec, plan: Plan, words: tuple[bytes, ...]) -> Value | None:
    if spec.components:
        return _ragged(rng, spec, plan, words) if spec.ragged else None
    shape = _shape(spec.shape, plan, sparse=spec.sparse)
    if spec.sparse:
        return _sparse(rng, spec, shape if len(shape) > 0 else (plan.rows,), plan, words)
    if spec.hints.features:
        count = int(np.prod(shape, dtype=np.int64))
        examples = make_examples(rng, spec.hints.features, count, plan, words)
        return examples.reshape(shape)
    return _values(rng, spec, shape, plan, words)


def _values(
    rng: np.random.Generator, spec: InputSpec, shape: tuple[int, ...], plan: Plan, words: tuple[bytes, ...]
) -> NDArray[Any] | None:
    flavour = plan.flavour.for_one(spec.name, plan.alone)
    if spec.hints.loops and "int" in spec.dtype and flavour.scale in ("mixed", "wide"):
        flavour = replace(flavour, scale="positive")  # Many a loop never ends for 0.
    pool = pool_for(spec.dtype, spec.hints, words, covers=plan.covers)
    return make_values(rng, spec.dtype, shape, flavour, pool)


def _sparse(
    rng: np.random.Generator, spec: InputSpec, shape: tuple[int, ...], plan: Plan, words: tuple[bytes, ...]
) -> SparseValue | None:
    """Every second position, starting at the first."""
    places = np.arange(0, int(np.prod(shape, dtype=np.int64)), 2)
    values = _values(rng, spec, (len(places),), plan, words)
    if values is None:
        return None
    indices = np.stack(np.unravel_index(places, shape), axis=1).astype(np.int64)
    return SparseValue(indices.reshape(len(places), len(shape)), values, np.asarray(shape, np.int64))


def _ragged(
    rng: np.random.Generator, spec: InputSpec, plan: Plan, words: tuple[bytes, ...]
) -> tuple[NDArray[Any], ...] | None:
    """Row by row of different lengths, some of them empty."""
    flat, *splits = spec.components
    count, parts = plan.rows, []
    for part in splits:
        lengths = row_lengths(count, plan)
        parts.append(np.concatenate([[0], np.cumsum(lengths)]).astype(numpy_dtype_of(part.dtype)))
        count = int(sum(lengths))
    inner = (None,) if flat.shape is None else flat.shape
    shape = (count, *(plan.dim if dim is None else dim for dim in inner[1:]))
    values = _values(rng, spec, shape, plan, words)
    return None if values is None else (values, *parts)


def _rows(inputs: Mapping[str, Value], plan: Plan) -> int:
    """The first dimension of the inputs: the plan's, unless all of them are fixed."""
    first = {_first(value) for value in inputs.values()} - {None}
    return plan.rows if plan.rows in first or not first else min(rows for rows in first if rows is not None)


def _first(value: Value) -> int | None:
    if isinstance(value, tuple):
        return len(value[1]) - 1
    shape = value.dense_shape if isinstance(value, SparseValue) else np.shape(value)
    return int(shape[0]) if len(shape) else None


def _shapes(value: Value) -> list[tuple[int, ...]]:
    if isinstance(value, SparseValue):
        return [tuple(int(dim) for dim in value.dense_shape), np.shape(value.values)]
    return [np.shape(part) for part in value] if isinstance(value, tuple) else [np.shape(value)]


def _shape(shape: Shape, plan: Plan, *, sparse: bool) -> tuple[int, ...]:
    if shape is None or (plan.unscalar and shape == ()):
        # A sparse tensor is hardly ever a vector.
        rank = 3 - plan.rank if sparse and plan.rank else plan.rank
        return ((), (plan.rows,), (plan.rows, plan.dim))[rank]
    return tuple(dim if dim is not None else (plan.rows if axis == 0 else plan.dim) for axis, dim in enumerate(shape))
