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
        (
            "AdamOptimizer()",
            "Adam(0.001, beta_1=float(tf.constant(0.9)), beta_2=float(tf.constant(0.999)), epsilon=1e-8)",
        ),
        (
            "AdamOptimizer(0.1, 0.8, 0.99, 1e-3)",
            "Adam(0.1, beta_1=float(tf.constant(0.8)), beta_2=float(tf.constant(0.99)), epsilon=1e-3)",
        ),
        ("RMSPropOptimizer(0.1)", "RMSprop(0.1, rho=float(tf.constant(0.9)), epsilon=1e-10)"),
        (
            "RMSPropOptimizer(0.1, 0.95, 0.5, centered=True)",
            "RMSprop(0.1, rho=float(tf.constant(0.95)), momentum=0.5, centered=True, epsilon=1e-10)",
        ),
        ("AdagradOptimizer(0.1)", "Adagrad(0.1, epsilon=0.0)"),
    ],
)
def test_optimizers_that_count_the_same(made: str, expected: str):
    after = " ".join(trained(trainer(f"train = tf.train.{made}.minimize(loss)")).split())
    assert KERAS + expected in after.replace("( ", "(").replace(", )", ")")


def test_a_beta_with_a_name_is_rounded_where_it_is_known():
    train = "beta = 0.8\ntrain = tf.train.AdamOptimizer(0.1, beta1=beta).minimize(loss)"
    trained(trainer(train), "beta_1=float(tf.constant(beta, tf.float32))")


def test_rmsprop_starts_from_a_mean_square_of_one():
    train = "train = tf.train.RMSPropOptimizer(0.1).minimize(loss, var_list=[b])"
    trained(
        trainer(train), "self.optimizer.build([self.b])", '.endswith("_velocity"):', "slot.assign(tf.ones(slot.shape))"
    )


FED = "_, c = sess.run([train, loss], {x: xs, t: ts, rate: 0.5 / (i + 1)})\nprint(c)"


@pytest.mark.parametrize(
    ("placeholder", "after"), [("tf.float32", "tf.ensure_shape(rate, [])"), ("tf.float32, []", "rate")]
)
def test_a_rate_that_is_fed_is_set_in_each_step(placeholder: str, after: str):
    train = f"rate = tf.placeholder({placeholder})\ntrain = tf.train.GradientDescentOptimizer(rate).minimize(loss)"
    made = trained(trainer(train, FED), "optimizers.SGD()", f"self.optimizer.learning_rate.assign({after})\n")
    assert made.index("learning_rate.assign") < made.index("apply_gradients")


def test_a_rate_that_is_computed_from_the_step():
    train = "n = tf.Variable(0.0, trainable=False, name='n')\nrate = 0.1 / (1.0 + n)\n"
    train += "train = tf.train.AdagradOptimizer(rate).minimize(loss, global_step=n)"
    after = trained(trainer(train), "rate = 0.1 / (1.0 + self.n)")
    assert after.index("learning_rate.assign") < after.index("self.n.assign_add(1)")


@pytest.mark.parametrize(
    ("made", "after"),
    [
        ("inverse_time_decay(0.1, n, 10, 0.5)", "InverseTimeDecay(0.1, decay_steps=10, decay_rate=0.5)"),
        ("polynomial_decay(0.1, n, 10, power=2.0)", "PolynomialDecay(0.1, decay_steps=10, power=2.0)"),
        ("cosine_decay(1, n, 10)", "CosineDecay(1.0, decay_steps=10)"),
        ("piecewise_constant(n, [5], [0.1, 0.01])", "PiecewiseConstantDecay([5], values=[0.1, 0.01])"),
    ],
)
def test_schedules(made: str, after: str):
    count = "n = tf.train.get_or_create_global_step()\n"
    train = f"{count}train = tf.train.GradientDescentOptimizer(tf.train.{made}).minimize(loss, global_step=n)"
    text = " ".join(trained(trainer(train)).split())
    assert f"tf.keras.optimizers.schedules.{after}" in text.replace("( ", "(").replace(", )", ")")


def test_adam_of_float64_is_refused():
    graph = GRAPH.replace("tf.float32", "tf.float64").replace("name='w'", "dtype=tf.float64")
    graph = graph.replace("name='b'", "dtype=tf.float64")
    not_trained(trainer("train = tf.train.AdamOptimizer(0.1).minimize(loss)", graph=graph), "powers of float32")
    trained(trainer("train = tf.train.RMSPropOptimizer(0.1).minimize(loss)", graph=graph))


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
        ("train = tf.train.FtrlOptimizer(0.1).minimize(loss)", "no TF2 optimizer with the same numbers"),
        ("train = tf.train.ProximalGradientDescentOptimizer(0.1).minimize(loss)", "is not known to have an equal"),
        (
            "r = tf.constant(0.1)\ntrain = tf.train.MomentumOptimizer(r, 0.9).minimize(loss)",
            "TF2 counts a changing learning rate in another way",
        ),
        (
            f"{COUNT.replace('exponential', 'natural_exp')}train = tf.train.AdamOptimizer(rate).minimize(loss, global_step=n)",
            "tf.train.natural_exp_decay is not known",
        ),
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


@pytest.mark.parametrize("made", ["MomentumOptimizer(0.1, 0.9)", "RMSPropOptimizer(0.1)"])
def test_momentum_of_looked_up_rows_is_refused(made: str):
    not_trained(trainer(f"train = tf.train.{made}.minimize(loss)", graph=LOOKUP), "looked-up rows")
