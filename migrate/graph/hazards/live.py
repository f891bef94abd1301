"""What of a signature's slice can ever run: the branches that a known predicate never takes are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.graph.constants import constant_numbers
from migrate.graph.frames import MERGES, NEXT_ITERATIONS
from migrate.graph.tensors import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from migrate.graph.index import GraphIndex
    from migrate.graph.view import MetaGraphView, SignatureSlice

_SAME_VALUE = frozenset({"Identity", "StopGradient", "PlaceholderWithDefault"})


@dataclass(frozen=True, slots=True)
class Live:
    """The part of a slice that can run.

    Attributes:
        nodes: Its nodes.
        decided: For each node that decides a branch once and for all: its value, and how many Switches it decides.
    """

    nodes: frozenset[str]
    decided: Mapping[str, tuple[bool, int]]


def live_part(view: MetaGraphView, slice_: SignatureSlice) -> Live:
    """The part of a signature's slice that can run when the signature is called.

    A tensor that is fetched from a branch that never runs is an error in TF1 too; the slice is then taken whole.
    """
    switches = _decided(view, slice_)
    if not switches:
        return Live(slice_.nodes, {})
    dead_tensors = {Tensor(name, 1 - port) for name, (_, port) in switches.items()}
    dead = _dead(view, slice_.nodes, dead_tensors)
    if any(tensor in dead_tensors or tensor.node in dead for tensor in slice_.fetches):
        return Live(slice_.nodes, {})
    decided: dict[str, tuple[bool, int]] = {}
    for source, port in switches.values():
        value, count = decided.get(source, (bool(port), 0))
        decided[source] = (value, count + 1)
    return Live(_walk(view.index, slice_, switches, dead, dead_tensors), decided)


def known_predicate(index: GraphIndex, tensor: Tensor, feeds: AbstractSet[Tensor]) -> tuple[bool, str] | None:
    """The value of a predicate that nothing fed can change, and the node it comes from, or None."""
    while tensor not in feeds:
        inputs = index.data_inputs(tensor.node)
        op = index.op(tensor.node)
        if op == "Const":
            numbers = constant_numbers(index, tensor)
            return (bool(numbers[0]), tensor.node) if numbers is not None and len(numbers) == 1 else None
        if op in _SAME_VALUE and inputs:
            if op == "PlaceholderWithDefault":
                default = known_predicate(index, inputs[0], feeds)
                return None if default is None else (default[0], tensor.node)
            tensor = inputs[0]
            continue
        if op == "LogicalNot":
            inner = known_predicate(index, inputs[0], feeds)
            return None if inner is None else (not inner[0], inner[1])
        if op in ("LogicalAnd", "LogicalOr"):
            found = [known_predicate(index, each, feeds) for each in inputs]
            deciding = op == "LogicalOr"
            decisive = next((each for each in found if each is not None and each[0] is deciding), None)
            if decisive is not None or None in found:
                return decisive
            return found[0]
        return None
    return None


def _decided(view: MetaGraphView, slice_: SignatureSlice) -> dict[str, tuple[str, int]]:
    """The Switches of a slice whose predicate is known: the node that decides, and the port that is taken."""
    index = view.index
    known: dict[Tensor, tuple[bool, str] | None] = {}
    found = {}
    for name in slice_.nodes:
        if index.op(name) not in ("Switch", "RefSwitch"):
            continue
        predicate = index.data_inputs(name)[1]
        if predicate not in known:
            known[predicate] = known_predicate(index, predicate, slice_.feeds)
        value = known[predicate]
        if value is not None:
            found[name] = (value[1], int(value[0]))
    return found


def _dead(view: MetaGraphView, nodes: AbstractSet[str], dead_tensors: AbstractSet[Tensor]) -> set[str]:
    """The nodes that never run: a Merge that nothing reaches, any other node that misses one of its inputs."""
    index = view.index
    dead: set[str] = set()
    for name in view.frames.order:
        if name not in nodes:
            continue
        inputs = index.inputs(name)
        if index.op(name) in MERGES:
            forward = [each for each in inputs if not each.is_control and index.op(each.node) not in NEXT_ITERATIONS]
            if forward and all(each in dead_tensors or each.node in dead for each in forward):
                dead.add(name)
        elif any(each in dead_tensors or each.node in dead for each in inputs):
            dead.add(name)
    return dead


def _walk(
    index: GraphIndex,
    slice_: SignatureSlice,
    switches: Mapping[str, tuple[str, int]],
    dead: AbstractSet[str],
    dead_tensors: AbstractSet[Tensor],
) -> frozenset[str]:
    found: set[str] = set()
    stack = [tensor for tensor in slice_.fetches if tensor not in slice_.feeds]
    while stack:
        tensor = stack.pop()
        if tensor.node in found or tensor.node in dead or tensor in dead_tensors:
            continue
        found.add(tensor.node)
        for number, before in enumerate(index.inputs(tensor.node)):
            # Whoever decides a Switch is not asked again: its second input is the predicate.
            decides = tensor.node in switches and number == 1
            if not decides and not index.is_satisfied(before, slice_.feeds):
                stack.append(before)
    return frozenset(found)
