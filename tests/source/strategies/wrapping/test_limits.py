"""Graph code that would not run, or could not be saved."""

from __future__ import annotations

import pytest
from wrapping_code import BUILD, INIT, SAVE, in_session, why_not, wrapped


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("o['z'] = tf.contrib.gan.flatten(x)\n", "tf.contrib.gan.flatten, which ended"),
        ("o['z'] = tf.py_func(abs, [x], tf.float32)\n", "Python code"),
        ("o['z'] = tf.keras.layers.Dense(3)(x)\n", "Keras"),
        ("o['z'] = x * tf.Variable(tf.global_variables()[0].initialized_value())\n", "initialized_value"),
        ("v = tf.Variable(1.)\no['z'] = x * tf.Variable(v * 2)\n", "another variable"),
        ("v = tf.Variable(1.)\no['z'] = x * tf.assign_add(v, 1.)\n", "changes variables"),
        ("v = tf.get_variable('v', [], use_resource=False)\no['z'] = x * v\n", "use_resource"),
        ("s = tf.sparse_placeholder(tf.float32)\n", "sparse"),
        ("t = tf.lookup.experimental.DenseHashTable\n", "a table that changes"),
        ("tf.set_random_seed(1)\n", "seed of the graph"),
        ("print(tf.get_default_session())\n", "another session"),
    ],
)
def test_what_differs_under_tf2_is_refused(line: str, reason: str):
    assert reason in why_not(in_session(INIT, SAVE.replace("{'x': x}", "dict([('x', x)])"), build=BUILD + line))


def test_what_is_evaluated_in_the_session_is_refused():
    code = in_session(INIT, "print(o['y'].eval())\n", SAVE.replace("{'x': x}", "dict([('x', x)])"))
    assert "evaluated" in why_not(code)


def test_names_of_both_spellings_are_refused_where_the_version_decides():
    code = in_session(INIT, SAVE.replace("{'x': x}", "dict([('x', x)])"))
    mixed = code.replace("tf.saved_model.simple_save", "tf.compat.v1.saved_model.simple_save")
    wrapped(mixed)
    assert "as if plain ones were TF2's" in why_not(mixed + "print(tf.__version__)\n")
    spelled = mixed
    for name in ("placeholder", "get_variable", "Session", "global_variables_initializer"):
        spelled = spelled.replace(f"tf.{name}", f"tf.compat.v1.{name}")
    wrapped(spelled)
    assert "as if plain ones were TF2's" in why_not(spelled.replace("{'y': tf.", "{'y': tf.nn.softmax(x), 'z': tf."))


def test_what_a_session_loads_has_other_variables():
    code = in_session("tf.saved_model.loader.load(sess, ['serve'], 'model')\n", INIT, SAVE)
    assert "loads a SavedModel" in why_not(code)
