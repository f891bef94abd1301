"""Watches whether an output says anything: does it ever change with the inputs, is it more than NaN?

Two models that both return zeros whatever they are given agree on every sample, and that proves nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from migrate.verify.compare import as_wide, column_scale, is_floating, scalar, tolerance_of

if TYPE_CHECKING:
    from collections.abc import Hashable

_MARGIN = 10.0
_MANY = 256


class Spread:
    """Collects one output's values over the samples.

    Attributes:
        elements: How many there were.
        varies: Whether they changed by more than a difference between the models could hide in.
        changes: Whether they changed at all.
    """

    def __init__(self) -> None:
        self.elements = 0
        self.varies = False
        self.changes = False
        self._nan = 0
        self._first: dict[tuple[int, ...], Any] = {}
        self._by_shapes: dict[Hashable, Any] = {}

    def add(self, array: Any, rows: int, shapes: Hashable = None) -> None:
        """Takes in one sample's value.

        Args:
            array: Any dtype and shape.
            rows: The first dimension the inputs share; an output with the same one is looked at row by row.
            shapes: The shapes of all inputs, None where they are not known.
        """
        array = np.asarray(array)
        self.elements += int(array.size)
        if is_floating(array) and array.size:
            self._nan += int(np.isnan(as_wide(array)).sum())
        if self.varies or not array.size:
            return
        if shapes is not None:
            # How long it is depends on the inputs' values: it says something where more of it is something new.
            other = self._by_shapes.setdefault((shapes, array.ndim), array)
            self.varies = other.shape != array.shape and _has_news(*sorted((other, array), key=np.size))
        scale = column_scale(array)
        # Row by row even for a single row, so that it is compared with the rows of other samples.
        by_row = array.ndim > 0 and array.shape[0] == rows
        for row in array if by_row else [array]:
            row = np.asarray(row)
            if is_floating(row) and np.isnan(as_wide(row)).all():
                continue
            key = (int(by_row), *row.shape)
            first = self._first.setdefault(key, row)
            if first is row:
                continue
            self.changes = self.changes or not _same(first, row)
            if _differs(first, row, scale):
                self.varies = True
                return

    @property
    def only_nan(self) -> bool:
        """Whether there were elements and all of them were NaN."""
        return self.elements > 0 and self._nan == self.elements

    @property
    def constant_text(self) -> str:
        """For people: how constant the output was."""
        if self.changes:
            return "never changed by more than the tolerance"
        values = list(self._first.values())
        flat = values[0].ravel() if values else []
        if len(flat) and all(scalar(item) == scalar(flat[0]) for item in flat):
            return f"was always {scalar(flat[0])!r}"
        return "was always the same"


def _same(a: Any, b: Any) -> bool:
    if is_floating(a):
        return np.array_equal(as_wide(a), as_wide(b), equal_nan=True)
    return np.array_equal(a, b)


def _has_news(a: Any, b: Any) -> bool:
    """Whether the second value has elements that are unlike all of the first's."""
    known, found = a.ravel()[:_MANY], b.ravel()[:_MANY]
    if not is_floating(a):
        return not set(found.tolist()) <= set(known.tolist())
    return any(all(_differs(old, new, 0.0) for old in known) for new in found)


def _differs(a: Any, b: Any, scale: Any) -> bool:
    """Whether two values are apart by more than the comparison could miss."""
    if not is_floating(a):
        return not np.array_equal(a, b)
    x, y = as_wide(a), as_wide(b)
    tolerance = tolerance_of(a)
    with np.errstate(all="ignore"):
        magnitude = np.maximum(np.abs(x), np.abs(y))
        apart = np.abs(x - y) > _MARGIN * (tolerance.atol + tolerance.rtol * magnitude + scale)
    infinite = np.isinf(x) != np.isinf(y)
    return bool(np.any(apart | infinite))
