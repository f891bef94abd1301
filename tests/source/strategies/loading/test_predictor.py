"""contrib.predictor becomes a function over the signature."""

from __future__ import annotations

import pytest
from checks import rewrite
from loading import check_level

from migrate.results import Level


def test_the_call_alone_changes():
    after = check_level(
        """\
        import numpy as np
        import tensorflow as tf

        fn = tf.contrib.predictor.from_saved_model('d')  # once
        print(fn({'x': np.zeros(3)})['y'])
        """,
        Level.NATIVE,
    )
    assert "fn = load_predictor('d')  # once\nprint(fn({'x': np.zeros(3)})['y'])\n" in after
    assert "contrib" not in after


def test_several_predictors_share_one_helper_with_the_parameters_they_need():
    text = """\
        from tensorflow.contrib.predictor import from_saved_model

        class A:
            def __init__(self, d, key):
                self.first = from_saved_model(d)
                self.second = from_saved_model(export_dir=d, signature_def_key=key)
        """
    result = rewrite(text)
    assert result.after.count("def load_predictor(") == 1
    assert "def load_predictor(export_dir, key=" in result.after
    after = check_level(text, Level.NATIVE)
    assert "self.first = load_predictor(d)" in after
    assert "self.second = load_predictor(d, key=key)" in after
    assert [site.line for site in result.sites] == [5, 6]


def test_tags_are_a_list_in_tensorflow_2():
    result = rewrite(
        """\
        import tensorflow as tf
        f = tf.contrib.predictor.from_saved_model('d', tags='serve,gpu')
        """
    )
    assert 'tags=tags.split(",")' in result.after
    assert "load_predictor('d', tags='serve,gpu')" in result.after


def test_names_that_are_taken_are_left_alone():
    result = rewrite(
        """\
        import numpy
        import tensorflow as tf

        def load_predictor(path):
            np = 3
            return tf.contrib.predictor.from_saved_model(path)
        """
    )
    assert "def load_predictor_2(" in result.after
    assert "return load_predictor_2(path)" in result.after
    assert "numpy.asarray(" in result.after


def test_an_idle_session_and_its_config_go():
    after = check_level(
        """\
        import tensorflow as tf

        def f(rows):
            config = tf.ConfigProto()
            config.gpu_options.allow_growth = True
            with tf.Session() as sess:
                # Asks.
                ask = tf.contrib.predictor.from_saved_model('d', config=config)
                return ask({'x': rows})
        """,
        Level.NATIVE,
    )
    assert "    # Asks.\n    ask = load_predictor('d')\n    return ask({'x': rows})\n" in after
    assert "ConfigProto" not in after
    assert "Session" not in after


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("f = from_saved_model('d', input_names={'a': 'x:0'})\n", "has input_names"),
        ("f = from_saved_model('d', graph=g)\n", "has graph"),
        ("f = from_saved_model(*arguments)\n", "list of arguments"),
        ("f = from_saved_model('d', **arguments)\n", "not written out"),
        ("f = from_saved_model('d')\nprint(f.session)\n", "the predictor's session"),
        ("f = from_saved_model('d')\nprint(f.feed_tensors)\n", "the predictor's feed_tensors"),
        ("with tf.Session() as s:\n  f = from_saved_model('d')\n  s.run(1)\n", "builds or runs a TF1 graph"),
        ("f = from_saved_model('d')\nx = tf.placeholder(tf.float32)\n", "builds or runs a TF1 graph"),
    ],
)
def test_what_is_more_than_a_function_stays(code: str, reason: str):
    result = rewrite("import tensorflow as tf\nfrom tensorflow.contrib.predictor import from_saved_model\n" + code)
    assert {site.level for site in result.sites} == {Level.BRIDGED}
    assert code in result.after
    assert "from migrate.tf1.contrib.predictor import from_saved_model\n" in result.after
    assert reason in (result.sites[0].reason or "")


def test_a_predictor_stays_beside_an_export_that_moves():
    result = rewrite(
        """
        import tensorflow as tf
        x = tf.placeholder(tf.float32, [None, 3])
        heads = dict(build(x))
        with tf.Session() as sess:
            sess.run(train)
            tf.saved_model.simple_save(sess, "out", {"x": x}, heads)
        f = tf.contrib.predictor.from_saved_model("out", input_names=names, output_names=others)
        """
    )
    export, predictor = result.sites
    assert export.level is Level.WRAPPED
    assert (predictor.rule, predictor.level) == ("TFM305", Level.BRIDGED)
    assert "f = tf1.contrib.predictor.from_saved_model(" in result.after


def test_a_predictor_that_is_to_stay_stays():
    after = check_level(
        """\
        import tensorflow as tf
        a = tf.contrib.predictor.from_saved_model('d')
        """,
        Level.NATIVE,
    )
    assert "load_predictor" in after
    result = rewrite("import tensorflow as tf\na = tf.contrib.predictor.from_saved_model('d')  # tf-migrate: skip\n")
    assert not result.changed
