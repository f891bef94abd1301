"""Freezing where the session stays."""

from __future__ import annotations

import pytest
from checks import check_flagged, rewrite

from migrate.results import Level
from migrate.source.unprovable import ELSEWHERE, NO_EQUAL

RESTORED = """\
{imports}


def freeze(build, sess, checkpoint, path):
    build(tf.placeholder(tf.float32, [2], name='x'))
    with sess:
        tf.train.Saver().restore(sess, checkpoint)
        frozen = {convert}(sess, sess.graph_def, ['y'])
    tf.train.write_graph(frozen, path, 'y.pb', as_text=False)
"""

CONVERT = "tf.graph_util.convert_variables_to_constants"


@pytest.mark.parametrize(
    ("imports", "convert"),
    [
        ("import tensorflow as tf", CONVERT),
        ("import tensorflow as tf\nfrom tensorflow.python.framework import graph_util", CONVERT.partition(".")[2]),
        ("import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()", CONVERT),
    ],
)
def test_the_bridge_freezes_the_session(imports: str, convert: str):
    result = rewrite(RESTORED.format(imports=imports, convert=convert))
    (site,) = result.sites
    assert (site.level, site.rule, site.kind) == (Level.BRIDGED, "TFM303", "freeze")
    assert "import tensorflow.compat.v1 as tf\nfrom migrate import bridge\n" in result.after
    assert result.after.count("tf.disable_v2_behavior()") == 1
    assert "frozen = bridge.convert_variables_to_constants(sess, sess.graph_def, ['y'])" in result.after
    assert "graph_util" not in result.after


def test_a_private_name_where_tensorflow_is_not_imported():
    code = (
        "from tensorflow.python.framework.graph_util import convert_variables_to_constants\n\n"
        "def freeze(sess):\n    return convert_variables_to_constants(sess, sess.graph_def, ['y'])\n"
    )
    after = rewrite(code).after
    assert after.startswith("from migrate import bridge\n")
    assert "return bridge.convert_variables_to_constants(sess, sess.graph_def, ['y'])" in after


def test_files_are_frozen_by_the_bridge_where_other_code_builds_a_graph():
    code = (
        "import tensorflow as tf\nfrom tensorflow.python.tools import freeze_graph\n\n"
        "def network():\n    return tf.get_variable('w', [2])\n\n"
        "freeze_graph.freeze_graph('g.pb', '', True, 'm.ckpt', 'y', '', '', 'out.pb', True, '')\n"
    )
    result = rewrite(code)
    assert [site.level for site in result.sites] == [Level.BRIDGED]
    assert "bridge.freeze_graph('g.pb', '', True, 'm.ckpt', 'y', '', '', 'out.pb', True, '')\n" in result.after


def test_names_that_are_gone_are_told():
    (site,) = rewrite(RESTORED.format(imports="import tensorflow as tf\nslim = tf.contrib.slim", convert=CONVERT)).sites
    assert site.level is Level.BRIDGED
    assert any("contrib.slim" in finding.message for finding in site.findings), site.findings


def test_what_tensorflow_2_has_not():
    check_flagged(
        "from tensorflow.tools.graph_transforms import TransformGraph\n"
        "out = TransformGraph(graph_def, ['x'], ['y'], ['fold_constants'])\n",
        NO_EQUAL,
        "no TransformGraph",
    )
    check_flagged(
        RESTORED.format(imports="import tensorflow as tf\ntf.contrib.quantize.create_eval_graph()", convert=CONVERT),
        NO_EQUAL,
        "rewritten by tf.contrib.quantize",
    )
    check_flagged(
        "from keras import backend as K\nimport tensorflow as tf\n"
        f"sess = K.get_session()\nsess.run([])\nout = {CONVERT}(sess, sess.graph_def, ['y'])\n",
        ELSEWHERE,
        "Keras has no session that could be frozen",
    )


RESTORED_ALONE = """\
import tensorflow as tf


def freeze(build, checkpoint):
    with tf.Graph().as_default():
        build(tf.placeholder(tf.float32, [2], name='x'))
        with tf.Session() as sess:
            tf.train.Saver().restore(sess, checkpoint)
            return {convert}(sess, sess.graph_def, ['y'])
"""
EXPORT = """\


def export(path):
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None])
        tf.saved_model.simple_save(sess, path, {'x': x}, dict([('y', x * 2)]))
"""


def test_in_a_graph_of_its_own_it_stands_beside_an_export_that_moves():
    code = RESTORED.format(imports="import tensorflow as tf", convert=CONVERT) + EXPORT
    assert "disable_v2_behavior" in rewrite(code).after
    alone = RESTORED_ALONE.format(convert=CONVERT).replace("tf.Session()", "connect()") + EXPORT
    result = rewrite(alone)
    assert [site.level for site in result.sites] == [Level.BRIDGED, Level.NATIVE]
    assert "disable_v2_behavior" not in result.after
    assert "bridge.convert_variables_to_constants(" in result.after
