"""Tensors of other graphs."""

from __future__ import annotations

import pytest
from wrapping_code import HEAD, INIT, SAVE, in_session, why_not, wrapped

CLASS = """
class Model:
    def __init__(self):
        self.x = tf.placeholder(tf.float32, [None, 3])
    def build(self):
        self.y = tf.placeholder(tf.float32, [None, 3])
        return net(self.y)
    def export(self, path):
        o = self.build()
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            tf.saved_model.simple_save(sess, path, {'x': self.INPUT}, dict(o))
"""


def test_a_parameter_is_a_tensor_of_another_graph():
    code = in_session(INIT, "tf.saved_model.simple_save(sess, 'o', dict(p=path), o)\n")
    assert "path is made elsewhere" in why_not(code)


def test_so_is_an_attribute_that_the_constructor_sets():
    assert "self.x is made elsewhere" in why_not(HEAD + CLASS.replace("INPUT", "x"))


def test_an_attribute_that_the_exporting_code_sets_is_not():
    code = HEAD + CLASS.replace("INPUT", "y").replace(
        "        self.x = tf.placeholder(tf.float32, [None, 3])\n", "        pass\n"
    )
    assert "with tf.Graph().as_default():" in wrapped(code).after


@pytest.mark.parametrize(
    "call", ["tf.saved_model.utils.build_tensor_info(path.x)", "tf.saved_model.build_tensor_info(path)"]
)
def test_tensor_infos_are_looked_at_too(call: str):
    lines = f"info = {{'x': {call}}}\n"
    build = "tf.saved_model.signature_def_utils.build_signature_def(info, info, 'tensorflow/serving/predict')"
    code = in_session(
        INIT, lines, "b = tf.saved_model.builder.SavedModelBuilder('o')\n",
        f"b.add_meta_graph_and_variables(sess, ['serve'], {{'k': {build}}})\nb.save()\n",
    )  # fmt: skip
    assert "is made elsewhere" in why_not(code)


FROZEN = """
import tensorflow as tf

def write(graph_def, inputs, path, graph=None):
    with GRAPH as g:
        with tf.Session() as sess:
            tf.import_graph_def(graph_def, name='')
            tf.get_variable('w', [2])
            tf.saved_model.simple_save(sess, path, {'x': inputs}, {'y': g.get_tensor_by_name('y:0')})
"""


def test_a_graph_that_is_made_here_has_none_of_them_but_their_names():
    after = wrapped(FROZEN.replace("GRAPH", "tf.Graph().as_default()")).after
    assert "inputs={'x': inputs}" in after
    made = FROZEN.replace("    with GRAPH as g", "    g = tf.Graph()\n    with g.as_default()")
    assert "inputs={'x': inputs}" in wrapped(made).after


def test_another_graph_may_have_them():
    assert "made elsewhere" in why_not(FROZEN.replace("GRAPH", "graph.as_default()"))
    made = FROZEN.replace("    with GRAPH as g", "    g = inputs.make()\n    with g.as_default()")
    assert "inputs is made elsewhere" in why_not(made)


@pytest.mark.parametrize("made", ["tf.Variable([1.0])", "make()"])
def test_a_variable_of_the_module_is_in_the_graph_of_the_function_only_where_both_get_one(made: str):
    code = (
        in_session(INIT, SAVE)
        .replace("o = net(x)", "o = {'y': x * [W][0], 'n': net(x)['y']}")
        .replace("import sys\n", "")
    )
    head = f"""import tensorflow as tf

class Kept(object):
    def __init__(self):
        self.w = tf.Variable([1.0])

def make():
    return tf.Variable([1.0])

kept = Kept()
W = {made}
"""
    code = code.replace("import tensorflow as tf\n", head)
    assert "graph = tf.Graph()\nwith graph.as_default():\n    kept = Kept()\n" in wrapped(code).after
