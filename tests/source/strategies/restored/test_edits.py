"""The edits of what loads and exports."""

from __future__ import annotations

import pytest
from restored_scripts import RESTORE, SAVE, TENSORS, loaded, meta_graph, reason, rewritten

from migrate.engine import rewrite_source

BUILDER = """\
builder = tf.saved_model.builder.SavedModelBuilder(out)
signature = tf.saved_model.predict_signature_def({'x': x}, {'y': y})
builder.add_meta_graph_and_variables(sess, ['serve'], {'serving_default': signature}%s)
builder.save()
"""


def test_a_builder_with_what_only_served_it():
    after = rewritten(meta_graph(RESTORE + TENSORS + BUILDER % ", legacy_init_op=tf.group(tf.tables_initializer())"))
    assert "builder" not in after
    assert "signature =" not in after
    assert after.index("is not empty") < after.index("tf.saved_model.save(")


@pytest.mark.parametrize(
    ("option", "why"),
    [
        (", main_op=tf.saved_model.main_op.main_op()", "all variables get their first values"),
        (", main_op=graph.get_operation_by_name('init')", "an init op does more than to initialize"),
        (", saver=saver", "the saver of the MetaGraphDef does more than restore"),
    ],
)
def test_options_of_a_builder(option: str, why: str):
    assert reason(meta_graph(RESTORE + TENSORS + BUILDER % option)).startswith(why)


def test_collections_are_those_of_the_graph():
    after = rewritten(meta_graph(RESTORE + "x, y = tf.get_collection('io')\ny = tf.get_collection('y')[0]\n"
                                 + TENSORS[:36] + SAVE))  # fmt: skip
    assert "x, y = graph.get_collection('io')\ny = graph.get_collection('y')[0]\n" in after


def test_the_meta_graph_that_a_loader_returns():
    code = loaded("").replace("    tf.saved_model.loader", "    meta = tf.saved_model.loader")
    body = "    x = graph.get_tensor_by_name(meta.signature_def['s'].inputs['x'].name)\n    y = graph.get_tensor_by_name('y:0')\n"
    after = rewritten(code + body + "    " + SAVE)
    assert after.startswith(
        "graph = LoadedGraph('m', ['serve'])\nmeta = graph.meta_graph\nx = graph.get_tensor_by_name(meta."
    )


def test_resets_and_settings_go():
    code = meta_graph(RESTORE + TENSORS + SAVE).replace(
        "with tf.Session()", "tf.reset_default_graph()\nconfig = tf.ConfigProto()\nwith tf.Session(config=config)"
    )
    after = rewritten(code)
    assert "reset" not in after
    assert "config" not in after


def test_the_default_graph_is_exported_and_no_other():
    code = (
        "import tensorflow as tf\n"
        "graph = tf.Graph()\n"
        "sess = tf.Session(graph=graph)\n"
        "with graph.as_default():\n"
        "    tf.train.import_meta_graph('c.meta').restore(sess, 'c')\n"
    )
    assert reason(code + TENSORS + SAVE).startswith("what is exported is the default graph")


def test_names_that_are_taken():
    code = meta_graph(RESTORE + TENSORS + SAVE).replace("'c.meta'", "RestoredGraph()")
    from migrate.engine import rewrite_source

    assert "class RestoredGraph_2(tf.Graph):" in rewrite_source(code, "script.py").after


def test_a_class_whose_session_is_none_at_first():
    code = """
    import tensorflow as tf

    class Exporter:
        def __init__(self):
            self.sess = None

        def load(self, path):
            self.graph = tf.Graph()
            self.sess = tf.Session(graph=self.graph)
            with self.graph.as_default():
                self.saver = tf.train.import_meta_graph(path + '.meta')
                self.saver.restore(self.sess, path)

        def export(self, out):
            with self.graph.as_default():
                x, y = self.graph.get_tensor_by_name('x:0'), self.graph.get_tensor_by_name('y:0')
                tf.saved_model.simple_save(self.sess, out, {'x': x}, {'y': y})
    """
    after = rewritten(code)
    assert "self.graph = RestoredGraph(path + '.meta')\n        self.graph.restore(path)\n" in after
    assert "self.graph.module,\n" in after
    tested = code.replace(
        "            with self.graph.as_default():\n                x,",
        "            with self.graph.as_default():\n                assert self.sess is None\n                x,",
    )
    assert tested != code
    assert reason(tested)


def test_an_interactive_session_evaluates_tensors():
    code = (
        "import tensorflow as tf\n"
        "sess = tf.InteractiveSession()\n"
        "saver = tf.train.import_meta_graph('c.meta')\n"
        "saver.restore(sess, 'c')\n"
        "graph = tf.get_default_graph()\n"
    )
    after = rewritten(code + TENSORS + "y = tf.cast(y > 0, tf.int32)\nprint(y.eval({x: 1}))\n" + SAVE)
    assert "with graph.as_default():\n    y = tf.cast(y > 0, tf.int32)\nprint(graph(y, {x.name: 1}))\n" in after


FILES = ", assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)"


def test_files_and_tables_of_the_graph_go_along():
    code = meta_graph(RESTORE + TENSORS + BUILDER % FILES)
    result = rewrite_source(code, "script.py")
    assert "class GraphTable(" in result.after
    assert "for name in self._files:\n            self._asset(name)" in result.after
    plain = rewrite_source(meta_graph(RESTORE + TENSORS + BUILDER % ""), "script.py").after
    assert "GraphTable" not in plain
    assert "assets" not in plain
