"""The other modules that build the graph."""

from __future__ import annotations

from pathlib import Path

import pytest
from trees import rewrite_in_tree

EXPORT = """
import sys
import tensorflow as tf
from nets import model

with tf.Graph().as_default():
    x = tf.placeholder(tf.float32, [None, 3])
    outputs = {name: make(x) for name, make in model.HEADS.items()}
    with tf.Session() as sess:
        tf.train.Saver().restore(sess, sys.argv[1])
        tf.saved_model.simple_save(sess, sys.argv[2], {'x': x}, outputs)
"""
V1 = "import tensorflow.compat.v1 as tf\nfrom nets import deeper\nHEADS = {'y': deeper.make}\n"
DEEPER = "import tensorflow.compat.v1 as tf\ndef make(x): return x * tf.get_variable('w', [3])\n"


def test_modules_on_compat_v1_need_nothing(tmp_path: Path):
    (site,) = rewrite_in_tree(tmp_path, EXPORT, nets____init__="", nets__model=V1, nets__deeper=DEEPER).sites
    assert site.rule == "TFM206"
    assert site.findings == ()


def test_modules_that_need_other_names_are_told(tmp_path: Path):
    deeper = DEEPER.replace(".compat.v1", "")
    (site,) = rewrite_in_tree(tmp_path, EXPORT, nets____init__="", nets__model=V1, nets__deeper=deeper).sites
    (finding,) = site.findings
    assert finding.message.startswith("nets/deeper.py uses names that TF2 has in tensorflow.compat.v1 only")


def test_layers_of_keras_2_are_told(tmp_path: Path):
    deeper = DEEPER + "def dense(x): return tf.layers.Nothing(x, 3)\n"
    (site,) = rewrite_in_tree(tmp_path, EXPORT, nets____init__="", nets__model=V1, nets__deeper=deeper).sites
    (finding,) = site.findings
    assert finding.message.startswith("tf.layers and tf.nn.rnn_cell, which nets/deeper.py has, come with Keras 2 only")


def test_names_that_another_package_has_are_told(tmp_path: Path):
    deeper = DEEPER + "slim = tf.contrib.slim\ndef dense(x): return tf.layers.dense(slim.flatten(x), 3)\n"
    (site,) = rewrite_in_tree(tmp_path, EXPORT, nets____init__="", nets__model=V1, nets__deeper=deeper).sites
    (finding,) = site.findings
    assert finding.message.startswith(
        "nets/deeper.py uses names that ended with TensorFlow 1, and that migrate.tf1 has"
    )


def test_functions_that_would_fail_are_told(tmp_path: Path):
    deeper = DEEPER + "def other(x): return tf.contrib.gan.gan_loss(x)\n"
    (site,) = rewrite_in_tree(tmp_path, EXPORT, nets____init__="", nets__model=V1, nets__deeper=deeper).sites
    (finding,) = site.findings
    assert finding.message.startswith("functions that use tf.contrib.gan.gan_loss (nets/deeper.py), which ended")


def test_packages_that_are_not_seen_are_told(tmp_path: Path):
    (site,) = rewrite_in_tree(tmp_path, EXPORT.replace("from nets", "import six, numpy\nfrom faraway.nets")).sites
    (finding,) = site.findings
    assert finding.message.startswith("what faraway does is not seen here")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("import tensorflow.contrib.gan as gan", "deeper.py uses tf.contrib.gan, which"),
        ("slim = tf.contrib.slim\nslim.foo", "deeper.py uses tf.contrib.slim.foo, which"),
        ("tf.contrib.lookup.MutableHashTable(a, b, c)", "deeper.py makes a table that changes"),
        ("from keras import layers", "deeper.py uses Keras"),
        ("def again(v): return tf.Variable(v.initialized_value())", "deeper.py calls initialized_value()"),
        ("tf.disable_v2_behavior()", "deeper.py switches TF2's behaviour off"),
        ("def f(x): return tf.py_func(abs, [x], tf.float32)", "deeper.py uses tf.py_func"),
        ("w = tf.Variable(1., use_resource=False)", "deeper.py says use_resource"),
        ("SCALE = tf.constant(3.)", "deeper.py makes a part of the graph when it is imported"),
        ("def t(): return tf.lookup.experimental.DenseHashTable(1, 2, 0)", "deeper.py makes a table that changes"),
    ],
)
def test_modules_that_do_not_run_under_tf2_are_refused(tmp_path: Path, line: str, reason: str):
    deeper = DEEPER + line + "\n"
    (site,) = rewrite_in_tree(tmp_path, EXPORT, nets____init__="", nets__model=V1, nets__deeper=deeper).sites
    assert site.rule != "TFM206"
    assert reason in next(one.reason for one in site.refusals if one.strategy == "graph_code")


def test_a_module_that_asks_dimensions_for_their_value_gets_shapes_of_tf1(tmp_path: Path):
    deeper = DEEPER + "def size(x): return x.get_shape()[-1].value\n"
    result = rewrite_in_tree(tmp_path, EXPORT, nets____init__="", nets__model=V1, nets__deeper=deeper)
    assert result.sites[0].rule == "TFM206"
    assert "    tf.compat.v1.disable_v2_tensorshape()\n" in result.after


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("def t(): return tf.lookup.StaticHashTable(None, 0)", "class GraphTable("),
        ("def t(p): return tf.train.import_meta_graph(p)", "def _take(self, variable, value):"),
    ],
)
def test_tables_and_meta_graphs_of_modules_are_seen(tmp_path: Path, line: str, expected: str):
    deeper = DEEPER + line + "\n"
    result = rewrite_in_tree(tmp_path, EXPORT, nets____init__="", nets__model=V1, nets__deeper=deeper)
    assert result.sites[0].rule == "TFM206"
    assert expected in result.after
