"""Models that part in many ways, and what is said of each."""

import numpy as np
import pytest
from parting import W, output, place, v1_model, v2_model, variable
from zoo import PREDICT, save_v1

from migrate.verify import Status, verify_models
from migrate.verify.locate import search

pytestmark = pytest.mark.tensorflow


def dense(tf):
    """A layer of TF1, with a bias."""

    def function(x):
        product = tf.matmul(x, variable(tf, W, "w"))
        return tf.nn.relu(tf.nn.bias_add(product, variable(tf, W[0], "b")))

    return function


@pytest.fixture(scope="module")
def layer(tf, tmp_path_factory):
    return v1_model(tf, tmp_path_factory.mktemp("layer") / "a", dense(tf))


def rewritten(tf, path, function, **changed):
    return v2_model(tf, path, function, **{"w": W, "b": W[0], **changed})


def test_a_transposition(layer, tf, tmp_path):
    b = rewritten(tf, tmp_path / "b", lambda m, x: tf.nn.relu(tf.matmul(x, m.w, transpose_b=True) + m.b))
    found = place(layer, b)
    assert (found.op_a, found.op_b, found.inputs_agree) == ("MatMul", "MatMul", True)
    assert found.a_node == "MatMul"
    assert found.b_node.endswith("PartitionedCall/MatMul")
    assert found.message.endswith("its inputs are equal, its result is not: transpose_b is true in the second only")
    assert isinstance(found.a_value, float)
    assert found.a_value != found.b_value
    assert "transpose_b is true in the first only" in place(b, layer).message


def test_another_activation(layer, tf, tmp_path):
    b = rewritten(tf, tmp_path / "b", lambda m, x: tf.tanh(tf.matmul(x, m.w) + m.b))
    found = place(layer, b)
    assert (found.op_a, found.op_b, found.inputs_agree) == ("Relu", "Tanh", True)
    assert (
        found.message == "the numbers part after `BiasAdd`: the first model goes on with `Relu`, the second with `Tanh`"
    )


def test_a_dropped_activation_from_both_sides(layer, tf, tmp_path):
    b = rewritten(tf, tmp_path / "b", lambda m, x: tf.matmul(x, m.w) + m.b)
    assert place(layer, b).message == "the first model has `Relu` after `BiasAdd`, the second has nothing there"
    message = place(b, layer).message
    assert message == "the second model has `Relu` after `BiasAdd`, the first has nothing there"


def test_a_missing_bias(layer, tf, tmp_path):
    b = rewritten(tf, tmp_path / "b", lambda m, x: tf.nn.relu(tf.matmul(x, m.w)))
    message = place(layer, b).message
    assert message == "the first model has `BiasAdd` after `MatMul` and variable 'b', the second has nothing there"


def test_another_variable(layer, tf, tmp_path):
    changed = W.copy()
    changed[2, 1] += 1.0
    b = rewritten(tf, tmp_path / "b", lambda m, x: tf.nn.relu(tf.matmul(x, m.w) + m.b), w=changed)
    found = place(layer, b)
    assert (found.op_a, found.op_b) == ("VariableV2", "VarHandleOp")
    assert found.message.startswith("variable 'w' has other values: first [2, 1]: ")
    assert found.b_value == pytest.approx(found.a_value + 1.0)


def test_another_variable_behind_another_formula(layer, tf, tmp_path):
    """Where the graphs are built differently, variables are found by name."""
    b = rewritten(tf, tmp_path / "b", lambda m, x: tf.maximum(tf.einsum("ij,jk->ik", x, m.w) + m.b, 0.0), b=W[1])
    assert place(layer, b).message.startswith("variable 'b' has other values: first [0]: ")


def test_a_variable_that_became_a_constant(layer, tf, tmp_path):
    b = rewritten(tf, tmp_path / "b", lambda m, x: tf.nn.relu(tf.matmul(x, tf.constant(W * 2)) + m.b))
    found = place(layer, b)
    assert (found.op_a, found.op_b) == ("MatMul", "MatMul")
    assert "its b is not the same: first [0, 0]: " in found.message
    assert found.message.endswith("(variable 'w' and constant 'Const')")


def test_sums_may_be_written_in_any_order(layer, tf, tmp_path):
    b = rewritten(tf, tmp_path / "b", lambda m, x: tf.nn.relu(m.b + tf.matmul(x * 1.5, m.w)))
    assert place(layer, b).message.startswith(
        "the second model has Mul (`mul`) after the input 'x', the first has nothing"
    )


def test_terms_of_a_sum_are_paired_by_value_where_they_look_alike(tf, tmp_path):
    """Whatever is wrong with one product, it is not the other's input."""

    def terms(first):
        return lambda m, x: first(x[:, :2], m.p) + x[:, 2:] * m.q

    p, q = np.float32([2.0, 3.0]), np.float32([5.0, 7.0])
    a = v2_model(tf, tmp_path / "a", terms(tf.multiply), p=p, q=q)
    for number, (wrong, op) in enumerate([(tf.add, "AddV2"), (lambda x, p: tf.multiply(x, p * p), "Mul")]):
        found = place(a, v2_model(tf, tmp_path / f"b{number}", terms(wrong), p=p, q=q))
        assert found.op_b == op
        assert "variable 'p'" in found.message
        assert "'q'" not in found.message


def test_where_both_terms_differ_no_input_is_blamed(tf, tmp_path):
    a = v2_model(tf, tmp_path / "a", lambda _, x: x[:, :2] * 2.0 + x[:, 2:] * 3.0)
    b = v2_model(tf, tmp_path / "b", lambda _, x: tf.exp(x[:, :2]) + tf.exp(x[:, 2:]))
    found = place(a, b)
    assert {found.op_a, found.op_b} <= {"Mul", "Exp", "AddV2"}
    assert "takes the input" not in found.message


@pytest.mark.parametrize("kind", ["sub", "concat"])
def test_arguments_in_the_wrong_order(kind, tf, tmp_path):
    if kind == "sub":
        a, b = (lambda x: x - variable(tf, W[0], "b")), (lambda m, x: m.b - x)
    else:
        a, b = (lambda x: tf.concat([x, x * 2.0], 1)), (lambda _, x: tf.concat([x * 2.0, x], 1))
    found = place(v1_model(tf, tmp_path / "a", a), v2_model(tf, tmp_path / "b", b, b=W[0]))
    assert found.op_a == found.op_b == {"sub": "Sub", "concat": "ConcatV2"}[kind]
    assert found.message.endswith("it has the same arguments in another order")


def test_batch_statistics_in_place_of_stored_ones(tf, tmp_path):
    def moments(m, x):
        mean, spread = tf.nn.moments(x, [0])
        return (x - mean) / tf.sqrt(spread + 1e-3)

    a = v1_model(
        tf,
        tmp_path / "a",
        lambda x: (x - variable(tf, W[0], "mean")) / tf.sqrt(variable(tf, W[1] ** 2, "spread") + 1e-3),
    )
    found = place(a, v2_model(tf, tmp_path / "b", moments))
    assert found.message.startswith("the first model takes variable ")
    assert ", the second what Mean (`moments/mean`), " in found.message
    assert found.message.endswith(" make of the input 'x'")


def test_a_training_flag(tf, tmp_path):
    def normalise(x, **options):
        image = tf.reshape(x, [-1, 2, 2, 1])
        return tf.compat.v1.nn.fused_batch_norm(image, [1.0], [0.0], **options)[0]

    a = v1_model(tf, tmp_path / "a", lambda x: normalise(x, mean=[0.3], variance=[2.0], is_training=False))
    found = place(a, v2_model(tf, tmp_path / "b", lambda _, x: normalise(x, is_training=True)))
    assert found.op_a == found.op_b == "FusedBatchNormV3"
    assert found.message.endswith("is_training is true in the second only")


def test_random_numbers_in_one_model_only(layer, tf, tmp_path):
    b = rewritten(tf, tmp_path / "b", lambda m, x: tf.nn.dropout(tf.nn.relu(tf.matmul(x, m.w) + m.b), 0.4))
    comparison = verify_models(layer, b)
    found = output(comparison)
    assert found.status is Status.DIFFERENT
    assert "only in the second model it changes from call to call with the same inputs" in found.reasons
    assert found.location is not None
    # Which it says depends on the numbers drawn: that they are random, or that the first model has no such operation.
    assert "RandomUniform" in found.location.message
    assert found.location.a_node == "Relu" or "only the second model's numbers are random" in found.location.message


def test_loops_of_both_kinds_are_one_operation(tf, tmp_path):
    def turns(factor):
        return lambda x: tf.while_loop(lambda i, _: i < 3, lambda i, y: (i + 1, y * factor), (0, x))[1]

    tf.compat.v1.disable_control_flow_v2()
    try:
        a = v1_model(tf, tmp_path / "a", turns(1.5))
    finally:
        tf.compat.v1.enable_control_flow_v2()
    found = place(a, v2_model(tf, tmp_path / "b", lambda _, x: turns(2.5)(x)))
    assert (found.op_a, found.op_b) in {("Exit", "StatelessWhile"), ("Exit", "While")}
    # What is wrong before the loop is found before it.
    found = place(a, v2_model(tf, tmp_path / "c", lambda _, x: turns(1.5)(tf.negative(x))))
    assert found.message == "the second model has `Neg` after the input 'x', the first has nothing there"


def test_conditionals_of_both_kinds(tf, tmp_path):
    def branches(factor):
        return lambda x: tf.cond(tf.reduce_sum(x) > 0, lambda: x * factor, lambda: x - factor)

    tf.compat.v1.disable_control_flow_v2()
    try:
        a = v1_model(tf, tmp_path / "a", branches(1.5))
    finally:
        tf.compat.v1.enable_control_flow_v2()
    found = place(a, v2_model(tf, tmp_path / "b", lambda _, x: branches(2.5)(x)))
    assert found.message.startswith("the numbers part after the input 'x' and `Greater`: ")
    assert found.op_b in ("If", "StatelessIf")


def test_exchanged_outputs(tf, tmp_path):
    a = v1_model(tf, tmp_path / "a", lambda x: {"p": x + 1.0, "q": x * 2.0, "r": x - 1.0})
    b = v2_model(tf, tmp_path / "b", lambda _, x: {"q": x + 1.0, "p": x * 2.0, "r": x - 1.0})
    found = place(a, b, "p")
    assert found.message == "the outputs 'p' and 'q' are exchanged: 'p' of the first model is 'q' of the second"
    assert output(verify_models(a, b), "r").location is None


def test_exchanged_inputs(tf, tmp_path):
    def model(path, exchanged):
        def build(v1):
            x, y = (v1.placeholder("float32", [None], name=name) for name in "xy")
            return {"s": (PREDICT, {"x": y, "y": x} if exchanged else {"x": x, "y": y}, {"y": x - y})}

        return save_v1(tf, path, build)

    message = place(model(tmp_path / "a", False), model(tmp_path / "b", True)).message
    assert message in {
        "the first model takes the input 'x', the second the input 'y'",
        "the first model takes the input 'y', the second the input 'x'",
    }


def test_another_word_in_a_table(tf, tmp_path):
    def table(*words):
        def lookup(x):
            keys = tf.constant(words)
            made = tf.lookup.KeyValueTensorInitializer(keys, tf.range(tf.size(keys, out_type=tf.int64)))
            return tf.compat.v1.lookup.StaticHashTable(made, -1).lookup(x)

        return lookup

    a = v1_model(tf, tmp_path / "a", table("red", "green"), "string", (None,))
    found = place(a, v1_model(tf, tmp_path / "b", table("red", "blue"), "string", (None,)))
    assert (found.op_a, found.op_b) == ("HashTableV2", "HashTableV2")
    assert "'green' is only in the first; 'blue' is only in the second" in found.message


def test_a_signature_that_counts(tf, tmp_path):
    def counting(x):
        count = variable(tf, np.float32(0), "count")
        with tf.control_dependencies([tf.compat.v1.assign_add(count, 1.0)]):
            return x + tf.identity(count)

    def rewrite(step, factor):
        def function(module, x):
            module.count.assign_add(step)
            return x + module.count * factor

        return function

    a = v1_model(tf, tmp_path / "a", counting)
    message = place(a, v2_model(tf, tmp_path / "b", rewrite(2.0, 1.0), count=np.float32(0))).message
    assert message.startswith("variable 'count' has other values after the same calls: ")
    # The variables are the same, and inner tensors are other ones in each call: nothing is claimed.
    comparison = verify_models(a, v2_model(tf, tmp_path / "c", rewrite(1.0, 2.0), count=np.float32(0)))
    assert output(comparison).location is None
    assert any("the signature changes variables (AssignAdd" in note for note in comparison.signatures[0].notes)


def test_a_variable_that_another_signature_changes(tf, tmp_path):
    def model(path, step):
        def build(v1):
            x = v1.placeholder("float32", [None], name="x")
            count = variable(tf, np.float32(0), "count")
            bumped = v1.assign_add(count, step)
            return {"bump": (PREDICT, {}, {"count": bumped + 0.0}), "read": (PREDICT, {"x": x}, {"y": x + count})}

        return save_v1(tf, path, build)

    comparison = verify_models(model(tmp_path / "a", 1.0), model(tmp_path / "b", 2.0))
    (found,) = (signature for signature in comparison.signatures if signature.key == "read")
    message = found.outputs[0].location.message
    assert message.startswith("variable 'count' has other values: ")
    assert message.endswith("; signatures that were called before change variables")


def test_another_shape_is_looked_for_too(tf, tmp_path):
    a = v1_model(tf, tmp_path / "a", lambda x: tf.reduce_sum(x, 1))
    found = place(a, v2_model(tf, tmp_path / "b", lambda _, x: tf.reduce_sum(x, 0)))
    assert "its reduction_indices is not the same: 1 and 0" in found.message


def test_what_goes_wrong_in_the_search_is_a_note(layer, tf, tmp_path, monkeypatch):
    def fail(*_):
        raise RuntimeError("of all things")

    monkeypatch.setattr(search, "first_place", fail)
    comparison = verify_models(layer, rewritten(tf, tmp_path / "b", lambda m, x: tf.matmul(x, m.w) + m.b))
    assert output(comparison).location is None
    note = "output 'y': where the numbers part was not found: RuntimeError: of all things"
    assert note in comparison.signatures[0].notes


def test_nothing_is_searched_where_nothing_differs(layer, tf, tmp_path, monkeypatch):
    monkeypatch.setattr("migrate.verify.locate.locate", lambda *_: pytest.fail("searched"))
    b = rewritten(tf, tmp_path / "b", lambda m, x: tf.nn.relu(tf.matmul(x, m.w) + m.b))
    comparison = verify_models(layer, b)
    assert comparison.equal
    assert output(comparison).location is None
