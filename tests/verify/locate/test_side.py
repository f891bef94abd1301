import numpy as np
import pytest
from parting import Opened, W, v1_model, v2_model, variable

from migrate.verify.locate.side import short_name

pytestmark = pytest.mark.tensorflow


def fetched(side, name):
    ref = next(side.graph.output(node) for node in side.graph.nodes.values() if short_name(node.key[0]) == name)
    return side.values([ref])[ref]


def test_tensors_in_functions_can_be_fetched(tf, tmp_path):
    model = v2_model(tf, tmp_path / "m", lambda m, x: tf.nn.relu(tf.matmul(x, m.w)) + 1.0, w=W)
    with Opened(model, {"x": W}) as side:
        np.testing.assert_allclose(fetched(side, "MatMul").array, W @ W, rtol=1e-5, atol=1e-6)
        assert set(side.feeds.values()) == {"x"}
        assert list(side.outputs) == ["y"]
        # Looking again does not disturb what is there.
        np.testing.assert_allclose(fetched(side, "MatMul").array, W @ W, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("v2", [False, True])
def test_variables_are_read_behind_all_that_passes_them_on(v2, tf, tmp_path):
    if v2:
        model = v2_model(tf, tmp_path / "m", lambda m, x: tf.matmul(x, tf.identity(m.w)), w=W)
    else:
        model = v1_model(tf, tmp_path / "m", lambda x: tf.matmul(x, tf.identity(variable(tf, W, "w"))))
    with Opened(model, {"x": W}) as side:
        product = side.node(side.origin(side.outputs["y"]))
        assert product.op == "MatMul"
        weights = side.origin(product.inputs[1])
        assert side.node(weights).op in ("VariableV2", "VarHandleOp")
        assert np.array_equal(side.values([weights])[weights].array, W)


def test_tables_are_read_as_sorted_pairs(tf, tmp_path):
    def function(x):
        made = tf.lookup.KeyValueTensorInitializer(tf.constant(["b", "a"]), tf.constant([5, 7], tf.int64))
        return tf.compat.v1.lookup.StaticHashTable(made, -1).lookup(x)

    with Opened(v1_model(tf, tmp_path / "m", function, "string", (None,)), {"x": np.array([b"a"], object)}) as side:
        table = next(side.graph.output(node) for node in side.graph.nodes.values() if node.op == "HashTableV2")
        assert side.values([table])[table].array.tolist() == [[b"a", 7], [b"b", 5]]


def test_what_cannot_be_fetched_does_not_spoil_the_rest(tf, tmp_path):
    def function(x):
        return tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2.0, lambda: x - 1.0)

    tf.compat.v1.disable_control_flow_v2()
    try:
        model = v1_model(tf, tmp_path / "m", function)
    finally:
        tf.compat.v1.enable_control_flow_v2()
    with Opened(model, {"x": np.ones((1, 4), "f4")}) as side:
        refs = {
            node.op: side.graph.output(node) for node in side.graph.nodes.values() if node.op in ("Mul", "Sub", "Sum")
        }
        found = side.values(refs.values())
        assert found[refs["Sub"]] is None  # The branch that is not taken.
        assert found[refs["Mul"]].array.tolist() == [[2.0] * 4]
        assert found[refs["Sum"]].array == 4.0


def test_what_changes_from_call_to_call_is_marked(tf, tmp_path):
    model = v1_model(tf, tmp_path / "m", lambda x: tf.reduce_sum(x) + tf.random.uniform([3], name="noise"))
    with Opened(model, {"x": W}) as side:
        assert side.random == {"RandomUniform"}
        assert not fetched(side, "y" if "y" in side.graph.nodes else "add").stable
        assert fetched(side, "Sum").stable


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("dense/MatMul", "dense/MatMul"),
        ("StatefulPartitionedCall/MatMul", "MatMul"),
        ("StatefulPartitionedCall_2/PartitionedCall/a/b", "a/b"),
        ("PartitionedCall", "PartitionedCall"),
    ],
)
def test_short_names(name, short):
    assert short_name(name) == short
