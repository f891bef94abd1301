from __future__ import annotations

import pytest

from migrate import protos
from migrate.graph.examples.unused import remove_unused

NAMES = ("call", "x", "y")


def graph():
    """`call` takes `x` and `y`; `w` stays."""
    meta_graph = protos.meta_graph_def()
    for name in (*NAMES, "w"):
        meta_graph.graph_def.node.add(name=name, op="Some")
    meta_graph.graph_def.node[0].input.extend(["x", "y:1", "w"])
    return meta_graph


def left(meta_graph):
    remove_unused(meta_graph, NAMES)
    return [node.name for node in meta_graph.graph_def.node]


def test_all_go():
    assert left(graph()) == ["w"]


def keep_by_input(meta_graph):
    meta_graph.graph_def.node[3].input.append("y:0")


def keep_by_control(meta_graph):
    meta_graph.graph_def.node[3].input.append("^y")


def keep_by_colocation(meta_graph):
    meta_graph.graph_def.node[3].attr["_class"].list.s.append(b"loc:@y")


def keep_by_signature(meta_graph):
    meta_graph.signature_def["other"].inputs["in"].name = "y:0"


def keep_by_sparse_signature(meta_graph):
    meta_graph.signature_def["other"].inputs["in"].coo_sparse.values_tensor_name = "y:0"


def keep_by_composite_signature(meta_graph):
    meta_graph.signature_def["other"].outputs["out"].composite_tensor.components.add(name="y:0")


def keep_by_node_list(meta_graph):
    meta_graph.collection_def["c"].node_list.value.append("y:0")


def keep_by_packed_proto(meta_graph):
    meta_graph.collection_def["c"].bytes_list.value.append(b"\n\x03y:0")


def keep_by_saver(meta_graph):
    meta_graph.saver_def.filename_tensor_name = "y:0"


def keep_by_asset(meta_graph):
    meta_graph.asset_file_def.add().tensor_info.name = "y:0"


@pytest.mark.parametrize(
    "keep",
    [
        keep_by_input,
        keep_by_control,
        keep_by_colocation,
        keep_by_signature,
        keep_by_sparse_signature,
        keep_by_composite_signature,
        keep_by_node_list,
        keep_by_packed_proto,
        keep_by_saver,
        keep_by_asset,
    ],
)
def test_what_is_named_elsewhere_stays(keep):
    meta_graph = graph()
    keep(meta_graph)
    assert left(meta_graph) == ["y", "w"]


def test_what_a_node_that_stays_takes_from_stays():
    meta_graph = graph()
    meta_graph.signature_def["other"].outputs["out"].name = "call:0"
    assert left(meta_graph) == [*NAMES, "w"]
