from __future__ import annotations

import subprocess
import sys

import pytest

PROBE = """
import sys
from migrate import protos
early = protos.graph_def()
early.node.add().name = "a"
assert "tensorflow" not in sys.modules
import tensorflow as tf
from tensorflow.core.framework import graph_pb2
assert type(early) is graph_pb2.GraphDef
assert type(protos.meta_graph_def()) is type(tf.compat.v1.MetaGraphDef())
with tf.Graph().as_default():
    tf.constant(1.0)
    tf.compat.v1.get_default_graph().as_graph_def()
print("fine")
"""


@pytest.mark.tensorflow
def test_they_are_tensorflows_own_though_it_was_not_imported():
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "fine", done.stderr


def test_nothing_of_the_stand_in_is_left():
    code = (
        "import sys; from migrate import protos; protos.saved_model(); "
        "print(*[name for name in sys.modules if name.partition('.')[0] == 'tensorflow'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
