"""Makes serialized tf.Example protos from a feature spec."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from migrate.verify.hints import hints_of
from migrate.verify.values import make_values, pool_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from migrate.verify.example_spec import Feature
    from migrate.verify.plans import Plan

Lengths = Literal["varied", "equal", "one"]
"""Of rows and features of any length: each its own, all features of an example the same one, or always one value."""

_LENGTHS = (2, 1, 3, 0)
_UNKNOWN_DIM = 3


def make_examples(
    rng: np.random.Generator,
    features: Sequence[Feature],
    count: int,
    plan: Plan,
    words: tuple[bytes, ...] = (),
) -> NDArray[Any]:
    """Serialized examples, of which some leave out each feature that may be left out.

    In covering sets (the flavour's offset is the number of the first example) example 0 has all features, example
    1 only the required ones, and each of the next ones leaves out one feature; in other sets every third
    example has the required ones only. Features that must be of the same length are left out together.

    Args:
        rng: Where the randomness comes from.
        features: The spec.
        count: How many examples.
        plan: Which values, of which lengths, and which required feature to leave out of every example.
        words: The model's vocabulary.

    Returns:
        Objects of `bytes`, shape `[count]`.
    """
    optional = _left_out_together(features, plan.lengths)
    out = np.empty(count, dtype=object)
    for position in range(count):
        row = position + (plan.flavour.offset or 0)
        absent = _absent(optional, row, covering=plan.covers) | {plan.without}
        out[position] = _example(rng, features, absent, row, plan, words)
    return out


def row_lengths(count: int, plan: Plan) -> list[int]:
    """How many values each row of a ragged input has."""
    return [_length(row, 0, plan) for row in range(count)]


def rows_to_cover(features: Sequence[Feature], words: tuple[bytes, ...]) -> int:
    """How many examples a covering set needs: each optional feature left out once, each word and id once."""
    optional = sum(1 for feature in features if not feature.required)
    longest = 0
    for feature in features:
        pool = pool_for(feature.dtype, hints_of(feature), words, covers=True)
        per_row = int(np.prod(_dense_shape(feature))) if feature.shape is not None else 1
        longest = max(longest, -(-len(pool) // max(per_row, 1)))
    return 2 + optional + longest


def _left_out_together(features: Sequence[Feature], lengths: Lengths) -> list[frozenset[str]]:
    optional = [feature for feature in features if not feature.required]
    if lengths == "varied":
        return [frozenset({feature.name}) for feature in optional]
    any_length = frozenset(feature.name for feature in optional if feature.shape is None)
    return [*([any_length] if any_length else []), *(frozenset({f.name}) for f in optional if f.shape is not None)]


def _absent(optional: list[frozenset[str]], row: int, *, covering: bool) -> frozenset[str | None]:
    everything = frozenset[str]().union(*optional)
    if not covering:
        return everything if row % 3 == 2 else frozenset()
    if row == 1:
        return everything
    return frozenset[str]().union(*optional[row - 2 : row - 1]) if row >= 2 else frozenset()


def _example(
    rng: np.random.Generator,
    features: Sequence[Feature],
    absent: frozenset[str | None],
    row: int,
    plan: Plan,
    words: tuple[bytes, ...],
) -> bytes:
    from tensorflow.core.example import example_pb2

    example = example_pb2.Example()
    for number, feature in enumerate(features):
        if feature.name in absent:
            continue
        flat = _feature_values(rng, feature, number, row, plan, words)
        into = example.features.feature[feature.name]
        if feature.dtype == "string":
            into.bytes_list.value.extend(flat)
        elif feature.dtype == "int64":
            into.int64_list.value.extend(flat)
        else:
            into.float_list.value.extend(flat)
    return bytes(example.SerializeToString(deterministic=True))


def _feature_values(
    rng: np.random.Generator, feature: Feature, number: int, row: int, plan: Plan, words: tuple[bytes, ...]
) -> list[Any]:
    shape = (_length(row, number, plan),) if feature.shape is None else _dense_shape(feature)
    size = int(np.prod(shape))
    flavour = plan.flavour.for_one(feature.name, plan.alone)
    offset = None if flavour.offset is None else row * (size if feature.shape else 1)
    # Rows differ in magnitude as in dense inputs.
    turn = replace(flavour, offset=offset, turn=flavour.turn + row)
    pool = pool_for(feature.dtype, hints_of(feature), words, covers=plan.covers)
    values = make_values(rng, feature.dtype, (size,), turn, pool)
    if values is None:
        return []
    if plan.lengths != "varied" and feature.shape is None and feature.dtype == "int64" and not pool:
        # They may be the positions of another feature's values: those are in order, none twice.
        values = np.arange(size) + (row if plan.lengths == "one" else row // 4) % 2
    return list(values.tolist())


def _length(row: int, number: int, plan: Plan) -> int:
    if plan.lengths == "one":
        return 1
    shift = row + (number if plan.lengths == "varied" else 0)
    return 1 + shift % 2 if plan.covers else _LENGTHS[shift % 4]


def _dense_shape(feature: Feature) -> tuple[int, ...]:
    return tuple(_UNKNOWN_DIM if dim is None else dim for dim in feature.shape or ())
