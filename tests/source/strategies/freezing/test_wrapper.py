"""Functions that freeze the session they are given, and write the file, too."""

from __future__ import annotations

import pytest
from checks import check_native, rewrite

CODE = """\
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.models import load_model


def freeze_graph(graph, session, output, directory=".", name="model.pb", as_text: bool = False):
    with graph.as_default():
        inference = tf.graph_util.remove_training_nodes(graph.as_graph_def())
        # All in one file.
        frozen = tf.graph_util.convert_variables_to_constants(session, inference, output)
        tf.train.write_graph(frozen, directory, name, as_text=as_text)
        return frozen


model = load_model("model.h5")
session = K.get_session()
freeze_graph(session.graph, session, [out.op.name for out in model.outputs], directory="out")
"""


def test_the_model_takes_the_place_of_session_and_graph():
    after = check_native(
        CODE,
        "def freeze_graph(model, output, directory='.', name='model.pb', as_text: bool = False):\n"
        "    # All in one file.\n"
        "    frozen = freeze_model(model, output)\n"
        "    tf.io.write_graph(frozen, directory, name, as_text=as_text)\n"
        "    return frozen\n",
        'freeze_graph(model, output_node_names(model), directory="out")',
        without=("session", "graph.as_default", "remove_training_nodes"),
    )
    assert after.index("def freeze_model") < after.index("def freeze_graph") < after.index("model = load_model")


@pytest.mark.parametrize(
    ("old", "new", "call"),
    [
        (', directory="out"', ', "out", "m.pb"', 'freeze_graph(model, output_node_names(model), "out", "m.pb")'),
        (', directory="out"', ', name="m.pb"', 'freeze_graph(model, output_node_names(model), name="m.pb")'),
        ("freeze_graph(session.graph, session,", "freeze_graph(session=session, graph=session.graph, output=",
         'freeze_graph(model=model, output=output_node_names(model), directory="out")'),
        ("session = K.get_session()", "session = K.get_session()\nNAMES = ['a']", "freeze_graph(model, output_"),
    ],
)  # fmt: skip
def test_calls(old: str, new: str, call: str):
    check_native(CODE.replace(old, new), call)


def test_a_function_that_takes_the_graph_of_its_session():
    code = CODE.replace("(graph, session, output, ", "(session, output, ")
    code = code.replace("    with graph", "    graph = session.graph\n    with graph")
    code = code.replace("(session.graph, session, ", "(session, ")
    check_native(code, "def freeze_graph(model, output,", "freeze_graph(model, output_node_names(model)")


def test_devices_are_none():
    code = CODE.replace(
        "        # All", "        for node in inference.node:\n            node.device = ''\n        # All"
    )
    check_native(code, without=("device",))


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("        return frozen", "        session.close()\n        return frozen", "does more than freeze"),
        ("        return frozen", "        return len(graph.get_operations())", "does more than freeze"),
        (
            "        return frozen",
            "        output = []\n        return frozen",
            "names of the output nodes are changed",
        ),
        ("output)\n", "output, ['w'])\n", "is a parameter of"),
        ("def freeze_graph", "@cached\ndef freeze_graph", "is a parameter of"),
        ("(graph, session, output, ", "(graph, output, session, ", "is a parameter of"),
        ("(session.graph, session,", "(session.graph, *[session],", "are not plain"),
    ],
)
def test_what_is_not_understood(old: str, new: str, part: str):
    (site,) = rewrite(CODE.replace(old, new)).sites
    assert site.level != "native"
    assert part in site.refusals[0].reason
