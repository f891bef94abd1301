"""Files that a model reads when it is loaded and does not bring along: it would fail on any other machine.

Works on protos; does not import TensorFlow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.verify.constants import FILE_INITIALIZERS, constant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.verify.flatgraph import FlatGraph, Ref

_OLD_ASSETS = "saved_model_assets"
"""The collection in which models of before TensorFlow 1.15 list them."""


def outside_files(meta_graph: Any, graph: FlatGraph, outputs: Iterable[Ref]) -> tuple[str, ...]:
    """The vocabulary files behind some outputs that are no assets of the model.

    Args:
        meta_graph: Its MetaGraphDef.
        graph: Its flat graph.
        outputs: Tensors of a signature.
    """
    assets = {definition.tensor_info.name.partition(":")[0] for definition in meta_graph.asset_file_def}
    if not assets and _OLD_ASSETS in meta_graph.collection_def:
        return ()
    needed = {key for ref in outputs for key in graph.ancestors(ref)}
    found: dict[str, None] = {}
    for node in graph.nodes.values():
        if node.op not in FILE_INITIALIZERS or len(node.inputs) < 2:
            continue
        table, name = graph.producer(node.inputs[0]), graph.producer(node.inputs[1])
        if table is None or name is None or table.key not in needed or (len(name.key) == 1 and name.key[0] in assets):
            continue
        value = constant(graph, node.inputs[1])
        if value is not None and value.size == 1:
            found[bytes(value.ravel()[0]).decode("utf-8", "backslashreplace")] = None
    return tuple(found)
