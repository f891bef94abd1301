"""Programs whose sessions stay, wherever they are made."""

from __future__ import annotations

import pytest
from checks import rewrite

from migrate.results import Level, Result

MODEL = """
import tensorflow as tf
from nets import build


class Model:
    def __init__(self, path):
        self.path = path
        self.x = tf.placeholder(tf.float32, [None, 3], name='x')
        self.heads = build(self.x)
        self.train_op = tf.train.AdamOptimizer().minimize(self.heads.pop('loss'))
        self.sess = tf.Session()
        self.sess.run(tf.global_variables_initializer())

    def train(self):
        self.sess.run(self.train_op)

    def export(self):
        tf.saved_model.simple_save(self.sess, self.path, {'x': self.x}, dict(self.heads))

"""
MAIN = """
if __name__ == '__main__':
    model = Model('out')
    model.train()
    model.export()
"""


def whole(code: str) -> Result:
    result = rewrite(code)
    said = [[(one.strategy, one.reason) for one in site.refusals] for site in result.sites]
    assert {(site.rule, site.level) for site in result.sites} == {("TFM209", Level.WRAPPED)}, said
    return result


def why_not(code: str) -> str:
    (site, *_) = rewrite(code).sites
    assert site.level is Level.BRIDGED
    return next(one.reason for one in site.refusals if one.strategy == "program")


def test_a_session_that_an_object_keeps():
    after = whole(MODEL + MAIN).after
    assert "        wrapped = WrappedGraph(self.sess)\n        wrapped.save(\n            self.path,\n" in after
    assert after.endswith(
        "if __name__ == '__main__':\n"
        "    with tf.Graph().as_default():\n"
        "        tf.compat.v1.disable_control_flow_v2()\n"
        "        model = Model('out')\n"
        "        model.train()\n"
        "        model.export()\n"
    )


def test_a_program_that_tensorflow_starts():
    main = "def main(_):\n    model = Model('out')\n    model.train()\n    model.export()\n\n\nif __name__ == '__main__':\n    tf.app.run()\n"
    after = whole(MODEL + "\n" + main).after
    assert "        tf.compat.v1.app.run()\n" in after
    assert "def main(_):\n    model = Model('out')\n" in after


def test_a_program_at_the_top_level_of_its_module_has_one_graph():
    code = MODEL + "\nmodel = Model('out')\n\n\ndef run():\n    model.train()\n    model.export()\n\n\nrun()\n"
    after = whole(code).after
    assert "graph = tf.Graph()\nwith graph.as_default():\n" in after
    assert "    model = Model('out')\n" in after
    assert after.endswith("with graph.as_default():\n    run()\n")


def test_a_model_with_a_graph_of_its_own_needs_no_program():
    code = MODEL.replace(
        "        self.x =",
        "        self.graph = tf.Graph()\n        with self.graph.as_default():\n            self._make()\n\n    def _make(self):\n        self.x =",
        1,
    )
    after = whole(code).after
    assert "        tf.compat.v1.disable_control_flow_v2()\n        self.graph = tf.Graph()\n" in after
    assert "tf.Graph().as_default()" not in after


def test_a_builder_that_an_object_keeps():
    code = MODEL.replace(
        "        self.sess =",
        "        self.builder = tf.saved_model.builder.SavedModelBuilder(path)\n        self.sess =",
    )
    code = code.replace(
        "tf.saved_model.simple_save(self.sess, self.path, {'x': self.x}, dict(self.heads))",
        "signature = tf.saved_model.predict_signature_def({'x': self.x}, dict(self.heads))\n"
        "        self.builder.add_meta_graph_and_variables(self.sess, ['serve'], {'k': signature})\n"
        "        self.builder.save()",
    )
    after = whole(code + MAIN).after
    assert "        self.export_dir = path\n" in after
    assert "        wrapped.save(self.export_dir, {'k': signature})\n" in after
    assert "uilder" not in after.replace("as a builder did", "")


def test_a_graph_that_is_reset_first_is_a_new_one():
    main = "def main():\n    tf.reset_default_graph()\n    model = Model('out')\n    model.train()\n    model.export()\n\n\nif __name__ == '__main__':\n    main()\n"
    assert "reset_default_graph" not in whole(MODEL + "\n" + main).after
    later = main.replace("    tf.reset_default_graph()\n", "    Model('a')\n    tf.reset_default_graph()\n")
    assert "resets the default graph" in why_not(MODEL + "\n" + later)
    given = main.replace("def main():", "def main(first):").replace("    main()\n", "    main(Model('a'))\n")
    assert "resets the default graph" in why_not(MODEL + "\n" + given)


def test_a_helper_that_is_given_the_session_stays_one():
    code = MODEL.replace(
        "    def export(self):", "    def export(self):\n        export(self.sess, self)\n\n\ndef export(sess, self):"
    )
    code = code.replace("        tf.saved_model.simple_save(self.sess", "    tf.saved_model.simple_save(sess")
    after = whole(code + MAIN).after
    assert "def export(sess, self):\n    wrapped = WrappedGraph(sess)\n" in after


def test_variables_may_be_assigned_where_nothing_waits_for_it():
    code = MODEL.replace(
        "        self.sess =", "        self.reset = tf.assign(tf.global_variables()[0], [0.0])\n        self.sess ="
    )
    after = whole(code + MAIN).after
    assert "An assignment stands for the value that it leaves." in after
    waits = code.replace("self.reset = ", "with tf.control_dependencies([self.train_op]):\n            self.reset = ")
    assert "changes variables" in why_not(waits + MAIN)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (MODEL, "'export' may be used from elsewhere"),
        (MODEL + "\nif __name__ == '__main__':\n    print('a library')\n", "'export' may be used from elsewhere"),
        (MODEL.replace("self.sess,", "make().sess,") + MAIN, "make().sess comes from elsewhere"),
        ("from training import session\n" + MODEL.replace("self.sess,", "session,") + MAIN, "session comes from elsewhere"),
        ("import threading\n" + MODEL + MAIN.replace("model.train()", "threading.Thread(target=model.train).start()"), "threads"),
        (MODEL.replace("tf.Session()", "tf.InteractiveSession(graph=tf.get_default_graph())") + MAIN, "graph of its own"),
    ],
)  # fmt: skip
def test_what_is_not_sure_is_refused(code: str, reason: str):
    assert reason in why_not(code)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("    model = Model('out')", "    for _ in range(2):\n        tf.reset_default_graph()\n        model = Model('out')",
         "resets the default graph when it has begun"),
        ("class Model:", "def scaled(v, by=tf.constant(2.0)):\n    return v * by\n\n\nclass Model:", "a definition holds a tensor"),
        ("    def __init__", "    scale = tf.constant(2.0)\n\n    def __init__", "a definition holds a tensor"),
        ("class Model:", "import threading\n\n\nclass Other(threading.Thread):\n    pass\n\n\nclass Model:", "is a thread"),
        ("        self.heads", "        v = tf.get_variable('v', [4], partitioner=tf.fixed_size_partitioner(2))\n        self.heads", "partitions variables"),
        ("        self.heads", "        v = tf.Variable(1.0, collections=[tf.GraphKeys.LOCAL_VARIABLES])\n        self.heads", "not global"),
        ("tf.placeholder(tf.float32, [None, 3], name='x')", "tf.placeholder_with_default(data.make_one_shot_iterator().get_next(), [None, 3])", "from an iterator or a queue"),
    ],
)  # fmt: skip
def test_what_would_not_run_in_the_graph_of_a_program(old: str, new: str, reason: str):
    code = (MODEL + MAIN).replace(old, new, 1)
    assert reason in why_not(code)
