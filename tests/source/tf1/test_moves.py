"""Which names are had from another package, and which are to blame where one is not."""

from __future__ import annotations

import ast
from textwrap import dedent

from migrate.source.symbols import Symbols
from migrate.source.tf1.moves import Moves, moves_of


def read(code: str) -> Moves:
    return moves_of(Symbols(ast.parse(dedent(code))))


def test_each_name_with_its_first_line():
    moves = read("""
        import tensorflow as tf
        from tensorflow.contrib import slim
        y = tf.layers.dense(slim.flatten(x))
        z = tf.layers.dense(tf.contrib.gan.gan_loss(y))
        """)
    assert moves.supported == {"contrib.slim": 3, "contrib.slim.flatten": 4, "layers.dense": 4}
    assert moves.missing == {"contrib.gan.gan_loss": 5}


def test_a_module_that_lacks_something_is_kept_back_by_it():
    moves = read("""
        from tensorflow.contrib import slim
        y = slim.flatten(x)
        z = slim.nothing(y)
        """)
    assert not moves.any
    assert moves.missing == {"contrib.slim.nothing": 4}
    assert {ast.unparse(node): name for node, name in moves.lacking.items()} == {
        "slim": "contrib.slim.nothing",
        "slim.flatten": "contrib.slim.nothing",
        "slim.nothing": "contrib.slim.nothing",
    }


def test_names_for_names_for_modules():
    moves = read("""
        import tensorflow as tf
        contrib = tf.contrib
        slim = contrib.slim
        def f(x):
            layers = contrib.layers
            return slim.conv2d(layers.flatten(x))
        """)
    assert [ast.unparse(node) for node in moves.expressions] == ["tf.contrib"]
    assert moves.missing == {}


def test_calls_that_tf2_has_under_another_name_are_covered():
    moves = read("""
        import tensorflow as tf
        y = tf.contrib.layers.xavier_initializer_conv2d(seed=3)
        """)
    assert moves.missing == {}
    assert moves.supported == {}
    assert "tf.contrib.layers.xavier_initializer_conv2d" in {ast.unparse(node) for node in moves.covered}


def test_a_module_is_read_once():
    symbols = Symbols(ast.parse("import tensorflow as tf\ntf.layers.dense"))
    assert moves_of(symbols) is moves_of(symbols)


def test_what_is_missing_as_soon_as_the_module_is_imported():
    moves = read("""
        import tensorflow as tf
        from tensorflow.contrib import slim
        def f(x, y=tf.contrib.gan.a):
            return slim.nothing(x) + tf.contrib.gan.b(x)
        class C:
            d = tf.contrib.gan.d
            def g(self): return lambda: tf.contrib.gan.e
        """)
    assert moves.at_once == {"contrib.gan.a", "contrib.slim.nothing", "contrib.gan.d"}
    assert moves.missing.keys() - moves.at_once == {"contrib.gan.b", "contrib.gan.e"}
