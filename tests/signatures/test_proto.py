"""The declared subset keeps what it does not know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.signatures.proto import new_message

names = st.text(max_size=12)


def varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number: int, payload: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(payload)) + payload


@given(
    graph=st.binary(max_size=60),
    unknown=st.lists(st.tuples(st.integers(8, 5000), st.binary(max_size=20)), max_size=4),
    signatures=st.dictionaries(names, st.tuples(names, st.dictionaries(names, names, max_size=3)), max_size=3),
)
def test_unknown_fields_survive_a_rewrite(graph, unknown, signatures):
    saved_model = new_message("SavedModel")
    saved_model.saved_model_schema_version = 1
    meta_graph = saved_model.meta_graphs.add()
    meta_graph.meta_info_def.tags.append("serve")
    for key, (method_name, tensors) in signatures.items():
        entry = meta_graph.signature_def.add(key=key)
        entry.value.method_name = method_name
        for tensor_key, tensor_name in tensors.items():
            entry.value.inputs.add(key=tensor_key).value.name = tensor_name
    extra = field(2, graph) + b"".join(field(number, payload) for number, payload in unknown)
    meta_graph.MergeFromString(extra)
    data = saved_model.SerializeToString()

    read = new_message("SavedModel")
    read.ParseFromString(data)
    assert read.SerializeToString() == data
    for entry in read.meta_graphs[0].signature_def:
        entry.value.method_name = "other"
    rewritten = read.SerializeToString()
    assert extra in rewritten
    again = new_message("SavedModel")
    again.ParseFromString(rewritten)
    assert [e.key for e in again.meta_graphs[0].signature_def] == list(signatures)
    assert all(e.value.method_name == "other" for e in again.meta_graphs[0].signature_def)


def test_set_but_empty_fields_survive():
    data = field(2, field(7, b"") + field(1, field(5, b"")))
    message = new_message("SavedModel")
    message.ParseFromString(data)
    assert message.meta_graphs[0].HasField("object_graph_def")
    assert sorted(message.SerializeToString()) == sorted(data)


def test_unknown_message():
    with pytest.raises(KeyError):
        new_message("Nothing")


@pytest.mark.tensorflow
def test_tensorflow_reads_what_we_rewrite():
    from migrate.signatures.quiet import import_tensorflow

    import_tensorflow()
    from tensorflow.core.protobuf import saved_model_pb2

    full = saved_model_pb2.SavedModel(saved_model_schema_version=1)
    meta_graph = full.meta_graphs.add()
    meta_graph.meta_info_def.tags.extend(["serve", "gpu"])
    meta_graph.meta_info_def.function_aliases["f"] = "g"
    meta_graph.graph_def.node.add(name="x", op="Placeholder").attr["dtype"].type = 1
    meta_graph.asset_file_def.add(filename="words.txt")
    meta_graph.object_graph_def.nodes.add()
    signature = meta_graph.signature_def["serving_default"]
    signature.method_name = "tensorflow/serving/predict"
    signature.inputs["x"].name = "x:0"
    signature.inputs["x"].tensor_shape.dim.add(size=-1, name="batch")
    signature.defaults["x"].float_val.append(0.5)
    signature.outputs["r"].composite_tensor.components.add(name="r:0")
    signature.outputs["r"].composite_tensor.type_spec.type_spec_class = 2

    ours = new_message("SavedModel")
    ours.ParseFromString(full.SerializeToString())
    ours.meta_graphs[0].signature_def[0].value.method_name = "tensorflow/serving/classify"
    read = saved_model_pb2.SavedModel.FromString(ours.SerializeToString())
    full.meta_graphs[0].signature_def["serving_default"].method_name = "tensorflow/serving/classify"
    assert read == full
