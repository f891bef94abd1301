"""Pairs of small models that part somewhere, for the tests of migrate.verify.locate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from zoo import PREDICT, save_v1

from migrate.signatures import read_meta_graph
from migrate.verify import verify_models
from migrate.verify.locate.side import Side
from migrate.verify.models import Model
from migrate.verify.samples import Sample

if TYPE_CHECKING:
    from pathlib import Path

    from migrate.verify import Comparison, Location

W = np.random.RandomState(0).randn(4, 4).astype("f4")


def variable(tf, value, name):
    """A variable of TF1: a reference."""
    return tf.compat.v1.get_variable(name, initializer=value, use_resource=False)


def v1_model(tf, path: Path, function, dtype="float32", shape=(None, 4)) -> Path:
    """A TF1 model with a signature `s` of one input `x`; one output `y` unless the function gives a dict."""

    def build(v1):
        x = v1.placeholder(dtype, list(shape), name="x")
        found = function(x)
        return {"s": (PREDICT, {"x": x}, found if isinstance(found, dict) else {"y": found})}

    return save_v1(tf, path, build)


def v2_model(tf, path: Path, function, dtype="float32", shape=(None, 4), **variables) -> Path:
    """The same by TF2: `function(module, x)`, with variables as attributes of the module."""
    module = tf.Module()
    for name, value in variables.items():
        setattr(module, name, tf.Variable(value, name=name))

    def call(x):
        found = function(module, x)
        return found if isinstance(found, dict) else {"y": found}

    module.function = tf.function(call, input_signature=[tf.TensorSpec(list(shape), dtype, name="x")])
    tf.saved_model.save(module, str(path), {"s": module.function})
    return path


def output(comparison: Comparison, name="y"):
    """An output of the only signature."""
    return next(found for found in comparison.signatures[0].outputs if found.name == name)


def place(a: Path, b: Path, name="y") -> Location:
    """Where two models part."""
    comparison = verify_models(a, b)
    found = output(comparison, name)
    assert str(found.status) == "different"
    assert found.location is not None, comparison.signatures[0].notes
    return found.location


class Opened:
    """A model with one of its signatures looked into, to be used in a `with` block."""

    def __init__(self, path: Path, inputs) -> None:
        self._meta_graph = read_meta_graph(path)
        self._model = Model(path, self._meta_graph)
        self._inputs = inputs

    def __enter__(self) -> Side:
        self._model.__enter__()
        return Side(self._model, self._meta_graph.by_key["s"], Sample("test", self._inputs))

    def __exit__(self, *raised) -> None:
        self._model.__exit__(*raised)
