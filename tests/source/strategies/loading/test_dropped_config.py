"""Settings of sessions go with them, unless something else uses them."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from migrate.source.loaded.places import Places
from migrate.source.strategies.loading.dropped_config import dropped_config
from migrate.source.symbols import Symbols


def dropped(code: str) -> list[str]:
    """The statements that go with the sessions of some code."""
    tree = ast.parse("import tensorflow as tf\n" + dedent(code))
    symbols = Symbols(tree)
    sessions = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "tf.Session"]
    found = dropped_config(Places(symbols), symbols, sessions)
    return [ast.unparse(statement) for statement in sorted(found, key=lambda statement: statement.lineno)]


def test_a_config_and_all_that_sets_it():
    assert dropped(
        """\
        options = tf.GPUOptions(allow_growth=True)
        config = tf.ConfigProto(gpu_options=options)
        config.gpu_options.per_process_gpu_memory_fraction = 0.5
        sess = tf.Session(config=config)
        """
    ) == [
        "options = tf.GPUOptions(allow_growth=True)",
        "config = tf.ConfigProto(gpu_options=options)",
        "config.gpu_options.per_process_gpu_memory_fraction = 0.5",
    ]


@pytest.mark.parametrize(
    "code",
    [
        "config = make()\nsess = tf.Session(config=config)",
        "config = tf.ConfigProto()\nlog(config)\nsess = tf.Session(config=config)",
        "config = tf.ConfigProto()\nsess = tf.Session(config=config)\ntrain(config)",
        "def f(config):\n  config.a = 1\n  return tf.Session(config=config)",
        "sess = tf.Session(graph=graph)",
    ],
)
def test_what_something_else_uses_or_makes_stays(code: str):
    assert dropped(code) == []
