"""Batches of iterators and queues."""

from __future__ import annotations

from textwrap import indent

import pytest
from checks import rewrite
from wrapping_code import HEAD, body_of

from migrate.results import Level

DATA = "it = tf.data.Dataset.from_tensor_slices((data, labels)).batch(2).make_one_shot_iterator()\n"
TRAIN = """\
loss = tf.reduce_mean(tf.square(o['y'] - t))
step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
"""
SAVE = "tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': o['y']})\n"
BATCH = "x, t = it.get_next()\no = net(x)\n"


def script(*lines: str, save: str = SAVE) -> str:
    body = "".join(lines) + "with tf.Session() as sess:\n    sess.run(tf.global_variables_initializer())\n"
    return HEAD + "def export(data, labels):\n" + indent(body + "    sess.run(step)\n    " + save, "    ")


def test_a_batch_that_is_fed_is_an_input():
    result = rewrite(script(DATA, BATCH, TRAIN))
    assert [site.rule for site in result.sites] == ["TFM207"]
    assert "tf.compat.v1.train.import_meta_graph(meta_graph, input_map=batches)" in result.after
    assert "it = tf.compat.v1.data.Dataset" in body_of(result)


def test_so_is_one_that_a_function_gives():
    code = script("x, t = batches(data, labels)\no = net(x)\n", TRAIN)
    code = code.replace(
        "def export", f"def batches(data, labels):\n    {DATA}    b = it.get_next()\n    return b\n\ndef export"
    )
    assert [site.rule for site in rewrite(code).sites] == ["TFM207"]


@pytest.mark.parametrize(
    ("lines", "save"),
    [
        (BATCH, SAVE.replace("{'x': x}", "{'t': t}")),
        (BATCH + "o['y'] = o['y'] * tf.reduce_max(t)\n", SAVE),
        ("x, t = it.get_next()\no = {}\no.update(net(x * tf.reduce_max(t)))\n", SAVE),
        # Nobody says here that m.x is the batch.
        (BATCH + "m = Model(x)\n", SAVE.replace("x}", "m.x}")),
        ("b = it.get_next()\nx, t = b\no = net(x)\n", SAVE.replace("'x': x", "'x': s")),
    ],
)
def test_what_may_need_another_batch_is_refused(lines: str, save: str):
    (site,) = rewrite(script(DATA, lines, TRAIN, save=save)).sites
    assert site.level is Level.BRIDGED
    assert any("what an iterator or a queue gives" in one.reason for one in site.refusals)


def test_batches_for_training_alone_matter_nothing():
    lines = "b, t = it.get_next()\no = net(b)\n"
    again = "x = tf.placeholder(tf.float32, [None, 3])\np = net(x)\n"
    seen = "tf.summary.scalar('loss', loss)\n"
    code = script(DATA, lines, TRAIN, seen, again, save=SAVE.replace("o['y']", "p['z']"))
    assert [site.rule for site in rewrite(code).sites] == ["TFM207"]
