"""Imports that fail under TensorFlow 2."""

from __future__ import annotations

import ast

import pytest

from migrate.source.api.importable import failing_imports


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("import tensorflow.contrib.slim as slim", ["contrib.slim"]),
        ("from tensorflow.contrib import rnn, slim", ["contrib.rnn", "contrib.slim"]),
        ("from tensorflow import contrib", ["contrib"]),
        ("from tensorflow import estimator as e, nn", ["estimator"]),
        ("from tensorflow import placeholder, matmul", ["placeholder"]),
        ("from tensorflow.saved_model import signature_constants, save", ["saved_model.signature_constants"]),
        ("from tensorflow.tools.graph_transforms import TransformGraph", ["tools.graph_transforms.TransformGraph"]),
        ("from tensorflow.tools.compatibility import ipynb", []),
        ("import tensorflow.compat.v1.keras as keras", ["compat.v1.keras"]),
        ("from tensorflow.compat.v1.keras import layers", ["compat.v1.keras.layers"]),
        ("from tensorflow.compat.v1 import keras, estimator", ["compat.v1.estimator"]),
        ("import tensorflow.compat.v1 as tf, tensorflow as tf2", []),
        ("from tensorflow.compat.v1 import gfile, placeholder", []),
        ("import tensorflow.gfile, numpy", ["gfile"]),
        ("from tensorflow.keras.layers import Dense", []),
        ("import tensorflow.keras.backend as K", []),
        ("from tensorflow.python.framework import graph_util", []),
        ("from tensorflow.python.framework.ops import Tensor, Graph", ["python.framework.ops.Tensor"]),
        ("from tensorflow.core.framework import graph_pb2", []),
        ("from .tensorflow.contrib import x", []),
        ("from tensorflow_hub import x", []),
        ("try:\n    from tensorflow.contrib import x\nexcept ImportError:\n    pass", []),
        ("def f():\n    import tensorflow.examples", ["examples"]),
    ],
)
def test_failing_imports(line: str, names: list[str]):
    assert [name for name, _ in failing_imports(ast.parse(line))] == names
