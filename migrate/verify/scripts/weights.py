"""Random weights: which values of AFTER come from random numbers and are to be those of BEFORE for the comparison.

A value is carried only if it is random on both sides: it changes from run to run once TensorFlow's seeds are taken
away, and by enough to explain the difference. A value that BEFORE restores, computes or assigns is the same in every
run; if AFTER has another one, it is stale or wrong, and the comparison has to see that. The same where BEFORE's value
comes from random numbers and AFTER's never changes: it is not the trained one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from migrate.verify.scripts.results import Carried, ExportKind
from migrate.verify.scripts.weight_values import Weight, weights_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from migrate.verify.scripts.results import Export
    from migrate.verify.scripts.weight_values import KnownWeights, Weights

_TOLERANCE = 1e-3
"""Of the largest magnitude. Rounding adds up in training; this only decides whether to ask what is random."""

_EXPLAINS = 1e-3
"""The least that a value has to change from run to run, of the difference that this is to explain."""


@dataclass(frozen=True, slots=True)
class WeightMatch:
    """A weight of BEFORE and the one of AFTER that stands for it.

    Attributes:
        before: Of BEFORE's export.
        after: Of AFTER's export.
        by_name: False where they were matched by shape and order.
        distance: Where they differ, the largest difference of two elements; infinite for what is no number.
    """

    before: Weight
    after: Weight
    by_name: bool
    distance: float = 0.0


@dataclass(frozen=True, slots=True)
class Suspects:
    """The weights of two paired exports whose values differ.

    Attributes:
        before: BEFORE's weights.
        after: AFTER's weights.
        matches: Those that differ.
    """

    before: KnownWeights
    after: Weights
    matches: tuple[WeightMatch, ...]


def suspects(before: Export, after: Export) -> Suspects | None:
    """The weights that have the same type and shape and different values; None where all values about agree.

    Raises:
        MigrateError: A checkpoint cannot be read.
    """
    return differing(weights_of(before), weights_of(after))


def differing(first: KnownWeights | None, second: Weights | None) -> Suspects | None:
    """The same of weights that are at hand; None also where one side has none."""
    if first is None or second is None:
        return None
    found = tuple(
        replace(match, distance=_distance(first, match.before, second, match.after))
        for match in match_weights(first.all, second.all)
        if not _about_same(first, match.before, second, match.after)
    )
    return Suspects(first, second, found) if found else None


def copy_path(export: Export, work: Path) -> Path:
    """Where `carry` is to write a copy of an export."""
    return work / ("carried.pb" if export.kind is ExportKind.FROZEN_GRAPH else "carried")


def match_weights(before: Iterable[Weight], after: Iterable[Weight]) -> tuple[WeightMatch, ...]:
    """Matches weights by name, then by type, shape and order where both sides have as many of a kind left.

    Args:
        before: In the order of the graph.
        after: The same.

    Returns:
        The pairs; weights of another type or shape than their namesake are in none.
    """
    left: dict[str, list[Weight]] = defaultdict(list)
    for weight in before:
        left[weight.name].append(weight)
    found, rest = [], []
    for weight in after:
        namesakes = left.get(weight.name, [])
        same = next((each for each in namesakes if _kind(each) == _kind(weight)), None)
        if same is not None:
            namesakes.remove(same)
            found.append(WeightMatch(same, weight, by_name=True))
        elif not namesakes:
            rest.append(weight)
    kinds: dict[tuple[str, tuple[int, ...]], tuple[list[Weight], list[Weight]]] = defaultdict(lambda: ([], []))
    for weight in (each for namesakes in left.values() for each in namesakes):
        kinds[_kind(weight)][0].append(weight)
    for weight in rest:
        kinds[_kind(weight)][1].append(weight)
    for first, second in kinds.values():
        if len(first) == len(second):
            found += [WeightMatch(a, b, by_name=False) for a, b in zip(first, second, strict=True)]
    return tuple(found)


def changes(export: Export, again: Export) -> dict[str, float]:
    """By how much a second run of the same script made each weight otherwise, by key.

    Raises:
        MigrateError: A checkpoint cannot be read.
    """
    first, second = weights_of(export), weights_of(again)
    if first is None or second is None:
        return {}
    others = {weight.key: weight for weight in second.all}
    found = {}
    for weight in first.all:
        other = others.get(weight.key)
        is_same_kind = other is not None and _kind(other) == _kind(weight)
        found[weight.key] = _distance(first, weight, second, other) if other and is_same_kind else inf
    return found


def carry(
    found: Suspects, changes_before: Mapping[str, float], changes_after: Mapping[str, float], target: Path
) -> tuple[tuple[Carried, ...], tuple[str, ...]]:
    """Writes a copy of AFTER's export in which the random weights have the values of BEFORE's.

    Args:
        found: The weights that differ.
        changes_before: By how much those of BEFORE change from run to run, by key.
        changes_after: The same of AFTER.
        target: Where to write the copy; nothing is written where nothing is carried.

    Returns:
        What was carried, and a note for each weight that differs and was not.
    """
    values: dict[str, tuple[KnownWeights, Weight]] = {}
    carried, notes = [], []
    for match in found.matches:
        name = match.after.name
        least = _EXPLAINS * match.distance
        is_random = changes_before.get(match.before.key, 0.0) >= least
        if is_random and changes_after.get(match.after.key, 0.0) >= least:
            values[match.after.key] = (found.before, match.before)
            carried.append(Carried(name, match.before.name, match.by_name))
        elif is_random:
            notes.append(
                f"{name} has other values than in BEFORE and was not carried: BEFORE's change from run to run, AFTER's "
                f"do not"
            )
        else:
            notes.append(f"{name} has other values than in BEFORE, which are the same in every run: it was not carried")
    if values:
        found.after.write(target, values)
    return tuple(carried), tuple(notes)


def _kind(weight: Weight) -> tuple[str, tuple[int, ...]]:
    return weight.dtype, weight.shape


def _about_same(a: KnownWeights, first: Weight, b: KnownWeights, second: Weight) -> bool:
    x = a.read(first)
    if x.dtype.kind not in "fc":
        return _distance(a, first, b, second) == 0
    largest = float(np.max(np.abs(x), initial=0.0, where=np.isfinite(x)))
    return bool(np.allclose(x, b.read(second), rtol=0, atol=_TOLERANCE * largest, equal_nan=True))


def _distance(a: KnownWeights, first: Weight, b: KnownWeights, second: Weight) -> float:
    """The largest difference of two elements; infinite where one is no number, or both are of another type."""
    x, y = a.read(first), b.read(second)
    if x.dtype.kind not in "fc":
        same = np.array_equal(x, y) if x.dtype == object else x.tobytes() == y.tobytes()
        return 0.0 if same else inf
    if not np.array_equal(np.isnan(x), np.isnan(y)):
        return inf
    with np.errstate(invalid="ignore"):
        apart = np.where((x == y) | np.isnan(x), 0.0, np.abs(x - y))
    return float(np.max(apart, initial=0.0))
