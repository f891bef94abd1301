"""Respelled code: TF2's names, changed arguments, and everything else as its author wrote it."""

from __future__ import annotations

import pytest
from checks import check_native, check_not_native, script


def model(*graph: str, **parts: str) -> str:
    """The rewritten class of a script with this graph."""
    after = check_native(script(*graph, **parts))
    return after[after.index("class ") : after.index("\nexport_dir = ")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tf.log(x)", "tf.math.log(x)"),
        ("tf.reduce_sum(x, 1)", "tf.reduce_sum(x, 1)"),
        ("tf.reduce_sum(x, reduction_indices=[1])", "tf.reduce_sum(x, axis=[1])"),
        ("tf.reduce_mean(x, axis=1, keep_dims=True)", "tf.reduce_mean(x, axis=1, keepdims=True)"),
        ("tf.argmax(x, dimension=1)", "tf.argmax(x, axis=1)"),
        ("tf.nn.softmax(x, dim=0)", "tf.nn.softmax(x, axis=0)"),
        ("tf.expand_dims(x, dim=1)", "tf.expand_dims(x, axis=1)"),
        ("tf.squared_difference(x, 1.0)", "tf.math.squared_difference(x, 1.0)"),
        ("tf.matrix_inverse(x)", "tf.linalg.inv(x)"),
        ("tf.nn.relu(x)", "tf.nn.relu(x)"),
        ("tf.compat.v1.log(x)", "tf.math.log(x)"),
        ("tf.random_normal([3]) + x", "tf.random.normal([3]) + x"),
        ("tf.to_int32(x)", "tf.cast(x, tf.int32)"),
    ],
)
def test_calls(before: str, after: str):
    made = model(f"y = {before}")
    assert f"y = {after}\n" in made, made


def test_a_placeholder_becomes_the_parameter():
    made = model("z = x", "y = z * 2.0", inputs="{'features': x}")
    assert "def serving_default(self, x):" in made
    assert 'name="features"' in made
    assert "placeholder" not in made


def test_a_variable_becomes_an_attribute():
    made = model("w = tf.Variable(2.0, name='w')", "y = x * w + w")
    assert "y = x * self.w + self.w\n" in made


def test_a_parameter_of_a_lambda_is_not_taken_for_a_variable():
    made = model("w = tf.Variable(2.0, name='w')", "y = tf.map_fn(lambda w: w * 2.0, x) + w")
    assert "lambda w: w * 2.0" in made
    assert "+ self.w" in made


def test_a_name_of_a_comprehension_is_not_taken_for_a_variable():
    made = model("w = tf.Variable(2.0, name='w')", "y = tf.add_n([x * w for w in (1.0, 2.0)]) + w")
    assert "[x * w for w in (1.0, 2.0)]" in made
    assert "+ self.w" in made


def test_a_keyword_of_the_same_name_is_not_taken_for_a_variable():
    made = model("def scale(t, w):\n  return t * w", "w = tf.Variable(2.0, name='w')", "y = scale(x, w=w)")
    assert "scale(x, w=self.w)" in made


def test_an_attribute_of_the_same_name_is_not_taken_for_a_variable():
    made = model("import types", "o = types.SimpleNamespace(w=3.0)", "w = tf.Variable(2.0, name='w')", "y = x * w")
    assert "x * self.w" in made


def test_a_string_is_not_touched():
    made = model("d = {'w': 2.0}", "w = tf.Variable(2.0, name='w')", "y = x * d['w'] * w")
    assert "['w']" in made


def test_comments_and_layout_of_the_graph_code_are_kept():
    made = model(
        "# the sum of",
        "# all rows",
        "y = tf.reduce_sum( x ,   # odd",
        "                   reduction_indices = [ 1 ],  # old name",
        "                 )   # the end",
    )
    assert "# the sum of\n" in made
    assert "# all rows\n" in made
    assert "tf.reduce_sum( x ,   # odd\n" in made
    assert "# old name\n" in made
    assert "# the end\n" in made


def test_parentheses_are_kept():
    made = model("w = tf.Variable(2.0, name='w')", "y = (x) * (w)", "y = (y\n     + x)")
    assert "(x) * (self.w)" in made
    assert "(y\n" in made


def test_arguments_that_move_keep_their_comments():
    made = model("y = tf.squeeze(tf.expand_dims(x, 1),\n               squeeze_dims=[1]  # this one\n               )")
    assert "axis=[1]" in made
    assert "# this one" in made


def test_an_alias_of_a_part_of_tensorflow():
    made = model("nn = tf.nn", "y = nn.relu(x)")
    assert "relu(x)" in made


def test_names_imported_from_private_modules():
    made = model("from tensorflow.python.ops import math_ops", "y = math_ops.matmul(x, x, transpose_b=True)")
    assert "y = tf.matmul(x, x, transpose_b=True)\n" in made


def test_names_imported_by_name():
    made = model("from tensorflow import log", "y = log(x)")
    assert "tf.math.log(x)" in made


def test_plain_names_are_tf2s_where_the_file_spells_tf1s_out():
    code = script("y = tf.argmax(x, axis=1)").replace("tf.placeholder", "tf.compat.v1.placeholder")
    code = code.replace("tf.Session", "tf.compat.v1.Session").replace("tf.global", "tf.compat.v1.global")
    check_native(
        code.replace("tf.saved_model.simple", "tf.compat.v1.saved_model.simple"),
        "tf.argmax(x, axis=1)",
        without=("compat",),
    )


def test_a_variable_in_an_f_string_is_not_half_converted():
    code = script("w = tf.Variable(2.0, name='w')", "y = tf.identity(x * w, name=f'{w.op.name}_y')")
    after = check_native(code) if "self.w.op" in code else None
    assert after is None or "{w.op.name}" not in after


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("tf.image.resize_images(tf.reshape(x, [-1, 3, 1, 1]), [6, 2])", "resize_images"),
        ("tf.no_such_function(x)", "no_such_function"),
    ],
)
def test_what_tf2_has_not_is_flagged(expression: str, reason: str):
    check_not_native(script(f"y = {expression}"), _rule(expression), reason)


def _rule(expression: str) -> str:
    from checks import rewrite

    (site,) = rewrite(script(f"y = {expression}")).sites
    (rule,) = {refusal.rule for refusal in site.refusals if refusal.strategy == "native"}
    assert rule in ("TFM101", "TFM104", "TFM105", "TFM109")
    return rule
