"""What a session may be fed, and may fetch."""

from __future__ import annotations

import pytest
from training_scripts import not_trained, trained, trainer

FED = "{x: xs, t: ts}"


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (f"sess.run(train, {FED})  # a step", "model.train_step(xs, ts)  # a step\n"),
        (f"_ = sess.run(train, feed_dict={FED})", "    model.train_step(xs, ts)\n"),
        (f"train.run({FED})", "    model.train_step(xs, ts)\n"),
        (f"_, c = sess.run([train, loss], {FED})\nprint(c)", "    c = model.train_step(xs, ts).numpy()\n"),
        (f"c, _ = sess.run((loss, train), {FED})\nprint(c)", "    c = model.train_step(xs, ts).numpy()\n"),
        (
            f"_, c, p = sess.run([train, loss, y], {FED})\nprint(c, p)",
            "    c, p = (value.numpy() for value in model.train_step(xs, ts))\n",
        ),
        (
            f"_, p, c = sess.run([train, y, loss], {FED})\nprint(c, p)",
            "    results = model.train_step(xs, ts)\n    p = results[1].numpy()\n    c = results[0].numpy()\n",
        ),
        (f"print(sess.run([train, loss], {FED})[1])", "print([None, model.train_step(xs, ts).numpy()][1])"),
        (
            f"r = sess.run([train, loss, y], {FED})\nprint(r)",
            "r = [None, *(value.numpy() for value in model.train_step(xs, ts))]",
        ),
        (
            f"_, v = sess.run([train, w], {FED})\nprint(v)",
            "    model.train_step(xs, ts)\n    v = model.w.numpy()\n",
        ),
        (f"sess.run(train, {FED})\nprint(loss.eval({FED}))", "print(model.loss(xs, ts).numpy())"),
        (f"sess.run(train, {FED})\nprint(loss.eval({{t: ts, x: xs}}))", "print(model.loss(ts, xs).numpy())"),
        (f"sess.run(train, {FED})\nprint(sess.run([w, b]))", "print([model.w.numpy(), model.b.numpy()])"),
        (f"sess.run(train, {FED})\nprint(sess.run(y, {{x: xs}}))", 'model.serving_default(xs)["y"].numpy()'),
    ],
)
def test_runs_become_calls(run: str, expected: str):
    trained(trainer(run=run), expected)


def test_feeds_in_another_order_have_names():
    run = f"sess.run(train, {FED})\nsess.run(train, {{t: ts + 1, x: xs}})"
    trained(trainer(run=run), "model.train_step(xs, ts)", "model.train_step(t=ts + 1, x=xs)")


def test_a_dictionary_with_a_name_is_fed_by_the_names_of_parameters():
    run = "fed = {x: xs,  # all\n       t: ts}\nsess.run(train, feed_dict=fed)\nprint(loss.eval(fed))"
    after = trained(trainer(run=run), 'fed = {"x": xs,  # all\n', "model.train_step(**fed)", "model.loss(**fed)")
    assert '"t": ts}' in after


@pytest.mark.parametrize("more", ["fed[t] = ts + 1", "print(len(fed))", "if i:\n    fed = {x: xs, t: ts}"])
def test_a_dictionary_that_is_more_than_fed_is_refused(more: str):
    run = f"fed = {{x: xs, t: ts}}\n{more}\nsess.run(train, feed_dict=fed)"
    not_trained(trainer(run=run), "not written where it runs")


def test_runs_that_train_with_the_same_inputs_share_a_function():
    run = f"sess.run(train, {FED})\n_, c = sess.run([train, loss], {FED})\nprint(c)"
    assert trained(trainer(run=run)).count("GradientTape") == 1


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (f"print(sess.run(train, {FED}))", "which is None, is used"),
        (f"r, c = sess.run([train, loss], {FED})\nprint(r, c)", "which is None, is used"),
        (f"sess.run({{'a': train, 'b': loss}}, {FED})", "nested lists or dictionaries"),
        (f"sess.run([train, [loss]], {FED})", "nested lists or dictionaries"),
        (f"sess.run(train, {FED}, options=tf.RunOptions())", "with options"),
        ("fed = dict([(x, xs), (t, ts)])\nsess.run(train, feed_dict=fed)", "not written where it runs"),
        ("sess.run(train, {x: xs, t: ts, 'Const:0': 1.0})", "which tensor is fed"),
        (f"try:\n    sess.run(train, {FED})\nexcept ValueError:\n    pass", "in a try statement"),
        (f"sess.run([train, tf.assign_add(b, [1.0])], {FED})", "fetches as tf.assign_add"),
    ],
)
def test_what_cannot_be_seen_is_refused(run: str, reason: str):
    not_trained(trainer(run=run), reason)
