from __future__ import annotations

import pytest

from migrate.graph.state import Saved
from migrate.graph.values import OldCheckpoint, Value, first_line


def test_what_tensorflow_says_of_its_own_functions_is_left_out():
    error = OSError("{{function_node __wrapped__RestoreV2_device_/cpu:0}} Read less bytes [Op:RestoreV2]\nmore")
    assert first_line(error) == "Read less bytes"
    assert first_line(ValueError()) == "ValueError"


@pytest.mark.tensorflow
def test_a_v1_checkpoint_in_shards_is_read(tmp_path):
    import tensorflow as tf

    v1, prefix = tf.compat.v1, tmp_path / "m.ckpt"
    with tf.Graph().as_default(), v1.Session() as session:
        variable = v1.Variable([1.0, 2.0], name="v", use_resource=False)
        session.run(variable.initializer)
        v1.train.Saver(write_version=v1.train.SaverDef.V1, sharded=True).save(session, str(prefix))
    assert (tmp_path / "m.ckpt-00000-of-00001").is_file()
    old = OldCheckpoint(prefix)
    assert old.find("v", None) == Saved("v")
    assert old.read(Value("v", "float32", (2,), Saved("v"), 8)).numpy().tolist() == [1.0, 2.0]
