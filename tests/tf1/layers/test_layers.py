"""What layers refuse, and where they work besides a session: in wrapped functions, and in models that are saved."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from migrate import tf1
from migrate.tf1.contrib import slim

pytestmark = pytest.mark.tensorflow
v1 = tf.compat.v1


@pytest.fixture
def x():
    with tf.Graph().as_default():
        yield v1.placeholder(tf.float32, [None, 3])


@pytest.mark.parametrize(
    ("argument", "value"), [("renorm", True), ("virtual_batch_size", 2), ("adjustment", len), ("renorm_momentum", 0.5)]
)
def test_batch_normalization_names_what_it_has_not(x, argument, value):
    with pytest.raises(NotImplementedError, match=argument.split("_mo")[0]):
        tf1.layers.batch_normalization(x, **{argument: value})


@pytest.mark.parametrize(
    ("argument", "value"),
    [("batch_weights", 1.0), ("zero_debias_moving_mean", True), ("renorm", True), ("adjustment", len)],
)
def test_batch_norm_names_what_it_has_not(x, argument, value):
    with pytest.raises(NotImplementedError, match=argument):
        slim.batch_norm(x, **{argument: value})


def test_optimize_loss_names_what_it_has_not(x):
    with pytest.raises(NotImplementedError, match="gradient_noise_scale"):
        slim.optimize_loss(tf.reduce_sum(x), None, 0.1, "SGD", gradient_noise_scale=0.1)


def test_layers_without_a_graph_say_where_to_call_them():
    with pytest.raises(RuntimeError, match=r"Dense of migrate\.tf1 builds a graph.*tf\.Graph"):
        tf1.layers.dense(np.ones([2, 3], "float32"), 4)


def test_arguments_that_no_layer_has_are_refused(x):
    with pytest.raises(TypeError, match="nonsense"):
        tf1.layers.Dense(4, nonsense=1)


def test_layers_are_not_copied_in_silence(x):
    import copy

    with pytest.raises(NotImplementedError, match="same arguments"):
        copy.deepcopy(tf1.layers.Dense(4))


def test_wrapped_layers_have_variables_gradients_and_can_be_saved(tmp_path):
    def network(images):
        with slim.arg_scope([slim.conv2d], normalizer_fn=slim.batch_norm, normalizer_params={"is_training": False}):
            net = slim.conv2d(images, 4, 3, scope="conv")
        return tf1.layers.dense(slim.flatten(net), 2, name="logits")

    wrapped = v1.wrap_function(network, [tf.TensorSpec([None, 4, 4, 1], tf.float32)])
    names = {each.name for each in wrapped.variables}
    assert {"conv/weights:0", "conv/BatchNorm/moving_mean:0", "logits/kernel:0", "logits/bias:0"} <= names
    images = tf.ones([2, 4, 4, 1])
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(wrapped(images) ** 2)
    trained = [each for each in wrapped.variables if each.trainable]
    assert all(each is not None for each in tape.gradient(total, trained))
    module = tf.Module()
    module.all = list(wrapped.variables)
    tf.saved_model.save(
        module, str(tmp_path), signatures={"serving_default": wrapped.prune(wrapped.inputs[0], wrapped.outputs[0])}
    )
    loaded = tf.saved_model.load(str(tmp_path)).signatures["serving_default"]
    (answer,) = loaded(images).values()
    np.testing.assert_allclose(answer, wrapped(images), rtol=1e-6)


def test_a_condition_of_the_graph_trains_or_not_in_a_saved_model(tmp_path):
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 3], name="x")
        training = v1.placeholder_with_default(False, [], name="training")
        net = tf1.layers.batch_normalization(tf1.layers.dense(x, 4), training=training)
        y = tf1.layers.dropout(net, 0.5, training=training, name="drop")
        assert y.name == "drop/cond/Merge:0"
        session.run(v1.global_variables_initializer())
        fed = {x: np.arange(6, dtype="float32").reshape(2, 3)}
        want = session.run(y, fed)
        trained = session.run(y, {**fed, training: True})
        v1.saved_model.simple_save(session, str(tmp_path / "m"), {"x": x, "training": training}, {"y": y})
    assert not np.allclose(want, trained)
    loaded = tf.saved_model.load(str(tmp_path / "m")).signatures["serving_default"]
    got = loaded(x=tf.constant(fed[x]), training=tf.constant(False))["y"]
    np.testing.assert_allclose(got, want, rtol=1e-6)
