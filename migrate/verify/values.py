"""Makes arrays for one input: numbers, ids, booleans, strings. Seeded; nothing here knows TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from migrate.verify.images import images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from migrate.verify.hints import InputHints

UNKNOWN_WORD = b"tf-migrate: a word that no vocabulary has"
_WORDS = (
    b"alpha",
    b"beta gamma",
    b"",
    b"7",
    "Straße".encode(),
    b"the quick fox",
    b"-1.5",
    UNKNOWN_WORD,
)
_NUMBERS = (b"0", b"1", b"2", b"7", b"3", b"42")
_SMALL_INTS = 10
POOL_LIMIT = 256
"""Of longer vocabularies and larger tables so many entries are tried."""


@dataclass(frozen=True, slots=True)
class Flavour:
    """Which values to make.

    Attributes:
        scale: `mixed` (rows of different magnitude), `wide` (both signs), `positive`, `negative`, `small` (zeros
            and ones, or between them), `far` (rows around points far from 0) or `single` (zeros but for one element).
        offset: Position in the pool of ids or words from which to take them in order; None for random ones.
        turn: The number of the sample set: scalars and booleans change with it.
        factor: The numbers are that many times as large.
    """

    scale: str = "mixed"
    offset: int | None = None
    turn: int = 0
    factor: float = 1.0

    def for_one(self, name: str, alone: str | None) -> Flavour:
        """What the input or feature of that name gets, where only the one named `alone` gets these values."""
        return self if alone in (None, name) else replace(self, scale="small", factor=1.0)


def make_values(
    rng: np.random.Generator,
    dtype: str,
    shape: tuple[int, ...],
    flavour: Flavour,
    pool: tuple[Any, ...] = (),
) -> NDArray[Any] | None:
    """An array for one input or feature.

    Args:
        rng: Where the randomness comes from.
        dtype: TensorFlow's name.
        shape: Fully known.
        flavour: Which values.
        pool: The ids or words that mean something to the model; empty for any values.

    Returns:
        The array (strings as objects of `bytes`), or None for a dtype that no client can feed.
    """
    size = int(np.prod(shape, dtype=np.int64))
    if dtype == "string":
        return _strings(rng, size, flavour, pool or _WORDS).reshape(shape)
    if dtype == "bool":
        return np.asarray((np.arange(size) + flavour.turn) % 2 == 1).reshape(shape)
    numpy_dtype = numpy_dtype_of(dtype)
    if numpy_dtype is None:
        return None
    if pool and flavour.offset is not None and "float" in dtype:
        return (
            np.asarray(pool, dtype=np.float64)[_positions(rng, size, flavour, len(pool))]
            .astype(numpy_dtype)
            .reshape(shape)
        )
    if "float" in dtype or "complex" in dtype:
        numbers = _floats(rng, shape, flavour)
        if "complex" in dtype:
            return np.asarray(numbers + 1j * _floats(rng, shape, flavour)).astype(numpy_dtype)
        return np.asarray(numbers).astype(numpy_dtype)
    if dtype == "uint8" and not pool and flavour.scale != "small":
        return np.asarray(rng.integers(0, 256, shape, dtype=np.uint8))
    return _integers(rng, size, flavour, pool, numpy_dtype).astype(numpy_dtype).reshape(shape)


def pool_of(dtype: str, hints: InputHints, words: tuple[bytes, ...]) -> tuple[Any, ...]:
    """The values worth covering: each id of a table of known size, each word of the vocabularies."""
    if dtype == "string":
        if hints.images:
            return images(hints.images, *hints.image_size)
        if hints.numbers:
            return _NUMBERS
        compared = tuple(value for value in hints.compared if value not in words)
        return (*compared, *_spread(words), UNKNOWN_WORD) if words or compared else ()
    if hints.id_limit is not None and "int" in dtype:
        return _spread(range(hints.id_limit))
    return ()


def thresholds(dtype: str, hints: InputHints) -> tuple[Any, ...]:
    """The numbers that an input is compared with in the graph, and one on either side of each."""
    numpy_dtype = None if dtype in ("string", "bool") else numpy_dtype_of(dtype)
    if numpy_dtype is None or hints.id_limit is not None or "complex" in dtype:
        return ()
    found: dict[Any, None] = {}
    for value in hints.compared:
        if "int" in dtype:
            limits = np.iinfo(numpy_dtype)
            near = [int(number) for number in (value - 1, value, value + 1)]
            lowest = max(limits.min, 1) if hints.loops else limits.min  # Many a loop never ends for 0.
            found.update(dict.fromkeys(number for number in near if lowest <= number <= limits.max))
        else:
            step = max(abs(float(value)), 1.0) / 8
            found.update(dict.fromkeys((float(value) - step, float(value), float(value) + step)))
    return tuple(found)


def pool_for(dtype: str, hints: InputHints, words: tuple[bytes, ...], *, covers: bool) -> tuple[Any, ...]:
    """The values to choose from: those of `pool_of`, or in a covering set the thresholds; empty for any values."""
    return pool_of(dtype, hints, words) or (thresholds(dtype, hints) if covers else ())


def _spread(values: Sequence[Any]) -> tuple[Any, ...]:
    """All values, or POOL_LIMIT of them evenly spread, the first and the last among them."""
    if len(values) <= POOL_LIMIT:
        return tuple(values)
    return tuple(values[i] for i in np.linspace(0, len(values) - 1, POOL_LIMIT).astype(int))


def numpy_dtype_of(name: str) -> np.dtype[Any] | None:
    """NumPy's dtype of a TensorFlow name; bfloat16 and the like come from ml_dtypes. None for resources."""
    if name == "string":
        return np.dtype(object)
    plain = name.removeprefix("q") if name.startswith(("qint", "quint")) else name
    try:
        return np.dtype(plain)
    except TypeError:
        import ml_dtypes

        kind = getattr(ml_dtypes, plain, None)
        return None if kind is None else np.dtype(kind)


def _floats(rng: np.random.Generator, shape: tuple[int, ...], flavour: Flavour) -> NDArray[np.float64]:
    return _unit_floats(rng, shape, flavour) * flavour.factor


def _unit_floats(rng: np.random.Generator, shape: tuple[int, ...], flavour: Flavour) -> NDArray[np.float64]:
    normal = np.asarray(rng.normal(size=shape))
    rows = np.arange(shape[0] if shape else 1).reshape(-1, *([1] * (len(shape) - 1)))
    match flavour.scale:
        case "wide":
            return normal * 10.0
        case "positive" | "negative" | "small":
            low, sign = 0.0 if flavour.scale == "small" else 0.05, -1.0 if flavour.scale == "negative" else 1.0
            return np.asarray(rng.uniform(low, 1.0, size=shape)) * sign
        case "far":
            points = np.where(rows % 2 == 0, 10.0, -10.0) * (1 + (rows + flavour.turn) // 2 % 4)
            return normal + points.reshape(points.shape if shape else ())
        case "single":
            return _single(shape, flavour.turn)
    if not shape or shape[0] < 2:
        return normal * (1.0, 4.0)[flavour.turn % 2]
    # Rows of different magnitude: unit normal, four times that, and positive ones.
    kind = rows % 3
    return np.asarray(np.where(kind == 0, normal, np.where(kind == 1, normal * 4.0, np.abs(normal) * 0.5)))


def _single(shape: tuple[int, ...], turn: int) -> NDArray[np.float64]:
    """In each row one element is 1 or -1, the next one in every second row."""
    count = shape[0] if shape else 1
    flat = np.zeros((count, int(np.prod(shape[1:], dtype=np.int64))))
    for row in range(count if flat.shape[1] else 0):
        element = (row + turn) // 2 * max(1, flat.shape[1] * 2 // max(count, 2)) % flat.shape[1]
        flat[row, element] = 1.0 if (row + turn) % 2 == 0 else -1.0
    return flat.reshape(shape)


def _integers(
    rng: np.random.Generator, size: int, flavour: Flavour, pool: tuple[Any, ...], dtype: np.dtype[Any]
) -> NDArray[np.int64]:
    if flavour.scale == "small":
        return np.asarray(rng.integers(0, 2, size))
    if pool:
        return np.asarray(pool, dtype=np.int64)[_positions(rng, size, flavour, len(pool))]
    high = max(_SMALL_INTS, int(flavour.factor))
    negative = flavour.scale == "negative" and dtype.name.startswith("int")
    found = rng.integers(1 if negative or flavour.scale == "positive" else 0, high, size)
    return np.asarray(-found if negative else found)


def _strings(rng: np.random.Generator, size: int, flavour: Flavour, pool: tuple[Any, ...]) -> NDArray[Any]:
    out = np.empty(size, dtype=object)
    for index, position in enumerate(_positions(rng, size, flavour, len(pool))):
        out[index] = pool[position]
    return out


def _positions(rng: np.random.Generator, size: int, flavour: Flavour, count: int) -> NDArray[np.int64]:
    if flavour.offset is None:
        return np.asarray(rng.integers(0, count, size))
    return np.asarray((flavour.offset + np.arange(size)) % count)
