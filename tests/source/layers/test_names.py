from __future__ import annotations

import pytest
from checks import kinds

from migrate.source.layers.names import has_layers, is_layer


@pytest.mark.parametrize(
    ("symbol", "layer"),
    [
        ("layers.dense", True),
        ("contrib.layers.fully_connected", True),
        ("contrib.slim.conv2d", True),
        ("nn.rnn_cell.GRUCell", True),
        ("nn.dynamic_rnn", True),
        ("contrib.layers.xavier_initializer", False),
        ("contrib.layers.l2_regularizer", False),
        ("nn.conv2d", False),
        ("keras.layers.Dense", False),
        (None, False),
    ],
)
def test_which_names_are_layers(symbol: str | None, layer: bool):
    assert is_layer(symbol) is layer


def test_regions():
    assert has_layers(kinds("import tensorflow as tf\ny = tf.nn.relu(tf.layers.dense(x, 2))"))
    assert not has_layers(kinds("import tensorflow as tf\ndef f():\n    return tf.layers.dense(x, 2)"))
