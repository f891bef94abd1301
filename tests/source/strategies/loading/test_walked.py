"""Which names come from signatures."""

from __future__ import annotations

import pytest
from checks import rewrite

from migrate.results import Level

CODE = """\
import tensorflow as tf

def ask(d, values, key):
    with tf.Session(graph=tf.Graph()) as sess:
        m = tf.saved_model.loader.load(sess, ['serve'], d)
        names = [info.name for info in m.signature_def[key].outputs.values()]
        feed = {info.name: values[name] for name, info in m.signature_def[key].inputs.items()}
        return sess.run(names, feed_dict=feed)
"""


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        ("", "", Level.NATIVE),
        ("names = [info.name for", "names = [sess.graph.get_tensor_by_name(info.name) for", Level.NATIVE),
        ("return sess.run(names,", "names.append('keep:0')\n        return sess.run(names,", Level.WRAPPED),
        ("return sess.run(names,", "print(sess.graph.get_operations())\n        return sess.run(names,", Level.WRAPPED),
        ("feed = {info.name:", "feed = {info.dtype:", Level.WRAPPED),
    ],
)
def test_only_names_of_signatures_are_run(old: str, new: str, level: Level):
    (site,) = rewrite(CODE.replace(old, new)).sites
    assert site.level is level, site.refusals
