"""What may be done with gradients before an optimizer applies them."""

from __future__ import annotations

import pytest
from training_scripts import GRAPH, not_trained, trained, trainer

OPT = "opt = tf.train.GradientDescentOptimizer(0.1)\n"
PAIRS = f"{OPT}pairs = opt.compute_gradients(loss)\n"
EACH = "gradients = [tf.clip_by_value(gradient, -1.0, 2.0) for gradient in gradients]"


def applied(pairs: str, before: str = PAIRS) -> str:
    """A script whose training op applies these pairs."""
    return trainer(f"{before}train = opt.apply_gradients({pairs})")


@pytest.mark.parametrize("pairs", ["pairs", "list(pairs)", "opt.compute_gradients(loss)", "[(g, v) for g, v in pairs]"])
def test_gradients_as_they_are(pairs: str):
    trained(applied(pairs), "gradients = tape.gradient(loss, variables)\n        self.optimizer.apply_gradients(")


@pytest.mark.parametrize(
    ("pairs", "after"),
    [
        ("[(tf.clip_by_value(g, -1.0, 2.0), v) for g, v in pairs]", EACH),
        ("[(tf.clip_by_value(p[0], -1.0, 2.0), p[1]) for p in pairs]", EACH),
        (
            "[(tf.clip_by_norm(g, clip_norm=5), v) for g, v in pairs]",
            "gradients = [tf.clip_by_norm(gradient, 5) for gradient in gradients]",
        ),
        (
            "[(tf.clip_by_norm(g, 5), v) for g, v in pairs if g is not None]",
            "[None if gradient is None else tf.clip_by_norm(gradient, 5) for gradient in gradients]",
        ),
        (
            "[(g if g is None else tf.clip_by_norm(g, 5), v) for g, v in pairs]",
            "[None if gradient is None else tf.clip_by_norm(gradient, 5) for gradient in gradients]",
        ),
        (
            "[(tf.clip_by_norm(g, 5) if g is not None else None, v) for g, v in pairs]",
            "[None if gradient is None else tf.clip_by_norm(gradient, 5) for gradient in gradients]",
        ),
    ],
)
def test_each_gradient_is_clipped(pairs: str, after: str):
    trained(applied(pairs), after)


ALL = "tvars = tf.trainable_variables()\n"
NORM = "gs, norm = tf.clip_by_global_norm(tf.gradients(loss, tvars), 5.0)\n"


@pytest.mark.parametrize(
    ("before", "pairs"),
    [
        (f"{OPT}{ALL}{NORM}", "zip(gs, tvars)"),
        (f"{OPT}tvars = [w, b]\n{NORM}", "zip(gs, tvars)"),
        (
            f"{PAIRS}gs, tvars = zip(*pairs)\ngs, _ = tf.clip_by_global_norm(gs, 5.0)\n",
            "list(zip(gs, tvars))",
        ),
    ],
)
def test_all_gradients_are_clipped_together(before: str, pairs: str):
    trained(applied(pairs, before), "gradients, _ = tf.clip_by_global_norm(gradients, 5.0)")


def test_gradients_of_tf_gradients():
    trained(
        applied("zip(tf.gradients(loss, tvars), tvars)", f"{OPT}{ALL}"), "gradients = tape.gradient(loss, variables)"
    )
    code = applied("zip([tf.clip_by_value(g, -1.0, 2.0) for g in tf.gradients(loss, tvars)], tvars)", f"{OPT}{ALL}")
    trained(code, EACH)


def test_a_limit_with_a_name_has_the_value_it_had():
    code = applied("[(tf.clip_by_norm(g, limit), v) for g, v in pairs]", f"limit = 5.0\n{PAIRS}")
    trained(code, "tf.clip_by_norm(gradient, limit)")


@pytest.mark.parametrize(
    ("pairs", "before", "reason"),
    [
        ("pairs[:1]", PAIRS, "gradients of one loss"),
        ("[(g, v) for g, v in pairs if 'w' in v.name]", PAIRS, "only some of the gradients"),
        ("[(g * 0.5, v) for g, v in pairs]", PAIRS, "in another way than by one of tf.clip_by_*"),
        ("[(tf.clip_by_norm(v, 5), v) for g, v in pairs]", PAIRS, "in another way than by one of tf.clip_by_*"),
        ("[(tf.clip_by_norm(g, 5, axes=[0]), v) for g, v in pairs]", PAIRS, "axes"),
        ("[(tf.clip_by_norm(g, tf.norm(w)), v) for g, v in pairs]", PAIRS, "clipped to a tensor"),
        ("[(tf.clip_by_norm(g, 5), v) for g, v in [(tf.clip_by_norm(h, 2), u) for h, u in pairs]]", PAIRS, "twice"),
        ("pairs", PAIRS.replace("loss)", "loss, grad_loss=[2.0])"), "grad_loss"),
        ("pairs", f"{PAIRS}opt = tf.train.GradientDescentOptimizer(0.5)\n", "another optimizer"),
        ("zip(tf.gradients(loss, [w, b]), [b, w])", OPT, "which gradient is for which variable"),
        ("zip(tf.gradients([loss, y], tvars), tvars)", f"{OPT}{ALL}", "several losses"),
        ("zip(tf.gradients(loss, tvars, stop_gradients=[x]), tvars)", f"{OPT}{ALL}", "stop_gradients"),
        ("zip(gs, tvars)", f"{PAIRS}{ALL}gs, vs = zip(*pairs)\n", "which gradient is for which variable"),
        ("zip(gs, tvars)", f"{OPT}{ALL}{NORM.replace('5.0)', '5.0, use_norm=tf.norm(w))')}", "use_norm"),
    ],
)
def test_what_else_is_done_with_gradients_keeps_the_session(pairs: str, before: str, reason: str):
    not_trained(applied(pairs, before), reason)


def test_a_pair_that_is_changed_in_a_loop_is_not_known():
    loop = "for i, (g, v) in enumerate(pairs):\n    pairs[i] = (tf.clip_by_norm(g, 5), v)\n"
    not_trained(applied("pairs", f"{PAIRS}{loop}"), "gradients of one loss")


def test_clipped_gradients_of_looked_up_rows_are_refused():
    graph = GRAPH.replace("y = ", "rows = tf.gather(w, [0, 2])\ny = tf.reduce_sum(rows) + ")
    train = f"{PAIRS}train = opt.apply_gradients([(tf.clip_by_norm(g, 5), v) for g, v in pairs])"
    not_trained(trainer(train, graph=graph), "looked-up rows are clipped")


def test_the_norm_that_is_fetched_keeps_the_session():
    train = f"{OPT}{ALL}{NORM}train = opt.apply_gradients(zip(gs, tvars))"
    not_trained(trainer(train, "_, n = sess.run([train, norm], {x: xs, t: ts})\nprint(n)"), "tf.")
