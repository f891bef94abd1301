"""The strategy as a whole: which sites it takes."""

from __future__ import annotations

import pytest
from restored_scripts import RESTORE, SAVE, TENSORS, loaded, meta_graph, rewritten

from migrate.engine import rewrite_source
from migrate.results import Level


def test_a_meta_graph():
    after = rewritten(meta_graph(RESTORE + TENSORS + SAVE))
    assert after == (
        "graph = RestoredGraph('c.meta')\n"
        "graph.restore('c')\n"
        "x = graph.get_tensor_by_name('x:0')\n"
        "y = graph.get_tensor_by_name('y:0')\n"
        "if tf.io.gfile.exists(out) and tf.io.gfile.listdir(out):\n"
        '    raise AssertionError(f"Export directory is not empty: {out}")\n'
        "tf.saved_model.save(\n"
        "    graph.module,\n"
        "    out,\n"
        "    signatures={\n"
        '        "serving_default": graph.signature(\n'
        '            {"x": x},\n'
        '            {"y": y},\n'
        "        ),\n"
        "    },\n"
        ")\n"
    )


def test_a_saved_model():
    after = rewritten(loaded(TENSORS + SAVE))
    assert after.startswith("graph = LoadedGraph('m', ['serve'])\nx = graph.get_tensor_by_name('x:0')\n")


def test_each_site_has_its_rule():
    for code, rule in ((meta_graph(RESTORE + TENSORS + SAVE), "TFM204"), (loaded(TENSORS + SAVE), "TFM205")):
        (site,) = rewrite_source(code, "script.py").sites
        assert (site.rule, site.level) == (rule, Level.WRAPPED)


def test_a_loader_in_another_function_is_a_site_of_its_own_and_goes_with_the_export():
    code = """
    import tensorflow as tf

    def load(path):
        sess = tf.Session(graph=tf.Graph())
        with sess.graph.as_default():
            tf.train.import_meta_graph(path + '.meta').restore(sess, path)
        return sess

    def export(sess, out):
        with sess.graph.as_default():
            x = sess.graph.get_tensor_by_name('x:0')
            tf.saved_model.simple_save(sess, out, {'x': x}, {'y': sess.graph.get_tensor_by_name('y:0')})

    export(load('c'), 'out')
    """
    after = rewritten(code)
    assert "    graph = RestoredGraph(path + '.meta')\n    graph.restore(path)\n    return graph\n" in after


def test_what_is_only_run_is_for_another_strategy():
    code = meta_graph(RESTORE + TENSORS + "print(sess.run(y, {x: 1}))\n")
    assert {site.rule for site in rewrite_source(code, "script.py").sites} == {"TFM202"}


def test_an_export_of_another_function_gets_no_reason_of_a_graph_that_it_has_nothing_to_do_with():
    code = meta_graph(RESTORE + TENSORS + "print(sess.run(y, {x: 1}))\n") + (
        "\ndef train(out):\n"
        "    x = tf.placeholder(tf.float32, [None], name='x')\n"
        "    with tf.Session() as sess:\n"
        "        tf.saved_model.simple_save(sess, out, {'x': x}, {'y': helper(x)})\n"
    )
    exports = [site for site in rewrite_source(code, "script.py").sites if site.kind == "simple_save"]
    assert exports
    assert not any(refusal.strategy == "restored_graph" for site in exports for refusal in site.refusals)


@pytest.mark.parametrize("comment", ["  # tf-migrate: skip"])
def test_what_is_to_stay_stays(comment: str):
    code = meta_graph(RESTORE + TENSORS + SAVE).replace("'c.meta')", f"'c.meta'){comment}")
    assert "TFM204" not in {site.rule for site in rewrite_source(code, "script.py").sites}
