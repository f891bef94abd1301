from migrate.check.stored import Stored
from migrate.check.tensors import real_signature
from migrate.signatures.model_file import open_model


def _graph(saved):
    (one,) = saved.meta_graphs
    definition = one.meta_info_def.stripped_op_list.op.add(name="Both")
    definition.output_arg.add(name="first", type_attr="T")
    definition.output_arg.add(name="rest", type_list_attr="Ts")
    for name, kind in (("T", "type"), ("Ts", "list(type)")):
        definition.attr.add(name=name, type=kind)
    node = one.graph_def.node.add(name="both", op="Both")
    node.attr["T"].type = 3
    node.attr["Ts"].list.type.extend([7, 9])
    called = one.graph_def.library.function.add()
    called.signature.name = "inner"
    called.signature.output_arg.add(name="out", type=10)
    one.graph_def.node.add(name="call", op="inner")


def test_dtypes_by_port(saved_model):
    inputs = {"a": "float32@both", "b": "float32@both:1", "c": "float32@both:2", "d": "float32@call:0"}
    outputs = {"e": "float32@both:3", "f": "float32@nowhere:0", "g": "float32@both:x", "h": "sparse"}
    model = saved_model({"k": ("regress", inputs, outputs)}, _graph, tf2=False)
    with open_model(model) as opened:
        stored = Stored(opened.buffer, opened.meta_graphs[0])
        real = real_signature(stored.meta_graph.by_key["k"], stored)
    assert [info.dtype for info in real.inputs] == ["int32", "string", "int64", "bool"]
    # What the file does not tell stays as it is declared.
    assert [info.dtype for info in real.outputs] == ["float32"] * 4
