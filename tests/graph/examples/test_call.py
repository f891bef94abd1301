from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.graph.examples.call import find_call
from migrate.signatures.read import parse_meta_graph

pytestmark = pytest.mark.tensorflow


def signature_of(meta_graph, key):
    return parse_meta_graph(meta_graph.SerializeToString()).by_key[key]


def node_named(meta_graph, name):
    return next(node for node in meta_graph.graph_def.node if node.name == name)


def test_a_signature_s_call(meta_graph):
    signature = signature_of(meta_graph, "dtypes")
    call = find_call(meta_graph, signature, ["id_int8", "columns"])
    assert call.node.name == signature.output("id_int8").name.split(":")[0]
    # In the order of the function's arguments, which is not that of the call that the model was traced with.
    assert call.arguments == tuple(argument.name for argument in call.function.signature.input_arg[:13])
    assert len(call.captures) == len(call.function.signature.input_arg) - 13 > 0
    assert {key: f"{call.node.name}:{port}" for key, port in call.ports.items()} == {
        key: signature.output(key).name for key in ("id_int8", "columns")
    }
    assert call.nodes == (call.node.name, *(f"dtypes_{name}" for name in call.arguments))


def test_behind_identities(meta_graph):
    signature = signature_of(meta_graph, "counter")
    end = meta_graph.graph_def.node.add(name="legacy/name", op="Identity")
    end.input.append(signature.output("calls").name)
    meta_graph.signature_def["counter"].outputs["calls"].name = "legacy/name:0"
    found = find_call(meta_graph, signature_of(meta_graph, "counter"), ["calls"])
    assert found.ports == find_call(meta_graph, signature, ["calls"]).ports
    assert found.nodes[:2] == ("legacy/name", found.node.name)


def test_a_model_of_tensorflow_1(meta_graph):
    meta_graph.ClearField("object_graph_def")
    with pytest.raises(MigrateError, match="`counter`: TensorFlow 1 wrote this model; convert it first: `tf-migrate"):
        find_call(meta_graph, signature_of(meta_graph, "counter"), ["calls"])


@pytest.mark.parametrize("target", ["weights", "no_such_node"])
def test_an_output_that_is_no_call_s(meta_graph, target):
    meta_graph.signature_def["counter"].outputs["calls"].name = f"{target}:0"
    with pytest.raises(MigrateError, match="do not come from one function call"):
        find_call(meta_graph, signature_of(meta_graph, "counter"), ["calls"])


def test_outputs_of_two_calls(meta_graph):
    other = meta_graph.signature_def["counter"].outputs["calls"].name
    meta_graph.signature_def["dtypes"].outputs["id_int8"].name = other
    with pytest.raises(MigrateError, match="do not come from one function call"):
        find_call(meta_graph, signature_of(meta_graph, "dtypes"), ["id_int8", "columns"])


def test_an_identity_of_itself(meta_graph):
    meta_graph.graph_def.node.add(name="round", op="Identity").input.append("round")
    meta_graph.signature_def["counter"].outputs["calls"].name = "round:0"
    with pytest.raises(MigrateError, match="do not come from one function call"):
        find_call(meta_graph, signature_of(meta_graph, "counter"), ["calls"])


def test_an_input_that_is_not_the_call_s(meta_graph):
    meta_graph.signature_def["counter"].inputs["x"].name = "predict_x:0"
    with pytest.raises(MigrateError, match="is not what TF2 writes"):
        find_call(meta_graph, signature_of(meta_graph, "counter"), ["calls"])


def test_two_inputs_of_one_tensor(meta_graph):
    meta_graph.signature_def["counter"].inputs["y"].CopyFrom(meta_graph.signature_def["counter"].inputs["x"])
    with pytest.raises(MigrateError, match="is not what TF2 writes"):
        find_call(meta_graph, signature_of(meta_graph, "counter"), ["calls"])


def test_a_function_that_the_object_graph_does_not_know(meta_graph):
    call = find_call(meta_graph, signature_of(meta_graph, "counter"), ["calls"])
    del meta_graph.object_graph_def.concrete_functions[call.function.signature.name]
    with pytest.raises(MigrateError, match="is not what TF2 writes"):
        find_call(meta_graph, signature_of(meta_graph, "counter"), ["calls"])


def test_an_output_that_the_call_does_not_have(meta_graph):
    info = meta_graph.signature_def["counter"].outputs["calls"]
    info.name = info.name.replace(":0", ":7")
    with pytest.raises(MigrateError, match="is not what TF2 writes"):
        find_call(meta_graph, signature_of(meta_graph, "counter"), ["calls"])
