"""Decides on the sample sets of a signature and makes them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from migrate.verify.contract import merge_shapes
from migrate.verify.examples import make_examples, rows_to_cover
from migrate.verify.hints import InputHints
from migrate.verify.values import Flavour, make_values, pool_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from migrate.signatures import SignatureDef
    from migrate.signatures.model import Shape

_MAX_ROWS = 320
_MAX_COVER_SETS = 16
_MAX_SINGLE_ROWS = 64
_MAX_REQUIRED = 32


@dataclass(frozen=True, slots=True)
class SparseValue:
    """A sparse tensor: indices int64 `[n, rank]`, values `[n]`, dense_shape int64 `[rank]`."""

    indices: NDArray[Any]
    values: NDArray[Any]
    dense_shape: NDArray[Any]


Value = Any
"""An array, or a SparseValue."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One call of a signature.

    Attributes:
        label: For people: what kind of inputs these are.
        inputs: An array or a SparseValue for each input.
        rows: The shared first dimension.
        refused: Whether it is made to be refused; then only that both models refuse it counts.
        covers: Whether it goes through words, ids or features in order.
    """

    label: str
    inputs: Mapping[str, Value]
    rows: int = 1
    refused: bool = False
    covers: bool = False


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What is known about one input from both models.

    Attributes:
        name: Its name in the signature.
        dtype: TensorFlow's name.
        shape: Both declarations put together.
        sparse: Whether it takes a sparse tensor.
        hints: What both graphs say.
        composite: Whether it is made of several tensors in a way not known here (ragged and the like).
    """

    name: str
    dtype: str
    shape: Shape
    sparse: bool = False
    hints: InputHints = field(default_factory=InputHints)
    composite: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How one sample set is to be made; see `Flavour`."""

    label: str
    rows: int
    flavour: Flavour
    dim: int = 4
    rank: int = 1
    without: str | None = None
    unscalar: bool = False


def input_specs(a: SignatureDef, b: SignatureDef, hints: Mapping[str, InputHints]) -> tuple[InputSpec, ...]:
    """Puts together what both models say about the inputs, which must have the same names and dtypes."""
    specs = []
    for ours in a.inputs:
        theirs = b.input(ours.key) or ours
        known = hints.get(ours.key, InputHints())
        shape = merge_shapes(merge_shapes(ours.shape, theirs.shape), known.shape)
        specs.append(
            InputSpec(
                ours.key,
                known.dtype or ours.dtype,
                shape,
                ours.kind == "sparse",
                known,
                ours.kind == "composite",
            )
        )
    return tuple(specs)


def default_plans(specs: Sequence[InputSpec], words: tuple[bytes, ...]) -> tuple[Plan, ...]:
    """The sample sets every signature is run on: one row, three rows, and what it takes to cover its words.

    Args:
        specs: The inputs; none for a signature that is only called.
        words: The vocabulary of both models.
    """
    if not specs:
        return (Plan("call", 1, Flavour(turn=0)), Plan("call again", 1, Flavour(turn=1)))
    plans = [Plan("1 row", 1, Flavour(turn=0)), Plan("3 rows", 3, Flavour(turn=1))]
    if not any(_unknown(spec.shape) for spec in specs):
        plans = [replace(plan, label=label) for plan, label in zip(plans, ("set 1", "set 2"), strict=True)]
    plans += _cover_plans(specs, words)
    required = [feature.name for spec in specs for feature in spec.hints.features if feature.required]
    plans += [Plan(f"without feature {name!r}", 2, Flavour(turn=0), without=name) for name in required[:_MAX_REQUIRED]]
    return tuple(plans)


def fallback_plans(specs: Sequence[InputSpec]) -> tuple[Plan, ...]:
    """Further sample sets for a signature that the default ones did not prove."""
    if not specs:
        return ()
    plans = [
        Plan("another row", 1, Flavour(turn=1)),
        Plan("a wide row", 1, Flavour("wide", turn=2)),
        Plan("8 wide rows", 8, Flavour("wide", turn=2)),
        Plan("8 positive rows", 8, Flavour("positive", turn=3)),
        Plan("4 rows of zeros and ones", 4, Flavour("small", turn=4)),
    ]
    shapes = [spec.shape for spec in specs]
    if any(shape is not None and None in shape[1:] for shape in shapes):
        plans += [
            Plan("2 rows, 1 in other dimensions", 2, Flavour(turn=5), dim=1),
            Plan("2 rows, 32 in other dimensions", 2, Flavour(turn=6), dim=32),
        ]
    if None in shapes or () in shapes:  # Early TF1 models declare a scalar where they know nothing.
        plans += [Plan("1 row, not a scalar", 1, Flavour(turn=0), rank=1, unscalar=True)]
        plans += [Plan("3 rows, not scalars", 3, Flavour(turn=1), rank=1, unscalar=True)]
    if None in shapes:
        plans += [
            Plan("3 rows of rank 2", 3, Flavour(turn=7), rank=2),
            Plan("scalar", 1, Flavour(turn=8), rank=0),
            Plan("another scalar", 1, Flavour(turn=9), rank=0),
        ]
    return tuple(plans)


def single_cover_plans(specs: Sequence[InputSpec], words: tuple[bytes, ...]) -> tuple[Plan, ...]:
    """The covering sample set row by row, for a model that refuses more than one row."""
    needed = max((_to_cover(spec, words) for spec in specs), default=0)
    return tuple(
        Plan(f"covering row {index + 1}", 1, Flavour(offset=index, turn=index))
        for index in range(min(needed, _MAX_SINGLE_ROWS))
    )


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
    covers = plan.flavour.offset is not None
    return Sample(plan.label, inputs, _rows(inputs, plan), plan.without is not None, covers)


def _cover_plans(specs: Sequence[InputSpec], words: tuple[bytes, ...]) -> list[Plan]:
    rows, sets = 0, 0
    for spec in specs:
        needed = _to_cover(spec, words)
        if not needed:
            continue
        shape = spec.shape if spec.shape is not None else (None,)
        if shape and shape[0] is None:
            inner = _size(shape[1:], 4)
            rows = max(rows, -(-needed // inner))
        else:
            sets = max(sets, -(-needed // max(_size(shape, 4), 1)))
    if not rows and not sets:
        return []
    if not sets:
        return [Plan("covering rows", min(max(rows, 2), _MAX_ROWS), Flavour(offset=0, turn=1))]
    per_set = min(max(_size(spec.shape, 4) if spec.shape is not None else 1, 1) for spec in specs)
    return [
        Plan(
            f"covering set {index + 1}",
            min(max(rows, 1), _MAX_ROWS),
            Flavour(offset=index * per_set, turn=index),
        )
        for index in range(min(sets, _MAX_COVER_SETS))
    ]


def _to_cover(spec: InputSpec, words: tuple[bytes, ...]) -> int:
    """How many elements a covering set needs: examples, words or ids."""
    if spec.hints.features:
        return rows_to_cover(spec.hints.features, words)
    return len(pool_of(spec.dtype, spec.hints, words))


def _input(rng: np.random.Generator, spec: InputSpec, plan: Plan, words: tuple[bytes, ...]) -> Value | None:
    if spec.composite:
        return None
    shape = _shape(spec.shape, plan)
    if spec.sparse:
        return _sparse(rng, spec, shape if len(shape) > 0 else (plan.rows,), plan, words)
    if spec.hints.features:
        count = int(np.prod(shape, dtype=np.int64))
        examples = make_examples(rng, spec.hints.features, count, plan.flavour, words, plan.without)
        return examples.reshape(shape)
    return make_values(rng, spec.dtype, shape, plan.flavour, pool_of(spec.dtype, spec.hints, words))


def _sparse(
    rng: np.random.Generator, spec: InputSpec, shape: tuple[int, ...], plan: Plan, words: tuple[bytes, ...]
) -> SparseValue | None:
    """Every second position, starting at the first."""
    places = np.arange(0, int(np.prod(shape, dtype=np.int64)), 2)
    pool = pool_of(spec.dtype, spec.hints, words)
    values = make_values(rng, spec.dtype, (len(places),), plan.flavour, pool)
    if values is None:
        return None
    indices = np.stack(np.unravel_index(places, shape), axis=1).astype(np.int64)
    return SparseValue(indices.reshape(len(places), len(shape)), values, np.asarray(shape, np.int64))


def _rows(inputs: Mapping[str, Value], plan: Plan) -> int:
    """The first dimension of the inputs: the plan's, unless all of them are fixed."""
    shapes = [v.dense_shape if isinstance(v, SparseValue) else np.shape(v) for v in inputs.values()]
    first = {int(shape[0]) for shape in shapes if len(shape)}
    return plan.rows if plan.rows in first or not first else min(first)


def _shape(shape: Shape, plan: Plan) -> tuple[int, ...]:
    if shape is None or (plan.unscalar and shape == ()):
        return ((plan.rows,), (), (plan.rows, plan.dim))[{1: 0, 0: 1, 2: 2}[plan.rank]]
    return tuple(dim if dim is not None else (plan.rows if axis == 0 else plan.dim) for axis, dim in enumerate(shape))


def _size(shape: tuple[int | None, ...], unknown: int) -> int:
    return max(int(np.prod([unknown if dim is None else dim for dim in shape], dtype=np.int64)), 1)


def _unknown(shape: Shape) -> bool:
    return shape is None or None in shape
