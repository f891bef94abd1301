"""Counts errors by magnitude, so that a report can show how they are spread."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EDGES = tuple(float(f"1e{exponent}") for exponent in range(-12, 4))
"""Where one bin ends and the next begins: 1e-12, 1e-11, ..., 1000."""


@dataclass(frozen=True, slots=True)
class ErrorHistogram:
    """How many elements have an error of which magnitude.

    Each tuple has `len(EDGES) + 3` counts: no error at all; smaller than the first edge; from each edge to the next;
    from the last edge on; and errors that are no finite number, where NaN or infinity meets something else.

    Attributes:
        absolute: Of `|a - b|`.
        relative: Of the same, divided by the larger magnitude of the two.
    """

    absolute: tuple[int, ...]
    relative: tuple[int, ...]

    def merged(self, other: ErrorHistogram | None) -> ErrorHistogram:
        """Both together."""
        if other is None:
            return self
        return ErrorHistogram(
            tuple(x + y for x, y in zip(self.absolute, other.absolute, strict=True)),
            tuple(x + y for x, y in zip(self.relative, other.relative, strict=True)),
        )


def count_errors(absolute: NDArray[Any], relative: NDArray[Any]) -> ErrorHistogram:
    """The histogram of two arrays of errors, which are not negative."""
    return ErrorHistogram(_counts(absolute), _counts(relative))


def bin_labels() -> tuple[str, ...]:
    """What each count is of, for people."""
    middle = [f"{low:g} to {high:g}" for low, high in pairwise(EDGES)]
    return ("0", f"below {EDGES[0]:g}", *middle, f"{EDGES[-1]:g} and more", "not finite")


def _counts(errors: NDArray[Any]) -> tuple[int, ...]:
    there = errors[errors != 0]
    finite = there[np.isfinite(there)]
    bins = np.bincount(np.searchsorted(np.asarray(EDGES), finite, side="right"), minlength=len(EDGES) + 1)
    return (int(errors.size - there.size), *(int(count) for count in bins), int(there.size - finite.size))
