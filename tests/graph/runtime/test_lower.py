from __future__ import annotations

import pytest
from runtime_graphs import meta_graph, shapes

from migrate.errors import MigrateError
from migrate.graph.runtime.lower import lower_meta_graph
from migrate.graph.runtime.table import runtime

FLOAT = 'attr { key: "T" value { type: DT_FLOAT } }'


def lower(message, version):
    return lower_meta_graph(message, runtime(version), "model")


def ops(message):
    return [node.op for node in message.graph_def.node]


def placeholder(name, shape, dtype="DT_FLOAT"):
    return (
        f'node {{ name: "{name}" op: "Placeholder" attr {{ key: "dtype" value {{ type: {dtype} }} }} {shapes(shape)} }}'
    )


def test_what_only_advises_goes_and_who_waited_for_it_waits_for_what_came_before():
    message = meta_graph("""graph_def {
        node { name: "v" op: "VarHandleOp" attr { key: "dtype" value { type: DT_FLOAT } }
               attr { key: "shape" value { shape {} } } attr { key: "debug_name" value { s: "v" } } }
        node { name: "first" op: "NoOp" }
        node { name: "advice" op: "DisableCopyOnRead" input: "v" input: "^first" }
        node { name: "again" op: "DisableCopyOnRead" input: "v" input: "^advice" }
        node { name: "read" op: "ReadVariableOp" input: "v" input: "^again" input: "^first"
               attr { key: "dtype" value { type: DT_FLOAT } } }
    }""")
    assert lower(message, "1.15") == ()
    assert ops(message) == ["VarHandleOp", "NoOp", "ReadVariableOp"]
    assert list(message.graph_def.node[2].input) == ["v", "^first"]
    assert "debug_name" not in message.graph_def.node[0].attr


def test_functions_are_lowered_too_and_return_nothing_that_is_gone():
    message = meta_graph("""graph_def { library { function {
        signature { name: "f" input_arg { name: "v" type: DT_RESOURCE } control_output: "a" control_output: "b" }
        attr { key: "_input_shapes" value { list { shape {} } } }
        node_def { name: "advice" op: "DisableCopyOnRead" input: "v" }
        node_def { name: "done" op: "NoOp" input: "^advice" }
        control_ret { key: "a" value: "advice" } control_ret { key: "b" value: "done" }
    } } }""")
    lower(message, "2.4")
    function = message.graph_def.library.function[0]
    assert [node.op for node in function.node_def] == ["NoOp"]
    assert list(function.node_def[0].input) == []
    assert dict(function.control_ret) == {"b": "done"}
    assert list(function.signature.control_output) == ["b"]
    assert function.attr["_input_shapes"].list.shape[0].unknown_rank


def test_everything_that_cannot_be_is_named_at_once():
    message = meta_graph("""graph_def {
        node { name: "a" op: "DenseBincount" } node { name: "b" op: "DenseBincount" }
        library { function { signature { name: "f" }
            node_def { name: "c" op: "TensorScatterMax" }
            node_def { name: "d" op: "DepthwiseConv2dNative" attr { key: "T" value { type: DT_FLOAT } }
                attr { key: "strides" value { list { i: 1 } } } attr { key: "padding" value { s: "SAME" } }
                attr { key: "explicit_paddings" value { list { i: 3 } } } }
        } }
    }""")
    with pytest.raises(MigrateError) as caught:
        lower(message, "1.15")
    assert str(caught.value) == (
        "model: TensorFlow 1.15 cannot run it: DenseBincount, which it does not have (a, b); "
        "TensorScatterMax, which it does not have (f/c); "
        "DepthwiseConv2dNative with the attribute explicit_paddings, which it does not know (f/d)"
    )


def test_an_operation_that_takes_something_else_is_named():
    message = meta_graph("""graph_def { node { name: "stack" op: "TensorListStack" input: "l" input: "shape"
        attr { key: "element_dtype" value { type: DT_FLOAT } } } }""")
    with pytest.raises(MigrateError, match=r"TensorListStack, which takes or gives something else there \(stack\)"):
        lower(message, "1.13")


def test_custom_operations_stay_and_are_named_in_a_note():
    message = meta_graph("""
        meta_info_def { stripped_op_list { op { name: "MyOwn" } op { name: "NoOp" } } }
        graph_def { node { name: "a" op: "MyOwn" attr { key: "size" value { i: 3 } } } }
    """)
    (note,) = lower(message, "1.15")
    assert "MyOwn" in note
    assert message.graph_def.node[0].attr["size"].i == 3
    assert [op.name for op in message.meta_info_def.stripped_op_list.op] == ["MyOwn"]


def test_calls_of_functions_by_name_are_no_unknown_operations():
    message = meta_graph("""graph_def { node { name: "a" op: "f" }
        library { function { signature { name: "f" } } } }""")
    assert lower(message, "1.15") == ()


def test_composite_tensors_need_a_runtime_that_can_describe_them():
    text = """signature_def { key: "words" value { inputs { key: "ids" value { composite_tensor {
        components { name: "a:0" } } } } } }"""
    with pytest.raises(MigrateError, match=r"composite tensor in a signature \(words/ids\)"):
        lower(meta_graph(text), "2.0")
    assert lower(meta_graph(text), "1.15") == ()


def test_control_flow_keeps_its_lowering_only_where_the_runtime_can():
    text = """graph_def { node { name: "w" op: "StatelessWhile"
        attr { key: "_lower_using_switch_merge" value { b: true } }
        attr { key: "cond" value { func { name: "c" } } } attr { key: "body" value { func { name: "b" } } }
        attr { key: "T" value { list { type: DT_INT32 } } }
        attr { key: "parallel_iterations" value { i: 10 } } } }"""
    message = meta_graph(text)
    lower(message, "1.14")
    assert sorted(message.graph_def.node[0].attr) == ["T", "body", "cond"]
    message = meta_graph(text)
    lower(message, "1.15")
    assert "_lower_using_switch_merge" in message.graph_def.node[0].attr


def select(condition, a, b):
    return meta_graph(f"""graph_def {{ {placeholder("c", condition, "DT_BOOL")} {placeholder("a", a)}
        {placeholder("b", b)} node {{ name: "s" op: "SelectV2" input: "c" input: "a" input: "b" {FLOAT} }} }}""")


@pytest.mark.parametrize("condition", [(), (2, 3)])
def test_a_select_of_equal_shapes_becomes_the_old_one(condition):
    message = select(condition, (2, 3), (2, 3))
    assert lower(message, "1.13") == ("for TensorFlow 1.13, 1 SelectV2 became Select",)
    assert ops(message) == ["Placeholder"] * 3 + ["Select"]


@pytest.mark.parametrize("shapes", [((3,), (2, 3), (2, 3)), ((2, 1), (), (3,)), (None, (2,), (2,)), ((-1,),) * 3])
def test_a_select_of_other_shapes_is_broadcast_before(shapes):
    message = select(*shapes)
    lower(message, "1.13")
    nodes = {node.name: node for node in message.graph_def.node}
    assert nodes["s"].op == "Select"
    assert [nodes[name].op for name in nodes["s"].input] == ["BroadcastTo"] * 3


def test_batch_norm_loses_its_last_output_only_where_nobody_takes_it():
    text = f"""graph_def {{ node {{ name: "bn" op: "FusedBatchNormV3" {FLOAT}
        attr {{ key: "U" value {{ type: DT_FLOAT }} }} }}
        node {{ name: "y" op: "Identity" input: "bn:%d" {FLOAT} }} }}"""
    message = meta_graph(text % 1)
    lower(message, "1.13")
    assert ops(message) == ["FusedBatchNormV2", "Identity"]
    with pytest.raises(MigrateError, match="FusedBatchNormV3"):
        lower(meta_graph(text % 5), "1.13")


@pytest.mark.parametrize(("a", "b", "equal"), [((4, 2, 3), (4, 3, 5), True), ((1, 2, 3), (4, 3, 5), False)])
def test_matrices_are_multiplied_by_the_old_operation_where_nothing_is_broadcast(a, b, equal):
    message = meta_graph(f"""graph_def {{ {placeholder("a", a)} {placeholder("b", b)}
        node {{ name: "m" op: "BatchMatMulV2" input: "a" input: "b" {FLOAT} }} }}""")
    if equal:
        lower(message, "1.13")
        assert ops(message)[-1] == "BatchMatMul"
    else:
        with pytest.raises(MigrateError, match="BatchMatMulV2"):
            lower(message, "1.13")


def test_matrices_of_one_type_need_no_operation_for_several():
    types = " ".join(f'attr {{ key: "{name}" value {{ type: DT_FLOAT }} }}' for name in ("Ta", "Tb", "Tout"))
    message = meta_graph(f'graph_def {{ node {{ name: "m" op: "BatchMatMulV3" input: "a" input: "b" {types} }} }}')
    lower(message, "1.15")
    (node,) = message.graph_def.node
    assert (node.op, sorted(node.attr), node.attr["T"].type) == ("BatchMatMulV2", ["T"], 1)


def test_a_list_that_grows_is_resized_before_it_is_written():
    message = meta_graph("""graph_def { library { function {
        signature { name: "f" input_arg { name: "l" type: DT_VARIANT } input_arg { name: "i" type: DT_INT32 }
                    input_arg { name: "x" type: DT_FLOAT } output_arg { name: "out" type: DT_VARIANT } }
        node_def { name: "set" op: "TensorListSetItem" input: "l" input: "i" input: "x"
            attr { key: "element_dtype" value { type: DT_FLOAT } }
            attr { key: "resize_if_index_out_of_bounds" value { b: true } } }
        ret { key: "out" value: "set:output_handle:0" }
    } } }""")
    lower(message, "1.15")
    nodes = {node.name: node for node in message.graph_def.library.function[0].node_def}
    assert list(nodes["set"].input) == ["set/resized:output_handle:0", "i", "x"]
    assert list(nodes["set/resized"].input) == ["l", "set/needed:z:0"]
    assert sorted(nodes["set"].attr) == ["element_dtype"]


def test_for_the_newest_runtime_nothing_changes():
    text = """
        meta_info_def { tensorflow_version: "2.21.0" stripped_op_list { op { name: "NoOp" } } }
        graph_def {
            node { name: "v" op: "VarHandleOp" attr { key: "dtype" value { type: DT_FLOAT } }
                   attr { key: "shape" value { shape {} } } attr { key: "debug_name" value { s: "v" } } }
            node { name: "advice" op: "DisableCopyOnRead" input: "v" }
            library { function { signature { name: "f" input_arg { name: "v" type: DT_RESOURCE } }
                attr { key: "_input_shapes" value { list { shape {} } } } } }
        }
    """
    message = meta_graph(text)
    assert lower(message, "2.21") == ()
    assert message == meta_graph(text)
