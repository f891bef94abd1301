"""Constants in the graph that inputs are compared with: generated inputs meet them from both sides."""

import numpy as np
import pytest
from zoo import PREDICT, save_v1

from migrate.verify import Status, verify_models

pytestmark = pytest.mark.tensorflow


def model(tf, path, function, dtype="float32", shape=(None,)):
    def build(v1):
        x = v1.placeholder(dtype, list(shape), name="x")
        return {"s": (PREDICT, {"x": x}, {"y": function(x)})}

    return save_v1(tf, path, build)


@pytest.mark.parametrize(
    ("dtype", "good", "bad"),
    [
        # Far from what random numbers reach, and just beside it.
        ("float32", lambda tf, x: tf.where(x > 250.0, x * 2.0, x), lambda tf, x: tf.where(x > 300.0, x * 2.0, x)),
        ("float32", lambda tf, x: tf.where(x > 0.5, x + 1.0, x), lambda tf, x: tf.where(x >= 0.5, x + 1.0, x)),
        ("float32", lambda tf, x: tf.minimum(x, 4000.0), lambda tf, x: tf.minimum(x, 4100.0)),
        # Beside something that is added.
        ("float32", lambda tf, x: tf.minimum(x + 3.0, 600.0), lambda tf, x: tf.minimum(x + 3.0, 700.0)),
        ("int32", lambda tf, x: tf.where(tf.equal(x, 77), x + 5, x), lambda tf, x: tf.where(tf.equal(x, 78), x + 5, x)),
        (
            "string",
            lambda tf, x: tf.cast(tf.equal(x, "yes"), tf.int32),
            lambda tf, x: tf.cast(tf.equal(x, "no"), tf.int32),
        ),
    ],
)
def test_a_branch_that_only_a_constant_reaches_is_tried(dtype, good, bad, tf, tmp_path):
    a = model(tf, tmp_path / "a", lambda x: good(tf, x), dtype)
    assert verify_models(a, a).equal
    b = model(tf, tmp_path / "b", lambda x: bad(tf, x), dtype)
    assert verify_models(a, b).status is Status.DIFFERENT


def test_constants_beside_features_of_examples_are_tried(tf, tmp_path):
    def build(limit):
        def function(serialized):
            found = tf.compat.v1.parse_example(serialized, {"n": tf.io.FixedLenFeature([], tf.int64)})
            return tf.where(found["n"] > limit, found["n"] * 2, found["n"])

        return function

    a = model(tf, tmp_path / "a", build(1000), "string")
    comparison = verify_models(a, a)
    assert comparison.equal
    assert "covering rows" in comparison.signatures[0].samples
    assert verify_models(a, model(tf, tmp_path / "b", build(1001), "string")).status is Status.DIFFERENT


@pytest.mark.parametrize("decode", ["decode_jpeg", "decode_png", "decode_bmp", "decode_gif"])
def test_images_of_each_format_are_made(decode, tf, tmp_path):
    def function(x):
        pixels = getattr(tf.io, decode)(x)
        return tf.reduce_mean(tf.cast(pixels, tf.float32))

    a = model(tf, tmp_path / "a", function, "string", ())
    assert verify_models(a, a).equal


def test_windows_that_are_cut_out_of_images_fit(tf, tmp_path):
    a = model(tf, tmp_path / "a", lambda x: tf.io.decode_and_crop_jpeg(x, [10, 20, 4, 5]), "string", ())
    comparison = verify_models(a, a)
    assert comparison.equal
    assert not comparison.signatures[0].notes


@pytest.mark.parametrize("v2", [False, True])
def test_images_of_a_batch_are_decoded_in_a_loop(v2, tf, tmp_path):
    def function(x):
        def one(image):
            return tf.reduce_mean(tf.cast(tf.io.decode_jpeg(image, channels=3), tf.float32))

        return tf.map_fn(one, x, fn_output_signature=tf.float32)

    (tf.compat.v1.enable_control_flow_v2 if v2 else tf.compat.v1.disable_control_flow_v2)()
    try:
        a = model(tf, tmp_path / "a", function, "string")
    finally:
        tf.compat.v1.enable_control_flow_v2()
    comparison = verify_models(a, a)
    assert comparison.equal
    assert not comparison.signatures[0].notes


def test_images_in_features_of_examples_are_made(tf, tmp_path):
    def function(serialized):
        found = tf.io.parse_single_example(serialized, {"image": tf.io.FixedLenFeature([], tf.string)})
        return tf.reduce_mean(tf.cast(tf.io.decode_png(found["image"]), tf.float32))

    a = model(tf, tmp_path / "a", function, "string", ())
    assert verify_models(a, a).equal


def test_samples_stay_few(tf, tmp_path):
    a = model(tf, tmp_path / "a", lambda x: tf.add_n([tf.where(x > float(n), x, -x) for n in range(50)]))
    assert verify_models(a, a).signatures[0].samples == ("1 row", "3 rows", "covering rows", "no rows")
    assert np.isfinite(verify_models(a, a).signatures[0].outputs[0].max_abs_error)
