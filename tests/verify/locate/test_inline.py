import pytest

from migrate.graph.registry import OpRegistry, runtime_ops
from migrate.protos import graph_def as new_graph_def
from migrate.verify.locate.inline import CannotInlineError, Inliner

pytestmark = pytest.mark.tensorflow


def inlined(graph_def, *names) -> Inliner:
    inliner = Inliner(graph_def, OpRegistry(runtime_ops(), (), (f.signature for f in graph_def.library.function)))
    inliner.add(names)
    return inliner


def graph_of(tf, build):
    graph = tf.Graph()
    with graph.as_default():
        build()
    return graph.as_graph_def()


def run(tf, graph_def, fetch, feeds):
    with tf.Graph().as_default() as graph, tf.compat.v1.Session(graph=graph) as session:
        tf.graph_util.import_graph_def(graph_def, name="")
        return session.run(fetch, feeds)


def test_calls_in_calls_become_their_bodies(tf):
    @tf.function
    def inner(x, y):
        return x * 2.0, tf.split(y, 2)[1]

    @tf.function
    def outer(x):
        double, half = inner(x, x + 1.0)
        return half, x, double

    def build():
        x = tf.compat.v1.placeholder("float32", [4], name="x")
        for number, result in enumerate(outer(x)):
            tf.identity(result, name=f"out{number}")

    graph_def = graph_of(tf, build)
    found = inlined(graph_def, "out0", "out1", "out2")
    ops = {node.op for node in found.graph_def.node}
    assert "Mul" in ops
    assert not any("Call" in op for op in ops)
    assert not found.graph_def.library.function
    names = ["out0:0", "out1:0", "out2:0"]
    feeds = {"x:0": [1.0, 2.0, 3.0, 4.0]}
    expected = run(tf, graph_def, names, feeds)
    for mine, right in zip(run(tf, found.graph_def, names, feeds), expected, strict=True):
        assert mine.tolist() == right.tolist()
    # What does not depend on a call is not made anew.
    assert "x" not in found.made
    assert {"out0", "out1", "out2"} <= found.made


def test_only_what_is_needed_is_there(tf):
    def build():
        x = tf.compat.v1.placeholder("float32", [], name="x")
        tf.identity(x, name="wanted")
        tf.square(x, name="other")

    found = inlined(graph_of(tf, build), "wanted")
    assert {node.name for node in found.graph_def.node} == {"x", "wanted"}
    assert not found.made


def test_what_a_call_does_happens_before_its_results_are_there(tf):
    def build():
        handle = tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=[], shared_name="v", name="v")
        start = tf.raw_ops.AssignVariableOp(resource=handle, value=1.0, name="start")

        @tf.function
        def bump():
            tf.raw_ops.AssignAddVariableOp(resource=handle, value=4.0)
            return tf.constant(7.0)

        with tf.control_dependencies([start]):
            seven = bump()
        with tf.control_dependencies([seven]):
            tf.identity(tf.raw_ops.ReadVariableOp(resource=handle, dtype=tf.float32), name="read")

    graph_def = graph_of(tf, build)
    assert run(tf, graph_def, "read:0", {}) == run(tf, inlined(graph_def, "read").graph_def, "read:0", {}) == 5.0


def test_loops_stay_one_operation(tf):
    @tf.function
    def turns(x):
        return tf.while_loop(lambda i, _: i < 3, lambda i, y: (i + 1, y * 2.0), (0, x))[1]

    found = inlined(
        graph_of(tf, lambda: tf.identity(turns(tf.compat.v1.placeholder("float32", [], name="x")), name="out")), "out"
    )
    assert [node.op for node in found.graph_def.node if "While" in node.op] in (["While"], ["StatelessWhile"])
    assert not any(node.op == "Mul" for node in found.graph_def.node)


def test_a_missing_node_is_said():
    with pytest.raises(CannotInlineError, match="no node 'nothing'"):
        inlined(new_graph_def(), "nothing")


def test_a_function_that_calls_itself_is_refused():
    graph_def = new_graph_def()
    function = graph_def.library.function.add()
    function.signature.name = "f"
    function.signature.output_arg.add(name="y", type=1)
    function.ret["y"] = "again:output:0"
    for node in (
        function.node_def.add(name="again", op="PartitionedCall"),
        graph_def.node.add(name="c", op="PartitionedCall"),
    ):
        node.attr["f"].func.name = "f"
        node.attr["Tout"].list.type.append(1)
        node.attr["Tin"].list.SetInParent()
    with pytest.raises(CannotInlineError, match="nested too deep"):
        inlined(graph_def, "c")
