"""Compares two arrays: exactly, or for floating point numbers within a tolerance by dtype."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from migrate.verify.histogram import ErrorHistogram, count_errors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from migrate.verify.results import Scalar


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Two numbers x and y agree where `|x - y| <= atol + rtol * max(|x|, |y|) + scale * s`.

    `s` is the largest magnitude in their column, which is all the elements with the same index in the last
    dimension, but at most 32: what sums of large terms leave behind is small beside the terms, not beside the sum.
    A small column beside a large one has a small `s`, and the limit keeps huge numbers from excusing anything.
    """

    rtol: float
    atol: float
    scale: float = 0.0


TOLERANCES = {
    "float64": Tolerance(1e-9, 1e-9),
    "complex128": Tolerance(1e-9, 1e-9),
    "float32": Tolerance(1e-5, 1e-6, 64 * 2.0**-23),
    "complex64": Tolerance(1e-5, 1e-6, 64 * 2.0**-23),
    "float16": Tolerance(1e-2, 1e-3),
    "bfloat16": Tolerance(2e-2, 1e-3),
}
"""By dtype; every other dtype must agree exactly (docs/verify.md)."""

_EXACT = Tolerance(0.0, 0.0)
_LARGEST_SCALE = 32.0


@dataclass(frozen=True, slots=True)
class ArrayComparison:
    """How two arrays compare.

    Attributes:
        equal: Same dtype, same shape, and all elements agree.
        elements: How many elements were compared; 0 where dtype or shape differ.
        max_abs_error: None where there are no numbers; infinite where NaN or infinity meets something else.
        max_rel_error: The same, relative to the larger magnitude.
        index: The first differing element in C order, None where there is none.
        a: Its value in the first array.
        b: Its value in the second.
        count: How many elements differ.
        reason: One sentence where dtype or shape differ.
        histogram: The errors by magnitude; None where there are no numbers.
    """

    equal: bool
    elements: int = 0
    max_abs_error: float | None = None
    max_rel_error: float | None = None
    index: tuple[int, ...] | None = None
    a: Scalar | None = None
    b: Scalar | None = None
    count: int = 0
    reason: str | None = None
    histogram: ErrorHistogram | None = None


def compare_arrays(a: NDArray[Any], b: NDArray[Any], *, values_only: bool = False) -> ArrayComparison:
    """Compares what two models returned for one output.

    NaN equals NaN, an infinity equals only itself, 0.0 equals -0.0.

    Args:
        a: Any dtype and shape; strings as object arrays of `bytes`.
        b: The same.
        values_only: Compare also where the dtypes differ (in the contract already), by the looser tolerance.
    """
    a, b = as_array(a), as_array(b)
    if a.dtype != b.dtype and not (values_only and _is_number(a) and _is_number(b)):
        return ArrayComparison(False, reason=f"dtype {dtype_text(a)} and {dtype_text(b)}")
    if a.shape != b.shape:
        return ArrayComparison(False, reason=f"shape {list(a.shape)} and {list(b.shape)}")
    agree, absolute, relative = _elements(a, b)
    different = np.flatnonzero(~agree.ravel())
    errors = (
        None if absolute is None or not a.size else float(np.max(absolute)),
        None if relative is None or not a.size else float(np.max(relative)),
    )
    histogram = None if absolute is None or relative is None else count_errors(absolute, relative)
    if not different.size:
        return ArrayComparison(True, int(a.size), *errors, histogram=histogram)
    index = tuple(int(i) for i in np.unravel_index(int(different[0]), a.shape))
    return ArrayComparison(
        False,
        int(a.size),
        *errors,
        index=index,
        a=scalar(a[index]),
        b=scalar(b[index]),
        count=int(different.size),
        histogram=histogram,
    )


def as_array(value: Any) -> NDArray[Any]:
    """What a model returned as an array, strings as objects: NumPy's `S` would drop zero bytes at the end.

    A scalar string comes out of a session, and out of a tensor, as `bytes`.
    """
    if isinstance(value, bytes):
        out = np.empty((), dtype=object)
        out[()] = value
        return out
    array = np.asarray(value)
    return array.astype(object) if array.dtype.kind == "S" else array


def tolerance_of(array: NDArray[Any]) -> Tolerance:
    """The tolerance for an array's dtype; zero for what must agree exactly."""
    return TOLERANCES.get(array.dtype.name, _EXACT)


def dtype_text(array: NDArray[Any]) -> str:
    """TensorFlow's name of an array's dtype."""
    return "string" if array.dtype.kind in "OSU" else str(array.dtype.name)


def scalar(value: Any) -> Scalar:
    """One element as a plain Python value; bytes are decoded, with backslashes where they are no text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (complex, np.complexfloating, str)):
        return str(value)
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)


def is_floating(array: NDArray[Any]) -> bool:
    """Whether elements may be NaN or infinite: also bfloat16, the float8s and complex numbers."""
    return array.dtype.kind in "fc" or "float" in array.dtype.name


def as_wide(array: NDArray[Any]) -> NDArray[Any]:
    """Floating point numbers in the widest type of their kind, so that differences do not overflow."""
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _is_number(array: NDArray[Any]) -> bool:
    return array.dtype.kind not in "OSUbV" or "float" in array.dtype.name


def _elements(
    a: NDArray[Any], b: NDArray[Any]
) -> tuple[NDArray[np.bool_], NDArray[np.float64] | None, NDArray[np.float64] | None]:
    if is_floating(a) or is_floating(b):
        tolerance = max(tolerance_of(a), tolerance_of(b), key=lambda t: t.rtol)
        x, y = as_wide(a), as_wide(b)
        if x.dtype.kind == "c":
            real = _floats(x.real, y.real, tolerance)
            imaginary = _floats(x.imag, y.imag, tolerance)
            absolute, relative = (np.maximum(real[i], imaginary[i]) for i in (1, 2))
            return real[0] & imaginary[0], absolute, relative
        return _floats(x, y, tolerance)
    agree = np.asarray(a == b, dtype=np.bool_).reshape(a.shape)
    if a.dtype.kind not in "iu" or b.dtype.kind not in "iu":
        return agree, None, None
    absolute, relative = np.zeros(a.shape), np.zeros(a.shape)
    for index in map(tuple, np.argwhere(~agree)):  # Python's integers do not overflow.
        ours, theirs = int(a[index]), int(b[index])
        absolute[index] = abs(ours - theirs)
        relative[index] = abs(ours - theirs) / max(abs(ours), abs(theirs))
    return agree, absolute, relative


def _floats(
    a: NDArray[np.float64], b: NDArray[np.float64], tolerance: Tolerance
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    finite = np.isfinite(a) & np.isfinite(b)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(all="ignore"):
        absolute = np.where(same, 0.0, np.where(finite, np.abs(a - b), np.inf))
        magnitude = np.maximum(np.abs(a), np.abs(b))
        relative = np.where(same, 0.0, np.where(finite, absolute / magnitude, np.inf))
        allowed = (
            tolerance.atol
            + tolerance.rtol * magnitude
            + tolerance.scale * np.minimum(_LARGEST_SCALE, _columns(np.where(finite, magnitude, 0.0)))
        )
        agree = same | (finite & (absolute <= allowed))
    return np.asarray(agree), np.asarray(absolute), np.asarray(relative)


def column_scale(array: NDArray[Any]) -> NDArray[np.float64]:
    """What the scale of each column allows beside the tolerance of a single element; broadcasts to a row."""
    if not is_floating(array) or not array.size:
        return np.zeros(())
    wide = np.abs(as_wide(array))
    columns = _columns(np.where(np.isfinite(wide), wide, 0.0))
    return np.asarray(tolerance_of(array).scale * np.minimum(_LARGEST_SCALE, columns)).reshape(columns.shape[-1:])


def _columns(magnitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest magnitude in each element's column, in a form that broadcasts; of a vector, in all of it."""
    if not magnitude.size:
        return magnitude
    if magnitude.ndim < 2:
        return np.asarray(np.max(magnitude))
    return np.asarray(np.max(magnitude, axis=tuple(range(magnitude.ndim - 1)), keepdims=True))
