"""Keras' session, frozen: what the file looks like afterwards, and where that is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import check_flagged, check_native, rewrite
from freezing_scripts import CALL, HELPER, function
from trees import rewrite_in_tree

from migrate.results import Site
from migrate.source.unprovable import ELSEWHERE


def check_native_refused(code: str, part: str) -> None:
    """Not native, for this reason, at a level that keeps the session or at none."""
    (site,) = rewrite(code).sites
    assert part in site.refusals[0].reason, site.refusals


def test_the_helper_goes_and_its_calls_freeze_the_model():
    after = check_native(
        HELPER,
        "frozen = freeze_model(model, output_node_names(model))\n",
        'tf.io.write_graph(frozen, "out", "model.pb", as_text=False)',
        without=("freeze_session", "get_session", "import backend", "compat.v1", "global_variables"),
    )
    assert after.index("def freeze_model") < after.index("model = load_model")


def test_several_calls_share_the_new_functions():
    after = check_native(HELPER + f"other = {CALL}\n", "other = freeze_model(model, output_node_names(model))")
    assert after.count("def freeze_model") == 1


def test_a_function_without_helper():
    check_native(
        function(),
        "def export(model, path):\n    frozen = freeze_model(model, output_node_names(model))\n    tf.io.write_graph(",
        without=("sess", "backend"),
    )


def test_functions_go_behind_the_imports_of_a_script():
    code = HELPER[: HELPER.index("def freeze_session")] + (
        "model = load_model('m.h5')\nsess = K.get_session()\n"
        "frozen = tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, [model.output.op.name])\n"
    )
    after = check_native(code, "model = load_model('m.h5')\nfrozen = freeze_model(model, output_node_names(model))")
    assert after.index("import load_model") < after.index("def freeze_model") < after.index("model = load_model")


def test_names_that_are_taken_are_left_alone():
    check_native(function("freeze_model = 3"), "def freeze_model_2(model, output_names):", "= freeze_model_2(")


def test_other_places_that_read_node_names_get_them_too():
    code = HELPER + "print([t.op.name for t in model.inputs], [t.op.name for t in model.outputs])\n"
    check_native(code, "print(input_node_names(model), output_node_names(model))")


def test_single_names_of_nodes():
    code = HELPER + "print(model.input.op.name, model.outputs[0].op.name)\n"
    check_native(code, "print(input_node_names(model)[0], output_node_names(model)[0])")


@pytest.mark.parametrize(
    "line",
    ["frozen = tf.graph_util.remove_training_nodes(frozen)", "small = tf.graph_util.remove_training_nodes(frozen)"],
)
def test_what_would_remove_the_named_nodes_goes(line: str):
    check_native(HELPER + line + "\nprint(frozen)\n", without=("remove_training_nodes", "frozen = frozen"))


def test_a_helper_whose_calls_are_elsewhere():
    code = HELPER[: HELPER.index("model = ")]
    check_native_refused(code, "'freeze_session' is only called from elsewhere")


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("freeze_session(K", "freeze_session(keep_var_names=['a'], session=K"), "'keep_var_names' is given"),
        (("freeze_session(K.get_session(), ", "freeze_session(*[K.get_session()], "), "are not plain"),
        (('"model.pb"', '"model.pb", freeze_session'), "is used otherwise than by calling it"),
        (('"model.h5"', '"model.h5", other.outputs[0].op.name'), "names of nodes that TensorFlow 2's Keras"),
    ],
)
def test_uses_of_the_helper_that_are_not_understood(change: tuple[str, str], part: str):
    assert change[0] in HELPER
    check_native_refused(HELPER.replace(*change), part)


def test_only_some_variables_become_constants():
    code = function().replace("[model.output.op.name])", "[model.output.op.name], ['kernel'])")
    check_native_refused(code, "only some of the variables")


def test_it_is_flagged_where_keras_session_stays():
    code = function() + "    K.get_session().close()\n"
    check_flagged(code, ELSEWHERE, "Keras has no session that could be frozen")


def test_a_layer_that_keeps_its_state_is_not_frozen():
    layer = "tf.keras.layers.SimpleRNN(3, stateful=True)"
    code = HELPER.replace('model = load_model("model.h5")', f"model = tf.keras.Sequential([{layer}])")
    check_native_refused(code, "keep its state")


def test_layers_and_phases_of_other_files(tmp_path: Path):
    net = "import tensorflow as tf\n\ndef make():\n    return tf.keras.Sequential([LAYER])\n"
    code = HELPER.replace('load_model("model.h5")', "make()").replace(
        "import load_model", "import load_model\nfrom net import make"
    )

    def frozen(layer: str, after: str = "") -> Site:
        [site] = rewrite_in_tree(tmp_path, code, net=net.replace("LAYER", layer) + after).sites
        return site

    assert frozen("tf.keras.layers.Dense(1)").rule == "TFM008"
    assert "in net.py, tf.keras.layers.LSTM (line 4)" in frozen("tf.keras.layers.LSTM(1)").refusals[0].reason
    phase = frozen("tf.keras.layers.Dropout(0.5)", "tf.keras.backend.set_learning_phase(1)")
    assert "net.py (line 5)" in phase.refusals[0].reason


def test_recurrent_layers_keep_their_function():
    code = """
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import GRU

model = tf.keras.Sequential([GRU(4, input_shape=(5, 2), name="rnn")])
model.load_weights("w.h5")
sess = K.get_session()
frozen = tf.graph_util.convert_variables_to_constants(sess, sess.graph.as_graph_def(), [model.output.op.name])
"""
    after = check_native(code, "recurrent_activation=_hard_sigmoid, reset_after=False", "def _hard_sigmoid(x):")
    assert after.index("def _hard_sigmoid") < after.index("model = ")
    [site] = rewrite(code.replace("tensorflow.keras", "keras").replace('name="rnn"', "")).sites
    assert site.level == "flagged"
    assert "recurrent_activation of GRU is not set" in site.refusals[0].reason
