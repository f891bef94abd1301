"""The bridged level: what is rewritten, and that nothing else is."""

from __future__ import annotations

from difflib import ndiff
from textwrap import dedent

import pytest
from checks import rewrite

from migrate.results import Level

HEAD = "import tensorflow as tf\n\n"
SIGNATURES = "{'serving_default': tf.saved_model.predict_signature_def({'x': x}, {'y': y})}"


def changed(code: str) -> list[str]:
    """The lines that are new or gone, without those about imports."""
    result = rewrite(HEAD + dedent(code))
    assert {site.level for site in result.sites} == {Level.BRIDGED}, result.sites
    assert {site.rule for site in result.sites} == {"TFM301"}
    assert all(site.proved for site in result.sites)
    lines = ndiff(result.before.splitlines(), result.after.splitlines())
    return [line for line in lines if line[:2] in ("+ ", "- ") and line[2:].strip() and "import" not in line]


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        (
            f"""
            class Model:
                def __init__(self, path):
                    self.builder = tf.saved_model.builder.SavedModelBuilder(path)
                def save(self, sess, x, y):
                    self.builder.add_meta_graph_and_variables(sess, ['serve'], {SIGNATURES})
                    return self.builder.save()
            """,
            [
                "-         self.builder = tf.saved_model.builder.SavedModelBuilder(path)",
                "+         self.builder = bridge.SavedModelBuilder(path)",
            ],
        ),
        (
            """
            def save(sess, path, **kwargs):
                tf.saved_model.Builder(export_dir=path).add_meta_graph_and_variables(sess, **kwargs)
            """,
            [
                "-     tf.saved_model.Builder(export_dir=path).add_meta_graph_and_variables(sess, **kwargs)",
                "+     bridge.SavedModelBuilder(export_dir=path).add_meta_graph_and_variables(sess, **kwargs)",
            ],
        ),
        (
            """
            def save(self, path):
                try:
                    tf.saved_model.simple_save(self.sess, path, *self.ends)
                except AssertionError:
                    pass
            """,
            [
                "-         tf.saved_model.simple_save(self.sess, path, *self.ends)",
                "+         bridge.simple_save(self.sess, path, *self.ends)",
            ],
        ),
        (
            """
            def save(sess, graph, names, path):
                with graph.as_default():
                    tf.saved_model.simple_save(
                        sess, path,
                        inputs={n: graph.get_tensor_by_name(n) for n in names[0]},  # by name
                        outputs={n: graph.get_tensor_by_name(n) for n in names[1]})
            """,
            ["-         tf.saved_model.simple_save(", "+         bridge.simple_save("],
        ),
    ],
)
def test_only_what_is_called_changes(code: str, lines: list[str]):
    assert changed(code) == lines


def test_lines_below_the_first_argument_stay_there():
    code = """
        def save(sess, path, ends):
            if ends:
                tf.saved_model.simple_save(sess, path,  # where to

                                           inputs=ends[0],
                                             outputs=ends[1])
        """
    assert [line for line in changed(code) if line.startswith("+")] == [
        "+         bridge.simple_save(sess, path,  # where to",
        "+                            inputs=ends[0],",
        "+                              outputs=ends[1])",
    ]


def test_spaces_in_a_string_stay():
    code = """
        def save(sess, ends):
            tf.saved_model.simple_save(sess, '''a
                                          b''', *ends)
        """
    assert changed(code) == [
        "-     tf.saved_model.simple_save(sess, '''a",
        "+     bridge.simple_save(sess, '''a",
    ]


def test_an_import_of_the_builder_that_nothing_needs_any_more_goes():
    code = """
        from tensorflow.python.saved_model import builder as saved_model_builder
        from tensorflow.python.saved_model import tag_constants

        def save(sess, path, signatures):
            builder = saved_model_builder.SavedModelBuilder(path)
            builder.add_meta_graph_and_variables(sess, [tag_constants.SERVING], signatures)
            builder.save()
        """
    after = rewrite(HEAD + dedent(code)).after
    assert "saved_model_builder" not in after
    assert "import tag_constants" in after


def test_the_signatures_are_told_where_they_are_known():
    code = """
        x = tf.placeholder(tf.float32, name='x')
        for step in range(3):
            with tf.Session() as sess:
                tf.saved_model.simple_save(sess, str(step), {'in': x}, {'y': x * 2.0})
        """
    (site,) = rewrite(HEAD + dedent(code)).sites
    assert [(found.key, found.inputs, found.outputs) for found in site.signatures] == [
        ("serving_default", ("in",), ("y",))
    ]
    assert site.reason == "TF2 cannot export an input with the key 'in'"


def test_an_import_of_the_bridge_that_is_there_is_used():
    code = (
        "from migrate import bridge\n\ndef save(*a):\n    bridge.simple_save(*a)\n    tf.saved_model.simple_save(*a)\n"
    )
    after = rewrite(HEAD + code).after
    assert after.count("import bridge") == 1
    assert after.count("    bridge.simple_save(*a)") == 2


def test_a_name_in_use_is_not_taken():
    code = "def save(bridge, *a):\n    tf.saved_model.simple_save(bridge, *a)\n"
    assert "    migrate_bridge.simple_save(bridge, *a)" in rewrite(HEAD + code).after
