"""Tests of what graphs that are frozen need, and TensorFlow 2 has not."""

from __future__ import annotations

import ast

import pytest

from migrate.source.strategies.freezing.limits import refuse_gone
from migrate.source.symbols import Symbols
from migrate.source.unprovable import Unprovable


def check(code: str) -> None:
    symbols = Symbols(ast.parse("import tensorflow as tf\n" + code))
    refuse_gone([symbols.module], symbols)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("tf.contrib.unheard_of(1)\n", "ended with TensorFlow 1"),
        ("tf.keras.Model()\n", "Keras"),
        ("import keras\nkeras.Model()\n", "Keras"),
        ("import tensorflow_hub as hub\nhub.Module('m')\n", "tensorflow_hub"),
        ("tf.estimator.Estimator(f)\n", "tf.estimator"),
        ("tf.InteractiveSession(graph=g)\n", "InteractiveSession"),
    ],
)
def test_refused(code: str, reason: str):
    with pytest.raises(Unprovable, match=reason):
        check(code)


@pytest.mark.parametrize(
    "code",
    [
        "tf.contrib.layers.flatten(x)\n",
        "tf.layers.dense(x, 2)\n",
        "tf.get_variable('w', [2], use_resource=True)\n",
        "with tf.control_dependencies([a]):\n    tf.assign(v, 1)\n",
        "tf.InteractiveSession()\n",
    ],
)
def test_taken(code: str):
    check(code)
