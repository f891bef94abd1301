"""What a training op may be."""

from __future__ import annotations

import pytest
from training_scripts import DESCENT, RUN, not_trained, trained, trainer


def test_an_optimizer_with_a_name_of_its_own():
    trained(trainer("opt = tf.train.AdamOptimizer(0.1)\nwith tf.name_scope('train'):\n    train = opt.minimize(loss)"))


def test_a_loss_without_a_name():
    train = "train = tf.train.AdamOptimizer(0.1).minimize(tf.nn.l2_loss(y - t))"
    run = "sess.run(train, {x: xs, t: ts})"
    trained(trainer(train, run), "loss = tf.nn.l2_loss(y - t)", "tape.gradient(loss, variables)")


def test_variables_that_are_said():
    train = "train = tf.train.AdamOptimizer(0.1).minimize(loss, var_list=[b])"
    trained(trainer(train), "variables = [self.b]")


@pytest.mark.parametrize(
    "said", ["tf.trainable_variables()", "tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES)", "None"]
)
def test_all_variables_that_are_said(said: str):
    train = f"train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list={said})"
    trained(trainer(train), "variables = self.trainable_variables")


def test_a_list_of_variables_with_a_name():
    train = "some = [b]\ntrain = tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=some)"
    trained(trainer(train), "variables = [self.b]")


@pytest.mark.parametrize(
    ("train", "reason"),
    [
        ("train = tf.train.SyncReplicasOptimizer(tf.train.AdamOptimizer(0.1), 2).minimize(loss)", "an equal in TF2"),
        (f"up = tf.assign(b, b * 0.5)\nwith tf.control_dependencies([up]):\n    {DESCENT}", "control_dependencies"),
        (f"for n in range(2):\n    {DESCENT}", "train"),
        (f"import sys\nif len(sys.argv) > 1:\n    {DESCENT}\nelse:\n    train = tf.no_op()", "train"),
        ("train = tf.train.AdamOptimizer(0.1).minimize(loss, var_list=tf.trainable_variables('w'))", "var_list"),
        ("train = tf.train.AdamOptimizer(0.1).minimize(loss, grad_loss=[2.0])", "grad_loss"),
        (f"{DESCENT}\ntrain = tf.group(train, tf.assign_add(b, [1.0]))", "changes variables"),
    ],
)
def test_what_is_more_than_one_minimize_is_refused(train: str, reason: str):
    not_trained(trainer(train), reason)


def test_two_optimizers_are_refused():
    train = f"{DESCENT}\nother = tf.train.AdamOptimizer(0.1).minimize(loss)"
    not_trained(trainer(train, f"{RUN}\nsess.run(other, {{x: xs, t: ts}})"), "several optimizers")
    not_trained(trainer(train, "sess.run([train, other], {x: xs, t: ts})"), "several training ops")
