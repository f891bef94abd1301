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


def test_a_session_bundle_is_told_of():
    code = (
        "{0}\nimport tensorflow as tf\ne = exporter.Exporter(tf.train.Saver())\ne.export('out', tf.constant(1), sess)\n"
    )
    for module in ("tensorflow.contrib", "tensorflow_serving"):
        [site] = rewrite(code.format(f"from {module}.session_bundle import exporter")).sites
        assert (site.kind, site.level, site.rule) == ("session_bundle", Level.FLAGGED, "TFM112")
        assert "SessionBundle" in (site.reason or "")
    assert not rewrite(code.format("from mine.session_bundle import exporter")).sites


def test_saved_model_of_tensorflow_python_is_the_module_with_the_functions():
    code = (
        "import tensorflow as tf\nfrom tensorflow.python import saved_model\n"
        "x = tf.placeholder(tf.float32, [None])\n"
        "saved_model.simple_save(tf.Session(), 'out', {'x': x}, {'y': 2.0 * x})\n"
    )
    result = rewrite(code)
    assert [(site.kind, site.level) for site in result.sites] == [("simple_save", Level.NATIVE)]
    assert "tensorflow.python" not in result.after
    other = code.replace("import saved_model", "import saved_model as s").replace("\nsaved_model", "\ns")
    of_module = code.replace("tensorflow.python import saved_model", "tensorflow.python.saved_model import simple_save")
    of_module = of_module.replace("\nsaved_model.simple_save", "\nsimple_save.simple_save")
    assert [site.kind for site in (*rewrite(other).sites, *rewrite(of_module).sites)] == ["simple_save"] * 2


def test_the_tool_with_a_name_of_tensorflow_2_is_no_site():
    code = "from tensorflow.python.tools import freeze_graph\nfreeze_graph.freeze_graph('g', {}='w')\n"
    assert not rewrite(code.format("variable_names_denylist")).sites
    assert rewrite(code.format("variable_names_blacklist")).sites
