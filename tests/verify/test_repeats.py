"""What is random in fact, and what only looks so in the graph."""

import numpy as np
import pytest
from parting import W, output, v1_model

from migrate.signatures import read_meta_graph
from migrate.verify import Status, verify_models
from migrate.verify.models import Model
from migrate.verify.repeats import repeat
from migrate.verify.samples import Sample

pytestmark = pytest.mark.tensorflow


def repeated(path, inputs):
    meta_graph = read_meta_graph(path)
    with Model(path, meta_graph) as model:
        return repeat(model, meta_graph.by_key["s"], Sample("test", inputs))


def test_what_changes_from_call_to_call(tf, tmp_path):
    def function(x):
        noise = tf.random.uniform([8])
        return {"same": x * 2.0, "noise": noise, "length": tf.boolean_mask(noise, noise > 0.5)}

    found = repeated(v1_model(tf, tmp_path / "m", function), {"x": W})
    assert found.values == {"noise", "length"}
    assert found.shapes <= {"length"}


def test_a_model_that_refuses_says_nothing(tf, tmp_path):
    model = v1_model(tf, tmp_path / "m", lambda x: tf.debugging.check_numerics(x / 0.0, "never"))
    found = repeated(model, {"x": W})
    assert found.values == found.shapes == frozenset()


def dropped(tf, rate, factor=1.0):
    return lambda x: tf.nn.dropout(x * factor, rate=tf.constant(rate) + 0.0)


def test_a_dropout_that_keeps_everything_is_not_random(tf, tmp_path):
    a = v1_model(tf, tmp_path / "a", dropped(tf, 0.0))
    assert verify_models(a, a).equal
    found = output(verify_models(a, v1_model(tf, tmp_path / "b", dropped(tf, 0.0, 2.0))))
    assert found.status is Status.DIFFERENT
    assert not any("random" in reason for reason in found.reasons)
    assert found.location is not None
    assert found.location.message.startswith("the second model has") or found.location.op_a == "Mul"


def test_one_that_drops_in_one_model_only_is_different(tf, tmp_path):
    a, b = (v1_model(tf, tmp_path / str(rate), dropped(tf, rate)) for rate in (0.0, 0.5))
    found = output(verify_models(a, b))
    assert found.status is Status.DIFFERENT
    assert "only in the second model it changes from call to call with the same inputs" in found.reasons
    assert found.location is not None
    assert found.location.a_value != found.location.b_value
    assert "only in the first model it changes" in " ".join(output(verify_models(b, a)).reasons)


def test_numbers_that_are_random_in_both_are_compared_by_dtype_and_shape(tf, tmp_path):
    noisy = v1_model(tf, tmp_path / "a", lambda x: x + tf.random.normal([4]))
    found = output(verify_models(noisy, noisy))
    assert found.status is Status.NOT_PROVED
    assert found.reasons == (
        "its values are random in both models (RandomStandardNormal): only its dtype and shape are the same",
    )
    assert found.location is None
    wide = v1_model(tf, tmp_path / "b", lambda x: tf.concat([x, x], 1) + tf.random.normal([8]))
    assert output(verify_models(noisy, wide)).status is Status.DIFFERENT
    longer = v1_model(tf, tmp_path / "c", lambda x: (x + tf.random.normal([4]))[:, :, None])
    assert output(verify_models(noisy, longer)).status is Status.DIFFERENT


def test_of_random_length_only_the_dtype_is_compared(tf, tmp_path):
    def function(x):
        noise = tf.random.uniform([64])
        return tf.boolean_mask(noise, noise > 0.5) + tf.reduce_sum(x)

    model = v1_model(tf, tmp_path / "a", function)
    found = output(verify_models(model, model))
    assert found.status is Status.NOT_PROVED
    assert found.reasons[0].endswith("only its dtype is the same")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_in_one_model_only_is_found(value, tf, tmp_path):
    a = v1_model(tf, tmp_path / "a", lambda x: tf.where(x > 0.5, x, -x))
    b = v1_model(tf, tmp_path / "b", lambda x: tf.where(x > 0.5, x, tf.fill(tf.shape(x), np.float32(value))))
    found = output(verify_models(a, b))
    assert found.status is Status.DIFFERENT
    assert found.max_abs_error == np.inf
    assert found.histogram is not None
    assert found.histogram.absolute[-1] > 0
    assert found.location is not None
