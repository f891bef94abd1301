"""Names that Keras 3 has elsewhere, in files whose export is over a Keras model."""

from __future__ import annotations

import ast

import pytest

from migrate.engine import rewrite_source
from migrate.source.strategies.keras.moved import moved_import, new_home

from .test_model import check_keras

SAVE = "tf.saved_model.simple_save(tf.keras.backend.get_session(), 'out', {'x': model.input}, {'y': model.output})\n"
HEAD = "import keras\nimport tensorflow as tf\nfrom keras.models import load_model\n"


def script(*lines: str) -> str:
    return HEAD + "model = load_model('m.h5')\n" + "".join(f"{line}\n" for line in lines) + SAVE


def note(code: str) -> str:
    """What is told of lines that fail under Keras 3."""
    messages = [one.message for site in rewrite_source(code, "script.py").sites for one in site.findings]
    return next((message for message in messages if "Keras 3 does not have" in message), "")


@pytest.mark.parametrize(
    ("module", "name", "home"),
    [
        ("layers.core", "Dense", "layers"),
        ("layers.merge", "concatenate", "layers"),
        ("layers.core", "MaxoutDense", None),
        ("layers", "Dense", None),
        ("utils.np_utils", "to_categorical", "utils"),
        ("utils.training_utils", "multi_gpu_model", None),
        ("engine.topology", "Layer", "layers"),
        ("engine", "Model", "models"),
        ("engine.base_layer", "Node", None),
    ],
)
def test_new_homes(module: str, name: str, home: str | None) -> None:
    assert new_home(module, name) == home


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("from keras.layers.core import Dense, Dropout as D", ["from keras.layers import Dense, Dropout as D"]),
        ("from tensorflow.python.keras.layers.core import Dense", ["from tensorflow.keras.layers import Dense"]),
        ("from keras.utils import np_utils", ["from keras import utils as np_utils"]),
        ("from keras.utils import np_utils as n", ["from keras import utils as n"]),
        (
            "from keras.engine.topology import Layer, Node",
            ["from keras.layers import Layer", "from keras.engine.topology import Node"],
        ),
        (
            "from keras.preprocessing.text import Tokenizer",
            ["from tensorflow.keras.preprocessing.text import Tokenizer"],
        ),
        ("from tensorflow.keras.preprocessing.text import Tokenizer", None),
        ("from keras.layers import Dense", None),
        ("from layers.core import Dense", None),
    ],
)
def test_imports(line: str, lines: list[str] | None) -> None:
    (node,) = ast.parse(line).body
    assert isinstance(node, ast.ImportFrom)
    assert moved_import(node) == lines


def test_a_long_import() -> None:
    names = [
        "BatchNormalization",
        "AveragePooling2D",
        "MaxPooling2D",
        "Convolution2D",
        "GlobalAveragePooling2D",
        "Dense",
    ]
    (node,) = ast.parse(f"from keras.layers.core import {', '.join(names)}").body
    assert isinstance(node, ast.ImportFrom)
    (text,) = moved_import(node) or []
    assert text.startswith("from keras.layers import (\n") and text.endswith("Dense,\n)")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("keras.optimizers.Adam(lr=0.1)", "keras.optimizers.Adam(learning_rate=0.1)"),
        ("keras.optimizers.Adam(0.1, epsilon=None)", "keras.optimizers.Adam(learning_rate=0.1)"),
        ("keras.optimizers.SGD(lr=r(), momentum=0.9, decay=0.0)", "keras.optimizers.SGD(learning_rate=r(), momentum=0.9)"),
        ("keras.optimizers.Adadelta()", "keras.optimizers.Adadelta(learning_rate=1.0)"),
        (
            "tf.keras.optimizers.SGD(decay=1e-6)",
            "tf.keras.optimizers.SGD(\n    learning_rate=tf.keras.optimizers.schedules.InverseTimeDecay(0.01, "
            "decay_steps=1, decay_rate=1e-6),\n)",
        ),
        ("m.fit_generator(data, epochs=2)", "m.fit(data, epochs=2)"),
        ("m.fit_generator(data, 5, 2, workers=4)", "m.fit(data, steps_per_epoch=5, epochs=2)"),
        ("m.fit_generator(generator=data)", "m.fit(data)"),
        ("m.predict_generator(data, 3)", "m.predict(data, steps=3, verbose=0)"),
        ("m.fit_generator(data, 5, callbacks=[f(keras.optimizers.SGD(lr=1))])",
         "m.fit(\n    data,\n    steps_per_epoch=5,\n    callbacks=[f(keras.optimizers.SGD(learning_rate=1))],\n)"),
        ("keras.layers.core.Dense(2)", "keras.layers.Dense(2)"),
        ("keras.utils.np_utils.to_categorical(y)", "keras.utils.to_categorical(y)"),
    ],
)  # fmt: skip
def test_calls(before: str, after: str) -> None:
    check_keras(script(f"x = {before}"), f"x = {after}\n")


@pytest.mark.parametrize(
    "line",
    [
        "x = keras.optimizers.Adam(0.1)",
        "x = keras.optimizers.Adam(learning_rate=0.1)",
        "x = tf.keras.optimizers.Adadelta()",
        "x = Adam(lr=0.1)",
        "x = model.fit(data)",
    ],
)
def test_what_stays(line: str) -> None:
    code = script(line)
    check_keras(code, f"{line}\n")
    assert not note(code)


def test_methods_of_the_file_with_such_names_stay() -> None:
    code = script("def fit_generator(self):", "    return 1", "x = m.fit_generator(data, 5)")
    check_keras(code, "x = m.fit_generator(data, 5)\n")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("x = model.predict_classes(y)",), "predict_classes (line 5)"),
        (
            ("x = m.fit_generator(*data)", "y = m.fit_generator(data, samples_per_epoch=3)"),
            "fit_generator (lines 5, 6)",
        ),
        (("x = m.fit_generator(data,  # all", "    workers=2)"), "fit_generator (line 5)"),
        (("x = keras.optimizers.Nadam(lr=1, schedule_decay=0.004)",), "the arguments of Nadam (line 5)"),
        (
            ("x = keras.optimizers.SGD(decay=0.1)", "y = keras.callbacks.ReduceLROnPlateau()"),
            "the arguments of SGD (line 5)",
        ),
        (("model.save_weights(path)", "model.save_weights('a.weights.h5')"), "than *.weights.h5 (line 5)"),
        (("from keras.layers import CuDNNLSTM",), "keras.layers.CuDNNLSTM (line 5)"),
        (("x = tf.keras.layers.CuDNNGRU(3)",), "keras.layers.CuDNNGRU (line 5)"),
        (("from keras.utils.training_utils import multi_gpu_model",), "keras.utils.training_utils.multi_gpu_model"),
    ],
)
def test_what_fails_is_told(lines: tuple[str, ...], told: str) -> None:
    code = script(*lines)
    check_keras(code, lines[0])
    assert told in note(code)


def test_names_of_metrics() -> None:
    code = script(
        "model.compile('sgd', metrics=['accuracy'])",
        "stop = keras.callbacks.EarlyStopping(monitor='val_acc')",
        'print(h.history["acc"], h.history[key])',
    )
    check_keras(code, "monitor='val_accuracy'", 'h.history["accuracy"], h.history[key]')
    check_keras(code.replace("['accuracy']", "['acc']"), "monitor='val_acc'", 'h.history["acc"]')
    check_keras(code.replace("['accuracy']", "['accuracy', acc]"), "monitor='val_acc'", 'h.history["acc"]')


def test_a_file_that_freezes_a_model() -> None:
    code = script(
        "from keras.layers.core import Dense", "x = keras.optimizers.SGD(lr=1)", "y = model.predict_classes(x)"
    )
    code = code.replace(
        SAVE,
        "sess = tf.keras.backend.get_session()\n"
        "graph = tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, [model.output.op.name])\n",
    )
    after = rewrite_source(code, "script.py").after
    assert "from keras.layers import Dense\nx = keras.optimizers.SGD(learning_rate=1)\n" in after
    assert "predict_classes (line 7)" in note(code)


def test_what_fails_of_a_private_copy_is_told() -> None:
    assert "keras.layers.CuDNNGRU (line 5)" in note(script("from tensorflow.python.keras.layers import CuDNNGRU"))
    code = script("from tensorflow.compat.v1.keras.layers import CuDNNGRU, Dense", "x = Dense(1), CuDNNGRU(1)")
    assert "keras.layers.CuDNNGRU (line 5)" in note(code)
    assert "from tensorflow.keras.layers import CuDNNGRU, Dense\n" in check_keras(code)
