"""Calls that may be sites."""

from __future__ import annotations

from checks import rewrite

from migrate.results import Level


def test_an_export_whose_tensorflow_comes_by_a_star_import_is_told_of():
    code = "from .net import *\ntf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})\n"
    [site] = rewrite(code).sites
    assert (site.kind, site.level) == ("simple_save", Level.FLAGGED)
    assert site.reason == "its 'tf' comes by 'from .net import *': import TensorFlow in this file, too"
    assert not rewrite(code.replace("from .net import *", "tf = make()")).sites
    assert not rewrite(code.replace("from .net import *", "import net")).sites


def test_what_wrap_function_imports_is_no_site():
    code = (
        "import tensorflow as tf\n"
        "def imported():\n    tf.compat.v1.train.import_meta_graph('a.meta')\n"
        "{wrapped}\n"
        "with tf.compat.v1.Session() as sess:\n    sess.run('y:0')\n"
    )
    assert not rewrite(code.format(wrapped="f = tf.compat.v1.wrap_function(imported, [])")).sites
    assert [site.kind for site in rewrite(code.format(wrapped="imported()")).sites] == ["meta_graph"]


def test_what_an_export_that_was_rewritten_loads_is_no_site():
    result = rewrite(
        """
        import tensorflow.compat.v1 as tf
        from migrate import bridge

        def export(graph_def, path):
            graph_def.ParseFromString(path)
            with tf.Graph().as_default(), tf.Session() as sess:
                x = tf.import_graph_def(graph_def, return_elements=['x:0'])
                bridge.simple_save(sess, path, {'x': x}, {'y': x})
        """
    )
    assert not result.sites


def test_a_session_and_a_named_directory_are_those_of_a_loader():
    code = (
        "import tensorflow as tf\n"
        "sess = tf.Session()\n"
        "m = tf.saved_model.loader.load(sess, tags=['serve'], export_dir='a')\n"
        "s = m.signature_def['k']\n"
        "print(sess.run(s.outputs['y'].name, {s.inputs['x'].name: [1.0]}))\n"
    )
    assert [site.kind for site in rewrite(code).sites] == ["loader"]
    assert not rewrite("import tensorflow as tf\nm = tf.saved_model.load('a', tags=['serve'])\n").sites


def test_a_builder_that_nothing_reads_is_no_site():
    code = (
        "import tensorflow as tf\n"
        "def f(path):\n"
        "    builder = tf.saved_model.builder.SavedModelBuilder(path)\n"
        "    return path\n"
    )
    assert not rewrite(code).sites
    assert [site.kind for site in rewrite(code.replace("return path", "return builder")).sites] == ["builder"]
