"""How the new code spells TensorFlow's names."""

from __future__ import annotations

import ast

import pytest

from migrate.source.emit.spelling import Home, Spelling, below, is_private, qualified_name
from migrate.source.symbols import Symbols
from migrate.source.unprovable import Unprovable

HERE = ast.parse("here", mode="eval").body
OLD = Spelling("tf", modern=False)
MODERN = Spelling("tf", modern=True)


@pytest.mark.parametrize(
    ("qualified", "home", "text"),
    [
        ("tensorflow.log", Home.MODEL, "tf.math.log"),
        ("tensorflow.float32", Home.MODEL, "tf.float32"),
        ("tensorflow.log", Home.FILE, "tf.math.log"),
        ("tensorflow.placeholder", Home.FILE, "tf.compat.v1.placeholder"),
        ("tensorflow.placeholder", Home.LEGACY, "tf.compat.v1.placeholder"),
        ("tensorflow.saved_model.signature_constants.PREDICT_INPUTS", Home.MODEL, "tf.saved_model.PREDICT_INPUTS"),
        ("tensorflow.compat.v1.log", Home.MODEL, "tf.math.log"),
    ],
)
def test_a_name_of_tf1(qualified: str, home: Home, text: str):
    assert OLD.symbol(qualified, home, HERE) == text


def test_the_name_that_the_file_gives_to_tensorflow():
    assert Spelling("tensorflow", modern=False).symbol("tensorflow.log", Home.MODEL, HERE) == "tensorflow.math.log"
    assert Spelling("flow", modern=False).name_of("") == "flow"


def test_a_plain_name_may_be_tf2s_already():
    assert MODERN.symbol("tensorflow.math.log", Home.MODEL, HERE) == "tf.math.log"
    assert MODERN.symbol("tensorflow.zeros", Home.FILE, HERE) is None


def test_what_has_no_equal_is_refused_in_a_model():
    with pytest.raises(Unprovable):
        OLD.symbol("tensorflow.placeholder", Home.MODEL, HERE)


def test_what_is_gone_is_refused_elsewhere_only_if_that_is_asked():
    with pytest.raises(Unprovable, match="is gone from TF2"):
        OLD.symbol("tensorflow.contrib.crf", Home.FILE, HERE)
    assert OLD.symbol("tensorflow.contrib.crf", Home.FILE, HERE, strict=False) is None


def test_names_of_private_modules_stay_where_no_public_name_is_known():
    private = "tensorflow.core.framework.graph_pb2.Anything"
    assert is_private(private)
    assert OLD.symbol(private, Home.MODEL, HERE) is None
    assert not is_private("tensorflow.python.ops.math_ops.log")
    assert OLD.symbol("tensorflow.python.ops.math_ops.log", Home.MODEL, HERE) == "tf.math.log"


@pytest.mark.parametrize(
    ("qualified", "name"),
    [
        ("tensorflow.log", "log"),
        ("tensorflow.compat.v1.log", "log"),
        ("tensorflow.compat.v1.compat.v1.log", "log"),
        ("tensorflow.python.framework.ops.Graph", "Graph"),
    ],
)
def test_the_name_below_tensorflow(qualified: str, name: str):
    assert below(qualified) == name


@pytest.mark.parametrize(
    ("text", "qualified"),
    [
        ("tf.nn.relu", "tensorflow.nn.relu"),
        ("relu", "tensorflow.nn.relu"),
        ("np.zeros", None),
        ("other", None),
        ("tf.zeros([1])", None),
    ],
)
def test_whose_name_an_expression_is(text: str, qualified: str | None):
    symbols = Symbols(ast.parse("import tensorflow as tf, numpy as np\nfrom tensorflow.nn import relu\n"))
    assert qualified_name(ast.parse(text, mode="eval").body, symbols, symbols.module) == qualified


def test_texts_of_the_tables_get_the_files_name_for_tensorflow():
    text = "tf.cast(x.tf, tf.int32)"
    assert OLD.of_table(text) is text
    assert Spelling("tensorflow.compat", modern=False).of_table("f(tf.int32)") == "f(tensorflow.compat.int32)"
