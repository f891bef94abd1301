"""Modules that train themselves, and what is said about them."""

from __future__ import annotations

from training_scripts import ASKED, GRAPH, RUN, not_trained, trained, trainer

from migrate.engine import rewrite_source
from migrate.results import Level
from migrate.settings import Settings

FED = "{x: xs, t: ts}"


def test_the_loop_stays_and_the_session_goes():
    after = trained(
        trainer(before="print('start')"),
        "    variables = self.trainable_variables\n        gradients = tape.gradient(loss, variables)\n",
        "print('start')\nmodel = ExportedModel()\nfor i in range(3):\n    c = model.train_step(xs, ts).numpy()\n    print(c)\n",
    )
    assert "tf.TensorSpec([None, 1], tf.float32)," in after


def test_only_where_native_is_asked_for():
    for settings in (Settings(), Settings(level=Level.NATIVE, ignore=("TFM013",))):
        (site,) = rewrite_source(trainer(), "script.py", settings).sites
        assert (site.rule, site.findings) == ("TFM003", ())


def test_why_the_session_stays_is_said_and_the_text_is_what_it_is_without_the_option():
    code = trainer("train = tf.train.FtrlOptimizer(0.1).minimize(loss)")
    result = rewrite_source(code, "s.py", ASKED)
    (site,) = result.sites
    assert result.after == rewrite_source(code, "s.py").after
    assert [(found.rule, found.level) for found in site.findings] == [("TFM013", Level.FLAGGED)]


def test_an_export_that_trains_nothing_is_none_of_its_business():
    code = trainer("", "print(sess.run(loss, {x: xs, t: ts}), sess.graph)")
    (site,) = rewrite_source(code, "script.py", ASKED).sites
    assert [found for found in site.findings if found.rule == "TFM013"] == []


def test_what_is_built_in_the_loop_goes_into_a_function():
    run = f"{RUN}\ngood = tf.reduce_mean(tf.abs(y - t))\nprint(good.eval({FED}))"
    trained(trainer(run=run), "def good(self, x, t):", "print(model.good(xs, ts).numpy())")


def test_what_depends_on_the_pass_of_the_loop_stays():
    not_trained(trainer(run=f"{RUN}\nscaled = loss * float(i)\nprint(scaled.eval({FED}))"), "'i'")


def test_labels_that_tf1_does_not_train_are_not_trained():
    loss = "tf.reduce_sum(tf.nn.softmax_cross_entropy_with_logits(labels=tf.sigmoid(y), logits=y))"
    graph = GRAPH.replace("tf.reduce_mean(tf.square(y - t))", loss)
    trained(trainer(graph=graph), "labels=tf.stop_gradient(tf.sigmoid(y))")


def test_random_numbers_are_told():
    graph = GRAPH.replace("[0.0]", "tf.random_normal([1])")
    (site,) = rewrite_source(trainer(graph=graph), "script.py", ASKED).sites
    assert any("random" in found.message for found in site.findings)
