"""Layers that other modules of the tree make."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from migrate.settings import Settings
from migrate.source.strategies.freezing.keras import plan_keras as plan_freezing
from migrate.source.strategies.keras.model import plan_keras
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView

EXPORT = """
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
MODEL = """
import tensorflow as tf
from tensorflow import keras
import layers
def build():
    return keras.Sequential([LAYER])
"""


def view_of(directory: Path, text: str, layer: str, more: str = "") -> ModuleView:
    (directory / ".git").mkdir()
    (directory / "model.py").write_text(MODEL.replace("LAYER", layer))
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
@pytest.mark.parametrize(("text", "plan"), [(EXPORT, plan_keras), (FREEZE, plan_freezing)])
def test_layers_that_would_compute_otherwise(tmp_path: Path, text: str, plan, layer: str, reason: str) -> None:
    view = view_of(tmp_path, text, layer)
    with pytest.raises(Unprovable) as refused:
        plan(view.candidates[0], view)
    assert refused.value.rule == "TFM105"
    assert reason in refused.value.reason


def test_layers_of_a_module_that_the_other_imports(tmp_path: Path) -> None:
    more = "from keras.applications import ResNet50\ndef base():\n    return ResNet50()\n"
    view = view_of(tmp_path, EXPORT, "keras.layers.Dense(2)", more)
    with pytest.raises(Unprovable, match=r"in layers.py, ResNet50 of standalone Keras is another network"):
        plan_keras(view.candidates[0], view)


@pytest.mark.parametrize(
    "layer",
    ["keras.layers.Dense(2)", "keras.layers.LSTM(8, recurrent_activation='sigmoid')", "keras.layers.Embedding(9, 2)"],
)
def test_layers_that_compute_the_same(tmp_path: Path, layer: str) -> None:
    view = view_of(tmp_path, EXPORT, layer)
    assert plan_keras(view.candidates[0], view).rule == "TFM005"


def test_a_loaded_model_has_its_own_layers(tmp_path: Path) -> None:
    view = view_of(
        tmp_path, EXPORT.replace("= build()", "= tf.keras.models.load_model('m.h5')"), "keras.layers.LSTM(8)"
    )
    assert plan_keras(view.candidates[0], view).rule == "TFM005"


GIVEN = """
import tensorflow as tf
def save(model, out):
    tf.saved_model.simple_save(tf.keras.backend.get_session(), out, {"x": model.input}, {"y": model.output})
"""
GIVES = """
from tensorflow import keras
from export import save
save(keras.Sequential([keras.layers.LSTM(8, ARGUMENT)]), "out")
"""


def given_view(directory: Path, argument: str, *, imports: str = "from export import save") -> ModuleView:
    (directory / ".git").mkdir()
    (directory / "train.py").write_text(GIVES.replace("ARGUMENT", argument).replace("from export import save", imports))
    path = directory / "export.py"
    path.write_text(GIVEN)
    return ModuleView(GIVEN, ast.parse(GIVEN), str(path), Settings())


def test_layers_of_a_module_that_hands_its_model_over(tmp_path: Path) -> None:
    view = given_view(tmp_path, "input_shape=(4, 2)")
    with pytest.raises(Unprovable, match=r"in train.py, keras.layers.LSTM \(line 4\) needs recurrent_activation"):
        plan_keras(view.candidates[0], view)


@pytest.mark.parametrize(
    ("argument", "imports"),
    [("recurrent_activation='sigmoid'", "from export import save"), ("input_shape=(4, 2)", "from other import save")],
)
def test_modules_that_hand_over_no_other_layers(tmp_path: Path, argument: str, imports: str) -> None:
    view = given_view(tmp_path, argument, imports=imports)
    assert plan_keras(view.candidates[0], view).rule == "TFM005"
