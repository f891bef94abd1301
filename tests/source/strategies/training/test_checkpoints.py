"""Checkpoints that training code writes and reads."""

from __future__ import annotations

import pytest
from training_scripts import ASKED, DESCENT, RUN, not_trained, trainer

from migrate.engine import rewrite_source

SAVER = "saver = tf.train.Saver()"
ADAM = "train = tf.train.AdamOptimizer(0.1).minimize(loss)"
COUNTED = "n = tf.Variable(0, trainable=False, name='n')\n" + DESCENT.replace("loss)", "loss, global_step=n)")


def kept(code: str, *parts: str) -> str:
    """No session is left, and the new text has these parts."""
    result = rewrite_source(code, "script.py", ASKED)
    assert result.error is None
    compile(result.after, "script.py", "exec")
    assert {site.rule for site in result.sites} == {"TFM013"}, [site.findings for site in result.sites]
    assert rewrite_source(result.after, "script.py", ASKED).after == result.after
    for part in parts:
        assert part in result.after, result.after
    for part in ("sess", "placeholder", "minimize"):
        assert part not in result.after, result.after
    return result.after


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


def test_a_saver_that_is_made_in_the_loop_is_refused():
    not_trained(trainer(run=f"{RUN}\n{SAVER}\nsaver.save(sess, 'm')"), "in a loop")


RESTORE = "saver.restore(sess, 'old/m')"


def test_a_checkpoint_is_restored_before_the_loop():
    kept(trainer(f"{DESCENT}\n{SAVER}", before=RESTORE), "tf.train.load_checkpoint('old/m')", "for variable in model.")


def test_a_checkpoint_is_restored_if_there_is_one():
    code = trainer(f"{DESCENT}\n{SAVER}", before=f"last = tf.train.latest_checkpoint('old')\nif last:\n    {RESTORE}")
    kept(code, "if last:\n    checkpoint = tf.train.load_checkpoint(")


def test_either_a_checkpoint_or_the_initial_values():
    old = "    sess.run(tf.global_variables_initializer())\n"
    new = f"    last = tf.train.latest_checkpoint('old')\n    if last:\n        {RESTORE}\n    else:\n    {old}"
    code = trainer(f"{DESCENT}\n{SAVER}").replace(old, new)
    kept(code, "if last:\n    checkpoint = tf.train.load_checkpoint(")


def test_initial_values_behind_a_checkpoint_are_refused():
    old = "    sess.run(tf.global_variables_initializer())\n"
    not_trained(trainer(f"{DESCENT}\n{SAVER}").replace(old, f"    {RESTORE}\n{old}"), "initialized again")


def test_what_an_optimizer_keeps_is_not_restored():
    not_trained(trainer(f"{ADAM}\n{SAVER}", before=RESTORE), "what the optimizer keeps")
    kept(trainer(f"{SAVER}\n{ADAM}", before=RESTORE), "tf.train.load_checkpoint('old/m')")


def test_the_count_of_a_decay_is_not_restored():
    rate = "n = tf.Variable(0, trainable=False, name='n')\nrate = tf.train.exponential_decay(0.1, n, 10, 0.9)\n"
    train = f"{rate}train = tf.train.GradientDescentOptimizer(rate).minimize(loss, global_step=n)\n{SAVER}"
    not_trained(trainer(train, before=RESTORE), "the count that the learning rate decays with")
