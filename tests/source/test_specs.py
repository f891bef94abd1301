"""Dtypes and static shapes read off the source: what is told must be what TensorFlow says."""

from __future__ import annotations

import ast

import pytest
from checks import check_native, check_not_native, expression, kinds, script

from migrate.source.specs import UNKNOWN, Shape, Specs

HEAD = "import tensorflow as tf\nimport numpy as np\nDTYPE = tf.int64\nSIZE = 4\n"


def specs(code: str, name: str = "t") -> tuple[str | None, Shape | None]:
    """Dtype and shape of a name of some code, where it is read last."""
    found = kinds(f"{HEAD}{code}\nuse({name})\n")
    node = expression(found.region, name)
    reader = Specs(found)
    return reader.dtype(node), reader.shape(node)


def sizes(shape: Shape | None) -> list[int | str | None] | None:
    """The sizes of a shape; expressions as text."""
    assert shape is not None
    if shape.dimensions is None:
        return None
    return [ast.unparse(size) if isinstance(size, ast.expr) else size for size in shape.dimensions]


# What TensorFlow makes of these is asked of TensorFlow.
TENSORS = [
    "tf.placeholder(tf.float32, [None, 3])",
    "tf.placeholder(tf.float32, shape=(None, 3), name='x')",
    "tf.placeholder(dtype=tf.int32, shape=[2])",
    "tf.placeholder('float', [None])",
    "tf.placeholder('double', [])",
    "tf.placeholder('int32', [None, None])",
    "tf.placeholder('string', ())",
    "tf.placeholder(float, [1])",
    "tf.placeholder(bool, [1])",
    "tf.placeholder(np.float32, [1])",
    "tf.placeholder(np.uint8, [None, 28, 28])",
    "tf.placeholder(DTYPE, [SIZE])",
    "tf.placeholder(tf.float32, [None, SIZE])",
    "tf.placeholder(tf.float32)",
    "tf.placeholder(tf.float32, None)",
    "tf.placeholder(tf.float32, 3)",
    "tf.placeholder(tf.float32, [3,])",
    "tf.placeholder(tf.string, [None])",
    "tf.placeholder(tf.bool, [])",
    "tf.placeholder(tf.float32, tf.TensorShape([None, 3]))",
    "tf.placeholder(tf.float32, tf.TensorShape(None))",
    "tf.placeholder(tf.float32, [tf.Dimension(None), tf.Dimension(3)])",
    "tf.placeholder(tf.half, [1])",
    "tf.placeholder(tf.bfloat16, [1])",
    "tf.placeholder(tf.complex64, [1])",
    "tf.placeholder_with_default(1.0, [])",
    "tf.concat([a, a], 1)",
    "tf.concat([a, a], -1)",
    "tf.concat([a, a], axis=0)",
    "tf.concat([a for n in [1, 2]], 1)",
    "tf.placeholder_with_default(1, shape=())",
    "tf.placeholder_with_default([1.0, 2.0], [None])",
    "tf.placeholder_with_default([[1, 2], [3, 4]], [None, 2])",
    "tf.placeholder_with_default('a', [])",
    "tf.placeholder_with_default(True, [])",
    "tf.placeholder_with_default(tf.constant(1.0), [])",
    "tf.placeholder_with_default(tf.zeros([2], tf.int64), [None])",
    "tf.placeholder_with_default(tf.constant([1, 2], dtype=tf.int64), [2])",
    "tf.placeholder_with_default(np.zeros([2], np.float32), [None])",
    "tf.placeholder_with_default(np.zeros([2]), [None])",
    "tf.placeholder_with_default([1, 2.5], [2])",
    "tf.placeholder_with_default([], [None])",
    "tf.placeholder_with_default(1.0, None)",
    "tf.identity(a)",
    "tf.nn.relu(a)",
    "tf.cast(a, tf.int32)",
    "tf.cast(a, 'int64')",
    "tf.to_float(i)",
    "tf.to_int64(i)",
    "tf.to_double(i)",
    "a * 2.0",
    "2.0 * a",
    "a + a",
    "a * s",
    "s * a",
    "a + tf.constant([1.0, 2.0, 3.0])",
    "a / 255.0",
    "i / 2",
    "i // 2",
    "-a",
    "a > 0.0",
    "a[0]",
    "a[:, 0]",
    "a[:, 1:]",
    "a[..., tf.newaxis]",
    "tf.reshape(a, [-1, 3, 1])",
    "tf.reshape(a, [2, 3])",
    "tf.reshape(a, (-1,))",
    "tf.reshape(a, shape=[-1])",
    "tf.reshape(s, [])",
    "tf.expand_dims(a, 0)",
    "tf.expand_dims(a, -1)",
    "tf.expand_dims(a, axis=1)",
    "tf.expand_dims(a, dim=1)",
    "tf.expand_dims(a, -2)",
    "tf.squeeze(tf.expand_dims(a, 0), [0])",
    "tf.transpose(a)",
    "tf.matmul(a, m)",
    "tf.concat([a, a], 1)",
    "tf.concat([a, a], 0)",
    "tf.concat(values=[a, a], axis=0)",
    "tf.stack([a, a])",
    "tf.reduce_sum(a)",
    "tf.reduce_mean(a, 1)",
    "tf.reduce_mean(a, axis=1, keepdims=True)",
    "tf.reduce_mean(i)",
    "tf.argmax(a, 1)",
    "tf.argmax(a, 1, output_type=tf.int32)",
    "tf.equal(a, 1.0)",
    "tf.shape(a)",
    "tf.size(a)",
    "tf.string_to_number(w)",
    "tf.string_to_number(w, tf.int64)",
    "tf.string_to_number(w, out_type=tf.float64)",
    "tf.as_string(a)",
    "tf.clip_by_value(a, 0.0, 1.0)",
    "tf.nn.l2_normalize(a, 1)",
    "tf.abs(tf.cast(a, tf.complex64))",
    "tf.sqrt(a)",
    "tf.add(a, 1.0)",
    "tf.add(a, a)",
    "tf.add(x=a, y=a)",
    "tf.multiply(2.0, a)",
    "tf.divide(i, 2)",
    "tf.truediv(i, 2)",
    "tf.div(i, 2)",
    "tf.round(a)",
    "tf.ones([2, 3])",
    "tf.zeros([2], tf.int32)",
    "tf.zeros([2], dtype=tf.string)",
    "tf.zeros_like(i)",
    "tf.ones_like(i, dtype=tf.float32)",
    "tf.constant(1)",
    "tf.constant([1, 2.0])",
    "tf.constant([[1, 2], [3, 4]], tf.int64)",
    "tf.constant('a')",
    "tf.constant(1.0, shape=[2, 3])",
    "tf.constant(np.zeros([2]))",
    "tf.constant(1 << 40, tf.int64)",
    "tf.fill([2, 3], 1.0)",
    "tf.range(3)",
    "tf.random_normal([2])",
    "tf.random_normal([2], dtype=tf.float64)",
    "tf.Variable(1)",
    "tf.Variable([1.0, 2.0])",
    "tf.Variable(1, dtype=tf.float32)",
    "tf.Variable(np.zeros([2]))",
    "tf.Variable(tf.zeros([2], tf.int64))",
    "tf.get_variable('v', [2])",
    "tf.get_variable('v', [2], tf.int32)",
    "tf.get_variable('v', initializer=[1, 2])",
    "tf.get_variable('v', initializer=tf.constant([1, 2], tf.int64))",
    "tf.gather(a, [0])",
    "tf.one_hot(i, 5)",
    "tf.where(a > 0.0, a, a)",
    "tf.ensure_shape(a, [4, 3])",
    "tf.ensure_shape(u, [None, 3])",
    "tf.sigmoid(u)",
    "tf.reshape(u, [-1, 3])",
    "u * 2.0",
    "a if SIZE else i",
    "tf.parse_example(w, {'f': tf.FixedLenFeature([3], tf.float32)})['f']",
    "tf.parse_example(w, {'f': tf.FixedLenFeature((), tf.int64)})['f']",
    "tf.parse_example(w, {'f': tf.FixedLenFeature(shape=[], dtype=tf.string, default_value='')})['f']",
    "tf.parse_example(serialized=w, features={'f': tf.FixedLenFeature([2, 2], tf.float32)})['f']",
    "tf.io.parse_example(w, {'f': tf.io.FixedLenFeature([1], tf.float32)})['f']",
    "tf.parse_single_example(tf.reshape(w, [])[...], {'f': tf.FixedLenFeature([3], tf.float32)})['f']",
    "tf.io.parse_single_example(one, {'f': tf.FixedLenFeature([3], tf.float32)})['f']",
    "tf.decode_raw(w, tf.uint8)",
    "tf.image.decode_jpeg(one)",
    "tf.image.decode_png(one, channels=1, dtype=tf.uint16)",
    "tf.image.decode_image(one)",
    "tf.split(a, 3, 1)[0]",
    "tf.squeeze(a)",
    "tf.nn.softmax(a)",
    "tf.bitcast(i, tf.float32)",
    "tf.saturate_cast(a, tf.uint8)",
    "tf.matmul(a, m, transpose_a=True)",
]
AROUND = """\
a = tf.placeholder(tf.float32, [None, 3])
i = tf.placeholder(tf.int32, [None])
s = tf.placeholder(tf.float32, [])
u = tf.placeholder(tf.float32)
w = tf.placeholder(tf.string, [None])
one = tf.placeholder(tf.string, [])
m = tf.constant([[1.0], [2.0], [3.0]])
"""


@pytest.mark.tensorflow
@pytest.mark.parametrize("text", TENSORS)
def test_what_is_told_is_what_tensorflow_says(text: str):
    from migrate.signatures.quiet import import_tensorflow

    tf = import_tensorflow()
    code = f"{AROUND}t = {text}"
    dtype, shape = specs(code)
    with tf.Graph().as_default():
        scope = {"tf": tf.compat.v1}
        exec(HEAD.replace("import tensorflow as tf\n", "") + code, scope)
        tensor = scope["t"]
    if dtype is not None:
        assert dtype == tensor.dtype.base_dtype.name
    if shape is not None and shape.whole is None and not any(isinstance(n, ast.expr) for n in shape.dimensions or ()):
        theirs = None if tensor.shape.rank is None else tensor.shape.as_list()
        assert sizes(shape) == theirs


@pytest.mark.parametrize(
    ("text", "dtype", "shape"),
    [
        ("tf.placeholder(tf.float32, [None, 3])", "float32", [None, 3]),
        ("tf.placeholder('float', (None, 3))", "float32", [None, 3]),
        ("tf.placeholder(np.uint8, [None, 28])", "uint8", [None, 28]),
        ("tf.placeholder(tf.string, ())", "string", []),
        ("tf.placeholder(DTYPE, [2])", "int64", [2]),
        ("tf.placeholder_with_default(1.0, [])", "float32", []),
        ("tf.placeholder_with_default([1, 2], [None])", "int32", [None]),
        ("tf.identity(a)", "float32", [None, 3]),
        ("a / 255.0", "float32", [None, 3]),
        ("tf.cast(a, tf.int32)", "int32", [None, 3]),
        ("tf.reshape(a, [-1, 3, 1])", "float32", [None, 3, 1]),
        ("tf.expand_dims(a, 1)", "float32", [None, 1, 3]),
        ("tf.parse_example(w, {'f': tf.FixedLenFeature([3], tf.float32)})['f']", "float32", [None, 3]),
    ],
)
def test_common_tensors_are_known(text: str, dtype: str, shape: list[int | None]):
    found, found_shape = specs(f"{AROUND}t = {text}")
    assert found == dtype
    assert sizes(found_shape) == shape


def test_an_unknown_shape_is_unknown_not_untold():
    assert specs("t = tf.placeholder(tf.float32)") == ("float32", UNKNOWN)


def test_a_size_known_at_run_time_is_kept_as_an_expression():
    _, shape = specs("n = int(input())\nt = tf.placeholder(tf.float32, [None, n, n + 1])")
    assert sizes(shape) == [None, "n", "n + 1"]


def test_a_shape_known_at_run_time_is_kept_whole():
    _, shape = specs("def size(): return [1]\nt = tf.placeholder(tf.float32, size())")
    assert shape is not None
    assert ast.unparse(shape.whole) == "size()"


def test_features_kept_in_names():
    code = "spec = {'f': tf.FixedLenFeature([2], tf.int64)}\np = tf.parse_example(w, spec)\nt = p['f']"
    dtype, shape = specs(AROUND + code)
    assert (dtype, sizes(shape)) == ("int64", [None, 2])


def test_features_made_by_a_function():
    code = "def spec():\n  return {'f': tf.FixedLenFeature([2], tf.int64)}\np = tf.parse_example(w, spec())\nt = p['f']"
    dtype, shape = specs(AROUND + code)
    assert (dtype, sizes(shape)) == ("int64", [None, 2])


@pytest.mark.parametrize(
    "made",
    [
        "dict((k, tf.FixedLenFeature([2], tf.float32)) for k in K)",
        "dict([(k, tf.FixedLenFeature([2], dtype=tf.float32)) for k in K])",
        "{k: tf.FixedLenFeature([2], tf.float32) for k in K}",
    ],
)
def test_features_made_by_a_comprehension(made: str):
    code = f"{AROUND}K = ['f', 'g', 'h']\nspec = {made}\np = tf.parse_example(w, spec)\n"
    dtype, shape = specs(code + "t = p['g']")
    assert (dtype, sizes(shape)) == ("float32", [None, 2])
    dtype, shape = specs(code + "t = tf.concat([tf.to_float(p[k]) for k in K], 1)")
    assert (dtype, sizes(shape)) == ("float32", [None, 6])


@pytest.mark.parametrize(
    "made",
    [
        "dict((k, tf.FixedLenFeature([k], tf.float32)) for k in K)",
        "{k + k: tf.FixedLenFeature([2], tf.float32) for k in K}",
        "{k: tf.VarLenFeature(tf.float32) for k in K}",
    ],
)
def test_features_that_differ_are_not_told(made: str):
    code = f"{AROUND}K = ['f', 'g', 'h']\nspec = {made}\np = tf.parse_example(w, spec)\nt = p['g']"
    assert specs(code) == (None, None)


@pytest.mark.parametrize("changed", ["K.append('i')", "mystery(K)", "K[0] = 'i'", "L = K"])
def test_a_list_that_may_change_has_no_known_length(changed: str):
    made = "spec = {k: tf.FixedLenFeature([2], tf.float32) for k in K}\np = tf.parse_example(w, spec)"
    code = f"{AROUND}K = ['f', 'g']\n{changed}\n{made}\nt = tf.concat([p[k] for k in K], 1)"
    assert specs(code)[1] is None


@pytest.mark.parametrize(
    "code",
    [
        "t = mystery()",
        "t = mystery(a)",
        "t = tf.placeholder(mystery(), [1])",
        "if mystery():\n  t = a\nelse:\n  t = i",
        "spec = {'f': tf.FixedLenFeature([2], tf.int64)}\nspec['f'] = mystery()\nt = tf.parse_example(w, spec)['f']",
        "spec = {'f': tf.FixedLenFeature([2], tf.int64)}\nspec.update(mystery())\nt = tf.parse_example(w, spec)['f']",
        "t = tf.parse_example(w, {'f': tf.VarLenFeature(tf.int64)})['f']",
        "t = tf.parse_example(w, {'f': tf.FixedLenFeature([2], tf.int64)})[mystery()]",
    ],
)
def test_what_is_not_sure_is_not_told(code: str):
    assert specs(AROUND + code)[0] is None


# ---- in signatures --------------------------------------------------------------------------------------------------


def test_an_input_whose_dtype_is_not_told_is_flagged():
    check_not_native(
        script(
            "import json",
            "d = json.load(open('c'))['dtype']",
            "z = tf.placeholder(d, [None])",
            "y = z + 1",
            inputs="{'z': z}",
        ),
        "TFM108",
        "dtype",
    )


def test_an_input_whose_shape_is_not_told_is_flagged():
    check_not_native(script("z = tf.tensordot(x, x, [[1], [1]])", "y = z + 1.0", inputs="{'z': z}"), "TFM108", "")


def test_a_size_known_at_run_time_goes_into_the_call_not_into_the_decorator():
    code = script("n = int(input())", "z = tf.placeholder(tf.float32, [None, n])", "y = z * 2.0", inputs="{'z': z}")
    check_native(code, "get_concrete_function", 'tf.TensorSpec([None, n], tf.float32, name="z")')


def test_a_batch_of_examples_has_rank_one_whatever_the_placeholder_says():
    code = script(
        "s = tf.placeholder(tf.string)",
        "p = tf.parse_example(s, {'f': tf.FixedLenFeature([2], tf.float32)})",
        "y = p['f'] * 2.0",
        inputs="{'s': s}",
    )
    check_native(code, "tf.TensorSpec([None], tf.string")
