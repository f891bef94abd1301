"""The dtypes that a signature's tensors really have: early TensorFlow 1 let models declare others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrate.signatures.contract.tensors import is_dense, tensor_name

if TYPE_CHECKING:
    from migrate.check.stored import Stored
    from migrate.graph.registry import OpRegistry
    from migrate.signatures.model import SignatureDef, TensorInfo


def real_signature(signature: SignatureDef, stored: Stored) -> SignatureDef:
    """A signature with the dtypes of the graph's tensors, as far as the file tells them.

    OpDefs are those that the file brings along (`stripped_op_list` of its MetaGraphDef) and its functions.

    Args:
        signature: One of the MetaGraph.
        stored: The MetaGraph, whose graph is parsed.
    """
    from migrate.graph.registry import OpRegistry

    graph = stored.message.graph_def
    registry = OpRegistry(
        {},
        stored.message.meta_info_def.stripped_op_list.op,
        (function.signature for function in graph.library.function),
    )
    wanted = {_node(info) for info in (*signature.inputs, *signature.outputs)}
    nodes = {node.name: node for node in graph.node if node.name in wanted}

    def real(info: TensorInfo) -> TensorInfo:
        dtype = _dtype(info, nodes.get(_node(info)), registry) if is_dense(info) else ""
        return replace(info, dtype=dtype) if dtype else info

    return replace(signature, inputs=tuple(map(real, signature.inputs)), outputs=tuple(map(real, signature.outputs)))


def _node(info: TensorInfo) -> str:
    return tensor_name(info).rpartition(":")[0]


def _dtype(info: TensorInfo, node: object, registry: OpRegistry) -> str:
    """Its name, empty where the file does not tell."""
    from migrate.graph.ports import output_ports
    from migrate.signatures.dtypes import dtype_name

    definition = None if node is None else registry.get(node.op)  # type: ignore[attr-defined]
    port = tensor_name(info).rpartition(":")[2]
    if definition is None or not port.isdecimal():
        return ""
    ports = output_ports(node, definition)
    number = ports[int(port)].dtype if int(port) < len(ports) else 0
    return dtype_name(number) if number else ""
