"""Sessions that run loaded models and cannot go: they stay, with TF1's names."""

from __future__ import annotations

from textwrap import dedent

import pytest
from checks import check_flagged, rewrite

from migrate.results import Level, Mode
from migrate.settings import Settings

TRAINED_ON = """\
import tensorflow as tf

def f(d, v):
    with tf.Session() as sess:
        saver = tf.train.import_meta_graph(d + '.meta')
        saver.restore(sess, d)
        sess.run('train', {'x:0': v})
        saver.save(sess, d)
"""
HELPER = """\
import tensorflow as tf

def load(sess, d):
    tf.saved_model.loader.load(sess, ['serve'], d)
    return sess.graph.get_tensor_by_name('y:0')
"""


def test_the_code_stays_and_its_names_are_tf1s():
    result = rewrite(TRAINED_ON)
    (site,) = result.sites
    assert (site.level, site.rule, result.mode) == (Level.BRIDGED, "TFM304", Mode.GRAPH)
    head = "import tensorflow.compat.v1 as tf\n\ntf.disable_v2_behavior()\n"
    assert result.after == TRAINED_ON.replace("import tensorflow as tf\n", head)
    assert site.reason == "the saver of the MetaGraphDef does more than restore (line 8)"


def test_a_helper_does_not_switch_the_mode_of_others_and_says_which_names_it_needs():
    result = rewrite(HELPER)
    (site,) = result.sites
    assert (site.level, result.mode) == (Level.BRIDGED, Mode.ANY)
    assert "disable_v2_behavior" not in result.after
    assert any("has no 'y:0'; tf-migrate restore MODEL --tensor-names" in found.message for found in site.findings)


@pytest.mark.parametrize(
    ("more", "rule", "reason"),
    [
        ("from tensorflow.contrib import gan\n", "TFM105", "tf.contrib.gan (line 2) ended with TensorFlow 1"),
        ("def g(): return tf.estimator.Estimator(None)\n", "TFM105", "tf.estimator (line 2) ended"),
    ],
)
def test_what_would_not_run_is_left(more: str, rule: str, reason: str):
    (site,) = rewrite(HELPER.replace("\n\n", f"\n{more}\n", 1)).sites
    said = [(found.rule, found.reason) for found in site.refusals if found.strategy == "loaded_in_session"]
    assert any(found == rule and reason in text for found, text in said), said


@pytest.mark.parametrize("code", ["return tf.GradientTape()", "tf.saved_model.save(m, 'o')"])
def test_beside_code_for_tf2_its_behaviour_is_not_switched(code: str):
    result = rewrite(f"{TRAINED_ON}\ndef g(m):\n    {code}\n")
    assert [site.rule for site in result.sites] == ["TFM305"]
    assert "disable_v2_behavior" not in result.after


@pytest.mark.parametrize(("layer", "said"), [("dense", "migrate.tf1"), ("Nothing", "TF_USE_LEGACY_KERAS=1")])
def test_layers_are_no_hindrance(layer: str, said: str):
    result = rewrite(TRAINED_ON + f"\ndef g(x): return tf.layers.{layer}(x, 3)\n")
    (site,) = result.sites
    assert site.level is Level.BRIDGED
    assert any(said in found.message for found in site.findings)


def test_a_test_keeps_what_it_loads():
    code = dedent(HELPER).replace("def load(sess, d):", "class Case(tf.test.TestCase):\n  def test(self, sess, d):")
    check_flagged(code.replace("\n    ", "\n      "), "TFM101", "a test loads it")


def test_only_a_level_that_is_wanted():
    from migrate.engine import rewrite_source

    (site,) = rewrite_source(TRAINED_ON, settings=Settings(ignore=("TFM304", "TFM305"))).sites or (None,)
    assert site is None


def test_a_frozen_graph_is_run_in_its_session():
    result = rewrite(
        """\
        import tensorflow as tf

        def f(path, v):
            graph_def = tf.GraphDef()
            with tf.gfile.GFile(path, 'rb') as f:
                graph_def.ParseFromString(f.read())
            with tf.Session() as sess:
                tf.import_graph_def(graph_def, name='')
                tf.summary.FileWriter('logs', sess.graph)
                return sess.run('y:0', {'x:0': v})
        """
    )
    assert [(site.level, site.rule) for site in result.sites] == [(Level.BRIDGED, "TFM304")]


def test_a_file_of_tensorflow_2_is_not_switched():
    text = TRAINED_ON.replace("tf.", "tf.compat.v1.").replace("    with", "    tf.io.gfile.exists(d)\n    with")
    result = rewrite(text)
    assert [site.rule for site in result.sites] == ["TFM305"]
    assert not result.changed
