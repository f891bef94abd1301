"""What the tests of recorded proofs share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from migrate.signatures.model import MetaGraph, SignatureDef, TensorInfo
from migrate.verify.calls import Call
from migrate.verify.models import Outputs
from migrate.verify.record.proof import Proof, RecordedExport, RecordedModel, Subject
from migrate.verify.samples import Sample


@pytest.fixture
def proof() -> Proof:
    """A small one: y = 2 x, called twice."""
    info = TensorInfo("x", "x:0", "float32", (None,))
    signature = SignatureDef("double", "tensorflow/serving/predict", (info,), (replace(info, key="y", name="y:0"),))
    calls = tuple(
        Call("double", Sample(f"{n} rows", {"x": np.arange(n, dtype="f4")}, n), Outputs({"y": 2 * np.arange(n, dtype="f4")}))
        for n in (1, 3)
    )  # fmt: skip
    model = RecordedModel(MetaGraph(("serve",), (signature,)), calls)
    export = RecordedExport("old", "SavedModel", (model,))
    subjects = Subject("old", "00"), Subject("new", "01")
    return Proof(False, "2026-01-02T03:04:05+00:00", "1.0", "2.21.0", 0, *subjects, (export,))


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Saves `y = by x` (or another function) with TF2 below a name."""
    from migrate.signatures.quiet import import_tensorflow

    tf = import_tensorflow()

    def call(name: str, function: Any = None, *, by: float = 2.0, key: str = "double", spec: Any = None) -> Path:
        module = tf.Module()
        module.by = tf.Variable(by, name="by")
        function = function or (lambda x: {"y": x * module.by})
        spec = [tf.TensorSpec([None], name="x")] if spec is None else spec
        tf.saved_model.save(module, str(tmp_path / name), {key: tf.function(function, input_signature=spec)})
        return tmp_path / name

    return call


@pytest.fixture
def frozen_graph() -> bytes:
    """A frozen graph: y = x + w, with w = [0, 1]."""
    from migrate import protos

    graph = protos.graph_def()
    x, w, y = graph.node.add(), graph.node.add(), graph.node.add()
    x.name, x.op = "x", "Placeholder"
    x.attr["dtype"].type = w.attr["dtype"].type = y.attr["T"].type = 1
    x.attr["shape"].shape.dim.add().size = -1
    w.name, w.op = "w", "Const"
    w.attr["value"].tensor.dtype = 1
    w.attr["value"].tensor.tensor_shape.dim.add().size = 2
    w.attr["value"].tensor.float_val.extend([0.0, 1.0])
    y.name, y.op = "y", "Add"
    y.input.extend(["x", "w"])
    return graph.SerializeToString()
