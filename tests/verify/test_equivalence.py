"""Whole comparisons: what is equal is called equal, and each way of being wrong is caught."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from zoo import PREDICT, save_v1, save_v2, set_method_name

from migrate.errors import MigrateError
from migrate.verify import Comparison, Status, verify_models

pytestmark = pytest.mark.tensorflow


def signature(comparison: Comparison, key: str):
    return next(found for found in comparison.signatures if found.key == key)


def said(comparison: Comparison) -> str:
    parts = [*comparison.reasons, *comparison.notes]
    for found in comparison.signatures:
        parts += [difference.message for difference in found.contract]
        parts += [*found.reasons, *found.notes]
        for output in found.outputs:
            parts += output.reasons
    return "\n".join(parts)


def test_a_faithful_rewrite_is_equal(v1_model, v2_model):
    comparison = verify_models(v1_model, v2_model)
    assert comparison.equal, said(comparison)
    assert [found.key for found in comparison.signatures] == ["embed", "predict", "serving_default"]
    assert signature(comparison, "embed").samples == ("1 row", "3 rows", "covering rows", "no rows")
    assert all(output.elements for found in comparison.signatures for output in found.outputs)
    # A shape may be known better on one side; that is said.
    assert all(not difference.breaking for found in comparison.signatures for difference in found.contract)


def test_a_model_equals_itself_and_says_so(v1_model):
    comparison = verify_models(v1_model, str(v1_model) + "/")
    assert comparison.equal
    assert "both are the same model" in comparison.notes


def test_the_same_seed_gives_the_same_result(v1_model, v2_model):
    assert verify_models(v1_model, v2_model, seed=7) == verify_models(v1_model, v2_model, seed=7)


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ("wrong number", "predict"),
        ("swapped outputs", "predict"),
        ("widened", "predict"),
        ("method name", "serving_default"),
        ("missing signature", "embed"),
        ("stale variable", "predict"),
        ("required feature gets a default", "serving_default"),
    ],
)
def test_faults_are_caught(fault, key, v1_model, tf, tmp_path):
    broken = save_v2(tmp_path / "broken", tf, fault=fault)
    for comparison in (verify_models(v1_model, broken), verify_models(broken, v1_model)):
        assert comparison.status is Status.DIFFERENT
        assert signature(comparison, key).status is Status.DIFFERENT


def test_a_changed_default_is_caught(v1_model, tf, tmp_path):
    comparison = verify_models(v1_model, save_v2(tmp_path / "broken", tf, default=0.75))
    assert [found.key for found in comparison.signatures if found.status is Status.DIFFERENT] == ["serving_default"]
    (output,) = signature(comparison, "serving_default").outputs
    assert output.max_abs_error == pytest.approx(0.25)


@pytest.mark.parametrize(
    "words",
    [("grey", "red", "green", "blue"), ("red", "green"), ("red", "blue", "green"), ("red", "green", "blau")],
)
def test_a_changed_vocabulary_is_caught(words, v1_model, tf, tmp_path):
    comparison = verify_models(v1_model, save_v2(tmp_path / "broken", tf, words=words))
    assert signature(comparison, "embed").status is Status.DIFFERENT
    assert signature(comparison, "predict").status is Status.EQUAL


def test_the_first_difference_is_shown(v1_model, tf, tmp_path):
    comparison = verify_models(v1_model, save_v2(tmp_path / "broken", tf, fault="wrong number"))
    output = next(o for o in signature(comparison, "predict").outputs if o.name == "scores")
    assert output.first_difference is not None
    assert output.first_difference.index == (0, 1)
    assert output.first_difference.b == pytest.approx(float(output.first_difference.a) + 1e-3, rel=1e-4)
    assert output.max_abs_error == pytest.approx(1e-3, rel=1e-2)


def test_swapped_outputs_with_equal_shapes_are_caught(tf, tmp_path):
    def build(order):
        def make(v1):
            x = v1.placeholder(tf.float32, [None])
            outputs = (x + 1.0, x + 1.1)
            return {"s": (PREDICT, {"x": x}, {"a": outputs[order[0]], "b": outputs[order[1]]})}

        return make

    a, b = save_v1(tf, tmp_path / "a", build((0, 1))), save_v1(tf, tmp_path / "b", build((1, 0)))
    assert verify_models(a, b).status is Status.DIFFERENT


def one(tf, path, function, dtype="float32", shape=(None, 2)):
    """A TF1 model with one signature `s` of one input `x` and one output `y`."""

    def build(v1):
        x = v1.placeholder(dtype, None if shape is None else list(shape), name="x")
        return {"s": (PREDICT, {"x": x}, {"y": function(x)})}

    return save_v1(tf, path, build)


def test_what_only_one_model_makes_of_no_rows_is_a_difference(tf, tmp_path):
    a = one(tf, tmp_path / "a", lambda x: x * 2.0)
    b = one(tf, tmp_path / "b", lambda x: x * 2.0 + 0.0 * tf.gather(x, [0]))
    comparison = verify_models(a, b)
    assert comparison.status is Status.DIFFERENT
    assert "'no rows'" in said(comparison)


def test_both_may_refuse_no_rows(tf, tmp_path):
    a = one(tf, tmp_path / "a", lambda x: x * 2.0 + 0.0 * tf.gather(x, [0]))
    comparison = verify_models(a, a)
    assert comparison.equal
    assert "no rows" not in signature(comparison, "s").samples


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("dead", "always 0.0"),
        ("bias", "always the same"),
        ("nan", "NaN"),
        ("empty", "never had an element"),
        ("refuses", "neither model ran"),
    ],
)
def test_no_evidence_is_not_equal(name, reason, tf, tmp_path):
    functions = {
        "dead": lambda x: tf.nn.relu(-tf.abs(x) - 1.0),
        "bias": lambda x: tf.nn.relu(-tf.abs(x) - 1.0) + tf.constant([1.0, 2.0]),
        "nan": lambda x: tf.math.log(-tf.abs(x) - 1.0),
        "empty": lambda x: x[:0],
        "refuses": lambda x: tf.debugging.check_numerics(x / 0.0, "never"),
    }
    model = one(tf, tmp_path / "m", functions[name])
    comparison = verify_models(model, model)
    assert comparison.status is Status.NOT_PROVED
    assert not comparison.equal
    assert reason in said(comparison)


def test_differences_cannot_hide_in_the_tolerance(tf, tmp_path):
    a = one(tf, tmp_path / "a", lambda x: x * 1e-12)
    assert verify_models(a, a).equal  # The same in every bit.
    comparison = verify_models(a, one(tf, tmp_path / "b", lambda x: x * 2e-12))
    assert comparison.status is Status.NOT_PROVED
    assert "never changed by more than the tolerance" in said(comparison)


def test_larger_values_show_what_smaller_ones_hide(tf, tmp_path):
    a = one(tf, tmp_path / "a", lambda x: x * 1e-9)
    assert verify_models(a, one(tf, tmp_path / "b", lambda x: x * 2e-9)).status is Status.DIFFERENT


def test_the_users_samples_settle_a_constant_output(tf, tmp_path):
    model = one(tf, tmp_path / "m", lambda x: tf.nn.relu(-tf.abs(x) - 1.0))
    assert verify_models(model, model, samples={"s/x": np.ones((2, 2), "f4")}).equal


def test_a_true_constant_is_equal(tf, tmp_path):
    model = one(tf, tmp_path / "m", lambda x: tf.zeros([3]) + tf.cast(tf.shape(x)[1] * 0, tf.float32))
    assert verify_models(model, model).equal


def test_random_outputs_are_not_proved(tf, tmp_path):
    model = one(tf, tmp_path / "m", lambda x: x + tf.compat.v1.random_uniform([]))
    comparison = verify_models(model, model)
    assert comparison.status is Status.NOT_PROVED
    assert "RandomUniform" in said(comparison)


def test_only_one_raises(tf, tmp_path):
    a = one(tf, tmp_path / "a", lambda x: x * 1.0)
    b = one(tf, tmp_path / "b", lambda x: tf.compat.v1.check_numerics(x / (tf.abs(x) * 0.0), "bad"))
    comparison = verify_models(a, b)
    assert comparison.status is Status.DIFFERENT
    assert "only the second model raises InvalidArgumentError" in said(comparison)
    assert "only the first model raises" in said(verify_models(b, a))


def test_ids_are_kept_in_range_and_covered(tf, tmp_path):
    def model(path, last):
        table = np.arange(40, dtype="f4").reshape(20, 2)
        table[-1] = last
        return one(tf, path, lambda x: tf.gather(tf.compat.v1.Variable(table), x), "int32", (None,))

    a = model(tmp_path / "a", 1.0)
    comparison = verify_models(a, a)
    assert comparison.equal, said(comparison)
    assert not signature(comparison, "s").notes
    assert verify_models(a, model(tmp_path / "b", 2.0)).status is Status.DIFFERENT


def test_a_changed_default_is_caught_where_only_one_row_is_taken(tf, tmp_path):
    def model(path, default):
        def function(x):
            spec = {
                "v": tf.io.FixedLenFeature([2], tf.float32),
                "d": tf.io.FixedLenFeature([], tf.float32, default_value=default),
            }
            found = tf.io.parse_example(x, spec)
            return tf.reshape(found["v"], [2]) + tf.reshape(found["d"], [1])

        return one(tf, path, function, "string", (None,))

    a = model(tmp_path / "a", 1.0)
    comparison = verify_models(a, a)
    assert comparison.equal, said(comparison)
    assert "both models refused '3 rows', 'covering rows'" in said(comparison)
    assert verify_models(a, model(tmp_path / "b", 1.5)).status is Status.DIFFERENT


def test_a_fixed_first_dimension(tf, tmp_path):
    model = one(tf, tmp_path / "m", lambda x: x * 2.0, shape=(1,))
    assert signature(verify_models(model, model), "s").samples == ("set 1", "set 2")


def test_unknown_rank(tf, tmp_path):
    matrix = one(tf, tmp_path / "m", lambda x: tf.matmul(x, [[1.0]] * 6), shape=None)
    comparison = verify_models(matrix, matrix)
    assert comparison.equal, said(comparison)
    assert "refused" not in said(comparison)  # The graph says what it takes.
    turned = one(tf, tmp_path / "t", lambda x: tf.transpose(x, [1, 0]), shape=None)
    comparison = verify_models(turned, turned)
    assert comparison.equal, said(comparison)
    assert "refused" in said(comparison)
    shaped = ", shaped as '3 rows of rank 2'"
    assert signature(comparison, "s").samples == ("3 rows of rank 2", f"1 row{shaped}", f"3 rows{shaped}")
    # The user's sample is the only one, even where both refuse it.
    comparison = verify_models(turned, turned, samples={"s/x": np.ones(3, "f4")})
    assert comparison.status is Status.NOT_PROVED
    assert "both models refused 'samples'" in said(comparison)
    assert not signature(comparison, "s").samples


def test_the_better_known_shape_counts(tf, tmp_path):
    a = one(tf, tmp_path / "a", lambda x: x + 1.0, shape=None)
    b = one(tf, tmp_path / "b", lambda x: x + 1.0, shape=(None, 2, 5))
    comparison = verify_models(a, b)
    assert comparison.equal
    assert "unknown rank and [?, 2, 5] (compatible, not the same)" in said(comparison)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "bfloat16", "float64", "complex64", "string"])
def test_every_dtype(dtype, tf, tmp_path):
    model = one(tf, tmp_path / "m", lambda x: tf.concat([x, x], 0), dtype, (None,))
    comparison = verify_models(model, model)
    assert comparison.equal, said(comparison)


def test_sparse(tf, tmp_path):
    def build(factor):
        def make(v1):
            x = v1.sparse_placeholder(tf.float32, [None, 4], name="x")
            return {
                "s": (
                    PREDICT,
                    {"x": x},
                    {"y": x * factor, "d": v1.sparse_tensor_dense_matmul(x, [[1.0]] * 4)},
                )
            }

        return make

    a = save_v1(tf, tmp_path / "a", build(2.0))
    comparison = verify_models(a, a)
    assert comparison.equal, said(comparison)
    different = verify_models(a, save_v1(tf, tmp_path / "b", build(2.1)))
    assert [o.status for o in signature(different, "s").outputs] == [Status.EQUAL, Status.DIFFERENT]
    assert "y/values differs" in said(different)
    samples = {
        "s/x/indices": np.array([[0, 1]]),
        "s/x/values": np.array([3.0], "f4"),
        "s/x/dense_shape": np.array([1, 4]),
    }
    assert verify_models(a, a, samples=samples).equal


def counter(tf, path, reset=True, by=1.0):
    def build(v1):
        c = v1.Variable(0.0, use_resource=False)
        return {
            "get": (PREDICT, {}, {"o": c}),  # The ref variable itself: TF 2's own loader refuses that.
            "incr": (PREDICT, {}, {"o": v1.assign_add(c, by)}),
            "reset": (PREDICT, {}, {"o": v1.assign(c, 0.0) if reset else c * 0.0}),
        }

    return save_v1(tf, path, build)


def test_state_is_compared(tf, tmp_path):
    a = counter(tf, tmp_path / "a")
    assert verify_models(a, a).equal
    assert verify_models(a, counter(tf, tmp_path / "b", by=2.0)).status is Status.DIFFERENT
    lost = verify_models(a, counter(tf, tmp_path / "c", reset=False))
    assert signature(lost, "get").status is Status.DIFFERENT
    assert signature(lost, "reset").status is Status.EQUAL


def test_signature_without_outputs(tf, tmp_path):
    def build(v1):
        x = v1.placeholder(tf.float32, [], name="x")
        return {"s": (PREDICT, {"x": x}, {})}

    model = save_v1(tf, tmp_path / "m", build)
    comparison = verify_models(model, model)
    assert comparison.status is Status.NOT_PROVED
    assert "no outputs" in said(comparison)


def test_no_signatures_at_all(tf, tmp_path):
    model = save_v1(tf, tmp_path / "m", lambda v1: v1.Variable(1.0) is None or {})
    comparison = verify_models(model, model)
    assert comparison.status is Status.NOT_PROVED
    assert "nothing to compare" in said(comparison)


def test_other_inputs_are_not_run(tf, tmp_path):
    a = one(tf, tmp_path / "a", lambda x: x + 1.0)
    comparison = verify_models(a, one(tf, tmp_path / "b", lambda x: x + 1.0, shape=(None, 3)))
    assert comparison.status is Status.DIFFERENT
    assert "not run" in said(comparison)


def test_other_meta_graphs_are_mentioned(v1_model, tmp_path):
    from migrate.signatures.proto import new_message

    copy = shutil.copytree(v1_model, tmp_path / "copy")
    message = new_message("SavedModel")
    message.ParseFromString((copy / "saved_model.pb").read_bytes())
    message.meta_graphs.add().meta_info_def.tags.append("train")
    (copy / "saved_model.pb").write_bytes(message.SerializeToString())
    assert "further MetaGraphs, which were not compared: train" in said(verify_models(v1_model, copy))
    with pytest.raises(MigrateError, match="no MetaGraph has the tags train"):
        verify_models(v1_model, copy, tags=["train"])


def test_a_model_that_cannot_be_loaded(v1_model, tmp_path):
    copy = shutil.copytree(v1_model, tmp_path / "copy")
    shutil.rmtree(copy / "variables")
    with pytest.raises(MigrateError, match="cannot load it") as caught:
        verify_models(v1_model, copy)
    assert "\n" not in str(caught.value)


def test_method_name_alone(v1_model, tmp_path):
    copy = shutil.copytree(v1_model, tmp_path / "copy")
    set_method_name(copy, "predict", "")
    comparison = verify_models(v1_model, copy)
    assert signature(comparison, "predict").status is Status.DIFFERENT
    assert all(output.status is Status.EQUAL for output in signature(comparison, "predict").outputs)
    assert "method name: tensorflow/serving/predict and (none)" in said(comparison)


def test_weights_and_ids_of_equal_lengths(tf, tmp_path):
    def model(path, last):
        table = np.arange(12, dtype="f4").reshape(6, 2)
        table[-1] = last

        def function(x):
            spec = {"ids": tf.io.VarLenFeature(tf.int64), "weights": tf.io.VarLenFeature(tf.float32)}
            found = tf.io.parse_example(x, spec)
            rows = tf.gather(tf.compat.v1.Variable(table), found["ids"].values)
            weighted = rows * found["weights"].values[:, None]
            return tf.math.unsorted_segment_sum(weighted, found["ids"].indices[:, 0], tf.size(x))

        return one(tf, path, function, "string", (None,))

    a = model(tmp_path / "a", 1.0)
    comparison = verify_models(a, a)
    assert comparison.equal, said(comparison)
    assert "covering rows, equal lengths" in signature(comparison, "s").samples
    assert verify_models(a, model(tmp_path / "b", 2.0)).status is Status.DIFFERENT


@pytest.mark.parametrize(
    "biases", [(0.0, 5.0, 0.0), (40.0, 0.0, 0.0), (0.0, 0.0, 3000.0)], ids=["near", "far", "very far"]
)
def test_a_class_that_seldom_wins(biases, tf, tmp_path):
    def scores(x, factor):
        return x * factor + np.array(biases, "f4")

    model = one(tf, tmp_path / "m", lambda x: tf.argmax(scores(x, 1.0), 1), shape=(None, 3))
    comparison = verify_models(model, model)
    assert comparison.equal, said(comparison)
    other = one(tf, tmp_path / "o", lambda x: tf.argmax(scores(-x, 1.0), 1), shape=(None, 3))
    assert verify_models(model, other).status is Status.DIFFERENT


def test_a_class_that_wins_where_one_feature_says_so(tf, tmp_path):
    def build(v1):
        inputs = {name: v1.placeholder(tf.float32, [None], name=name) for name in "abcd"}
        rest = sum(tf.abs(inputs[name]) for name in "abd")
        return {"s": (PREDICT, inputs, {"y": inputs["c"] > 3.0 * rest + 4.0})}

    model = save_v1(tf, tmp_path / "m", build)
    comparison = verify_models(model, model)
    assert comparison.equal, said(comparison)


def test_a_length_that_depends_on_a_number(tf, tmp_path):
    def model(path, step):
        return one(tf, path, lambda n: tf.cast(tf.range(n), tf.float32) * step, "int32", ())

    a = model(tmp_path / "a", 0.5)
    comparison = verify_models(a, a)
    assert comparison.equal, said(comparison)
    assert verify_models(a, model(tmp_path / "b", 0.75)).status is Status.DIFFERENT
    zeros = model(tmp_path / "c", 0.0)
    assert verify_models(zeros, zeros).status is Status.NOT_PROVED


@pytest.mark.parametrize("splits", [1, 2])
def test_ragged(splits, tf, tmp_path):
    def model(path, last):
        table = np.arange(12, dtype="f4").reshape(6, 2)
        table[-1] = last

        def build(v1):
            ids = v1.ragged.placeholder(tf.int64, splits, [], name="ids")
            variable = v1.Variable(table)
            vectors = tf.ragged.map_flat_values(lambda flat: tf.gather(variable, flat), ids)
            return {"s": (PREDICT, {"ids": ids}, {"vectors": vectors, "sums": tf.reduce_sum(vectors, axis=1)})}

        return save_v1(tf, path, build)

    a = model(tmp_path / "a", 1.0)
    comparison = verify_models(a, a)
    assert comparison.equal, said(comparison)
    assert not signature(comparison, "s").notes
    assert verify_models(a, model(tmp_path / "b", 2.0)).status is Status.DIFFERENT
    samples = {"s/ids/0": np.array([1, 2, 3])} | {f"s/ids/{n}": np.array([0, 1, 3]) for n in range(1, splits)}
    samples[f"s/ids/{splits}"] = np.array([0, 1, 2, 3] if splits == 2 else [0, 1, 3])
    comparison = verify_models(a, a, samples=samples)
    assert comparison.equal, said(comparison)
    assert signature(comparison, "s").samples == ("samples",)


def test_sparse_of_unknown_shape(tf, tmp_path):
    def build(v1):
        x = v1.sparse_placeholder(tf.float32, name="x")
        w = v1.Variable(np.linspace(-1, 1, 14).reshape(7, 2).astype("f4"))
        return {"s": (PREDICT, {"x": x}, {"y": v1.sparse_tensor_dense_matmul(x, w)})}

    model = save_v1(tf, tmp_path / "m", build)
    comparison = verify_models(model, model)
    assert comparison.equal, said(comparison)
    assert not signature(comparison, "s").notes


def test_where_values_are_does_not_prove_what_they_are(tf, tmp_path):
    def build(v1):
        x = v1.sparse_placeholder(tf.float32, [None, 4], name="x")
        dead = tf.nn.relu(-tf.abs(x.values) - 1.0)
        return {"s": (PREDICT, {"x": x}, {"y": tf.SparseTensor(x.indices, dead, x.dense_shape)})}

    model = save_v1(tf, tmp_path / "m", build)
    comparison = verify_models(model, model)
    assert comparison.status is Status.NOT_PROVED
    assert "always 0.0" in said(comparison)


def test_the_time_for_further_sample_sets_is_limited(tf, tmp_path, monkeypatch):
    from migrate.verify import equivalence

    monkeypatch.setattr(equivalence, "_MORE_SECONDS", 0.0)
    monkeypatch.setattr(equivalence, "_MORE_PATIENCE", 0.0)
    model = one(tf, tmp_path / "m", lambda x: tf.nn.relu(-tf.abs(x) - 1.0))
    comparison = verify_models(model, model)
    assert comparison.status is Status.NOT_PROVED
    assert signature(comparison, "s").samples == ("1 row", "3 rows", "no rows")
    assert "no time for more sample sets" in said(comparison)
