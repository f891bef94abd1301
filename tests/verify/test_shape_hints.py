import pytest

from migrate.verify.flatgraph import FlatGraph
from migrate.verify.shape_hints import dense_shape, sparse_shape

pytestmark = pytest.mark.tensorflow


def flat(tf, build):
    with tf.Graph().as_default() as graph:
        build(tf.compat.v1)
    return FlatGraph(graph.as_graph_def(add_shapes=True))


def variable(v1, shape):
    return v1.get_variable(f"v{len(v1.global_variables())}", shape)


@pytest.mark.parametrize(
    ("function", "declared", "shape"),
    [
        (lambda tf, x: tf.matmul(x, tf.zeros([5, 2])), None, (None, 5)),
        (lambda tf, x: tf.matmul(x, tf.zeros([2, 5]), transpose_b=True), (None, None), (None, 5)),
        (lambda tf, x: tf.matmul(x, tf.zeros([5, 2]), transpose_a=True), None, (5, None)),
        (lambda tf, x: tf.matmul(tf.zeros([2, 5]), x), None, (5, None)),
        (lambda tf, x: tf.matmul(x, variable(tf.compat.v1, [7, 2])), None, (None, 7)),
        (lambda tf, x: tf.matmul(tf.nn.relu(-x) * 2.0 + tf.zeros([1, 6]), tf.zeros([6, 2])), (None, None), (None, 6)),
        (lambda tf, x: tf.nn.conv2d(x, tf.zeros([3, 3, 4, 2]), 1, "SAME"), None, (None, None, None, 4)),
        (lambda tf, x: tf.nn.bias_add(x, tf.zeros([3])), (None, None), (None, 3)),
        (lambda tf, x: x * tf.zeros([4]), (None, None), (None, 4)),
        (lambda tf, x: x * tf.zeros([4]), None, None),
        (lambda tf, x: x + tf.zeros([8, 1, 4]), (None, None), (None, None)),
        (lambda tf, x: tf.reshape(x, [-1, 4, 6]), (None, None), (None, 24)),
        (lambda tf, x: tf.reshape(x, [-1, 4, 6]), (None, 3, None), (None, 3, 8)),
        (lambda tf, x: tf.reshape(x, [-1]), (None, None), (None, None)),
        (lambda tf, x: tf.matmul(x, tf.zeros([3, 5, 2])), (None, None, None), (None, None, 5)),
    ],
)
def test_what_consumers_demand(function, declared, shape, tf):
    graph = flat(tf, lambda v1: function(tf, v1.placeholder("float32", declared, name="x")))
    assert dense_shape(graph, "x:0", declared) == shape


def test_behind_a_function_call(tf):
    @tf.function
    def inner(x, w):
        return tf.matmul(tf.tanh(x), w)

    graph = flat(tf, lambda v1: inner(v1.placeholder("float32", [None, None], name="x"), tf.zeros([9, 2])))
    assert dense_shape(graph, "x:0", (None, None)) == (None, 9)


@pytest.mark.parametrize(
    ("function", "declared", "shape"),
    [
        (lambda v1, x: v1.sparse_tensor_dense_matmul(x, v1.zeros([5, 2])), (None, None), (None, 5)),
        (lambda v1, x: v1.sparse_tensor_dense_matmul(x, v1.zeros([2, 5]), adjoint_b=True), None, (None, 5)),
        (lambda v1, x: v1.sparse_tensor_dense_matmul(x, v1.zeros([5, 2]), adjoint_a=True), None, (5, None)),
        (lambda v1, x: x * v1.zeros([4]), (None, None), (None, 4)),
        (lambda v1, x: v1.sparse_add(x, v1.zeros([3, 4])), None, (3, 4)),
        (lambda v1, x: v1.sparse_slice(x, [0, 0, 0], [1, 2, 3]), None, (None, None, None)),
        (lambda v1, x: v1.sparse_reshape(x, [-1, 3, 2]), (None, None), (None, 6)),
        (
            lambda v1, x: v1.sparse_to_dense(x.indices, v1.stack([v1.size(x.values, out_type=v1.int64), 8]), x.values),
            None,
            (None, 8),
        ),
        (lambda v1, x: v1.sparse_reduce_sum(x), None, None),
    ],
)
def test_what_consumers_of_sparse_tensors_demand(function, declared, shape, tf):
    def build(v1):
        x = v1.sparse_placeholder("float32", name="x")
        names.extend(tensor.name for tensor in (x.indices, x.values, x.dense_shape))
        function(v1, x)

    names: list[str] = []
    graph = flat(tf, build)
    assert sparse_shape(graph, tuple(names), declared) == shape


def test_a_shape_that_is_said_beside_the_tensor(tf):
    def build(v1):
        x = v1.sparse_placeholder("float32", [None, 6], name="x")
        names.extend(tensor.name for tensor in (x.indices, x.values, x.dense_shape))

    names: list[str] = []
    graph = flat(tf, build)
    assert sparse_shape(graph, tuple(names), None) == (None, 6)
