import pytest

from migrate.graph.registry import OpRegistry, runtime_ops
from migrate.verify.flatgraph import FlatGraph
from migrate.verify.locate.operations import arguments, family, settings

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def graph(tf):
    with tf.Graph().as_default() as made:
        x = tf.compat.v1.placeholder("float32", [2, 2], name="x")
        ids = tf.compat.v1.placeholder("int32", [1], name="ids")
        tf.raw_ops.MatMul(a=x, b=x, transpose_b=True, name="matmul")
        tf.raw_ops.BatchMatMulV2(x=x, y=x, adj_y=True, name="batch")
        tf.raw_ops.Gather(params=x, indices=ids, name="gather")
        tf.raw_ops.GatherV2(params=x, indices=ids, axis=1, name="gather2")
        tf.raw_ops.Concat(concat_dim=1, values=[x, x], name="concat")
        tf.raw_ops.ConcatV2(axis=1, values=[x, x], name="concat2")
        tf.raw_ops.Cast(x=x, DstT=tf.float64, name="cast")
        tf.raw_ops.MaxPool(
            input=tf.reshape(x, [1, 2, 2, 1]), ksize=[1, 2, 2, 1], strides=[1, 1, 1, 1], padding="SAME", name="pool"
        )
    return FlatGraph(made.as_graph_def())


def of(graph, name):
    return settings(graph, graph.nodes[name,], OpRegistry(runtime_ops()))


@pytest.mark.parametrize(("one", "other"), [("matmul", "batch"), ("gather", "gather2"), ("concat", "concat2")])
def test_old_and_new_operations_are_of_one_family(one, other, graph):
    first, second = graph.nodes[one,], graph.nodes[other,]
    assert first.op != second.op
    assert family(first) == family(second)
    assert len(arguments(graph, first)) == len(arguments(graph, second))
    values = [[graph.producer(ref).op for ref in arguments(graph, node)] for node in (first, second)]
    assert values[0] == values[1]


def test_defaults_count_and_names_are_shared(graph):
    assert of(graph, "matmul") == {"transpose_a": "False", "transpose_b": "True"}
    assert of(graph, "batch") == of(graph, "matmul")
    assert of(graph, "gather")["axis"] == "0"
    assert of(graph, "gather2")["axis"] == "1"


def test_types_do_not_count_but_of_a_cast(graph):
    assert of(graph, "cast")["DstT"] == "float64"
    assert "T" not in of(graph, "pool")
    assert of(graph, "pool")["ksize"] == "[1, 2, 2, 1]"
    assert of(graph, "pool")["padding"] == "SAME"
