"""The names of Keras, by all its imports."""

from __future__ import annotations

import ast

import pytest

from migrate.source.strategies.keras.names import imports_standalone, keras_name
from migrate.source.symbols import Symbols


def named(imports: str, expression: str) -> str | None:
    symbols = Symbols(ast.parse(imports))
    return keras_name(ast.parse(expression, mode="eval").body, symbols.module, symbols)


@pytest.mark.parametrize(
    ("imports", "expression"),
    [
        ("import tensorflow as tf", "tf.keras.backend.get_session"),
        ("import tensorflow as tf", "tf.compat.v1.keras.backend.get_session"),
        ("from tensorflow.python.keras import backend as K", "K.get_session"),
        ("from tensorflow.contrib.keras.api.keras import backend", "backend.get_session"),
        ("from tensorflow.contrib.keras.python.keras import backend as K", "K.get_session"),
        ("import keras.backend.tensorflow_backend as KTF", "KTF.get_session"),
        ("import keras", "keras.backend.get_session"),
        ("from keras.backend import get_session as session", "session"),
        ("import tf_keras as keras", "keras.backend.get_session"),
    ],
)
def test_one_name_for_all(imports: str, expression: str):
    assert named(imports, expression) == "backend.get_session"


@pytest.mark.parametrize(
    ("imports", "expression"),
    [
        ("import tensorflow as tf", "tf.Session"),
        ("import kerastuner", "kerastuner.backend"),
        ("keras = object()", "keras.backend.get_session"),
        ("", "model.input"),
    ],
)
def test_other_names(imports: str, expression: str):
    assert named(imports, expression) is None


def test_the_keras_of_its_own():
    assert imports_standalone(Symbols(ast.parse("def f():\n    from keras.models import Model")))
    assert not imports_standalone(Symbols(ast.parse("from tensorflow import keras")))
