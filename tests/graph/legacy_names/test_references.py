from __future__ import annotations

from graphs import FLOAT, Graph

from migrate.graph.legacy_names.references import Renaming, rename_everywhere
from migrate.graph.tensors import Tensor
from migrate.protos import message_type, variable_def


def renamed(graph, nodes, names=(), inputs=()):
    rename_everywhere(graph.meta, Renaming(nodes, dict(names), dict(inputs)))
    return {node.name: node for node in graph.graph.node}


def packed(kind, **fields):
    return message_type(kind)(**fields).SerializeToString()


def test_inputs_control_inputs_and_colocation():
    g = Graph()
    g.placeholder("x")
    g.placeholder("x/y")
    g.node("z", "AddV2", "x", "x/y:0", "^x", T=FLOAT)
    g.graph.node[-1].attr["_class"].list.s.extend([b"loc:@x", b"loc:@x/y", b"x"])
    nodes = renamed(g, {"x": "new"})
    assert set(nodes) == {"new", "x/y", "z"}
    assert list(nodes["z"].input) == ["new", "x/y:0", "^new"]
    assert list(nodes["z"].attr["_class"].list.s) == [b"loc:@new", b"loc:@x/y", b"x"]


def test_names_may_change_places():
    g = Graph()
    g.placeholder("a")
    g.placeholder("b")
    g.node("c", "Sub", "a", "b", T=FLOAT)
    assert list(renamed(g, {"a": "b", "b": "a"})["c"].input) == ["b", "a"]


def test_signatures_saver_and_assets():
    g = Graph()
    for name in ("x", "save/restore", "asset"):
        g.placeholder(name)
    g.signature("s", {"x": "x:0"}, {"y": "x:0"})
    g.meta.signature_def["__saved_model_init_op"].outputs["__saved_model_init_op"].name = "x"
    g.meta.saver_def.filename_tensor_name, g.meta.saver_def.restore_op_name = "x:0", "save/restore"
    g.meta.asset_file_def.add(filename="f").tensor_info.name = "asset:0"
    renamed(g, {"x": "n", "save/restore": "r", "asset": "a"})
    assert g.meta.signature_def["s"].inputs["x"].name == "n:0"
    assert g.meta.signature_def["s"].outputs["y"].name == "n:0"
    assert g.meta.signature_def["__saved_model_init_op"].outputs["__saved_model_init_op"].name == "n"
    assert (g.meta.saver_def.filename_tensor_name, g.meta.saver_def.restore_op_name) == ("n:0", "r")
    assert g.meta.asset_file_def[0].tensor_info.name == "a:0"


def test_what_signatures_name_may_differ_from_what_nodes_read():
    g = Graph()
    g.placeholder("p")
    g.node("y", "Tanh", "p", T=FLOAT)
    g.signature("s", {"x": "p:0"}, {"y": "y:0"})
    nodes = renamed(g, {}, names={Tensor("p", 0): Tensor("parse", 3)})
    assert list(nodes["y"].input) == ["p"]
    assert g.meta.signature_def["s"].inputs["x"].name == "parse:3"


def test_inputs_may_become_another_nodes():
    g = Graph()
    g.placeholder("p")
    g.placeholder("q")
    g.node("y", "Tanh", "q:0", "^q", T=FLOAT)
    nodes = renamed(g, {"p": "x"}, inputs={Tensor("q", 0): Tensor("p", 0)})
    assert list(nodes["y"].input) == ["x", "^q"]


def test_collections():
    g = Graph()
    g.variable("w")
    collection = g.meta.collection_def
    collection["saved_model_main_op"].node_list.value.append("w")
    collection["my_tensors"].node_list.value.extend(["w:0", "w/read:0"])
    collection["numbers"].int64_list.value.append(3)
    runner = packed("core.protobuf.queue_runner_pb2.QueueRunnerDef", queue_name="w", enqueue_op_name=["w", "v"])
    collection["queue_runners"].bytes_list.value.append(runner)
    context = message_type("core.protobuf.control_flow_pb2.CondContextDef")(context_name="w", pred_name="w:0")
    context.values_def.values.append("w:0")
    context.values_def.external_values["w:0"] = "w:0"
    collection["cond_context"].bytes_list.value.append(context.SerializeToString())
    asset = message_type("core.protobuf.meta_graph_pb2.AssetFileDef")(filename="w")
    asset.tensor_info.name = "w:0"
    collection["saved_model_assets"].any_list.value.add().Pack(asset)
    renamed(g, {"w": "n"})
    for key in ("variables", "trainable_variables"):
        definition = variable_def()
        definition.ParseFromString(collection[key].bytes_list.value[0])
        assert definition.variable_name == "n:0"
    assert list(collection["saved_model_main_op"].node_list.value) == ["n"]
    assert list(collection["my_tensors"].node_list.value) == ["n:0", "w/read:0"]
    runner = type(runner_of(collection))().FromString(collection["queue_runners"].bytes_list.value[0])
    assert (runner.queue_name, list(runner.enqueue_op_name)) == ("n", ["n", "v"])
    context.ParseFromString(collection["cond_context"].bytes_list.value[0])
    # The context's own name is no node's.
    assert (context.context_name, context.pred_name) == ("w", "n:0")
    assert dict(context.values_def.external_values) == {"n:0": "n:0"}
    collection["saved_model_assets"].any_list.value[0].Unpack(asset)
    assert (asset.filename, asset.tensor_info.name) == ("w", "n:0")


def runner_of(collection):
    return message_type("core.protobuf.queue_runner_pb2.QueueRunnerDef")()


def test_a_collection_of_an_unknown_form_is_named():
    g = Graph()
    g.placeholder("images")
    g.meta.collection_def["mine"].bytes_list.value.append(b"\x0aimages")
    g.meta.collection_def["other"].bytes_list.value.append(b"nothing")
    assert rename_everywhere(g.meta, Renaming({"images": "n"}, {}, {})) == ("mine",)
    assert g.meta.collection_def["mine"].bytes_list.value[0] == b"\x0aimages"


def test_constants_of_the_object_graph():
    g = Graph()
    g.const("Const", 1.0, FLOAT)
    g.meta.object_graph_def.nodes.add().constant.operation = "Const"
    g.meta.object_graph_def.nodes.add().variable.name = "Const"
    renamed(g, {"Const": "n"})
    constant, variable = g.meta.object_graph_def.nodes
    assert constant.constant.operation == "n"
    assert variable.variable.name == "Const"
