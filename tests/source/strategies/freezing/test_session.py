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


@pytest.mark.parametrize("value", ["0", "tf.constant(0)", "tf.constant(value=0)"])
def test_the_inference_phase_that_is_set_by_hand_goes(value: str):
    check_native(function(f"K._LEARNING_PHASE = {value}"), without=("LEARNING_PHASE",))


@pytest.mark.parametrize("graph", ["sess.graph.as_graph_def()", "sess.graph_def", "K.get_session().graph"])
def test_a_graph_that_is_written_as_it_is(graph: str):
    check_native(
        function(f"if path:\n        tf.train.write_graph({graph}, path, 'model.pbtxt')"),
        "        tf.io.write_graph(model_graph(model), path, 'model.pbtxt')\n",
        "def model_graph(model):",
        without=("sess",),
    )


def test_training_nodes_are_none():
    code = function().replace(
        "graph_def = sess.graph.as_graph_def()",
        "graph_def = tf.graph_util.remove_training_nodes(sess.graph.as_graph_def())",
    )
    check_native(code, without=("remove_training_nodes", "sess"))


SETTINGS = """\
def get_session():
    config = tf.ConfigProto()
    config.gpu_options.allow_growth = True
    return tf.Session(config=config)


"""


@pytest.mark.parametrize(
    ("above", "session"),
    [
        ("", "tf.Session()"),
        ("config = tf.ConfigProto()\nconfig.gpu_options.allow_growth = True\n", "tf.Session(config=config)"),
        (SETTINGS, "get_session()"),
        ("sess = tf.Session()\n", "sess"),
    ],
)
def test_a_session_that_keras_gets_before_the_model(above: str, session: str):
    code = HELPER.replace("model = load", f"{above}K.set_session({session})\nmodel = load")
    check_native(code, without=("Session", "ConfigProto", "config.", "set_session"))


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("model = load_model(path)", "K.set_session(tf.Session())"), "after the model is made"),
        (("K.set_session(path)", "model = load_model(path)"), "Keras is given a session"),
        (("old = K.set_session(tf.Session())", "model = load_model(path)"), "Keras is given a session"),
    ],
)
def test_a_session_that_may_be_another(lines: tuple[str, ...], reason: str):
    (site,) = rewrite(function(*lines)).sites
    assert site.level == "flagged"
    assert reason in site.refusals[0].reason


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (("K.set_learning_phase(1)",), "another phase than inference"),
        (("K.set_learning_phase(path)",), "another phase than inference"),
        (("K.set_learning_phase(0)", "model.fit(path)"), "a model is trained after"),
        (("K._LEARNING_PHASE = 1",), "set by hand"),
        (("K._LEARNING_PHASE = tf.constant(0)", "model.fit(path)"), "set by hand"),
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
