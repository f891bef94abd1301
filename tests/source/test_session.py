"""Sessions: what each statement does to the values that are exported."""

from __future__ import annotations

import ast

import pytest
from checks import kinds

from migrate.source.session import Effect, SessionUse

HEAD = """\
import tensorflow as tf
x = tf.placeholder(tf.float32, [None])
p = tf.placeholder(tf.float32, [])
w = tf.Variable(1.0)
b = tf.Variable(0.5)
y = x * w
init = tf.global_variables_initializer()
up = w.assign(2.0)
fed = tf.assign(w, p)
train = tf.train.AdamOptimizer().minimize(y)
saver = tf.train.Saver()
sess = tf.Session()
with tf.control_dependencies([up]):
  late = tf.identity(y)
def fit(s): s.run(train)
"""


def use(statement: str) -> tuple[SessionUse, object]:
    """The session use of some code, and the step of its last statement."""
    found = SessionUse(kinds(HEAD + statement + "\n"))
    return found, found.region.steps[-1]


@pytest.mark.parametrize(
    ("statement", "effects"),
    [
        ("print(1)", set()),
        ("z = y * 2", set()),
        ("sess.run(init)", {Effect.INIT}),
        ("sess.run([init, tf.tables_initializer()])", {Effect.INIT}),
        ("init.run()", {Effect.INIT}),
        ("init.run(session=sess)", {Effect.INIT}),
        ("sess.run(w.initializer)", {Effect.INIT}),
        ("r = sess.run(y, {x: [1.0]})", {Effect.READ}),
        ("r = sess.run(fetches=y, feed_dict={x: [1.0]})", {Effect.READ}),
        ("print(sess.run([w, b]))", {Effect.READ}),
        ("r = w.eval()", {Effect.READ}),
        ("r = y.eval({x: [1.0]})", {Effect.READ}),
        ("sess.run(up)", {Effect.ASSIGN}),
        ("sess.run([up, b.assign(1.0)])", {Effect.ASSIGN}),
        ("sess.run(fed, {p: 3.0})", {Effect.ASSIGN}),
        ("sess.run(w.assign_add(1.0))", {Effect.ASSIGN}),
        ("w.load(2.0, sess)", {Effect.ASSIGN}),
        ("sess.run(train)", {Effect.CHANGE}),
        ("train.run()", {Effect.CHANGE}),
        ("saver.restore(sess, 'm')", {Effect.RESTORE}),
        ("saver.save(sess, 'm')", {Effect.READ}),
        ("fit(sess)", {Effect.CHANGE}),
        ("fit(s=sess)", {Effect.CHANGE}),
        ("sess.close()", {Effect.CLOSE}),
        ("tf.saved_model.simple_save(sess, 'o', {}, {})", set()),
    ],
)
def test_effects(statement: str, effects: set[Effect]):
    found, step = use(statement)
    assert found.effects(step) == effects


@pytest.mark.parametrize(
    "statement",
    [
        "sess.run([train, y])",
        "sess.run({'t': train})",
        "ops = [train]\nsess.run(ops)",
        "sess.run(late)",
        "t = tf.group(train)\nsess.run(t)",
        "sess.run(w.assign(b * 2.0))",
        "sess.run('Adam')",
        "sess.run(tf.get_default_graph().get_operation_by_name('Adam'))",
        "sess.partial_run(h, train)",
        "f = sess.make_callable(train)",
        "with sess.as_default():\n  train.run()",
        "keep = (sess, 1)\nfit(keep[0])",
        "r = [sess.run(train) for i in range(3)]",
        "def go():\n  sess.run(train)",
        "go = lambda: sess.run(train)",
        "s2 = sess\ns2.run(train)",
    ],
)
def test_what_may_change_variables_is_never_less(statement: str):
    found = SessionUse(kinds(HEAD + statement + "\n"))
    start = HEAD.count("\n") + 1
    effects = set().union(*(found.effects(step) for step in found.region.steps if step.node.lineno >= start))
    assert Effect.CHANGE in effects


def test_a_run_has_its_fetches_and_its_feed():
    found, step = use("r = sess.run([y, w], feed_dict={x: [1.0]})")
    (run,) = found.runs(step)
    assert ast.unparse(run.fetches) == "[y, w]"
    assert ast.unparse(run.feed) == "{x: [1.0]}"


def test_the_single_fetches_of_any_structure():
    found, _ = use("sess.run({'a': [y, w], 'b': (b, x)})")
    node = ast.parse("{'a': [y, w], 'b': (b, x)}", mode="eval").body
    assert [ast.unparse(fetch) for fetch in found.fetched(node)] == ["y", "w", "b", "x"]


def test_a_fed_assignment_has_the_value_that_is_fed():
    found, step = use("sess.run(fed, {p: 3.0})")
    (run,) = found.runs(step)
    (assignment,) = found.assignments(run)
    assert (ast.unparse(assignment.variable), ast.unparse(assignment.value), assignment.method) == (
        "w",
        "3.0",
        "assign",
    )


@pytest.mark.parametrize(
    "statement", ["sess.run([up, y])", "sess.run(up, feeds)", "sess.run(w.assign(b))", "sess.run(train)"]
)
def test_a_run_that_does_more_than_assign_plain_values(statement: str):
    found, step = use(statement)
    (run,) = found.runs(step)
    assert found.assignments(run) is None
