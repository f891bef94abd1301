"""Other files of a program that stay as they are, and do not run under Keras 3."""

from __future__ import annotations

from pathlib import Path

import pytest
from trees import rewrite_in_tree

CODE = """\
import tensorflow as tf
from tensorflow.keras import backend as K
from net import build

model = build()
tf.saved_model.simple_save(K.get_session(), 'out', {'x': model.input}, {'y': model.output})
"""
NET = "import tensorflow as tf\n{}\n\ndef build():\n    return tf.keras.Sequential([tf.keras.layers.Dense(1{})])\n"


def told(directory: Path, net: str) -> list[str]:
    [site] = rewrite_in_tree(directory, CODE, net=net).sites
    assert site.rule == "TFM005"
    return [one.message for one in site.findings if "of other files" in one.message]


@pytest.mark.parametrize(
    ("head", "inside", "lines"),
    [
        ("from keras.layers.core import Dense", "", "line 2"),
        ("from tensorflow.contrib import learn", "", "line 2"),
        ("tf.keras.optimizers.SGD(lr=1)", "), tf.keras.layers.CuDNNLSTM(3", "lines 2, 5"),
    ],
)
def test_what_does_not_run_is_told(tmp_path: Path, head: str, inside: str, lines: str):
    [message] = told(tmp_path, NET.format(head, inside))
    assert message.endswith(f"net.py ({lines})")


def test_what_runs(tmp_path: Path):
    assert not told(
        tmp_path, NET.format("try:\n    from tensorflow.contrib import x\nexcept ImportError:\n    x = 0", "")
    )
