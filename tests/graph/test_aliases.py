from __future__ import annotations

import numpy as np
import pytest
from graphs import BOOL, FLOAT, INT32, Graph

from migrate.errors import MigrateError
from migrate.graph.aliases import late_reads
from migrate.graph.registry import registry_of
from migrate.graph.tensors import Tensor, parse_tensor


def started(**more):
    """A variable `v` with its read `v/read`, and `add`, which adds one to it."""
    g = Graph()
    g.variable("v", (), **more)
    g.const("one", 1.0, FLOAT)
    g.node("add", "AssignAdd", "v", "one", T=FLOAT)
    return g


def rewritten(g, *fetches):
    late = late_reads(g.graph, registry_of(g.meta), [parse_tensor(fetch) for fetch in fetches])
    return {node.name: node for node in late.graph_def.node}, late.tensors


def test_what_runs_after_a_write_reads_anew():
    g = started()
    g.node("y", "Mul", "v/read", "one", "^add", T=FLOAT)
    nodes, moved = rewritten(g, "y:0")
    assert not moved
    late = nodes[nodes["y"].input[0]]
    assert late.op == "Identity"
    assert "^add" in late.input
    assert nodes[late.input[0]].op == "RefIdentity"
    assert list(nodes["v/read"].input) == ["v"]


def test_what_runs_before_a_write_stays():
    g = started()
    g.node("y", "Mul", "v/read", "one", T=FLOAT)
    g.node("set", "Assign", "v", "y", T=FLOAT)
    nodes, _ = rewritten(g, "set:0", "y:0")
    assert nodes["y"].input[0] == "v/read"


def test_a_read_that_waits_for_the_write_serves_all():
    g = started()
    g.node("again", "Identity", "v", "^add", T=FLOAT)
    g.node("y", "Mul", "again", "one", "^add", T=FLOAT)
    nodes, _ = rewritten(g, "y:0")
    assert nodes["y"].input[0] == "again"


def test_another_variable_does_not_matter():
    g = started()
    g.variable("w", ())
    g.node("y", "Mul", "w/read", "one", "^add", T=FLOAT)
    nodes, _ = rewritten(g, "y:0")
    assert nodes["y"].input[0] == "w/read"


def test_a_fetched_read_has_the_value_of_the_end():
    g = started()
    nodes, moved = rewritten(g, "v/read:0", "add:0")
    late = nodes[moved[Tensor("v/read", 0)].node]
    assert late.op == "Identity"
    assert {"^v/read", "^add"} <= set(late.input)


def test_a_view_is_made_again():
    g = started()
    g.const("shape", 1, INT32, shape=(1,))
    g.node("flat", "Reshape", "v/read", "shape", T=FLOAT, Tshape=INT32)
    g.node("y", "Mul", "flat", "one", "^add", T=FLOAT)
    nodes, _ = rewritten(g, "y:0")
    view = nodes[nodes["y"].input[0]]
    assert (view.op, view.input[1]) == ("Reshape", "shape")
    assert nodes[view.input[0]].op == "Identity"


def test_inside_a_branch_the_reference_goes_through_a_switch_too():
    g = started()
    g.placeholder("p", BOOL, ())
    g.node("s", "Switch", "v/read", "p", T=FLOAT)
    g.node("r", "RefSwitch", "v", "p", T=FLOAT)
    g.node("inside", "AssignAdd", "r:1", "one", T=FLOAT)
    g.node("y", "Mul", "s:1", "one", "^inside", T=FLOAT)
    nodes, _ = rewritten(g, "y:0")
    late = nodes[nodes["y"].input[0]]
    name, _, port = late.input[0].partition(":")
    assert (nodes[name].op, port) == ("RefSwitch", "1")


def test_out_of_a_merge_comes_the_buffer_or_else_the_value():
    g = started()
    g.placeholder("p", BOOL, ())
    g.node("s", "Switch", "v/read", "p", T=FLOAT)
    g.node("t", "Tanh", "s:0", T=FLOAT)
    g.node("i", "Identity", "s:1", T=FLOAT)
    g.node("m", "Merge", "t", "i", T=FLOAT, N=2)
    g.node("then", "AssignAdd", "v", "one", "^m", T=FLOAT)
    g.node("y", "Mul", "m", "one", "^then", T=FLOAT)
    nodes, _ = rewritten(g, "y:0")
    picked = nodes[nodes["y"].input[0]]
    assert picked.op == "Merge"
    old, new = (nodes[text.partition(":")[0]] for text in picked.input)
    assert (old.op, old.input[0], new.op) == ("Switch", "m", "Switch")
    assert nodes[new.input[0]].input[0] == "v"
    assert nodes[old.input[1]].input[0] == "m:1"


def test_what_cannot_be_told_is_refused():
    g = started()
    g.node("e", "Enter", "v/read", T=FLOAT, frame_name="loop")
    g.node("e_v", "RefEnter", "v", T=FLOAT, frame_name="loop", is_constant=True)
    g.node("e_one", "Enter", "one", T=FLOAT, frame_name="loop", is_constant=True)
    g.node("m", "Merge", "e", "next", T=FLOAT, N=2)
    g.node("inside", "AssignAdd", "e_v", "e_one", T=FLOAT)
    g.node("y", "Mul", "m", "e_one", "^inside", T=FLOAT)
    g.node("next", "NextIteration", "y", T=FLOAT)
    with pytest.raises(MigrateError, match=r"node y: it takes m, which may share the memory of the variable v"):
        rewritten(g, "y:0")


def test_a_variable_of_a_loop_that_is_written_after_it_was_taken_is_fine():
    g = started()
    g.node("e", "Enter", "v/read", T=FLOAT, frame_name="loop")
    g.node("e_v", "RefEnter", "v", T=FLOAT, frame_name="loop", is_constant=True)
    g.node("e_one", "Enter", "one", T=FLOAT, frame_name="loop", is_constant=True)
    g.node("m", "Merge", "e", "next", T=FLOAT, N=2)
    g.node("y", "Mul", "m", "e_one", T=FLOAT)
    g.node("inside", "Assign", "e_v", "y", T=FLOAT)
    g.node("w", "Identity", "y", "^inside", T=FLOAT)
    g.node("next", "NextIteration", "w", T=FLOAT)
    nodes, _ = rewritten(g, "w:0")
    assert nodes["y"].input[0] == "m"


@pytest.mark.tensorflow
def test_the_numbers_are_those_of_a_session(tmp_path):
    import tensorflow as tf

    from migrate.graph.convert import convert_model

    graph, v1 = tf.Graph(), tf.compat.v1
    with graph.as_default(), v1.Session(graph=graph) as session:
        v = v1.Variable(1.0, use_resource=False, name="v")
        increment = v1.assign_add(v, 1.0)
        with tf.control_dependencies([increment]):
            y = v * 2.0
        session.run(v1.global_variables_initializer())
        infos = {name: v1.saved_model.build_tensor_info(tensor) for name, tensor in {"y": y, "r": v.value()}.items()}
        builder = v1.saved_model.Builder(str(tmp_path / "model"))
        definition = v1.saved_model.build_signature_def({}, infos, "tensorflow/serving/predict")
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": definition})
        builder.save()
    convert_model(tmp_path / "model", tmp_path / "out", verify=False)
    function = tf.saved_model.load(str(tmp_path / "out")).signatures["serving_default"]
    calls = [function() for _ in range(3)]
    np.testing.assert_array_equal([call["y"] for call in calls], [4, 6, 8])
    np.testing.assert_array_equal([call["r"] for call in calls], [2, 3, 4])
