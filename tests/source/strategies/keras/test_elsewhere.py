"""Layers and learning phases that other files of the program say, beside an export of a Keras model."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from trees import rewrite_in_tree

from migrate.results import Level, Result
from migrate.settings import Settings
from migrate.source.strategies.freezing.keras import plan_keras as plan_freezing
from migrate.source.strategies.keras.model import plan_keras
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView

HEAD = "import tensorflow as tf\nfrom tensorflow.keras import backend as K\n"
SAVE = "tf.saved_model.simple_save(K.get_session(), 'out', {'x': model.input}, {'y': model.output})\n"
EXPORT = HEAD + "from net import build\nmodel = build()\n" + SAVE
GIVEN = HEAD + "def export(model):\n    " + SAVE


def net(layer: str, before: str = "") -> str:
    return (
        f"import tensorflow as tf\n{before}\n\ndef build():\n"
        f"    return tf.keras.Sequential([tf.keras.layers.Input((5, 3)), {layer}, tf.keras.layers.Dense(2)])\n"
    )


def check_native(result: Result, *told: str) -> str:
    """The export is native, and these things are told of."""
    [site] = result.sites
    assert (site.level, site.rule) == (Level.NATIVE, "TFM005"), site.refusals
    messages = " ".join(one.message for one in site.findings)
    for part in told:
        assert part in messages, messages
    assert ("has no learning phase" in messages) == bool(told)
    return result.after


def check_refused(result: Result, rule: str, *parts: str) -> None:
    """It is not, for this reason."""
    [site] = result.sites
    [refusal] = [one for one in site.refusals if one.strategy == "keras_model"]
    assert refusal.rule == rule
    for part in parts:
        assert part in refusal.reason, refusal.reason


@pytest.mark.parametrize(
    ("layer", "rule", "reason"),
    [
        ("tf.keras.layers.LSTM(4)", "TFM105", "in net.py, tf.keras.layers.LSTM (line 5) needs rec"),
        ("tf.keras.layers.GRU(4, recurrent_activation='sigmoid')", "TFM105", "in net.py, tf.keras.layers.GRU (line 5)"),
        (
            "tf.keras.layers.SimpleRNN(4, stateful=True)",
            "TFM104",
            "in net.py, a layer may keep its state from one call to the next (line 5)",
        ),
        ("tf.keras.layers.Bidirectional(tf.keras.layers.SimpleRNN(4, stateful=s))", "TFM104", "net.py"),
    ],
)
def test_layers_of_another_module(tmp_path: Path, layer: str, rule: str, reason: str):
    check_refused(rewrite_in_tree(tmp_path, EXPORT, net=net(layer)), rule, reason)


def test_layers_that_are_equal(tmp_path: Path):
    after = check_native(rewrite_in_tree(tmp_path, EXPORT, net=net("tf.keras.layers.SimpleRNN(4, stateful=False)")))
    assert "serving_default.get_concrete_function().variables" in after


def test_layers_of_a_function_that_is_not_called(tmp_path: Path):
    other = "\n\ndef recurrent():\n    return tf.keras.layers.LSTM(4, stateful=True)\n"
    check_native(rewrite_in_tree(tmp_path, EXPORT, net=net("tf.keras.layers.Flatten()") + other))


def test_layers_of_the_file_that_gives_the_model(tmp_path: Path):
    main = net("tf.keras.layers.SimpleRNN(4, stateful=True)") + "import export\nexport.export(build())\n"
    check_refused(rewrite_in_tree(tmp_path, GIVEN, main=main), "TFM104", "in main.py, ")
    # It makes other models than that of the export.
    code = EXPORT.replace("model = build()", "model = tf.keras.Sequential([tf.keras.layers.Dense(1)])")
    check_native(rewrite_in_tree(tmp_path, code, main=main, net="def build(): pass"))


def test_a_model_that_nobody_is_seen_to_give_is_looked_at_when_it_runs(tmp_path: Path):
    assert "module.weights = _weights(serving_default)" in check_native(rewrite_in_tree(tmp_path, GIVEN))


@pytest.mark.parametrize(
    "code",
    [
        "model = tf.keras.models.load_model('m.h5')",
        "import nets\nmodel = nets.large(3)",
        "class L(tf.keras.layers.Layer):\n    def call(self, x):\n        self.seen.assign_add(x)\n        return x\n"
        "model = tf.keras.Sequential([L(), tf.keras.layers.Dense(1)])",
    ],
)
def test_layers_that_may_keep_a_state_are_looked_at_when_it_runs(tmp_path: Path, code: str):
    assert "= _weights(serving_default)" in check_native(rewrite_in_tree(tmp_path, f"{HEAD}{code}\n{SAVE}"))


# ---- the learning phase ----------------------------------------------------------------------------------------------

DROPS = "tf.keras.layers.Flatten(), tf.keras.layers.Dropout(0.5)"


@pytest.mark.parametrize(
    "phase",
    [
        "tf.keras.backend.set_learning_phase(1)",
        "tf.keras.backend.set_learning_phase(PHASE)",
        "with tf.keras.backend.learning_phase_scope(0):\n    pass",
        "tf.keras.backend._LEARNING_PHASE = 1",
    ],
)
def test_a_phase_that_another_module_sets(tmp_path: Path, phase: str):
    check_refused(rewrite_in_tree(tmp_path, EXPORT, net=net(DROPS, phase)), "TFM104", "net.py (line 2) may set the")


def test_a_phase_that_a_module_of_a_module_sets(tmp_path: Path):
    result = rewrite_in_tree(
        tmp_path,
        EXPORT,
        net=net(DROPS, "import setup"),
        setup="from keras import backend\nbackend.set_learning_phase(1)\n",
    )
    check_refused(result, "TFM104", "setup.py (line 2)")


def test_a_phase_of_the_program_that_calls(tmp_path: Path):
    main = "import keras\nimport export\nkeras.backend.set_learning_phase(1)\nexport.export(m)\n"
    check_refused(rewrite_in_tree(tmp_path, GIVEN, main=main), "TFM104", "main.py (line 3)")


def test_the_phase_of_inference_is_told_of(tmp_path: Path):
    phase = "tf.keras.backend.set_learning_phase(0)"
    check_native(rewrite_in_tree(tmp_path, EXPORT, net=net(DROPS, phase)), "take away net.py (line 2)")
    trained = EXPORT.replace(SAVE, "model.fit(x, y)\n" + SAVE)
    check_refused(rewrite_in_tree(tmp_path, trained, net=net(DROPS, phase)), "TFM104", "may be trained")


def test_a_phase_that_no_layer_asks_for(tmp_path: Path):
    phase = "tf.keras.backend.set_learning_phase(1)"
    flat = "tf.keras.layers.Flatten()"
    check_native(rewrite_in_tree(tmp_path, EXPORT, net=net(flat, phase)), "take away net.py (line 2)")
    here = EXPORT.replace("model =", "K.set_learning_phase(1)\nmodel =")
    check_native(rewrite_in_tree(tmp_path, here, net=net(flat)))
    check_refused(rewrite_in_tree(tmp_path, here, net=net(DROPS)), "TFM104", "learning phase may be set to training")


def test_a_phase_for_those_who_import_the_export_and_train(tmp_path: Path):
    code = GIVEN.replace("def export", "K.set_learning_phase(0)\n\n\ndef export")
    main = "from keras.layers import Dropout\nimport export\nm = make(Dropout(1))\nm.fit(x)\nexport.export(m)\n"
    check_refused(rewrite_in_tree(tmp_path, code, main=main), "TFM104", "main.py may train a model after line 3")
    check_native(rewrite_in_tree(tmp_path, code, main=main.replace("m.fit(x)", "")))


# ---- exports and frozen models ---------------------------------------------------------------------------------------

EXPORTED = """
import tensorflow as tf
from model import build
model = build()
model.load_weights("w.h5")
tf.saved_model.simple_save(tf.keras.backend.get_session(), "out", {"x": model.input}, {"y": model.output})
"""
FREEZE = """
import tensorflow as tf
from model import build
model = build()
sess = tf.keras.backend.get_session()
frozen = tf.graph_util.convert_variables_to_constants(sess, sess.graph.as_graph_def(), [model.output.op.name])
"""
BUILDING = """
import tensorflow as tf
from tensorflow import keras
import layers
def build():
    return keras.Sequential([LAYER])
"""


def view_of(directory: Path, text: str, layer: str, more: str = "") -> ModuleView:
    (directory / ".git").mkdir()
    (directory / "model.py").write_text(BUILDING.replace("LAYER", layer))
    (directory / "layers.py").write_text(more)
    path = directory / "export.py"
    path.write_text(text)
    return ModuleView(text, ast.parse(text), str(path), Settings())


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        ("keras.layers.LSTM(8)", "in model.py, keras.layers.LSTM (line 6) needs recurrent_activation"),
        ("keras.layers.GRU(8, recurrent_activation='sigmoid')", "needs reset_after=False"),
        ("keras.layers.Dense(2, activation='hard_sigmoid')", "hard_sigmoid (line 6) is another function"),
    ],
)
@pytest.mark.parametrize(("text", "plan"), [(EXPORTED, plan_keras), (FREEZE, plan_freezing)])
def test_layers_that_would_compute_otherwise(tmp_path: Path, text: str, plan, layer: str, reason: str) -> None:
    view = view_of(tmp_path, text, layer)
    with pytest.raises(Unprovable) as refused:
        plan(view.candidates[0], view)
    assert refused.value.rule == "TFM105"
    assert reason in refused.value.reason


def test_layers_of_a_module_that_the_other_imports(tmp_path: Path) -> None:
    more = "from keras.applications import ResNet50\nnet = ResNet50()\n"
    view = view_of(tmp_path, EXPORTED, "keras.layers.Dense(2)", more)
    with pytest.raises(Unprovable, match=r"in layers.py, ResNet50 of standalone Keras is another network"):
        plan_keras(view.candidates[0], view)


@pytest.mark.parametrize(
    "layer",
    ["keras.layers.Dense(2)", "keras.layers.LSTM(8, recurrent_activation='sigmoid')", "keras.layers.Embedding(9, 2)"],
)
def test_layers_that_compute_the_same(tmp_path: Path, layer: str) -> None:
    view = view_of(tmp_path, EXPORTED, layer)
    assert plan_keras(view.candidates[0], view).rule == "TFM005"


def test_a_loaded_model_has_its_own_layers(tmp_path: Path) -> None:
    view = view_of(
        tmp_path, EXPORTED.replace("= build()", "= tf.keras.models.load_model('m.h5')"), "keras.layers.LSTM(8)"
    )
    assert plan_keras(view.candidates[0], view).rule == "TFM005"


def test_what_is_said_of_the_site_is_the_reason_of_keras(tmp_path: Path):
    [site] = rewrite_in_tree(tmp_path, EXPORT, net=net("tf.keras.layers.LSTM(4)")).sites
    assert (site.reason or "").startswith("in net.py, tf.keras.layers.LSTM (line 5) needs")
