"""Calls that take too long, or never end."""

from __future__ import annotations

import pytest
from test_equivalence import one, said

from migrate.signatures import read_meta_graph
from migrate.verify import Status, models, verify_models
from migrate.verify.models import Failure, Model, Outputs

pytestmark = pytest.mark.tensorflow


@pytest.fixture(autouse=True)
def short_limits(monkeypatch):
    monkeypatch.setattr(models, "_FIRST_CALL_SECONDS", 1.0)
    monkeypatch.setattr(models, "_SHORTEST_SECONDS", 1.0)
    monkeypatch.setattr(models, "_LITTLE_SECONDS", 0.2)
    monkeypatch.setattr(models, "_PATIENCE", 0.0)


def until(tf, condition, body):
    return lambda x: tf.while_loop(lambda v: tf.reduce_any(condition(v)), lambda v: (body(v),), (x,))[0]


def test_a_loop_that_never_ends_is_stopped(tf, tmp_path):
    model = one(tf, tmp_path / "m", until(tf, lambda v: v * 0.0 < 1.0, lambda v: v + 1.0))
    # Where nothing stops it, neither does this test.
    comparison = verify_models(model, model)
    assert comparison.status is Status.NOT_PROVED
    assert "DeadlineExceededError" in said(comparison)
    (found,) = comparison.signatures
    # The same kind of values is not tried again, and nothing after the second time.
    assert "'1 row', '8 positive rows': DeadlineExceededError" in said(comparison)
    assert not found.samples


def test_other_values_are_tried_then(tf, tmp_path):
    doubled = until(tf, lambda v: v < 100.0, lambda v: v * 2.0)
    model = one(tf, tmp_path / "m", lambda x: doubled(tf.where(x > 0.0, x, -1.0)))
    comparison = verify_models(model, model)
    assert comparison.equal, said(comparison)
    assert "both models refused '3 rows': DeadlineExceededError" in said(comparison)
    (found,) = comparison.signatures
    assert found.samples == ("1 row", "8 positive rows")


def test_only_one_never_ends(tf, tmp_path):
    a = one(tf, tmp_path / "a", lambda x: x + 1.0)
    b = one(tf, tmp_path / "b", until(tf, lambda v: v * 0.0 < 1.0, lambda v: v + 1.0))
    assert "only the second model raises DeadlineExceededError" in said(verify_models(a, b))
    comparison = verify_models(b, a)
    assert comparison.status is Status.DIFFERENT
    assert "only the first model raises DeadlineExceededError" in said(comparison)


def test_a_session_lives_on(tf, tmp_path):
    path = one(tf, tmp_path / "m", until(tf, lambda v: v > 1.0, lambda v: v + 1.0))
    meta_graph = read_meta_graph(path, ("serve",))
    (signature,) = meta_graph.signatures
    with Model(path, meta_graph) as model:
        stopped = model.run(signature, {"x": [[2.0, 2.0]]})
        assert isinstance(stopped, Failure)
        assert stopped.timed_out
        assert model.longest_seconds == 0.0
        found = model.run(signature, {"x": [[0.0, 1.0]]}, hurry=True)
        assert isinstance(found, Outputs)
        assert found.parts["y"].tolist() == [[0.0, 1.0]]
        refused = model.run(signature, {"x": [[0.0]]})
        assert isinstance(refused, Failure)
        assert not refused.timed_out


@pytest.mark.parametrize("v2", [False, True])
def test_integers_that_bound_a_loop_are_positive(v2, tf, tmp_path):
    """The steps of Collatz's sequence: 0 and negative numbers never get to 1."""

    def steps(x):
        def body(n, count):
            done = tf.equal(n, 1)
            following = tf.where(tf.equal(n % 2, 0), n // 2, 3 * n + 1)
            return tf.where(done, n, following), count + tf.cast(~done, tf.int32)

        return tf.while_loop(lambda n, _: tf.reduce_any(tf.not_equal(n, 1)), body, (x, tf.zeros_like(x, tf.int32)))[1]

    (tf.compat.v1.enable_control_flow_v2 if v2 else tf.compat.v1.disable_control_flow_v2)()
    try:
        model = one(tf, tmp_path / "m", steps, "int64", (None,))
    finally:
        tf.compat.v1.enable_control_flow_v2()
    comparison = verify_models(model, model)
    assert comparison.equal, said(comparison)
    assert "refused" not in said(comparison)
