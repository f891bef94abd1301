"""Random exports have the same numbers after their rewriting, and the stand-in for TensorFlow names and runs as it does."""

from __future__ import annotations

import pytest
from hypothesis import given, reject, settings
from plain_numbers.exports import Answer, Export, differences
from plain_numbers.graphs import Missing
from plain_numbers.programs import programs
from plain_numbers.scripts import exports

from migrate.engine import rewrite_source
from migrate.results import Level

# ---- the promise ----------------------------------------------------------------------------------------------------


def test_native_exports_have_the_signatures_and_numbers_that_they_had():
    native = []

    @settings(max_examples=80)
    @given(programs())
    def compare(code: str) -> None:
        before = _exports_of_valid(code)
        result = rewrite_source(code, "script.py")
        native.append(all(site.level is Level.NATIVE for site in result.sites))
        if native[-1]:
            assert not differences(before, exports(result.after, modern=True)), result.after

    compare()
    assert sum(native) > len(native) / 3, "too few are rewritten to say anything"


def _exports_of_valid(code: str) -> dict[str, Export]:
    """Some random programs are wrong: they read a variable that was never initialized, or make one twice."""
    try:
        return exports(code, modern=False)
    except (KeyError, ValueError):
        reject()


# ---- what is compared -----------------------------------------------------------------------------------------------


def _export(output: float = 1.0, **variables: float) -> dict[str, Export]:
    return {"out": Export({"serving_default": (Answer({"x": 0.5}, {"y": output}),)}, variables)}


def test_numbers_names_and_keys_are_compared():
    assert differences(_export(), _export()) == []
    assert differences(_export(1.0), _export(1.5))
    assert differences(_export(v=1.0), _export(v=2.0))
    assert differences(_export(v=1.0), _export(v_1=1.0))
    assert differences(_export(), {})
    assert differences(_export(), {"out": Export({"other": ()}, {})})


def test_variables_may_go():
    assert differences(_export(v=1.0, w=2.0), _export(w=2.0)) == []


# ---- the stand-in for TensorFlow 1 ----------------------------------------------------------------------------------


def _exported(graph: str, session: str = "", output: str = "x") -> Export:
    """What a graph with an input `x` exports."""
    code = (
        "import tensorflow as tf\nx = tf.placeholder(tf.float32, [], name='x')\n"
        f"{graph}\nsess = tf.Session()\nsess.run(tf.global_variables_initializer())\n{session}\n"
        f"tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': {output}}})\n"
    )
    return exports(code, modern=False)["out"]


@pytest.mark.parametrize(
    ("graph", "names"),
    [
        ("for i in range(3): tf.Variable(1.0)", ["Variable", "Variable_1", "Variable_2"]),
        ("tf.identity(x, name='v'); tf.Variable(1.0, name='v')", ["v_1"]),
        ("for i in range(2):\n  with tf.name_scope('a'): tf.Variable(1.0, name='v')", ["a/v", "a_1/v"]),
        ("with tf.name_scope('a'): tf.get_variable('v', initializer=1.0)", ["v"]),
        ("with tf.variable_scope('a'), tf.variable_scope('b'): tf.get_variable('v', initializer=1.0)", ["a/b/v"]),
        (
            "for i in range(2):\n  with tf.variable_scope(None, 'a'): tf.get_variable('v', initializer=1.0)",
            ["a/v", "a_1/v"],
        ),
        (
            "for i in range(2):\n  with tf.variable_scope('a', reuse=tf.AUTO_REUSE):\n"
            "    tf.get_variable('v', initializer=1.0); tf.Variable(1.0, name='w')",
            ["a/v", "a/w", "a_1/w"],
        ),
        (
            "with tf.variable_scope('a') as a: tf.get_variable('v', initializer=1.0)\n"
            "with tf.variable_scope('b'), tf.variable_scope(a, reuse=True): tf.get_variable('v')",
            ["a/v"],
        ),
    ],
)
def test_variables_have_the_names_of_tensorflow_1(graph: str, names: list[str]):
    assert sorted(_exported(graph).variables) == names


@pytest.mark.parametrize(
    "graph",
    [
        "tf.get_variable('v', initializer=1.0); tf.get_variable('v', initializer=1.0)",
        "with tf.variable_scope('a', reuse=True): tf.get_variable('v', initializer=1.0)",
    ],
)
def test_reuse_is_asked_for(graph: str):
    with pytest.raises(ValueError, match="exist"):
        _exported(graph)


def test_a_session_keeps_what_it_assigns():
    made = _exported("v = tf.Variable(1.0, name='v')", "sess.run(v.assign_add(2.0)); sess.run(v * 5.0)", "x * v")
    assert made.variables == {"v": 3.0}
    assert made.signatures["serving_default"][0] == Answer({"x": 0.5}, {"y": 1.5})


def test_two_sessions_have_their_own_values():
    made = _exported("v = tf.Variable(1.0)", "other = tf.Session()\nother.run(v.initializer)\nother.run(v.assign(9.0))")
    assert made.variables == {"Variable": 1.0}


def test_control_dependencies_run_first():
    graph = "v = tf.Variable(1.0)\nwith tf.control_dependencies([v.assign(4.0)]): y = v.read_value() + x"
    made = _exported(graph, output="y")
    assert [one.outputs for one in made.signatures["serving_default"]] == [{"y": 4.5}, {"y": 5.25}]
    assert made.variables == {"Variable": 1.0}, "the export is before"


def test_fed_tensors_are_not_computed():
    made = _exported("v = tf.Variable(1.0)\ny = x * 2.0", "v.load(sess.run(y + 1.0, {y: 7.0}), sess)")
    assert made.variables == {"Variable": 8.0}


def test_what_is_not_fed_is_an_error():
    with pytest.raises(ValueError, match="not fed"):
        _exported("", "sess.run(x)")


def test_what_is_missing_is_no_verdict():
    with pytest.raises(Missing):
        _exported("y = tf.nn.conv2d(x)")


# ---- the stand-in for TensorFlow 2 ----------------------------------------------------------------------------------

MODULE = """
import tensorflow as tf

class Model(tf.Module):
    def __init__(self):
        self.parts = [tf.Variable(2.0, name="a/v")]

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32, name="x")])
    def serve(self, x):
        return {"y": x * self.parts[0].assign_add(1.0)}

model = Model()
model.parts[0].assign(3.0)
tf.saved_model.save(model, "out", signatures={"serving_default": model.serve})
"""


def test_a_module_is_saved_with_its_variables_and_functions():
    assert exports(MODULE, modern=True) == {
        "out": Export(
            {"serving_default": (Answer({"x": 0.5}, {"y": 2.0}), Answer({"x": 1.25}, {"y": 5.0}))}, {"a/v": 3.0}
        )
    }


def test_graphs_stay_beside_eager_code():
    code = (
        "import tensorflow as tf\nwith tf.Graph().as_default():\n    x = tf.compat.v1.placeholder(tf.float32, [])\n"
        "    y = x * 2.0\n    with tf.compat.v1.Session() as sess: y = sess.run(y, {x: 4.0})\nassert y == 8.0\n"
    )
    assert exports(code, modern=True) == {}
