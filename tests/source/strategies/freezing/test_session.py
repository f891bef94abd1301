"""Keras' session serves for freezing alone, and goes; else nothing is done."""

from __future__ import annotations

import pytest
from checks import check_native, rewrite
from freezing_scripts import HELPER, function

from migrate.source.strategies.freezing.session import is_keras


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("keras.backend.get_session", True),
        ("tensorflow.keras.backend.get_session", True),
        ("tensorflow.python.keras.backend.get_session", True),
        ("keras.backend.tensorflow_backend.get_session", True),
        ("tensorflow.compat.v1.keras.backend.get_session", True),
        ("keras.backend.clear_session", False),
        ("helpers.backend.get_session", False),
        ("keras.get_session", False),
        (None, False),
    ],
)
def test_homes_of_keras(name: str | None, expected: bool):
    assert is_keras(name, "get_session") is expected


def test_the_graph_around_it():
    code = function().replace(
        "    graph_def = sess.graph.as_graph_def()\n",
        "    graph = sess.graph\n    with graph.as_default():\n        graph_def = graph.as_graph_def()\n",
    )
    check_native(code, without=("as_default", "sess"))


def test_devices():
    code = function().replace("    frozen =", "    for node in graph_def.node:\n        node.device = ''\n    frozen =")
    check_native(code, without=(".device", "sess"))


def test_the_session_of_a_with_statement():
    code = function().replace("    sess = K.get_session()\n", "    with K.get_session() as sess:\n")
    head, _, tail = code.partition("as sess:\n")
    check_native(head + "as sess:\n" + "".join(f"    {line}\n" for line in tail.splitlines()), without=("sess",))


@pytest.mark.parametrize("phase", ["0", "False"])
def test_the_inference_phase_goes(phase: str):
    check_native(function(f"K.set_learning_phase({phase})"), without=("learning_phase",))


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (("K.set_learning_phase(1)",), "another phase than inference"),
        (("K.set_learning_phase(path)",), "another phase than inference"),
        (("K.set_learning_phase(0)", "model.fit(path)"), "a model is trained after"),
        (("K._LEARNING_PHASE = 0",), "set by hand"),
        (("K.set_session(tf.Session())",), "Keras is given a session"),
        (("sess.run(tf.global_variables_initializer())",), "'sess' is used for more than freezing"),
        (("tf.summary.FileWriter('logs', sess.graph)",), "'sess' is used for more than freezing"),
        (("K.get_session().run(model.output)",), "Keras' session is used for more"),
    ],
)
def test_other_uses(body: tuple[str, ...], part: str):
    (site,) = rewrite(function(*body)).sites
    assert site.level == "flagged"
    assert part in site.refusals[0].reason


def test_another_session():
    (site,) = rewrite(function(session="tf.Session()")).sites
    assert site.refusals[0].reason.startswith("the session sess is not Keras'")


def test_another_graph():
    code = HELPER[: HELPER.index("def freeze_session")] + (
        "sess = K.get_session()\n"
        "frozen = tf.graph_util.convert_variables_to_constants(sess, read('x'), [model.output.op.name])\n"
    )
    (site,) = rewrite(code).sites
    assert "the graph read('x') is not Keras'" in site.refusals[0].reason
