"""What becomes of tf.losses where no session trains."""

from __future__ import annotations

import pytest
from training_scripts import ASKED, GRAPH, not_trained, trained, trainer

from migrate.engine import rewrite_source

CROSS = "labels=t, logits=y"
DENSE, SPARSE = "nn.softmax_cross_entropy_with_logits", "nn.sparse_softmax_cross_entropy_with_logits"
SIGMOID = "nn.sigmoid_cross_entropy_with_logits"


def graph(loss: str, target: str = "tf.float32, [None, 1]") -> str:
    """A script whose loss is this one, for targets of a dtype and shape."""
    made = GRAPH.replace("tf.reduce_mean(tf.square(y - t))", loss).replace("tf.float32, [None, 1]", target)
    return trainer(graph=made)


@pytest.mark.parametrize(
    ("loss", "target", "after"),
    [
        ("softmax_cross_entropy(t, y)", "tf.float32, [None, 1]", f"tf.{DENSE}({CROSS})"),
        ("softmax_cross_entropy(logits=y, onehot_labels=t)", "tf.float32, [None, 1]", f"tf.{DENSE}({CROSS})"),
        ("softmax_cross_entropy(t, y, 1.0, 0, None)", "tf.float32, [None, 1]", f"tf.{DENSE}({CROSS})"),
        ("sparse_softmax_cross_entropy(t, y, scope='s')", "tf.int64, [None]", f"tf.{SPARSE}({CROSS})"),
        (
            "sigmoid_cross_entropy(t, logits=y)",
            "tf.int32, [None, 1]",
            f"tf.{SIGMOID}(labels=tf.cast(t, tf.float32), logits=y)",
        ),
        (
            "mean_squared_error(t, y)",
            "tf.float32, [None, 1]",
            "tf.math.squared_difference(y, tf.ensure_shape(t, y.shape))",
        ),
        (
            "absolute_difference(predictions=y, labels=t)",
            "tf.float64, [None, 1]",
            "tf.abs(tf.subtract(y, tf.ensure_shape(tf.cast(t, tf.float32), y.shape)))",
        ),
        (
            "hinge_loss(labels=t, logits=y)",
            "tf.int64, [None, 1]",
            "tf.nn.relu(1.0 - (2.0 * tf.ensure_shape(tf.cast(t, tf.float32), y.shape) - 1.0) * y)",
        ),
        (
            "hinge_loss(tf.cast((t + 1) / 2 > 0.5, tf.float32), y)",
            "tf.float32, [None, 1]",
            "tf.nn.relu(1.0 - (2.0 * tf.ensure_shape(tf.cast((t + 1) / 2 > 0.5, tf.float32), y.shape) - 1.0) * y)",
        ),
    ],
)
def test_a_loss_is_a_mean(loss: str, target: str, after: str):
    trained(graph(f"tf.losses.{loss}", target), f"loss = tf.reduce_mean({after})\n", without=("losses",))


def test_shapes_that_are_known_need_no_check():
    code = graph("tf.losses.mean_squared_error(t, tf.identity(t)) + tf.reduce_sum(y)")
    trained(code, "tf.reduce_mean(tf.math.squared_difference(tf.identity(t), t))", without=("ensure_shape",))


def test_no_gradient_flows_through_one_hot_rows_that_are_computed():
    trained(graph("tf.losses.softmax_cross_entropy(tf.sigmoid(y), y)"), "labels=tf.stop_gradient(tf.sigmoid(y))")
    code = graph("tf.losses.softmax_cross_entropy(tf.one_hot(t, 1), y)", "tf.int32, [None]")
    trained(code, "labels=tf.one_hot(t, 1), logits=y")


def test_logits_are_known_as_float32():
    # TF1 gives back the logits' dtype, after a sum in float32.
    for y in ("tf.map_fn(tf.negative, tf.matmul(x, w))", "tf.cast(tf.matmul(x, w), tf.float64)"):
        made = GRAPH.replace("tf.matmul(x, w) + b", y)
        made = made.replace("tf.reduce_mean(tf.square(y - t))", "tf.losses.sigmoid_cross_entropy(t, y)")
        not_trained(trainer(graph=made), "not known to be float32")


def test_an_empty_batch_is_told():
    (site,) = rewrite_source(graph("tf.losses.softmax_cross_entropy(t, y)"), "script.py", ASKED).sites
    assert any("empty batch" in found.message for found in site.findings)


@pytest.mark.parametrize(
    ("loss", "target", "reason"),
    [
        ("softmax_cross_entropy(t, y, 2.0)", "tf.float32, [None, 1]", "is given weights"),
        ("softmax_cross_entropy(t, y, label_smoothing=0.1)", "tf.float32, [None, 1]", "is given label_smoothing"),
        ("mean_squared_error(t, y, reduction='none')", "tf.float32, [None, 1]", "is given reduction"),
        ("mean_squared_error(t, y, loss_collection='mine')", "tf.float32, [None, 1]", "is given loss_collection"),
        ("sparse_softmax_cross_entropy(t, y)", "tf.int64, [None, 1]", "drops a last dimension"),
        ("sparse_softmax_cross_entropy(t, y)", "tf.int64", "drops a last dimension"),
        ("mean_squared_error(t, y)", "tf.float32", "shapes that are not known"),
        ("mean_squared_error(t, tf.identity(x)) + tf.reduce_sum(y)", "tf.float32, [None]", "shapes that TF1 refuses"),
        ("log_loss(t, y)", "tf.float32, [None, 1]", "adds to a graph collection"),
        ("get_total_loss(tf.losses.softmax_cross_entropy(t, y))", "tf.float32, [None, 1]", "graph collection"),
        ("softmax_cross_entropy(*[t, y])", "tf.float32, [None, 1]", "* or **"),
    ],
)
def test_what_is_no_plain_mean_keeps_its_session(loss: str, target: str, reason: str):
    not_trained(graph(f"tf.losses.{loss}", target), reason)


@pytest.mark.parametrize(
    "more",
    [
        "loss = loss + tf.add_n(tf.get_collection(tf.GraphKeys.LOSSES))",
        "first = tf.get_collection('losses')[0]\nloss = tf.reduce_sum(y) + first",
        "print(len(tf.losses.get_losses()))",
        "total = tf.losses.get_total_loss()",
        "graph = tf.get_default_graph()\nfirst = graph.get_collection('losses')[0]\nloss = loss + first",
    ],
)
def test_who_reads_the_collection_keeps_the_session(more: str):
    code = graph("tf.losses.softmax_cross_entropy(t, y)").replace("train = ", f"{more}\ntrain = ", 1)
    not_trained(code, "reads graph collections")


def test_tensorflow_by_another_name():
    code = graph("tf.losses.absolute_difference(t, y)").replace("tensorflow as tf", "tensorflow as T")
    trained(code.replace("tf.", "T."), "T.reduce_mean(T.abs(T.subtract(y, T.ensure_shape(t, y.shape))))")


@pytest.mark.parametrize(
    ("logits", "target", "labels"),
    [
        ("tf.nn.bias_add(tf.matmul(x, w), b)", "tf.float32, [None, 1]", "t"),
        ("tf.nn.dropout(tf.matmul(x, w), 1.0)", "tf.float32, [None, 1]", "t"),
        ("tf.matmul(x, w)", "tf.int32, [None]", "tf.one_hot(t, 1)"),
    ],
)
def test_dtypes_of_layers_are_seen(logits: str, target: str, labels: str):
    made = GRAPH.replace("tf.matmul(x, w) + b", logits).replace("tf.float32, [None, 1]", target)
    made = made.replace("tf.reduce_mean(tf.square(y - t))", f"tf.losses.sigmoid_cross_entropy({labels}, y)")
    trained(trainer(graph=made), f"{SIGMOID}(labels={labels}, logits=y)")


def test_one_hot_rows_of_other_values_are_cast():
    loss = "tf.losses.sigmoid_cross_entropy(tf.one_hot(t, 1, 2, 0), y)"
    trained(graph(loss, "tf.int32, [None]"), "labels=tf.cast(tf.one_hot(t, 1, 2, 0), tf.float32)")


def test_the_collection_of_assets_is_none_of_its_business():
    code = graph("tf.losses.softmax_cross_entropy(t, y)") + "\ndef assets():\n"
    trained_code = code + "    return tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)\n"
    (site,) = rewrite_source(trained_code, "script.py", ASKED).sites
    assert not any("collections" in found.message for found in site.findings)
