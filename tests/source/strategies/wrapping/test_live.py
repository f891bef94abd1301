"""Sessions that stay, for what else they do."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import rewrite
from running import check_never_wrong
from wrapping_code import BUILD, HEAD, INIT, SAVE, body_of, in_session

from migrate.results import Level, Result

RUN = "print(sess.run(o, {x: [[1, 2, 3]]}))\n"


def live(code: str) -> Result:
    result = rewrite(code)
    said = [[refusal.reason for refusal in site.refusals] for site in result.sites]
    assert {(site.rule, site.level) for site in result.sites} == {("TFM207", Level.WRAPPED)}, said
    return result


def why_not_live(code: str) -> str:
    """Why this strategy does not apply to the first site of some code."""
    return next(one.reason for one in rewrite(code).sites[0].refusals if one.strategy == "live_session")


def dynamic(save: str = SAVE) -> str:
    """An export whose outputs are only known when it runs."""
    return save.replace("o)", "dict(o))")


@pytest.mark.parametrize(
    "line",
    [
        RUN,
        "print(o['y'].eval({x: [[1, 2, 3]]}))\n",
        "tf.train.Saver().save(sess, 'a')\n",
        "step = lambda: sess.run(o, {x: [[1, 2, 3]]})\nstep()\n",
        "again = sess\nagain.run(o, {x: [[1, 2, 3]]})\n",
        "tf.get_default_session().run(o, {x: [[1, 2, 3]]})\n",
    ],
)
def test_whatever_it_does_stays_and_the_export_leaves_it(line: str):
    result = live(in_session(INIT, line, dynamic()))
    body = body_of(result)
    assert "with tf.Graph().as_default(), tf.compat.v1.Session() as sess:" in body or (
        "with tf.Graph().as_default():" in body and "with tf.compat.v1.Session() as sess:" in body
    )
    assert "wrapped = WrappedGraph(sess)\n" in body
    assert "wrapped.save('out', " in body


def test_what_comes_after_the_export_has_its_graph_too():
    code = HEAD + (
        "def export():\n"
        "    x = tf.placeholder(tf.float32, [None, 3])\n"
        "    o = net(x)\n"
        "    sess = tf.Session()\n"
        "    sess.run(tf.global_variables_initializer())\n"
        "    tf.saved_model.simple_save(sess, 'out', {'x': x}, dict(o))\n"
        "    print('saved')\n"
        "    print(sess.run(tf.shape(o['y']), {x: [[1, 2, 3]]}))\n"
        "    sess.close()\n"
        "    print('done')\n"
    )
    after = live(code).after
    assert "        sess.close()\n    print('done')\n" in after


def test_several_sessions_of_one_name_have_one_graph():
    code = HEAD + (
        "def export(path):\n"
        "    x = tf.placeholder(tf.float32, [None, 3])\n"
        "    o = net(x)\n"
        "    saver = tf.train.Saver()\n"
        "    with tf.Session() as sess:\n"
        "        sess.run(tf.global_variables_initializer())\n"
        "        saver.save(sess, path)\n"
        "    with tf.Session() as sess:\n"
        "        saver.restore(sess, path)\n"
        "        tf.saved_model.simple_save(sess, 'out', {'x': x}, dict(o))\n"
    )
    body = body_of(live(code))
    assert body.count("tf.Graph()") == 1
    assert body.count("tf.compat.v1.Session()") == 2


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (in_session(INIT, RUN, dynamic(), build="tf.set_random_seed(1)\n" + BUILD), "seed of the graph"),
        (in_session(INIT, RUN, dynamic(), build=BUILD + "o['z'] = tf.py_func(abs, [x], tf.float32)\n"), "Python code"),
        (in_session(INIT, RUN, dynamic(), build=BUILD + "tf.train.Supervisor()\n"), "another session"),
        (in_session(INIT, RUN, dynamic()).replace("tf.Session()", "tf.InteractiveSession()"), "comes from elsewhere"),
        (in_session(INIT, RUN, dynamic()).replace("(sess, 'out'", "(path, 'out'"), "comes from elsewhere"),
        (
            in_session(INIT, RUN, dynamic())
            + "    with tf.Session(graph=tf.Graph()) as sess:\n        sess.run(tf.no_op())\n",
            "of several graphs",
        ),
    ],
)
def test_what_is_not_sure_is_refused(code: str, reason: str):
    assert reason in why_not_live(code)


def test_steps_that_wait_for_updates_beside_a_loop_are_told_of():
    waits = "ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)\n"
    loop = "z = tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0])\n"

    def told(build: str) -> bool:
        (site,) = live(in_session(INIT, RUN, SAVE, build=BUILD + build)).sites
        return any("waits for update operations" in finding.message for finding in site.findings)

    assert told(waits + loop)
    assert not told(waits)
    assert not told(loop)


def test_a_seed_is_where_a_training_starts_from():
    train = "t = tf.train.AdamOptimizer().minimize(tf.reduce_sum(o['y']))\n"
    live(
        in_session(INIT, "sess.run(t, {x: [[1, 2, 3]]})\n", dynamic(), build="tf.set_random_seed(1)\n" + BUILD + train)
    )


def test_sessions_that_do_nothing_else_go():
    (site,) = rewrite(in_session(INIT, dynamic())).sites
    assert site.rule == "TFM206"


SCRIPT = """
import tensorflow as tf

class Net(object):
    def __init__(self, x):
        self.keep = tf.placeholder_with_default(1.0, [])
        size = int(x.get_shape()[1])
        with tf.variable_scope('net'):
            w = tf.get_variable('w', [size, 1], initializer=tf.ones_initializer())
            b = tf.Variable(tf.zeros([1]), name='b')
        self.mean = tf.get_variable('mean', [], initializer=tf.zeros_initializer(), trainable=False)
        h = tf.nn.dropout(tf.matmul(x, w) + b, self.keep)
        self.outputs = {'y': h + self.mean, 'n': tf.shape(h)[0]}

x = tf.placeholder(tf.float32, [None, 3], name='x')
y = tf.placeholder(tf.float32, [None, 1], name='y')
net = Net(x)
loss = tf.reduce_mean(tf.square(net.outputs['y'] - y))
step = tf.train.AdamOptimizer(0.1).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    feed = {x: [[1., 2., 3.], [0., 1., 0.]], y: [[1.], [2.]]}
    for number in range(4):
        sess.run(step, feed)
        if number % 2:
            tf.saved_model.simple_save(sess, 'out/%d' % number, {'x': x}, net.outputs)
    last = dict(w=tf.trainable_variables()[0], n=net.outputs['n'])
    tf.saved_model.simple_save(sess, 'out/last', {'x': x}, last)
"""


@pytest.mark.slow
@pytest.mark.tensorflow
def test_each_export_has_the_values_of_its_time(tmp_path: Path):
    result = check_never_wrong(SCRIPT, tmp_path, "out/1", "out/3", "out/last")
    assert {site.rule for site in result.sites} == {"TFM207"}


def test_interactive_sessions_stay_too():
    code = in_session(INIT, RUN, dynamic()).replace(
        "with tf.Session() as sess:\n", "sess = tf.InteractiveSession()\n    if True:\n"
    )
    assert "        sess = tf.compat.v1.InteractiveSession()\n" in live(code).after


def test_what_an_assignment_leaves_may_be_an_output():
    code = in_session(INIT, RUN, "c = tf.Variable(0.0)\n", dynamic().replace("dict(o)", "dict(o, c=c.assign_add(1.0))"))
    assert "An assignment stands for the value that it leaves." in live(code).after
    assert "An assignment" not in live(in_session(INIT, RUN, dynamic())).after


def test_a_session_that_stays_may_be_frozen_and_load_models():
    freeze = "f = tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, ['y'])\n"
    load = "tf.saved_model.loader.load(sess, ['serve'], 'model')\n"
    frozen = rewrite(in_session(INIT, freeze, dynamic()))
    assert {site.rule for site in frozen.sites} == {"TFM207"}
    assert "f = bridge.convert_variables_to_constants(sess, sess.graph_def, ['y'])" in body_of(frozen)
    loaded = rewrite(in_session(INIT, load, "y = sess.graph.get_tensor_by_name('y:0')\n", RUN, dynamic()))
    assert {site.rule for site in loaded.sites} == {"TFM207"}
    assert "self._needed" in loaded.after
    assert any("has no 'y:0'" in one.message for site in loaded.sites for one in site.findings)
