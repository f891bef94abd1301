"""Optimizers with TF1's numbers, and those that are refused."""

from __future__ import annotations

import pytest
from training_scripts import GRAPH, not_trained, trained, trainer

KERAS = "self.optimizer = tf.keras.optimizers."


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("GradientDescentOptimizer(0.5)", "SGD(0.5)"),
        ("GradientDescentOptimizer(learning_rate=1, name='g')", "SGD(1.0)"),
        ("MomentumOptimizer(0.1, 0.9)", "SGD(0.1, momentum=0.9)"),
        ("AdamOptimizer()", "Adam(0.001, epsilon=1e-8)"),
        ("AdamOptimizer(0.1, 0.8, 0.99, 1e-3)", "Adam(0.1, beta_1=0.8, beta_2=0.99, epsilon=1e-3)"),
        ("AdagradOptimizer(0.1)", "Adagrad(0.1, epsilon=0.0)"),
    ],
)
def test_optimizers_that_count_the_same(made: str, expected: str):
    after = " ".join(trained(trainer(f"train = tf.train.{made}.minimize(loss)")).split())
    assert (
        expected.replace("(", "( ").replace(")", ", )") in after.replace("optimizers.", "") or KERAS + expected in after
    )


def test_nesterov():
    train = "train = tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True).minimize(loss)"
    trained(trainer(train), "nesterov=True,")


def test_a_rate_that_may_be_no_float_is_made_one():
    train = "import sys\nrate = len(sys.argv)\ntrain = tf.train.GradientDescentOptimizer(rate).minimize(loss)"
    trained(trainer(train), "SGD(float(rate))")


def test_a_known_float_stays_as_it_is():
    train = "rate = 0.5\ntrain = tf.train.GradientDescentOptimizer(rate).minimize(loss)"
    trained(trainer(train), "SGD(rate)")


COUNT = "n = tf.Variable(0, trainable=False, name='n')\nrate = tf.train.exponential_decay(0.1, n, 10, 0.9)\n"


def test_a_rate_that_decays_with_its_own_count():
    train = f"{COUNT}train = tf.train.AdamOptimizer(rate).minimize(loss, global_step=n)"
    after = trained(trainer(train), "schedules.ExponentialDecay(", "decay_steps=10,", "decay_rate=0.9,")
    assert "assign_add" not in after, "nothing reads the count"


@pytest.mark.parametrize(
    ("train", "reason"),
    [
        ("train = tf.train.RMSPropOptimizer(0.1).minimize(loss)", "mean square of one"),
        ("train = tf.train.FtrlOptimizer(0.1).minimize(loss)", "no TF2 optimizer with the same numbers"),
        ("train = tf.train.ProximalGradientDescentOptimizer(0.1).minimize(loss)", "is not known to have an equal"),
        ("r = tf.constant(0.1)\ntrain = tf.train.AdamOptimizer(r).minimize(loss)", "the learning rate is a tensor"),
        (f"{COUNT}train = tf.train.AdamOptimizer(rate).minimize(loss)", "another count than that of this optimizer"),
        (
            f"{COUNT.replace('Variable(0', 'Variable(5')}train = tf.train.AdamOptimizer(rate).minimize(loss, global_step=n)",
            "may not start at 0",
        ),
        (
            f"{COUNT}train = tf.train.MomentumOptimizer(rate, 0.9).minimize(loss, global_step=n)",
            "in another way",
        ),
    ],
)
def test_what_counts_in_another_way_is_refused(train: str, reason: str):
    not_trained(trainer(train), reason)


LOOKUP = GRAPH.replace("y = ", "rows = tf.gather(w, [0, 2])\ny = tf.reduce_sum(rows) + ")


def test_gradients_of_looked_up_rows_are_those_of_the_whole_variable():
    train = "train = tf.train.AdagradOptimizer(0.1).minimize(loss)"
    trained(trainer(train, graph=LOOKUP), 'unconnected_gradients="zero"', "tf.convert_to_tensor(gradient)")


def test_plain_descent_takes_looked_up_rows_as_they_are():
    trained(trainer(graph=LOOKUP), without=("convert_to_tensor",))


def test_momentum_of_looked_up_rows_is_refused():
    train = "train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)"
    not_trained(trainer(train, graph=LOOKUP), "looked-up rows")
