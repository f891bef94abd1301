"""Checkpoints that training code writes and reads."""

from __future__ import annotations

import pytest
from training_scripts import ASKED, DESCENT, RUN, kept, not_trained, trainer

from migrate.engine import rewrite_source

SAVER = "saver = tf.train.Saver()"
COUNTED = "n = tf.Variable(0, trainable=False, name='n')\n" + DESCENT.replace("loss)", "loss, global_step=n)")


def test_a_saver_saves_the_variables_of_the_module_by_their_names():
    code = trainer(f"{DESCENT}\n{SAVER}", f"{RUN}\nsaver.save(sess, 'kept/m', global_step=i)")
    names = '{variable.name.removesuffix(":0"): variable for variable in model.variables}'
    after = kept(code, names, "saver.save(None, 'kept/m', global_step=i)")
    assert after.index("model = ExportedModel()") < after.index("saver = tf.compat.v1.train.Saver(")
    (site,) = rewrite_source(code, "script.py", ASKED).sites
    assert any("nothing of the optimizer" in finding.message for finding in site.findings)


@pytest.mark.parametrize(
    ("saver", "after"),
    [
        ("tf.train.Saver(max_to_keep=3)", "    max_to_keep=3,\n"),
        ("tf.train.Saver(var_list=tf.global_variables())", "in model.variables}"),
        ("tf.train.Saver(tf.trainable_variables(), name='s')", "in model.trainable_variables}"),
    ],
)
def test_savers(saver: str, after: str):
    kept(trainer(f"{DESCENT}\nsaver = {saver}", after="", run=f"{RUN}\np = saver.save(sess, 'm')\nprint(p)"), after)


def test_the_global_step_ends_a_name_as_a_number():
    code = trainer(f"{COUNTED}\n{SAVER}", f"{RUN}\nsaver.save(sess, 'm', global_step=n)")
    kept(code, "saver.save(None, 'm', global_step=model.n.numpy())", "self.n.assign_add(1)")


def test_the_global_step_is_read_as_a_number():
    kept(trainer(COUNTED, f"{RUN}\nk = tf.train.global_step(sess, n)\nprint(k)"), "k = model.n.numpy()")


@pytest.mark.parametrize(
    ("saver", "save", "reason"),
    [
        ("tf.train.Saver({'weights': w})", "saver.save(sess, 'm')", "given some variables"),
        ("tf.train.Saver(sharded=True)", "saver.save(sess, 'm')", "unusual options"),
        ("tf.train.Saver(max_to_keep=len(xs))", "saver.save(sess, 'm')", "not written out"),
        ("tf.train.Saver()", "saver.save(sess, 'm', global_step=tf.constant(1))", "a tensor"),
        ("tf.train.Saver()", "saver.save(sess, 'm', strip_default_attrs=True)", "unusual options"),
        ("tf.train.Saver()", "tf.train.Saver().save(sess, 'm')", "which Saver"),
        ("tf.train.Saver()", "saver.export_meta_graph('m')", "more than to train"),
        ("tf.train.Saver()", "saver.save(sess, 'm%d' % sess.run(b)[0])", "more than to train"),
    ],
)
def test_what_else_a_saver_does_keeps_the_session(saver: str, save: str, reason: str):
    not_trained(trainer(f"{DESCENT}\nsaver = {saver}", f"{RUN}\n{save}"), reason)


def test_a_saver_that_does_not_know_all_variables_is_refused():
    train = f"{SAVER}\nlate = tf.Variable([1.0], name='late')\n{DESCENT}"
    not_trained(trainer(train, f"{RUN}\nsaver.save(sess, 'm')\nprint(sess.run(late))"), "does not know all")


def test_a_name_of_two_savers_is_refused():
    train = f"{DESCENT}\n{SAVER}"
    code = trainer(train, f"{RUN}\nsaver.save(sess, 'm')", after=f"{SAVER}\nsaver.save(sess, 'last')")
    not_trained(code, "a Saver, and something else")


def test_a_saver_that_is_made_in_the_loop_is_refused():
    not_trained(trainer(run=f"{RUN}\n{SAVER}\nsaver.save(sess, 'm')"), "in a loop")
