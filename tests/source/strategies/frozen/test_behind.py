"""Tests of ops that are added behind a frozen graph."""

from __future__ import annotations

from frozen_scripts import rewritten

LOAD = """\
def load(path):
    parse
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name='')
    return graph
"""


def test_an_op_of_tf1_goes_to_the_graph_of_its_inputs():
    after = rewritten(
        LOAD + "class A:\n    def __init__(self):\n        graph = load('m')\n"
        "        self.sess = tf.Session(graph=graph)\n"
        "        self.y = graph.get_tensor_by_name('y:0')\n"
        "        self.y = tf.image.resize_bilinear(self.y, (2, 2))\n"
        "        self.y = tf.squeeze(self.y, squeeze_dims=[0])\n"
        "    def f(self, x):\n        return self.sess.run(self.y, {'x:0': x})\n"
    )
    assert (
        "        with graph.as_default():\n"
        "            self.y = tf.raw_ops.ResizeBilinear(images=self.y, size=(2, 2))\n"
        "            self.y = tf.squeeze(self.y, axis=[0])\n"
    ) in after


def test_what_is_run_in_the_session_of_the_graph():
    after = rewritten(
        "with tf.Graph().as_default():\n    parse\n    tf.import_graph_def(graph_def, name='')\n"
        "    with tf.Session() as sess:\n"
        "        out = sess.run('y:0', {'x:0': 1})\n"
        "        best = tf.argmax(tf.nn.softmax(out), 1)\n"
        "        print(sess.run(best))\n"
    )
    assert "with graph.as_default():\n    best = tf.argmax(tf.nn.softmax(out), 1)\n" in after
    assert "print(graph(best))" in after


def test_what_is_behind_an_export():
    after = rewritten(
        "with tf.Session(graph=tf.Graph()) as sess:\n    parse\n    tf.import_graph_def(graph_def, name='')\n"
        "    y = sess.graph.get_tensor_by_name('y:0')\n"
        "    tf.saved_model.simple_save(sess, 'out', {'x': sess.graph.get_tensor_by_name('x:0')},\n"
        "                               {'best': tf.argmax(y, 1)})\n"
    )
    assert "with graph.as_default():\n    tensor = tf.argmax(y, 1)\ntf.saved_model.save(" in after
    assert '{"best": tensor}' in after


def test_a_feed_that_is_made_elsewhere_has_names_as_keys():
    after = rewritten(
        "class Encoder:\n    def __init__(self):\n        self.sess = tf.Session()\n        parse\n"
        "        tf.import_graph_def(graph_def, name='net')\n"
        "        self.x = tf.get_default_graph().get_tensor_by_name('net/x:0')\n"
        "    def __call__(self, data):\n"
        "        return batches(lambda d: self.sess.run('net/y:0', feed_dict=d), {self.x: data})\n"
    )
    assert "batches(lambda d: self.sess('net/y:0', feed_dict=d), {self.x.name: data})" in after


def test_the_nodes_of_a_graph_and_its_dimensions():
    after = rewritten(
        "parse\ntf.import_graph_def(graph_def, name='')\n"
        "for node in tf.get_default_graph().as_graph_def().node:\n    print(node.name)\n"
        "x = tf.get_default_graph().get_tensor_by_name('x:0')\n"
        "shape = x.get_shape()\nsize = shape[1].value * x.shape[-1].value\nother = made[0].value\n"
        "with tf.Session() as sess:\n    sess.run('y:0', {x: [size]})\n"
    )
    assert "for node in graph.as_graph_def().node:" in after
    assert "size = shape[1] * x.shape[-1]\n" in after
    assert "other = made[0].value\n" in after


def test_a_graph_def_is_changed_by_a_tool():
    after = rewritten(
        "from tensorflow.python.tools import optimize_for_inference_lib\nparse\n"
        "g = optimize_for_inference_lib.optimize_for_inference(graph_def, ['x'], ['y'], 1)\n"
        "with tf.Session(graph=tf.Graph()) as sess:\n    tf.import_graph_def(g, name='')\n    sess.run('y:0')\n"
    )
    assert "graph = FrozenGraph(g, name='')" in after
