"""What a client may send or gets, by declared shapes."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrate.signatures.model import Shape


class Relation(Enum):
    """How a shape compares with an earlier one."""

    SAME = auto()
    WIDER = auto()
    """It admits all that the earlier one admitted, and more."""
    NARROWER = auto()
    """It admits only part of what the earlier one admitted."""
    FIXED_BATCH = auto()
    """The same, and in the first dimension, which was open."""
    APART = auto()
    """Nothing has both."""


def relation(old: Shape, new: Shape) -> Relation:
    """How a shape compares with the one that was there before."""
    if old == new:
        return Relation.SAME
    if new is None:
        return Relation.WIDER
    if old is None:
        return Relation.NARROWER
    pairs = list(zip(old, new, strict=False))
    if len(old) != len(new) or any(None not in pair and pair[0] != pair[1] for pair in pairs):
        return Relation.APART
    narrower = [was is None and now is not None for was, now in pairs]
    if narrower[0]:
        return Relation.FIXED_BATCH
    return Relation.NARROWER if any(narrower) else Relation.WIDER


def compatible(one: Shape, other: Shape) -> bool:
    """Whether some tensor may have both."""
    return relation(one, other) is not Relation.APART
