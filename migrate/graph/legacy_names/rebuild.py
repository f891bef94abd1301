"""Changes the graph as a layout says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.graph.legacy_names.feeds import merged_shape
from migrate.graph.legacy_names.references import Renaming, rename_everywhere
from migrate.graph.ports import STRING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.graph.legacy_names.layout import Layout, Source

_BY_NODE_NAME = "use_node_name_sharing"
_NAMED_BY_NODE = frozenset({"Variable", "VariableV2", "ConditionalAccumulator", "SparseConditionalAccumulator"})


def rebuild(meta_graph: Any, layout: Layout) -> tuple[str, ...]:
    """Renames, merges and adds nodes, in place.

    Args:
        meta_graph: The MetaGraphDef.
        layout: What to do.

    Returns:
        The collections that could not be followed, as `rename_everywhere` says.
    """
    nodes = {node.name: node for node in meta_graph.graph_def.node}
    for feed in layout.widened:
        _set_shape(nodes[feed.tensor.node], merged_shape(nodes, feed))
    for old, _ in layout.room:
        _keep_resource(nodes[old], old)
    _delete(meta_graph.graph_def, layout.gone)
    renaming = Renaming(layout.nodes, layout.names, layout.inputs)
    # With nothing to rename, a look at all that could be renamed may be saved.
    unknown = rename_everywhere(meta_graph, renaming) if layout.nodes or layout.names else ()
    nodes = {node.name: node for node in meta_graph.graph_def.node}
    for name, tensor in layout.readers.items():
        _give_default(nodes[renaming.node(name)], tensor.as_input)
    taken = {node.name for node in meta_graph.graph_def.node} | set(layout.made)
    for name, sources in layout.made.items():
        _make(meta_graph.graph_def, name, sources, renaming, taken)
    return unknown


def _make(graph_def: Any, name: str, sources: Mapping[int, Source], renaming: Renaming, taken: set[str]) -> None:
    """Adds the node that has a legacy name."""
    texts = {port: _text(graph_def, name, port, source, renaming, taken) for port, source in sources.items()}
    ports = max(sources) + 1
    if ports == 0:
        graph_def.node.add(name=name, op="NoOp", input=[texts[-1]])
        return
    if ports == 1:
        node = graph_def.node.add(name=name, op="Identity", input=[texts[0]])
        node.attr["T"].type = sources[0].dtype
        return
    filler = ""
    if any(port not in sources for port in range(ports)):
        filler = _filler(graph_def, name, taken)
    node = graph_def.node.add(name=name, op="IdentityN")
    node.input.extend(texts.get(port, filler) for port in range(ports))
    node.attr["T"].list.type.extend(sources[port].dtype if port in sources else STRING for port in range(ports))


def _text(graph_def: Any, name: str, port: int, source: Source, renaming: Renaming, taken: set[str]) -> str:
    """What the node reads for one of its outputs."""
    if source.tensor is not None:
        return renaming.tensor(source.tensor).as_input
    node = graph_def.node.add(name=_free(f"{name}/must_be_fed_{port}", taken), op="Placeholder")
    node.attr["dtype"].type = source.dtype
    node.attr["shape"].shape.unknown_rank = True
    return str(node.name)


def _filler(graph_def: Any, name: str, taken: set[str]) -> str:
    """A string for the outputs that no signature names: nobody takes it for the number that was there."""
    node = graph_def.node.add(name=_free(f"{name}/not_put_back", taken), op="Const")
    node.attr["dtype"].type = STRING
    value = node.attr["value"].tensor
    value.dtype = STRING
    value.tensor_shape.SetInParent()
    value.string_val.append(f"this output of {name} is in no signature, and was not put back".encode())
    return str(node.name)


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 0
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    taken.add(name)
    return name


def _give_default(node: Any, source: str) -> None:
    """Makes a placeholder one that has a value where it is not fed."""
    del node.input[:]
    node.op = "PlaceholderWithDefault"
    node.input.append(source)
    if "shape" not in node.attr:
        node.attr["shape"].shape.unknown_rank = True


def _set_shape(node: Any, shape: Any) -> None:
    node.attr["shape"].shape.CopyFrom(shape)
    if "_output_shapes" in node.attr:
        del node.attr["_output_shapes"].list.shape[:]
        node.attr["_output_shapes"].list.shape.add().CopyFrom(shape)


def _keep_resource(node: Any, old: str) -> None:
    """Where a resource has the name of its node, it keeps that name.

    Kernels of these operations ask for it (ContainerInfo::Init in tensorflow/core/framework/resource_mgr.cc). Others
    without a `shared_name` have a resource of their own; a VarHandleOp takes the empty name as it is.
    """
    if node.op == "TemporaryVariable":
        attribute = "var_name"
    elif node.op in _NAMED_BY_NODE or (_BY_NODE_NAME in node.attr and node.attr[_BY_NODE_NAME].b):
        attribute = "shared_name"
    else:
        return
    if attribute not in node.attr or not node.attr[attribute].s:
        node.attr[attribute].s = old.encode()


def _delete(graph_def: Any, names: set[str]) -> None:
    if names:
        kept = [protos.node_def().FromString(n.SerializeToString()) for n in graph_def.node if n.name not in names]
        del graph_def.node[:]
        graph_def.node.extend(kept)
