"""Checkpoints that are restored where training code stood."""

from __future__ import annotations

from training_scripts import DESCENT, kept, not_trained, trainer

SAVER = "saver = tf.train.Saver()"
ADAM = "train = tf.train.AdamOptimizer(0.1).minimize(loss)"
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
