"""Reads and writes of a variable in one call whose order the graph leaves open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from migrate.graph.frames import CONTROL_FLOW, Guard
from migrate.graph.hazards.context import Context
from migrate.graph.hazards.registry import family
from migrate.graph.inspection import Hazard, HazardKind, Severity

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_CHECKS = frozenset({"IsVariableInitialized", "VarIsInitializedOp", "VariableShape"})
_MOST_ACCESSES = 20_000


@family
def races(context: Context) -> Iterator[Hazard]:
    """One hazard for each variable of each signature."""
    if context.is_tf2:
        return
    state = context.view.state
    for key, live in context.live.items():
        reads, writes = _accesses(context, live.nodes)
        accesses = {name for maker in writes for name in (*reads[maker], *writes[maker])}
        if not writes or len(accesses) > _MOST_ACCESSES:
            continue
        before = _before(context, live.nodes, accesses)
        for maker, writers in writes.items():
            pair = _unordered(context, reads[maker], writers, before)
            if pair is None:
                continue
            read, write = pair
            yield Hazard(
                HazardKind.RACE,
                Severity.CHANGES,
                maker,
                context.index.op(maker),
                f"A call reads the variable {state.by_node[maker].name} ({read}) and writes it ({write}), and the "
                f"graph does not say which comes first.",
                "The conversion reads first; if the new value is meant, say so with tf.control_dependencies and export "
                "again.",
                (key,),
            )


def _accesses(context: Context, nodes: AbstractSet[str]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """For each variable that is written, the nodes that take its value and those that write it."""
    index, handles, by_node = context.index, context.view.state.handles, context.view.state.by_node
    writes: dict[str, list[str]] = defaultdict(list)
    for name in nodes:
        for maker in handles.writes(name) & by_node.keys():
            writes[maker].append(name)
    reads: dict[str, list[str]] = defaultdict(list)
    if not writes:
        return reads, writes
    for name in nodes:
        op = index.op(name)
        if op in CONTROL_FLOW or op in _CHECKS:
            continue
        for maker in handles.reads(name) & writes.keys():
            if name not in writes[maker]:
                reads[maker].append(name)
    return reads, writes


def _before(context: Context, nodes: AbstractSet[str], accesses: AbstractSet[str]) -> dict[str, int]:
    """For each node, a bit set of the accesses that have taken place when it runs, itself included."""
    bits = {name: 1 << number for number, name in enumerate(sorted(accesses))}
    index = context.index
    before: dict[str, int] = {}
    for name in context.view.frames.order:
        if name in nodes:
            found = bits.get(name, 0)
            for tensor in index.inputs(name):
                found |= before.get(tensor.node, 0)
            before[name] = found
    return {name: before[name] for name in bits} | {f"bit {name}": bit for name, bit in bits.items()}


def _unordered(
    context: Context, reads: list[str], writers: list[str], before: dict[str, int]
) -> tuple[str, str] | None:
    frames = context.view.frames
    for write in sorted(writers):
        for read in sorted(reads):
            if before[write] & before[f"bit {read}"] or before[read] & before[f"bit {write}"]:
                continue
            # Within a loop, what flows back orders them; in two branches of one conditional only one takes place.
            if frames.of[write] or frames.of[read] or _exclude_each_other(frames.guards[read], frames.guards[write]):
                continue
            return read, write
    return None


def _exclude_each_other(one: frozenset[Guard], other: frozenset[Guard]) -> bool:
    return any(Guard(guard.predicate, 1 - guard.port) in other for guard in one)
