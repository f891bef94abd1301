"""Makes serialized tf.Example protos from a feature spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from migrate.verify.hints import InputHints
from migrate.verify.values import Flavour, make_values, pool_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from migrate.verify.example_spec import Feature

_LENGTHS = (2, 1, 3, 0)
_UNKNOWN_DIM = 3


def make_examples(
    rng: np.random.Generator,
    features: Sequence[Feature],
    count: int,
    flavour: Flavour,
    words: tuple[bytes, ...] = (),
    without: str | None = None,
) -> NDArray[Any]:
    """Serialized examples, of which some leave out each feature that may be left out.

    In covering sets (`flavour.offset` is the number of the first example) example 0 has all features, example
    1 only the required ones, and each of the next ones leaves out one feature; in other sets every third
    example has the required ones only.

    Args:
        rng: Where the randomness comes from.
        features: The spec.
        count: How many examples.
        flavour: Which values.
        words: The model's vocabulary.
        without: A required feature to leave out of every example, to see both models refuse it.

    Returns:
        Objects of `bytes`, shape `[count]`.
    """
    optional = [feature.name for feature in features if not feature.required]
    out = np.empty(count, dtype=object)
    for position in range(count):
        row = position + (flavour.offset or 0)
        absent = _absent(optional, row, covering=flavour.offset is not None)
        if without is not None:
            absent = absent | {without}
        out[position] = _example(rng, features, absent, row, flavour, words)
    return out


def rows_to_cover(features: Sequence[Feature], words: tuple[bytes, ...]) -> int:
    """How many examples a covering set needs: each optional feature left out once, each word and id once."""
    optional = sum(1 for feature in features if not feature.required)
    longest = 0
    for feature in features:
        pool = pool_of(feature.dtype, InputHints(id_limit=feature.id_limit), words)
        per_row = int(np.prod(_dense_shape(feature))) if feature.shape is not None else 1
        longest = max(longest, -(-len(pool) // max(per_row, 1)))
    return 2 + optional + longest


def _absent(optional: list[str], row: int, *, covering: bool) -> frozenset[str]:
    if not covering:
        return frozenset(optional) if row % 3 == 2 else frozenset()
    if row == 1:
        return frozenset(optional)
    return frozenset(optional[row - 2 : row - 1]) if row >= 2 else frozenset()


def _example(
    rng: np.random.Generator,
    features: Sequence[Feature],
    absent: frozenset[str],
    row: int,
    flavour: Flavour,
    words: tuple[bytes, ...],
) -> bytes:
    from tensorflow.core.example import example_pb2

    example = example_pb2.Example()
    for number, feature in enumerate(features):
        if feature.name in absent:
            continue
        shape = (_LENGTHS[(row + number) % 4],) if feature.shape is None else _dense_shape(feature)
        if feature.shape is None and flavour.offset is not None:
            shape = (1 + (row + number) % 2,)
        size = int(np.prod(shape))
        offset = None if flavour.offset is None else row * (size if feature.shape else 1)
        # Rows differ in magnitude as in dense inputs.
        turn = Flavour(flavour.scale, offset, flavour.turn + row)
        pool = pool_of(feature.dtype, InputHints(id_limit=feature.id_limit), words)
        values = make_values(rng, feature.dtype, (size,), turn, pool)
        into = example.features.feature[feature.name]
        flat = [] if values is None else values.tolist()
        if feature.dtype == "string":
            into.bytes_list.value.extend(flat)
        elif feature.dtype == "int64":
            into.int64_list.value.extend(flat)
        else:
            into.float_list.value.extend(flat)
    return bytes(example.SerializeToString(deterministic=True))


def _dense_shape(feature: Feature) -> tuple[int, ...]:
    return tuple(_UNKNOWN_DIM if dim is None else dim for dim in feature.shape or ())
