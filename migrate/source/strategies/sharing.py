"""Computation that several signatures need becomes a method, not a copy."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import networkx as nx

from migrate.source.flow import LOOPS, Definition, Fact, Merge, Outer, Region, Step, Value
from migrate.source.kinds import IN_GRAPH, Kinds
from migrate.source.slicing.cuts import expression_key
from migrate.source.strategies.plan import Function, Shared


@dataclass(frozen=True, slots=True)
class Reading:
    """Which values the steps of a region read, where some conditions are known."""

    region: Region
    facts: tuple[Fact, ...]

    def values(self, step: Step) -> list[Value]:
        """The values a step reads, the one that it changes among them."""
        found = [*step.reads, *(made.previous for made in step.writes if made.previous is not None)]
        return [self.region.decided(value, self.facts) for value in found]

    def names(self, expression: ast.AST) -> list[Value]:
        """The values an expression reads."""
        return [self.region.decided(value, self.facts) for _, value in self.region.names(expression)]

    def through(self, values: Iterable[Value], steps: Collection[Step] = ()) -> set[Value]:
        """The same values, with those that stay where a branch leaves a name alone.

        Args:
            values: Values that are read.
            steps: Branches of these do not count.
        """
        found: set[Value] = set()
        pending = list(values)
        while pending:
            value = pending.pop()
            if value not in found:
                found.add(value)
                if isinstance(value, Merge) and value.step not in steps:
                    pending += value.inputs
        return found


def share(
    functions: list[Function],
    kinds: Kinds,
    facts: tuple[Fact, ...],
    states: set[Value],
    fresh: Callable[[str], str],
) -> list[Shared]:
    """Finds the methods that functions share, and divides the steps of every function between itself and them.

    The statements of the functions are grouped by the set of functions that need them; what hangs together in a
    group of several functions becomes a method. A group that could not be called at one place of each of its
    functions (because statements of their own must come in between) is left as a copy in each.
    """
    reading = Reading(kinds.region, facts)
    for function in functions:
        function.own = set(function.slice.steps)
    users: dict[Step, set[Function]] = {}
    kept = {step for function in functions for step in function.slice.steps}
    for function in functions:
        for step in function.slice.steps:
            if not _is_context(step):
                users.setdefault(unit(step, kept), set()).add(function)
    # In the order of the source: sets have none.
    groups = sorted(_groups(users, kept, reading), key=lambda group: min(step.index for step in group))
    found: list[Shared] = []
    for group in groups:
        members = users[next(iter(group))]
        if len(members) < 2:
            continue
        steps = {step for step in kept if not _is_context(step) and unit(step, kept) in group}
        shared = _method(steps, group, members, kinds, states, kept, reading)
        if shared is not None:
            found.append(shared)
    _drop_unordered(found, reading.region, kept)
    for shared in found:
        shared.name = fresh("compute_" + (shared.outputs[0].name if len(shared.outputs) == 1 else "outputs"))
        for function in functions:
            if shared.steps & function.slice.steps:
                function.own -= shared.steps
                function.shared.append(shared)
    return found


def unit(step: Step, kept: set[Step]) -> Step:
    """The outermost kept if or loop around a step, which moves as a whole; the step itself elsewhere."""
    for branch in step.branches:
        if branch.step in kept and isinstance(branch.step.node, (ast.If, *LOOPS)):
            return branch.step
    return step


def _is_context(step: Step) -> bool:
    return isinstance(step.node, (ast.With, ast.AsyncWith))


def _groups(users: dict[Step, set[Function]], kept: set[Step], reading: Reading) -> list[set[Step]]:
    """Statements needed by the same functions that hang together."""
    flow: nx.Graph[Step] = nx.Graph()
    flow.add_nodes_from(users)
    for step in kept:
        if _is_context(step):
            continue
        mine = unit(step, kept)
        for value in reading.values(step):
            for source in _sources(value):
                if source in kept and not _is_context(source):
                    other = unit(source, kept)
                    if other is not mine and users.get(other) == users.get(mine):
                        flow.add_edge(mine, other)
    return [set(component) for component in nx.connected_components(flow)]


def _sources(value: Value, seen: frozenset[Value] = frozenset()) -> Iterable[Step]:
    """The steps that give a value."""
    if value in seen:
        return
    if isinstance(value, Definition):
        yield value.step
    elif isinstance(value, Merge):
        yield value.step
        for item in value.inputs:
            yield from _sources(item, seen | {value})


def _defined(steps: set[Step], region: Region) -> set[Value]:
    """The values that steps define, merges of their branches included."""
    made: set[Value] = {definition for step in steps for definition in step.writes}
    for value in region.value_of.values():
        if isinstance(value, Merge) and value.step in steps and not _is_outer(value):
            made.add(value)
    return made


def _is_outer(value: Value) -> bool:
    """Whether a loop or branch leaves a name of the module or a closure as it is."""
    found = [value]
    for one in found:
        if isinstance(one, Merge):
            found += [item for item in one.inputs if item not in found]
    return all(isinstance(one, (Merge, Outer)) for one in found)


def _method(
    steps: set[Step],
    group: set[Step],
    members: set[Function],
    kinds: Kinds,
    states: set[Value],
    kept: set[Step],
    reading: Reading,
) -> Shared | None:
    region = kinds.region
    made = _defined(steps, region)
    inputs: list[Value] = []
    kept_on = [item for value in _ordered(made) if isinstance(value, Merge) for item in value.inputs]
    for step in sorted(steps, key=lambda item: item.index):
        for value in [*reading.values(step), *kept_on]:
            if value in made or value in states or value in inputs:
                continue
            if kinds.value(value) in IN_GRAPH:
                inputs.append(value)
        for function in members:
            if any(_cut_inside(node, function, region) for node in ast.walk(step.node)):
                return None
    outputs = [value for value in _ordered(made) if _read_outside(value, steps, members, reading)]
    names = [value.name for value in outputs]
    if not outputs or len(set(names)) < len(names) or len({value.name for value in inputs}) < len(inputs):
        return None
    last = max(group, key=lambda item: item.index)
    for value in outputs:
        later = [d for step in steps for d in step.writes if d.name == value.name and d.step.index > _index(value)]
        if later and not (
            isinstance(value, Merge) and all(unit(d.step, kept) is unit(value.step, kept) for d in later)
        ):
            return None
    for function in members:
        if any(_is_fed(value, function, reading) for value in made):
            # One of its own results is what the signature feeds.
            return None
        others = function.slice.steps - steps
        for step in others:
            if _is_context(step):
                continue
            if unit(step, kept).index < last.index and any(value in made for value in reading.values(step)):
                return None
        if _named_anew(inputs, others, last) or _named_anew(outputs, others, last):
            return None
    return Shared("", steps, last, inputs, outputs)


def _named_anew(values: Sequence[Value], others: set[Step], last: Step) -> bool:
    """Whether other steps give one of the names to something else before the method is called."""
    return any(
        made.name == value.name and made is not value and _index(value) < step.index < last.index
        for value in values
        for step in others
        for made in step.writes
    )


def _index(value: Value) -> int:
    return value.step.index if isinstance(value, (Definition, Merge)) else -1


def _ordered(values: set[Value]) -> list[Value]:
    return sorted(values, key=lambda value: (_index(value), value.name))


def _is_fed(value: Value, function: Function, reading: Reading) -> bool:
    """Whether a signature feeds a value."""
    return any(value in reading.names(entry.tensor) for entry in function.inputs if isinstance(entry.tensor, ast.Name))


def _cut_inside(node: ast.AST, function: Function, region: Region) -> bool:
    """Whether a function feeds a part of a value here (`features["x"]`), which a method could not be given."""
    if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Load):
        key = expression_key(node, region)
        return key is not None and key in function.cuts.expressions
    return isinstance(node, ast.Call) and node in function.cuts.calls and not _assigned(node, region)


def _assigned(call: ast.Call, region: Region) -> bool:
    return any(d.expression is call for step in region.steps for d in step.writes)


def _read_outside(value: Value, steps: set[Step], members: set[Function], reading: Reading) -> bool:
    for function in members:
        read = [found for step in function.slice.steps - steps for found in reading.values(step)]
        read += [found for tensor in function.needed for found in reading.names(tensor)]
        if value in reading.through(read, steps):
            return True
    return False


def _drop_unordered(found: list[Shared], region: Region, kept: set[Step]) -> None:
    """Drops methods that need each other's results in an order their places do not give."""
    changed = True
    while changed:
        changed = False
        for shared in found:
            for value in shared.inputs:
                makers = [other for other in found if other is not shared and value in _defined(other.steps, region)]
                sources = [unit(source, kept) for source in _sources(value) if source in kept]
                late = any(maker.last.index > shared.last.index for maker in makers)
                late = late or (not makers and any(source.index > shared.last.index for source in sources))
                if late:
                    found.remove(shared)
                    changed = True
                    break
            if changed:
                break
