"""Tests of TensorFlow names in code that is not touched otherwise."""

from __future__ import annotations

from migrate.engine import rewrite_source

LOAD = """\
import sys
{imports}


def read(path):
    with ops.Graph().as_default():
        with GFile(path, 'rb') as f:
            graph_def = GraphDef()
            graph_def.ParseFromString(f.read())
            return graph_def


with tf.Session(graph=tf.Graph()) as sess:
    tf.import_graph_def(read('m.pb'), name='')
    print(sess.run('y:0'))


def other(x):
    return nn.relu(x)
"""
IMPORTS = [
    "import tensorflow as tf",
    "from tensorflow import GraphDef, nn",
    "from tensorflow.gfile import GFile",
    "from tensorflow.python import ops",
]


def test_names_that_tf2_has_elsewhere_are_not_imported_any_more():
    after = rewrite_source(LOAD.format(imports="\n".join(IMPORTS)), "script.py").after
    assert "with tf.Graph().as_default():\n        with tf.io.gfile.GFile(path, 'rb') as f:" in after
    assert "            graph_def = tf.compat.v1.GraphDef()\n" in after
    assert after.startswith("import sys\nimport numpy as np\nimport tensorflow as tf\nfrom tensorflow import nn\n")
    assert after.endswith("    return nn.relu(x)\n")
