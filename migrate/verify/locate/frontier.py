"""Finds where two models part that compute something in different ways: by the values of their tensors."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional

from migrate.verify.compare import compare_arrays
from migrate.verify.locate.align import Pair
from migrate.verify.locate.operations import arguments, family, is_source
from migrate.verify.locate.side import short_name, variable_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from migrate.verify.flatgraph import Ref
    from migrate.verify.locate.side import Side

_MOST_TENSORS = 300
_MOST_BYTES = 256_000_000

Value = Optional["NDArray[Any]"]
"""None for what is another array in each call."""


@dataclass(frozen=True, slots=True)
class Half:
    """One model's part of a frontier.

    Attributes:
        side: The model.
        end: The tensor that differs.
        own: The operations on the way to it that the other model has no equal tensor for, in dataflow order.
        first: Of these, the ones all of whose arguments the other model has, too.
        classes: The tensors that both have: equal ones, of either model, have the same number.
        is_random: Whether the tensor that differs is another one in each call.
    """

    side: Side
    end: Ref
    own: tuple[Ref, ...]
    first: tuple[Ref, ...]
    classes: dict[Ref, int]
    is_random: bool = False

    @property
    def entries(self) -> tuple[Ref, ...]:
        """The arguments of the first ones, of the tensor itself where nothing is its own; constants do not count."""
        found: dict[Ref, None] = {}
        for ref in self.first or (self.end,):
            found.update(dict.fromkeys(inputs_of(self.side, ref)))
        return tuple(found)

    @property
    def has_end(self) -> bool:
        """Whether the other model has a tensor that is equal to the one that differs here."""
        return self.end in self.classes

    @property
    def is_idle(self) -> bool:
        """Whether there is something on the way that does not change the numbers."""
        number = self.classes.get(self.end)
        return not self.own and sum(other == number for other in self.classes.values()) > 1


@dataclass(frozen=True, slots=True)
class Frontier:
    """Where two models part, by values.

    Attributes:
        a: The first model's half.
        b: The second's.
        variables: Variables of one name that both models need, with other values.
        meetings: Operations of the same kind among the first ones, on a tensor that both have.
        named: Operations of one kind and one name in a scope, with other values, in dataflow order.
    """

    a: Half
    b: Half
    variables: tuple[Pair, ...]
    meetings: tuple[Pair, ...]
    named: tuple[Pair, ...]


def frontier(a: Side, b: Side, pair: Pair) -> Frontier:
    """Compares the values of what both tensors are computed from, the nearest ones first, up to a number of them."""
    ours, theirs = _values(a, pair.a), _values(b, pair.b)
    classes_a, classes_b = _classes(a, ours, b, theirs)
    first, second = _half(a, pair.a, classes_a, ours), _half(b, pair.b, classes_b, theirs)
    differing = [
        Pair(ref, other)
        for ref in reversed(ours)
        for other in theirs
        if _name(a, ref) == _name(b, other) and _family(a, ref) == _family(b, other) and ref not in a.feeds
        if not _same(a, ref, ours[ref], b, other, theirs[other])
    ]
    return Frontier(
        first,
        second,
        tuple(found for found in differing if _family(a, found.a) == "variable"),
        tuple(
            Pair(ref, other)
            for ref in first.first
            for other in second.first
            if _family(a, ref) == _family(b, other) and shared_inputs(first, ref, second, other)
        ),
        tuple(found for found in differing if "/" in _name(a, found.a) and _family(a, found.a) != "constant"),
    )


def shared_inputs(a: Half, ref: Ref, b: Half, other: Ref) -> list[Ref]:
    """The arguments of one operation that are equal to one of the other's; constants do not count."""
    theirs = {b.classes[source] for source in inputs_of(b.side, other) if source in b.classes}
    return [source for source in inputs_of(a.side, ref) if a.classes.get(source) in theirs]


def inputs_of(side: Side, ref: Ref) -> list[Ref]:
    """The arguments of an operation that are not constant."""
    return [source for source in sources(side, ref) if _family(side, source) != "constant" or source in side.feeds]


def sources(side: Side, ref: Ref) -> list[Ref]:
    """What a tensor is computed from, seen through what passes values on; nothing for an input."""
    node = side.node(ref)
    if ref in side.feeds or node is None or is_source(node):
        return []
    return [side.origin(source) for source in arguments(side.graph, node)]


def _half(side: Side, end: Ref, classes: dict[Ref, int], values: dict[Ref, Value]) -> Half:
    own = _own(side, end, classes)
    first = tuple(ref for ref in own if not any(source in own for source in sources(side, ref)))
    return Half(side, end, own, first, classes, is_random=end in values and values[end] is None)


def _values(side: Side, start: Ref) -> dict[Ref, Value]:
    """The tensors that one is computed from, itself included, the nearest first, with their values."""
    order: list[Ref] = []
    todo, seen = [start], {start}
    while todo and len(order) < _MOST_TENSORS:
        ref = todo.pop(0)
        order.append(ref)
        for source in sources(side, ref):
            if source not in seen:
                seen.add(source)
                todo.append(source)
    found: dict[Ref, Value] = {}
    size = 0
    for position in range(0, len(order), 16):
        for ref, fetched in side.values(order[position : position + 16]).items():
            if fetched is not None and size + fetched.array.nbytes <= _MOST_BYTES:
                found[ref] = fetched.array if fetched.stable else None
                size += fetched.array.nbytes
    return found


def _classes(
    a: Side, ours: dict[Ref, Value], b: Side, theirs: dict[Ref, Value]
) -> tuple[dict[Ref, int], dict[Ref, int]]:
    """Numbers for the tensors of either model that the other has, too."""
    by_shape: dict[Any, list[Ref]] = defaultdict(list)
    for other, value in theirs.items():
        by_shape[None if value is None else value.shape].append(other)
    classes_a: dict[Ref, int] = {}
    classes_b: dict[Ref, int] = {}
    for number, (ref, value) in enumerate(ours.items()):
        equal = [
            other
            for other in by_shape[None if value is None else value.shape]
            if (ref in a.feeds) == (other in b.feeds) and _same(a, ref, value, b, other, theirs[other])
        ]
        if equal:
            classes_a[ref] = next((classes_b[other] for other in equal if other in classes_b), number)
            for other in equal:
                classes_b.setdefault(other, classes_a[ref])
    return classes_a, classes_b


def _same(a: Side, ref: Ref, value: Value, b: Side, other: Ref, its: Value) -> bool:
    """Whether two tensors are equal, or both change from call to call and are made by the same operation."""
    if value is None or its is None:
        return value is its and _family(a, ref) == _family(b, other)
    return compare_arrays(value, its, values_only=True).equal


def _own(side: Side, start: Ref, shared: dict[Ref, int]) -> tuple[Ref, ...]:
    """What is computed between shared tensors and one that is not, in dataflow order."""
    order: list[Ref] = []
    seen: set[Ref] = set()
    todo = [(start, False)]
    while todo and len(order) < _MOST_TENSORS:
        ref, done = todo.pop()
        node = side.node(ref)
        if done:
            order.append(ref)
        elif ref not in shared and ref not in seen and node is not None and not is_source(node):
            seen.add(ref)
            todo.append((ref, True))
            todo += [(source, False) for source in reversed(sources(side, ref))]
    return tuple(order)


def _name(side: Side, ref: Ref) -> str:
    node = side.node(ref)
    if node is None:
        return ""
    return variable_name(node) if family(node) == "variable" else short_name(node.key[0])


def _family(side: Side, ref: Ref) -> str:
    node = side.node(ref)
    return "" if node is None else family(node)
