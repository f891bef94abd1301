"""Removes nodes that nothing needs any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from migrate.graph.tensors import parse_tensor


def remove_unused(meta_graph: Any, names: Iterable[str]) -> None:
    """Removes those of the named nodes from a MetaGraphDef that nothing refers to, in place.

    Args:
        meta_graph: The MetaGraphDef.
        names: Candidates, those that take from others before these.
    """
    graph = meta_graph.graph_def
    used = Counter(name for node in graph.node for name in _named_by(node))
    used.update(_named_outside(meta_graph))
    # Collections have whole protos in them, with names of tensors somewhere.
    packed = [data for collection in meta_graph.collection_def.values() for data in collection.bytes_list.value]
    nodes = {node.name: node for node in graph.node}
    gone = set()
    for name in dict.fromkeys(names):
        if used[name] == 0 and not any(name.encode() in data for data in packed):
            gone.add(name)
            used.subtract(_named_by(nodes[name]))
    for position in reversed(range(len(graph.node))):
        if graph.node[position].name in gone:
            del graph.node[position]


def _named_by(node: Any) -> list[str]:
    """The nodes that a NodeDef names: its inputs, and those it wants to be beside."""
    beside = [data.decode() for data in node.attr["_class"].list.s] if "_class" in node.attr else []
    return [parse_tensor(text).node for text in node.input] + [text.removeprefix("loc:@") for text in beside]


def _named_outside(meta_graph: Any) -> Iterator[str]:
    """The nodes that are named by what is not the graph."""
    for signature in meta_graph.signature_def.values():
        for info in (*signature.inputs.values(), *signature.outputs.values()):
            yield from _tensors_of(info)
    for asset in meta_graph.asset_file_def:
        yield from _tensors_of(asset.tensor_info)
    saver = meta_graph.saver_def
    for text in (saver.filename_tensor_name, saver.save_tensor_name, saver.restore_op_name):
        yield parse_tensor(text).node
    for collection in meta_graph.collection_def.values():
        for text in collection.node_list.value:
            yield parse_tensor(text).node


def _tensors_of(info: Any) -> Iterator[str]:
    kind = info.WhichOneof("encoding")
    if kind == "coo_sparse":
        coo = info.coo_sparse
        for text in (coo.indices_tensor_name, coo.values_tensor_name, coo.dense_shape_tensor_name):
            yield parse_tensor(text).node
    elif kind == "composite_tensor":
        for component in info.composite_tensor.components:
            yield from _tensors_of(component)
    else:
        yield parse_tensor(info.name).node
