"""Tests of SavedModels that are loaded and frozen without a session."""

from __future__ import annotations

import pytest
from checks import refusal, rewrite

from migrate.results import Level
from migrate.source.candidates import SiteKind
from migrate.source.strategies.freezing.saved_model import plan_saved_model

FREEZE = """
import tensorflow as tf


def freeze(path, names):
    with tf.Session(graph=tf.Graph()) as sess:
        tf.saved_model.loader.load(sess, ['serve'], path)
        {inside}
        frozen = tf.graph_util.convert_variables_to_constants(sess, {graph_def}, names{more})
    return frozen
"""


def script(inside: str = "pass", graph_def: str = "sess.graph_def", more: str = "") -> str:
    return FREEZE.replace("{inside}", inside).replace("{graph_def}", graph_def).replace("{more}", more)


@pytest.mark.parametrize(
    "graph_def", ["sess.graph_def", "sess.graph.as_graph_def()", "tf.get_default_graph().as_graph_def()"]
)
def test_the_model_gives_the_graph_and_the_values(graph_def: str):
    result = rewrite(script(graph_def=graph_def))
    (site,) = result.sites
    assert (site.level, site.rule) == (Level.WRAPPED, "TFM213")
    assert "    model = FrozenModel(path, ['serve'])\n" in result.after
    assert "    frozen = freeze_variables(model, model.as_graph_def(), names)\n" in result.after
    assert "Session" not in result.after


def test_what_is_looked_up_and_run_beside_it_is_found_by_name():
    result = rewrite(script(inside="print(sess.run(sess.graph.get_tensor_by_name('y:0'), {'x:0': [1.0]}))"))
    assert "print(model.run('y:0', {'x:0': [1.0]}))" in result.after


def test_beside_an_export_the_session_stays_and_both_leave_it():
    result = rewrite(script(inside="tf.saved_model.simple_save(sess, path, {'x': x}, {'y': y})"))
    assert {(site.level, site.rule) for site in result.sites} == {(Level.WRAPPED, "TFM207")}
    assert "wrapped.save(" in result.after
    assert "bridge.convert_variables_to_constants(" in result.after


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"inside": "sess.run(tf.global_variables_initializer())"}, "initialized after"),
        ({"inside": "fill(sess)"}, "used for something else"),
    ],
)
def test_what_is_not_only_loaded_and_frozen_keeps_its_session(given: dict[str, str], reason: str):
    site = next(site for site in rewrite(script(**given)).sites if site.kind == "freeze")
    assert (site.level, site.rule) == (Level.WRAPPED, "TFM218")
    assert reason in refusal(plan_saved_model, script(**given), SiteKind.FREEZE)
