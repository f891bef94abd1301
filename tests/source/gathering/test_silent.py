"""What importing a module of the tree does."""

from __future__ import annotations

import pytest
from trees import write_tree

from migrate.source.gathering.silent import effect, imports_under_tf2
from migrate.source.tree import source_tree


def loaded(directory, code: str, **modules: str):
    """A tree, and model.py in it."""
    write_tree(directory, model=code, **modules)
    file = directory / "export.py"
    file.write_text("import model\n", "utf-8")
    found = source_tree(str(file), "import model\n")
    assert found is not None
    module = found[0].read((directory / "model.py").resolve())
    assert module is not None
    return found[0], module


@pytest.mark.parametrize(
    "code",
    [
        "'''Text.'''\nimport os\nX = os.path.join('a', 'b')\n\ndef f():\n    print(1)\n",
        "if __name__ == '__main__':\n    print(1)\n",
        "try:\n    import a\nexcept ImportError:\n    a = None\n",
        "class A:\n    x = 1\n",
    ],
)
def test_modules_that_only_define(tmp_path, code):
    assert effect(*loaded(tmp_path, code)) is None


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print(1)\n", "does more than define"),
        ("if True:\n    print(1)\n", "does more than define"),
        ("try:\n    print(1)\nexcept ValueError:\n    pass\n", "does more than define"),
        ("import os\nos.environ['A'] = 'b'\n", "does more than define"),
        ("import tensorflow as tf\ntf.flags.DEFINE_string('a', 'b', 'c')\n", "does more than define"),
        ("import tensorflow as tf\nX = tf.placeholder(tf.float32)\n", "builds a graph"),
        ("import other\n", "other does more than define"),
        ("for i in range(3):\n    pass\n", "does more than define"),
    ],
)
def test_modules_that_do_more(tmp_path, code, said):
    found = effect(*loaded(tmp_path, code, other="print(1)\n"))
    assert found is not None
    assert said in found


def test_modules_in_a_circle_end(tmp_path):
    assert effect(*loaded(tmp_path, "import other\n", other="import model\n")) is None


@pytest.mark.parametrize(
    ("code", "works"),
    [
        ("import tensorflow as tf\nX = tf.float32\n", True),
        ("import tensorflow as tf\n\ndef f():\n    return tf.placeholder(tf.float32)\n", True),
        ("import tensorflow.compat.v1 as tf\nX = tf.placeholder\n", True),
        ("import tensorflow as tf\nslim = tf.contrib.slim\n", False),
        ("import tensorflow.contrib.slim as slim\n", False),
        ("from tensorflow.contrib import slim\n", False),
        ("from tensorflow.examples.tutorials.mnist import input_data\n", False),
        ("import tensorflow as tf\nFLAGS = tf.app.flags.FLAGS\n", False),
        ("import tensorflow as tf\n\nclass C(tf.contrib.rnn.RNNCell):\n    pass\n", False),
        ("import other\n", False),
    ],
)
def test_modules_under_tf2(tmp_path, code, works):
    assert imports_under_tf2(*loaded(tmp_path, code, other="import tensorflow.contrib\n")) is works
