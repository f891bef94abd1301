import numpy as np
import pytest
from parting import Opened, W, v1_model, v2_model, variable

from migrate.verify.locate.align import Alignment, Pair, parsed_as

pytestmark = pytest.mark.tensorflow


def kinds(side_a, side_b, alignment):
    return {(side_a.node(pair.a).op, side_b.node(pair.b).op) for pair in alignment.graph}


def aligned(a, b):
    return Alignment(a, b, Pair(a.outputs["y"], b.outputs["y"]))


def test_a_layer_of_both_kinds(tf, tmp_path):
    a = v1_model(
        tf,
        tmp_path / "a",
        lambda x: tf.nn.relu(tf.nn.bias_add(tf.matmul(x, variable(tf, W, "w")), variable(tf, W[0], "b"))),
    )
    # The sum is written the other way round.
    b = v2_model(tf, tmp_path / "b", lambda m, x: tf.nn.relu(m.b + tf.matmul(x, m.w)), w=W, b=W[0])
    with Opened(a, {"x": W}) as ours, Opened(b, {"x": W}) as theirs:
        alignment = aligned(ours, theirs)
        assert kinds(ours, theirs, alignment) == {
            ("Relu", "Relu"),
            ("BiasAdd", "AddV2"),
            ("MatMul", "MatMul"),
            ("VariableV2", "VarHandleOp"),
            ("Placeholder", "Placeholder"),
        }
        assert all(alignment.agree(pair) or pair.a in ours.feeds for pair in alignment.graph)


def test_it_ends_where_the_two_do_something_else(tf, tmp_path):
    a = v1_model(tf, tmp_path / "a", lambda x: tf.tanh(tf.nn.relu(tf.square(x))))
    b = v1_model(tf, tmp_path / "b", lambda x: tf.tanh(tf.nn.elu(tf.square(x))))
    with Opened(a, {"x": W}) as ours, Opened(b, {"x": W}) as theirs:
        alignment = aligned(ours, theirs)
        assert kinds(ours, theirs, alignment) == {("Tanh", "Tanh"), ("Relu", "Elu")}
        (mismatch,) = (pair for pair in alignment.graph if not alignment.agree(pair))
        assert alignment.arguments(mismatch) == []


def test_an_argument_that_is_taken_twice(tf, tmp_path):
    def function(x):
        power = tf.exp(x)
        return tf.subtract(power, power)

    with Opened(v1_model(tf, tmp_path / "a", function), {"x": W}) as side:
        alignment = aligned(side, side)
        first, second = alignment.arguments(alignment.root)
        assert first == second
        assert len(alignment.graph) == 3


def test_features_are_paired_by_name(tf, tmp_path):
    spec = {
        "late": tf.io.FixedLenFeature([], tf.float32),
        "early": tf.io.FixedLenFeature([], tf.float32, default_value=0.5),
        "loose": tf.io.VarLenFeature(tf.int64),
    }

    def first(x):
        found = tf.compat.v1.parse_example(x, spec)
        return found["late"] - found["early"] + tf.cast(found["loose"].dense_shape[0], tf.float32)

    def second(_, x):
        found = tf.io.parse_example(x, spec)
        return found["late"] - found["early"] + tf.cast(found["loose"].dense_shape[0], tf.float32)

    from tensorflow.core.example import example_pb2

    example = example_pb2.Example()
    example.features.feature["late"].float_list.value.append(1.0)
    data = {"x": np.array([example.SerializeToString()], object)}
    a = v1_model(tf, tmp_path / "a", first, "string", (None,))
    b = v2_model(tf, tmp_path / "b", second, "string", (None,))
    with Opened(a, data) as ours, Opened(b, data) as theirs:
        alignment = aligned(ours, theirs)
        parsed = {(parsed_as(ours, pair.a), parsed_as(theirs, pair.b)) for pair in alignment.graph} - {(None, None)}
        assert parsed == {(part, part) for part in (("late", 1), ("early", 1), ("loose", 2))}
