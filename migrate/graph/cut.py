"""Cuts the part out of a graph that some tensors need, as a GraphDef that stands on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.graph.functions import reachable_functions
from migrate.graph.tensors import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrate.graph.index import GraphIndex


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a graph.

    Attributes:
        graph_def: Its nodes, in the order of the whole graph, and the functions they call.
        feeds: For each fed tensor of the whole graph, the output of the placeholder that stands for it here.
    """

    graph_def: Any
    feeds: Mapping[Tensor, Tensor]


def cut(index: GraphIndex, fetches: Iterable[Tensor], feeds: Iterable[Tensor] = ()) -> Cut:
    """The nodes that run for `fetches` when `feeds` are fed; each fed tensor becomes a placeholder.

    The placeholder of a tensor has its node's name, unless that node is needed for something else as well. What
    ties the graph to a place goes: devices, colocation, and shapes that somebody once inferred.

    Args:
        index: The whole graph.
        fetches: Tensors, or operations (control outputs), to keep.
        feeds: Tensors that are given.
    """
    fed = frozenset(feeds)
    nodes = index.slice_of(fetches, fed)
    taken = set(nodes)
    placeholders: dict[Tensor, Tensor] = {}
    result = protos.graph_def()
    for tensor in sorted(fed):
        name = _unused(tensor.node if tensor.port == 0 else f"{tensor.node}_{tensor.port}", taken)
        taken.add(name)
        placeholders[tensor] = Tensor(name, 0)
        result.node.append(_placeholder(index, tensor, name))
    for name in index.nodes:
        if name in nodes:
            node = result.node.add()
            node.CopyFrom(index.nodes[name])
            _detach(node)
            inputs = [
                tensor for tensor in index.inputs(name) if not (tensor.is_control and index.is_satisfied(tensor, fed))
            ]
            del node.input[:]
            node.input.extend(placeholders.get(tensor, tensor).as_input for tensor in inputs)
    result.versions.CopyFrom(index.graph_def.versions)
    result.library.CopyFrom(reachable_functions(result, index))
    return Cut(result, placeholders)


def _detach(node: Any) -> None:
    node.device = ""
    node.ClearField("experimental_debug_info")
    for name in ("_class", "_output_shapes"):
        if name in node.attr:
            del node.attr[name]


def _placeholder(index: GraphIndex, tensor: Tensor, name: str) -> Any:
    node = protos.node_def()
    node.name, node.op = name, "Placeholder"
    port = index.port(tensor)
    original = index.nodes[tensor.node]
    node.attr["dtype"].type = port.dtype if port is not None else original.attr["dtype"].type
    if original.op in ("Placeholder", "PlaceholderV2", "PlaceholderWithDefault") and "shape" in original.attr:
        node.attr["shape"].CopyFrom(original.attr["shape"])
    else:
        node.attr["shape"].shape.unknown_rank = True
    return node


def _unused(name: str, taken: set[str]) -> str:
    candidate, number = name, 0
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate
