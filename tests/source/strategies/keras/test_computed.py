"""Signatures that compute something before or behind a Keras model."""

from __future__ import annotations

from textwrap import dedent

import pytest
from checks import check_native, rewrite

HEAD = """
import tensorflow as tf
from tensorflow.keras import backend as K
model = tf.keras.models.load_model("model.h5")
"""


def script(*lines: str) -> str:
    return dedent(HEAD) + "\n".join(lines) + "\n"


def save(inputs: str, outputs: str) -> str:
    return f"tf.saved_model.simple_save(K.get_session(), 'out', {{{inputs}}}, {{{outputs}}})"


def refused(code: str) -> str:
    """Why the export does not become a function over the model."""
    [site] = rewrite(code).sites
    [reason] = [one.reason for one in site.refusals if one.strategy == "keras_model"]
    return reason


def test_what_is_computed_of_the_models_outputs_moves_into_the_function():
    after = check_native(
        script(
            "size = 3",
            "probs = model.output",
            "best = tf.argmax(probs, dimension=1)",
            "values, indices = tf.nn.top_k(model.outputs[0], k=size)",
            save("'x': model.input", "'best': tf.identity(best, name='best'), 'values': values / 2.0, 'p': probs"),
        )
    )
    assert after.endswith(
        dedent(
            """
            def serving_default(x):
                results = tf.nest.flatten(model(x, training=False))
                best = tf.argmax(results[0], axis=1)
                values, indices = tf.nn.top_k(results[0], k=size)
                return {
                    "best": tf.identity(best, name='best'),
                    "values": values / 2.0,
                    "p": results[0],
                }


            module = tf.Module()
            module.weights = _weights(serving_default)
            tf.saved_model.save(
                module,
                export_dir,
                signatures={"serving_default": serving_default},
            )
            """
        )
    )
    assert "\nsize = 3\n" in after
    assert "probs = model.output" not in after


def test_what_comes_before_the_model_moves_too():
    after = check_native(
        script(
            "def decode(data):",
            '    """One image."""',
            "    return tf.to_float(tf.image.decode_png(data, channels=3)) / 255.0",
            "features = {'image': tf.FixedLenFeature([], tf.string)}",
            "serialized = tf.placeholder(tf.string, name='examples')",
            "parsed = tf.parse_example(serialized, features)",
            "scores = model(tf.map_fn(decode, parsed['image'], dtype=tf.float32))",
            save("'examples': serialized", "'scores': scores"),
        ),
        'tf.TensorSpec([None], tf.string, name="examples")',
        "return tf.cast(tf.image.decode_png(data, channels=3), tf.float32) / 255.0",
        "features = {'image': tf.io.FixedLenFeature([], tf.string)}",
        without=("placeholder", "compat"),
    )
    assert "    scores = model(tf.map_fn(decode, parsed['image'], dtype=tf.float32), training=False)\n" in after


def test_the_argument_has_a_name_of_its_own():
    after = check_native(script("scores = tf.exp(model.output)", save("'scores': model.input", "'y': scores")))
    assert "def serving_default(scores_input):\n    results = model(scores_input, training=False)\n" in after


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["y = tf.exp(model.output)", "print(y)", save("'x': model.input", "'y': y")], "'y' is used for more"),
        (["y = tf.exp(model.output)", "y = tf.square(y)", save("'x': model.input", "'y': y")], "'y' is used for more"),
        (["with tf.name_scope('post'):", "    y = tf.exp(model.output)", save("'x': model.input", "'y': y")],
         "a with statement"),
        (["if condition:", "    y = tf.exp(model.output)", save("'x': model.input", "'y': y")], "in a way that cannot be read"),
        (["y = tf.exp(model.output)", "k = 1", save("'x': model.input", "'y': y * k"), "k = 2"], None),
        (["k = 1", "y = model.output * k", "k = 2", save("'x': model.input", "'y': y")], "'k' may be another"),
        (["y = tf.map_fn(lambda v: v * 2, model.output)", save("'x': model.input", "'y': y")], "cannot be read"),
        (["y = model.output == 1", save("'x': model.input", "'y': y")], "cannot be read"),
        (["y = tf.random_normal([2]) + model.output", save("'x': model.input", "'y': y")], "tf.random.normal"),
        (["x = tf.placeholder(tf.float32)", save("'x': x, 'z': model.input", "'y': model(x)")], "only some of the inputs"),
        (["x = tf.placeholder(tf.float32)", save("'x': x", "'y': model(x) + model.output")], "is not fed|not fed"),
        (["x = tf.placeholder(tf.float32)", save("'x': x", "'y': model(x, mask)")], "more than its inputs"),
        (["def f(v):", "    print(v)", "    return v", "y = f(model.output)", save("'x': model.input", "'y': y")],
         "'f' calls print"),
        (["def f(v):", "    for i in range(3): v = v * 2", "    return v", "y = f(model.output)",
          save("'x': model.input", "'y': y")], "'f' does more"),
    ],
)  # fmt: skip
def test_what_does_not_move(lines: list[str], reason: str | None):
    code = script(*lines)
    if reason is None:
        check_native(code)
    else:
        assert any(part in refused(code) for part in reason.split("|")), refused(code)


TABLE = "table = tf.contrib.lookup.index_to_string_table_from_tensor(labels, default_value='?')"
LOOKED_UP = "names = table.lookup(tf.to_int64(tf.argmax(model.output, 1)))"
RUN = "K.get_session().run(tf.tables_initializer())"


@pytest.mark.parametrize("labels", ["labels = tf.constant(['a', 'b'])", "labels = ['a', 'b']"])
def test_a_table_stays_beside_the_function_and_is_saved(labels: str):
    after = check_native(
        script(labels, TABLE, LOOKED_UP, RUN, save("'x': model.input", "'names': names")),
        "tf.lookup.StaticHashTable(",
        "    names = table.lookup(tf.cast(tf.argmax(results, 1), tf.int64))\n",
        "module.tables = [table]\n",
    )
    assert "tables_initializer" not in after
    assert after.index("table = tf.lookup") < after.index("@tf.function")
    assert ("vocabulary = tf.constant(labels)" in after) == (labels == "labels = ['a', 'b']")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["if x:", "    " + TABLE], "table"),
        (["table = make(labels)"], "table.lookup"),
        ([TABLE, "table = make(table)"], "table.lookup"),
    ],
)
def test_a_table_that_may_be_another_is_refused(lines: list[str], reason: str):
    code = script("labels = ['a', 'b']", *lines, LOOKED_UP, save("'x': model.input", "'names': names"))
    assert reason in refused(code)
