"""Numbers, values and places as the page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.verify.compare import TOLERANCES
from migrate.verify.results import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.verify.results import OutputComparison, Scalar

_LONGEST_VALUE = 300

MARKS = {Status.EQUAL: "✓", Status.DIFFERENT: "✗", Status.NOT_PROVED: "?"}
"""A sign beside the word, for those who do not see the colour."""

_WORST_FIRST = (Status.DIFFERENT, Status.NOT_PROVED, Status.EQUAL)


def worst_first(status: Status) -> int:
    """A sort key: what differs, then what is not proved, then what is equal."""
    return _WORST_FIRST.index(status)


def number_text(value: float | None) -> str:
    """An error with three digits; a dash where no numbers were compared."""
    if value is None:
        return "-"
    return "0" if value == 0 else f"{value:.3g}"


def value_text(value: Scalar) -> str:
    """An element as Python writes it: strings in quotes and on one line."""
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}... ({len(text):,} characters)"


def index_text(index: tuple[int, ...]) -> str:
    """The place of an element."""
    return f"[{', '.join(map(str, index))}]" if index else "[] (a scalar)"


def largest(errors: Iterable[float | None]) -> float | None:
    """The largest error; None where there is none."""
    return max((error for error in errors if error is not None), default=None)


def tolerances(outputs: Iterable[OutputComparison]) -> list[tuple[str, str]]:
    """By dtype: when two numbers were taken for equal. Dtypes that must agree exactly are left out."""
    found = []
    for dtype in sorted({output.dtype for output in outputs} & TOLERANCES.keys()):
        limit = TOLERANCES[dtype]
        scale = f" + {limit.scale:.2g} s" if limit.scale else ""
        found.append((dtype, f"|x - y| <= {limit.atol:g} + {limit.rtol:g} max(|x|, |y|){scale}"))
    return found
