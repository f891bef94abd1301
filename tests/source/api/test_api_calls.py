"""Translations of calls and of names, and what is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from migrate.source.api import Argument, Refusal, Translation, translate_call, translate_name

sys.path.insert(0, str(Path(__file__).parent))

import rewriting


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tf.add(x, y)", "tf.add(x, y)"),
        ("tf.math.add(x, y)", "tf.math.add(x, y)"),
        ("tf.log(x)", "tf.math.log(x)"),
        ("tf.random_normal([2], seed=1)", "tf.random.normal([2], seed=1)"),
        ("tf.FixedLenFeature([2], tf.float32)", "tf.io.FixedLenFeature([2], tf.float32)"),
        (
            "tf.reduce_sum(x, reduction_indices=[1], keep_dims=True)",
            "tf.reduce_sum(x, axis=[1], keepdims=True)",
        ),
        ("tf.math.reduce_sum(x, 1)", "tf.math.reduce_sum(x, 1)"),
        ("tf.to_float(x)", "tf.cast(x, tf.float32)"),
        ("tf.to_int64(x, name='n')", "tf.cast(x, tf.int64, name='n')"),
        ("tf.nn.dropout(x, keep_prob)", "tf.nn.dropout(x, 1.0 - keep_prob)"),
        ("tf.nn.dropout(x, a + b)", "tf.nn.dropout(x, 1.0 - (a + b))"),
        ("tf.argmax(x, dimension=1)", "tf.argmax(x, axis=1)"),
        ("tf.expand_dims(x, dim=-1)", "tf.expand_dims(x, axis=-1)"),
        ("tf.nn.softmax(x, name='y')", "tf.nn.softmax(x, name='y')"),
        ("tf.nn.top_k(x, 2, True, 't')", "tf.nn.top_k(x, 2, True, name='t')"),
        ("tf.parse_example(s, f)", "tf.io.parse_example(s, f)"),
        ("tf.where(c, x, y)", "tf.raw_ops.Select(condition=c, x=x, y=y)"),
        ("tf.gather(x, i, validate_indices=False)", "tf.gather(x, i)"),
        ("tf.nn.xw_plus_b(x, w, b)", "tf.nn.bias_add(tf.matmul(x, w), b)"),
        ("tf.constant(0.1, shape=shape)", "tf.constant(0.1, shape=shape)"),
        ("tf.constant_initializer(0)", "tf.constant_initializer(0.0)"),
        ("tf.div(x, 255.0)", "tf.math.divide(x, 255.0)"),
        ("tf.train.Example.FromString(s)", "tf.train.Example.FromString(s)"),
        ("tf.map_fn(tf.nn.softmax, x)", "tf.map_fn(tf.nn.softmax, x)"),
    ],
)
def test_calls(before, after):
    assert rewriting.rewritten(before) == after


@pytest.mark.parametrize(
    "expression",
    [
        "tf.image.resize_images(x, [2, 2])",
        "tf.image.resize(x, [2, 2])",
        "tf.image.extract_glimpse(x, [2, 2], [[0.0, 0.0]])",
        "tf.image.per_image_standardization(x)",
        "tf.strings.split(s)",
        "tf.string_split(s, result_type='RaggedTensor')",
        "tf.nn.embedding_lookup([a, b], ids)",
        "tf.nn.embedding_lookup(params, ids)",
        "tf.nn.embedding_lookup([a, b], ids, partition_strategy=strategy)",
        "tf.nn.embedding_lookup([*a], ids)",
        "tf.losses.softmax_cross_entropy(y, x)",
        "tf.losses.mean_squared_error(y, x)",
        "tf.metrics.accuracy(y, x)",
        "tf.metrics.mean(x)",
        "tf.layers.dense(x, 3)",
        "tf.layers.batch_normalization(x)",
        "tf.nn.rnn_cell.LSTMCell(3)",
        "tf.nn.dynamic_rnn(cell, x)",
        "tf.set_random_seed(1)",
        "tf.random.set_random_seed(1)",
        "tf.train.AdamOptimizer()",
        "tf.train.GradientDescentOptimizer(0.1)",
        "tf.train.Saver()",
        "tf.train.ExponentialMovingAverage(0.9)",
        "tf.gradients(y, x)",
        "tf.test.get_temp_dir()",
        "tf.batch_gather(x, i)",
        "tf.string_to_hash_bucket(s, 3, unknown=1)",
        "tf.data.make_initializable_iterator(d)",
        "tf.data.Dataset.from_tensors(x)",
        "tf.get_variable('v', [1])",
        "tf.get_local_variable('v', [1])",
        "tf.Variable(1.0)",
        "tf.assign(v, 1)",
        "tf.assign_add(v, 1)",
        "tf.scatter_update(v, 0, 1)",
        "tf.placeholder(tf.float32)",
        "tf.Session()",
        "tf.Graph()",
        "tf.Print(x, [x])",
        "tf.variable_scope('a')",
        "tf.global_variables_initializer()",
        "tf.summary.scalar('a', x)",
        "tf.keras.layers.Dense(3)",
        "tf.contrib.layers.fully_connected(x, 3)",
        "tf.estimator.Estimator(f)",
        "tf.FIFOQueue(3, [tf.float32])",
        "tf.lookup.StaticHashTable(i, 0)",
        "tf.truncated_normal_initializer(stddev=0.1)",
        "tf.random_uniform_initializer()",
        "tf.constant_initializer(value)",
        "tf.zeros_initializer(tf.int32)",
        "tf.constant([1, 2], shape=[3])",
        "tf.constant(value, shape=[3])",
        "tf.div(x, y)",
        "tf.div(x, 2)",
        "tf.cond(p, f, g)",
        "tf.cond(p, lambda: [x], lambda: [y])",
        "tf.cond(p, lambda: tf.split(x, 1), lambda: tf.split(y, 1))",
        "tf.while_loop(c, b, [x])",
        "tf.while_loop(c, b, loop_vars)",
        "tf.device(f)",
        "tf.name_scope(name, 'default')",
        "tf.nn.conv2d(x, w, [1, 1, 1, 1], 'SAME', use_cudnn_on_gpu=False)",
        "tf.nn.fused_batch_norm(x, s, o, epsilon=1e-06)",
        "tf.nn.ctc_beam_search_decoder(x, n)",
        "tf.matrix_diag(x, k=1)",
        "tf.assert_equal(x, y, data=[x])",
        "tf.reduce_sum(x, axis=1, reduction_indices=1)",
        "tf.reduce_sum(x, 0, True, 'n', None, None, None)",
        "tf.argmax(*a)",
        "tf.to_float(**k)",
        "tf.no_such_thing(x)",
    ],
)
def test_refused(expression):
    answer = rewriting.call(expression)
    assert isinstance(answer, Refusal)
    assert answer.reason.startswith(("tf.", "the argument"))
    assert "{}" not in answer.reason


@pytest.mark.parametrize(
    ("expression", "facts", "name"),
    [
        ("tf.nn.embedding_lookup(params, ids)", {0: {"one tensor"}}, "nn.embedding_lookup"),
        ("tf.div(x, y)", {0: {"floating"}}, "math.divide"),
        ("tf.div(x, y)", {0: {"integer"}}, "math.floordiv"),
        ("tf.where(c, x, y)", {1: {"same shape"}}, "where"),
        ("tf.cond(p, f, g)", {1: {"not one element"}, 2: {"not one element"}}, "cond"),
        ("tf.while_loop(c, b, v)", {2: {"several"}}, "while_loop"),
        ("tf.image.per_image_standardization(x)", {0: {"floating"}}, "image.per_image_standardization"),
    ],
)
def test_facts_change_the_answer(expression, facts, name):
    answer = rewriting.call(expression, facts=facts)
    assert isinstance(answer, Translation)
    assert answer.name == name


def test_a_refusal_says_which_facts_would_help():
    answer = translate_call("nn.embedding_lookup", 2, ())
    assert isinstance(answer, Refusal)
    assert answer.needs == ((0, "one tensor"),)


def test_an_unchanged_argument_list_is_not_spelled_out():
    assert translate_call("reduce_sum", 2, ("keepdims",)) == Translation("reduce_sum", None)
    assert translate_call("log", 1, ("name",)) == Translation("math.log", None)
    assert translate_call("add", 0, (), starred=True) == Translation("add", None)


def test_arguments_are_told_by_their_place_in_the_old_call():
    assert translate_call("transpose", 3, ()) == Translation(
        "transpose", (Argument(None, 0), Argument(None, 1), Argument("name", 2))
    )
    assert translate_call("to_float", 1, ()) == Translation(
        "cast", (Argument(None, 0), Argument(None, None, "tf.float32"))
    )


def test_what_may_be_dropped_must_be_a_known_literal():
    given = {"use_cudnn_on_gpu": "True"}
    assert isinstance(translate_call("nn.conv2d", 4, ("use_cudnn_on_gpu",), literals=given), Translation)
    assert isinstance(translate_call("nn.conv2d", 4, ("use_cudnn_on_gpu",)), Refusal)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("float32", "float32"),
        ("nn.relu", "nn.relu"),
        ("nn.softmax", "nn.softmax"),
        ("log", "math.log"),
        ("reduce_sum", "reduce_sum"),
        ("math.reduce_sum", "math.reduce_sum"),
        ("newaxis", "newaxis"),
        ("QUANTIZED_DTYPES", "dtypes.QUANTIZED_DTYPES"),
        ("VERSION", "version.VERSION"),
        ("saved_model.signature_constants.PREDICT_METHOD_NAME", "saved_model.PREDICT_METHOD_NAME"),
        ("errors.InvalidArgumentError", "errors.InvalidArgumentError"),
        ("nn.top_k", "nn.top_k"),
    ],
)
def test_names_as_values(name, expected):
    assert translate_name(name) == Translation(expected, None)


@pytest.mark.parametrize(
    "name",
    [
        "AUTO_REUSE",
        "GraphKeys.GLOBAL_VARIABLES",
        "to_float",
        "transpose",
        "nn.max_pool",
        "cond",
        "layers.dense",
        "train",
    ],
)
def test_names_as_values_refused(name):
    assert isinstance(translate_name(name), Refusal)


def test_text_of_an_argument():
    texts = {0: "a", 1: "b", "k": "c + d"}
    assert Argument(None, 0).render(texts) == "a"
    assert Argument("rate", "k", None, "1.0 - ({})").render(texts) == "rate=1.0 - (c + d)"
    assert Argument("rate", 1, None, "1.0 - ({})").render(texts) == "rate=1.0 - b"
    assert Argument(None, 0, None, "tf.matmul({0}, {1})", (1,)).render(texts) == "tf.matmul(a, b)"
