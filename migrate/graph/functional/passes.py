"""The pass: loops and conditionals, from the inside out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.graph.frames import CONTROL_FLOW, SWITCHES
from migrate.graph.functional.conditionals import Conditionals, unclosed
from migrate.graph.functional.handle_data import HandleData
from migrate.graph.functional.kept_arrays import KeptArrays
from migrate.graph.functional.liveness import Liveness, find_liveness
from migrate.graph.functional.loops import Loops, frames_of, loop_name
from migrate.graph.functional.net import Net
from migrate.graph.functional.reads import hoist_reads
from migrate.graph.functional.results import Kept, NotRaised, Raised
from migrate.graph.functional.tensor_arrays import TensorArrays
from migrate.graph.tensors import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from migrate.graph.registry import OpRegistry

_HANDING_ON = SWITCHES | {"Identity"}


def raise_control_flow(
    graph_def: Any,
    registry: OpRegistry,
    outputs: Iterable[Tensor],
    feeds: AbstractSet[Tensor] = frozenset(),
    untrained: AbstractSet[str] = frozenset(),
) -> Raised:
    """Turns v1 conditionals and loops into `If` and `While` with functions.

    TensorFlow 2 runs v1 control flow, but cannot differentiate its loops, nor its conditionals after saving.

    Args:
        graph_def: A graph without reference variables, sliced to what `outputs` need. It is not changed.
        registry: Its OpDefs.
        outputs: What is fetched.
        feeds: What is fed, variables and tables included.
        untrained: Nodes (VarHandleOp) of variables that nobody will differentiate by: where the graph writes to one
            and reads it in a loop or conditional, no gradient comes through. Where it does so with one of the
            others in loops or conditionals inside others, these stay v1.

    Returns:
        A new graph. What could not be understood for sure is in it as it was.
    """
    if not any(node.op in CONTROL_FLOW or node.op == "TensorArrayV3" for node in graph_def.node):
        return Raised(_copy(graph_def), {}, ())
    wanted = (*outputs, *feeds)
    inputs = frozenset(tensor.node for tensor in feeds)
    leave: dict[str, str] = {}
    while True:
        net = Net(graph_def, registry, wanted, untrained)
        _drop_satisfied(net, inputs)
        raised, blamed = _attempt(net, leave)
        if not blamed:
            return raised
        # A list in a loop that stays v1 is no gain: such arrays stay as they were, with all loops that take them.
        leave |= blamed


def _attempt(net: Net, leave: Mapping[str, str]) -> tuple[Raised, dict[str, str]]:
    """Raises what can be, and tells the TensorArrays that were turned into lists for nothing."""
    _drop_unused(net)
    hoist_reads(net)
    _drop_single_merges(net)
    handles = HandleData(net)
    try:
        kept_arrays, turned = TensorArrays(net, find_liveness(net), handles).convert(leave)
        live = find_liveness(net)
    except NotRaised as reason:
        return Raised(net.to_graph_def(), {}, (Kept("graph", "", str(reason)),)), {}
    renamed: dict[Tensor, Tensor] = {}
    arrays = KeptArrays(net, kept_arrays)
    conditionals = Conditionals(net, live, handles, arrays, renamed)
    loops = Loops(net, live, handles, arrays)
    kept: list[Kept] = []
    for frame in frames_of(live):
        kept += conditionals.raise_all(frame)
        try:
            loops.raise_loop(frame)
        except NotRaised as reason:
            kept.append(Kept("loop", loop_name(frame), str(reason)))
    kept += conditionals.raise_all(())
    _drop_unused(net, {tensor.node for tensor in renamed.values()})
    kept += unclosed(net, live, kept)
    kept += [Kept("array", maker, reason) for maker, reason in kept_arrays.items()]
    blamed = {maker: _blame(live, kept, left) for maker, nodes in turned.items() if (left := _left(net, live, nodes))}
    return Raised(net.to_graph_def(), renamed, tuple(kept)), blamed


def _left(net: Net, live: Liveness, nodes: Iterable[str]) -> list[str]:
    """Those nodes that still are in a v1 loop or conditional."""
    return [name for name in nodes if name in net and (live.frames[name] or live.guards[name])]


def _blame(live: Liveness, kept: Iterable[Kept], nodes: Iterable[str]) -> str:
    """The reason why the loop or conditional stays that holds one of these nodes."""
    frames = {frame for name in nodes for frame in live.frames[name]}
    loops = [found.reason for found in kept if found.kind == "loop" and found.name in frames]
    return next(iter(loops or (found.reason for found in kept)), "a conditional that takes it stays as it is")


def _drop_unused(net: Net, needed: AbstractSet[str] = frozenset()) -> None:
    """Removes what hands values on to nobody, such as the pivots of conditionals whose constants were folded."""
    stack = [name for name in net if net.op(name) in _HANDING_ON]
    while stack:
        name = stack.pop()
        if name in net and net.op(name) in _HANDING_ON and not net.takers(name) and name not in net.wanted | needed:
            stack.extend(tensor.node for tensor in net.inputs(name))
            net.remove(name)


def _drop_satisfied(net: Net, inputs: AbstractSet[str]) -> None:
    """Nobody has to wait for a fed placeholder, and an importer that replaces its tensor leaves such edges behind."""
    for name in inputs:
        if name not in net or not net.op(name).startswith("Placeholder"):
            continue
        order = Tensor(name, -1)
        for taker in net.takers_of(order):
            net.set_inputs(taker, (tensor for tensor in net.inputs(taker) if tensor != order))


def _drop_single_merges(net: Net) -> None:
    """A Merge of one input, as pruning leaves it behind, hands it on."""
    for name in list(net):
        if net.op(name) != "Merge" or len(net.data_inputs(name)) != 1 or net.control_inputs(name):
            continue
        if net.takers_of(Tensor(name, 1)) or name in net.wanted:
            continue
        node = net.new_node(name, "Identity", name)
        node.attr["T"].CopyFrom(net.nodes[name].attr["T"])
        net.add(node, net.inputs(name))


def _copy(graph_def: Any) -> Any:
    copy = protos.graph_def()
    copy.CopyFrom(graph_def)
    return copy
