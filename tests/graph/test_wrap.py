from __future__ import annotations

import pytest
from google.protobuf import text_format
from graphs import FLOAT, Graph

from migrate.errors import MigrateError
from migrate.graph.lift import Lifted
from migrate.graph.prepare import Prepared
from migrate.graph.wrap import concrete_function, operations_function

pytestmark = pytest.mark.tensorflow


def model(path, op):
    """A GraphDef whose one function is called like that of every other model made here."""
    g = Graph()
    g.placeholder("x", shape=(-1,))
    g.function("body", ("n", op, ("a",), {"T": FLOAT}))
    g.graph.library.function[0].ret["b"] = "n:y:0"
    g.node("y", "PartitionedCall", "x", Tin=[FLOAT], Tout=[FLOAT], f="body")
    path.write_text(text_format.MessageToString(g.graph))
    return path


def test_two_models_whose_functions_have_the_same_name(tmp_path):
    import tensorflow as tf

    from migrate.graph.convert import convert_model
    from migrate.graph.requests import RequestedSignature

    signature = RequestedSignature("s", {"x": "x"}, {"y": "y"})
    answers = []
    for op in ("Neg", "Square"):
        source = model(tmp_path / f"{op}.pbtxt", op)
        convert_model(source, tmp_path / op, signatures=[signature], verify=False)
        answers.append(tf.saved_model.load(str(tmp_path / op)).signatures["s"](x=tf.constant([3.0]))["y"].numpy()[0])
    assert answers == [-3.0, 9.0]


@pytest.mark.parametrize("make", [concrete_function, operations_function])
def test_a_graph_that_tensorflow_refuses_is_an_error_of_one_line(make):
    g = Graph()
    g.const("a", 1.0, FLOAT)
    g.node("b", "LeakyRelu", "a", "a", T=FLOAT)
    with pytest.raises(MigrateError, match=r"^start: TensorFlow .* cannot import its graph: [^\n]*$"):
        make(Prepared("start", g.graph, (), (), operations=("b",)), Lifted())
