"""Decides on the sample sets of a signature: first those that every one is run on, then ever more unusual ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from migrate.verify.examples import rows_to_cover
from migrate.verify.values import Flavour, pool_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.signatures.model import Shape
    from migrate.verify.examples import Lengths
    from migrate.verify.specs import InputSpec

_MAX_ROWS = 320
_MAX_COVER_SETS = 16
_MAX_SINGLE_ROWS = 64
_MAX_REQUIRED = 32
_MAX_ALONE = 16
_LENGTHS_TEXT = {"varied": "", "equal": ", equal lengths", "one": ", one value each"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How one sample set is to be made.

    Attributes:
        name: For people: what kind of inputs these are; `label` is the whole.
        rows: The first dimension, where it is not known.
        flavour: Which values.
        dim: Other unknown dimensions.
        rank: Where that is not known.
        without: A required feature that is left out.
        unscalar: Whether what is declared as a scalar is not to be one.
        lengths: Of the rows of ragged inputs and of features of any length.
        alone: The only input, or feature, that takes these values; the others take small ones.
        shaped_as: The name of the plan from which it has dim and rank.
    """

    name: str
    rows: int
    flavour: Flavour
    dim: int = 4
    rank: int = 1
    without: str | None = None
    unscalar: bool = False
    lengths: Lengths = "varied"
    alone: str | None = None
    shaped_as: str = ""

    @property
    def label(self) -> str:
        """What the sample set is called; no two of a signature have the same one."""
        shaped = f", shaped as {self.shaped_as!r}" if self.shaped_as else ""
        return self.name + _LENGTHS_TEXT[self.lengths] + shaped

    @property
    def covers(self) -> bool:
        """Whether it goes through words, ids or features in order."""
        return self.flavour.offset is not None

    def shaped(self, other: Plan) -> Plan:
        """The same values, of a shape that is known to work."""
        return replace(self, dim=other.dim, rank=other.rank, unscalar=other.unscalar, shaped_as=other.name)


def default_plans(specs: Sequence[InputSpec], words: tuple[bytes, ...]) -> tuple[Plan, ...]:
    """The sample sets every signature is run on: one row, three rows, and what it takes to cover its words.

    Args:
        specs: The inputs; none for a signature that is only called.
        words: The vocabulary of both models.
    """
    if not specs:
        return (Plan("call", 1, Flavour(turn=0)), Plan("call again", 1, Flavour(turn=1)))
    plans = [Plan("1 row", 1, Flavour(turn=0)), Plan("3 rows", 3, Flavour(turn=1))]
    if _fixed(specs):
        plans = [replace(plan, name=name) for plan, name in zip(plans, ("set 1", "set 2"), strict=True)]
    plans += _cover_plans(specs, words)
    required = [feature.name for spec in specs for feature in spec.hints.features if feature.required]
    plans += [Plan(f"without feature {name!r}", 2, Flavour(turn=0), without=name) for name in required[:_MAX_REQUIRED]]
    return tuple(plans)


def empty_plan(specs: Sequence[InputSpec]) -> Plan | None:
    """No row at all, which is no evidence by itself; None where the number of rows is fixed."""
    if any(spec.shape and spec.shape[0] is None for spec in specs):
        return Plan("no rows", 0, Flavour(turn=0))
    return None


def fallback_plans(specs: Sequence[InputSpec]) -> tuple[Plan, ...]:
    """Further sample sets for a signature that the default ones did not prove, the likeliest to help first."""
    if not specs:
        return ()
    plans = [
        Plan("another row", 1, Flavour(turn=1)),
        Plan("a wide row", 1, Flavour("wide", turn=2)),
        Plan("8 wide rows", 8, Flavour("wide", turn=2)),
        Plan("8 positive rows", 8, Flavour("positive", turn=3)),
        Plan("4 rows of zeros and ones", 4, Flavour("small", turn=4)),
        *shape_plans(specs),
        Plan("8 rows up to 100", 8, Flavour("positive", turn=10, factor=100.0)),
        Plan("8 rows down to -100", 8, Flavour("negative", turn=11, factor=100.0)),
        Plan("8 rows far off", 8, Flavour("far", turn=12)),
        Plan("16 rows, one element each", 16, Flavour("single", turn=13, factor=30.0)),
        Plan("8 rows in thousands", 8, Flavour("wide", turn=14, factor=500.0)),
        Plan("8 negative rows", 8, Flavour("negative", turn=15)),
    ]
    names = [name for spec in specs for name in _names(spec)]
    if len(names) > 1:
        for turn, name in enumerate(names[:_MAX_ALONE], 16):
            plans.append(Plan(f"8 rows, {name!r} alone large", 8, Flavour("wide", turn=turn, factor=5.0), alone=name))
    if not _fixed(specs):
        return tuple(plans)
    # One call is one set of values only: where the shapes are fixed, two calls of each kind.
    again = [replace(plan, name=f"{plan.name}, again", flavour=_next(plan.flavour)) for plan in plans]
    return tuple(plan for pair in zip(plans, again, strict=True) for plan in pair)


def single_cover_plans(specs: Sequence[InputSpec], words: tuple[bytes, ...]) -> tuple[Plan, ...]:
    """The covering sample set row by row, for a model that refuses more than one row."""
    needed = max((_to_cover(spec, words) for spec in specs), default=0)
    return tuple(
        Plan(f"covering row {index + 1}", 1, Flavour(offset=index, turn=index))
        for index in range(min(needed, _MAX_SINGLE_ROWS))
    )


def shape_plans(specs: Sequence[InputSpec]) -> list[Plan]:
    """Other dimensions and ranks, where they are unknown."""
    plans: list[Plan] = []
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
    return plans


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
    return len(pool_for(spec.dtype, spec.hints, words, covers=True))


def _names(spec: InputSpec) -> list[str]:
    return [feature.name for feature in spec.hints.features] or [spec.name]


def _next(flavour: Flavour) -> Flavour:
    return replace(flavour, turn=flavour.turn + 1)


def _size(shape: tuple[int | None, ...], unknown: int) -> int:
    return max(int(np.prod([unknown if dim is None else dim for dim in shape], dtype=np.int64)), 1)


def _fixed(specs: Sequence[InputSpec]) -> bool:
    shapes: list[Shape] = [spec.shape for spec in specs]
    return not any(shape is None or None in shape for shape in shapes)
