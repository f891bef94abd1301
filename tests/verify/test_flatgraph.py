import pytest

from migrate.verify.constants import constant, constant_dims, first_dimension, static_shape
from migrate.verify.flatgraph import FlatGraph, TooLargeError
from migrate.verify.hints import InputHints, hints_for, loop_sources

pytestmark = pytest.mark.tensorflow


def flat(tf, build):
    with tf.Graph().as_default() as graph:
        build(tf.compat.v1)
    return FlatGraph(graph.as_graph_def())


def depends(graph, output, *inputs):
    sources = graph.ancestors(graph.tensor(output), values_only=True)
    return [graph.tensor(name).node in sources for name in inputs]


def test_calls_are_precise(tf):
    @tf.function
    def inner(a, b):
        return b + 1.0, a

    @tf.function
    def outer(a, b):
        first, second = inner(a, b)
        return first * 2.0, tf.shape(second), second

    def build(v1):
        a, b = v1.placeholder("float32", [2], name="a"), v1.placeholder("float32", [2], name="b")
        for name, tensor in zip("pqr", outer(a, b), strict=True):
            tf.identity(tensor, name=name)

    graph = flat(tf, build)
    assert depends(graph, "p:0", "a:0", "b:0") == [False, True]
    assert depends(graph, "r:0", "a:0", "b:0") == [True, False]
    assert depends(graph, "q:0", "a:0", "b:0") == [False, False]


@pytest.mark.parametrize("v2", [True, False])
def test_control_flow(tf, v2):
    def build(v1):
        flag, a = v1.placeholder("bool", [], name="flag"), v1.placeholder("float32", [], name="a")
        cond = tf.cond if v2 else v1.cond
        tf.identity(cond(flag, lambda: a * 2.0, lambda: 1.0), name="p")
        _, loop = tf.while_loop(lambda i, _: i < 3, lambda i, x: (i + 1, x + a), [0, 0.0])
        tf.identity(loop, name="q")
        tf.constant(1.0, name="c")

    was = tf.compat.v1.control_flow_v2_enabled()
    (tf.compat.v1.enable_control_flow_v2 if v2 else tf.compat.v1.disable_control_flow_v2)()
    try:
        graph = flat(tf, build)
    finally:
        (tf.compat.v1.enable_control_flow_v2 if was else tf.compat.v1.disable_control_flow_v2)()
    assert depends(graph, "p:0", "flag:0", "a:0") == [True, True]
    assert depends(graph, "q:0", "a:0") == [True]
    assert depends(graph, "c:0", "flag:0", "a:0") == [False, False]


@pytest.mark.parametrize("v2", [True, False])
def test_what_a_loop_s_turns_depend_on(tf, v2):
    def build(v1):
        n, start, x = (v1.placeholder("int32", [], name=name) for name in ("n", "start", "x"))
        table = tf.zeros([5, 2])

        def body(i, step, total):
            # Through `step` the next turn depends on the last one's.
            return i + step, start, total + tf.gather(table, x)[0]

        found = tf.while_loop(lambda i, *_: i < n, body, [0, 1, 0.0])
        tf.identity(found[2], name="total")
        tf.identity(x, name="other")

    was = tf.compat.v1.control_flow_v2_enabled()
    (tf.compat.v1.enable_control_flow_v2 if v2 else tf.compat.v1.disable_control_flow_v2)()
    try:
        graph = flat(tf, build)
    finally:
        (tf.compat.v1.enable_control_flow_v2 if was else tf.compat.v1.disable_control_flow_v2)()
    loops = loop_sources(graph)
    assert [hints_for(graph, f"{name}:0", loops).loops for name in ("n", "start", "x")] == [True, True, False]
    assert depends(graph, "total:0", "n:0", "start:0", "x:0") == [True, True, True]
    # What a loop passes on unchanged is seen through.
    assert hints_for(graph, "x:0", loops).id_limit == 5


def test_parse_example_behind_calls(tf):
    @tf.function
    def parse(serialized):
        spec = {
            "d": tf.io.FixedLenFeature([2], tf.float32),
            "e": tf.io.FixedLenFeature([], tf.int64, default_value=3),
            "l": tf.io.FixedLenSequenceFeature([], tf.float32, allow_missing=True),
            "s": tf.io.VarLenFeature(tf.string),
            "r": tf.io.RaggedFeature(tf.int64),
        }
        found = tf.io.parse_example(serialized, spec)
        rows = tf.gather(tf.zeros([6, 2]), tf.cast(found["e"], tf.int32))
        return tf.reduce_sum(found["d"]) + tf.reduce_sum(rows)

    def build(v1):
        parse(tf.identity(v1.placeholder("string", [None], name="x")))

    features = {f.name: f for f in hints_for(flat(tf, build), "x:0").features}
    assert {name: (f.dtype, f.shape, f.required) for name, f in features.items()} == {
        "d": ("float32", (2,), True),
        "e": ("int64", (), False),
        "l": ("float32", (None,), False),
        "r": ("int64", None, False),
        "s": ("string", None, False),
    }
    assert features["e"].id_limit == 6


def test_the_old_parsers(tf):
    def build(v1):
        x, y = v1.placeholder("string", [None], name="x"), v1.placeholder("string", [], name="y")
        raw = tf.raw_ops.ParseExample(
            serialized=x,
            names=[],
            sparse_keys=["s"],
            dense_keys=["d", "e"],
            dense_defaults=[tf.constant([], tf.int64), tf.constant([1.0])],
            sparse_types=[tf.int64],
            dense_shapes=[[], [1]],
        )
        v1.gather(tf.zeros([4, 2]), raw.sparse_values[0])
        v1.parse_single_example(y, {"d": v1.FixedLenFeature([3], tf.float32), "s": v1.VarLenFeature(tf.int64)})

    graph = flat(tf, build)
    assert [(f.name, f.dtype, f.shape, f.required, f.id_limit) for f in hints_for(graph, "x:0").features] == [
        ("d", "int64", (), True, None),
        ("e", "float32", (1,), False, None),
        ("s", "int64", None, False, 4),
    ]
    assert [(f.name, f.shape, f.required) for f in hints_for(graph, "y:0").features] == [
        ("d", (3,), True),
        ("s", None, False),
    ]


def test_other_hints(tf):
    def build(v1):
        tf.io.decode_jpeg(v1.placeholder("string", [], name="image"))
        tf.strings.to_number(v1.placeholder("string", [None], name="number"))
        ids = v1.placeholder("int32", [None, 2], name="ids")
        for resource in (True, False):
            table = v1.get_variable(f"t{resource}", [5 + resource, 2], use_resource=resource)
            tf.nn.embedding_lookup(table, tf.reshape(ids, [-1]))
        tf.gather(v1.placeholder("float32", [9], name="params"), [0])

    graph = flat(tf, build)
    assert hints_for(graph, "image:0").images
    assert hints_for(graph, "number:0").numbers
    ids = hints_for(graph, "ids:0")
    assert ids.id_limit == 6
    assert hints_for(graph, "params:0").id_limit is None
    assert hints_for(graph, "nothing:0") == InputHints()


def test_constants(tf):
    def build(v1):
        tf.identity(tf.constant([[1, 2]]), name="c")
        v1.placeholder("float32", [4, 1], name="p")

    graph = flat(tf, build)
    assert constant(graph, graph.tensor("c:0")).tolist() == [[1, 2]]
    assert constant(graph, graph.tensor("p:0")) is None
    assert [first_dimension(graph, graph.tensor(name)) for name in ("c:0", "p:0")] == [1, 4]


def test_shapes(tf):
    def build(v1):
        x = v1.placeholder("float32", [None, 4], name="x")
        tf.identity(tf.stack([tf.shape(x)[0], 6, -1]), name="stacked")
        tf.identity(tf.cast(tf.constant([-1, 3]), tf.int64), name="widened")
        tf.identity(tf.shape(x), name="known")
        for resource in (True, False):
            tf.identity(v1.get_variable(f"v{resource}", [5, 2], use_resource=resource), name=f"r{resource}")
        tf.concat([x, x], 1, name="doubled")

    with tf.Graph().as_default() as plain:
        build(tf.compat.v1)
    graph = FlatGraph(plain.as_graph_def(add_shapes=True))
    dims = [constant_dims(graph, graph.tensor(name)) for name in ("stacked:0", "widened:0", "known:0")]
    assert dims == [(None, 6, None), (None, 3), None]
    shapes = [static_shape(graph, graph.tensor(name)) for name in ("x:0", "rTrue:0", "rFalse:0", "doubled:0")]
    assert shapes == [(None, 4), (5, 2), (5, 2), (None, 8)]


def test_endless_recursion_is_given_up(tf):
    from tensorflow.core.framework import graph_pb2

    graph_def = graph_pb2.GraphDef()
    function = graph_def.library.function.add()
    function.signature.name = "f"
    function.node_def.add(name="n", op="f")
    graph_def.node.add(name="n", op="f")
    with pytest.raises(TooLargeError):
        FlatGraph(graph_def)
