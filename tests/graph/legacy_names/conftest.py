"""Old clients, and models for them: what the tests of this folder share."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from migrate import protos
from migrate.graph.legacy_names import LegacyNames, put_back_tensor_names
from migrate.signatures.model import MetaGraph, SignatureDef, TensorInfo


def read(directory: Path) -> Any:
    """The SavedModel message of a model."""
    model = protos.saved_model()
    model.ParseFromString((Path(directory) / "saved_model.pb").read_bytes())
    return model


def put_back(directory: Path, original: MetaGraph, out: Path) -> LegacyNames:
    """Copies a model, puts the names back into the copy, and looks whether a second run leaves it alone."""
    shutil.copytree(directory, out)
    model = read(out)
    said = put_back_tensor_names(model.meta_graphs[0], original)
    (out / "saved_model.pb").write_bytes(model.SerializeToString())
    before = model.SerializeToString(deterministic=True)
    again = put_back_tensor_names(model.meta_graphs[0], original)
    assert not again.changed
    assert model.SerializeToString(deterministic=True) == before
    assert [(name.name, name.reason, name.caution) for name in again.names] == [
        (name.name, name.reason, name.caution) for name in said.names
    ]
    return said


@contextmanager
def old_client(directory: Path, tags: tuple[str, ...] = ("serve",)):
    """`run(fetches, feeds)` by tensor names, in a session as TF1 programs have one."""
    import tensorflow as tf

    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.saved_model.load(session, list(tags), str(directory))
        yield session.run


def infos(**names: Any) -> tuple[TensorInfo, ...]:
    """Inputs or outputs: `x="x:0"`, or `x=("x:0", "int64")`, or a TensorInfo."""
    found = []
    for key, value in names.items():
        if isinstance(value, TensorInfo):
            found.append(value)
            continue
        name, dtype = value if isinstance(value, tuple) else (value, "float32")
        found.append(TensorInfo(key, name, dtype if ":" in name else "invalid", None))
    return tuple(found)


def tf1_model(**signatures: tuple[dict[str, Any], dict[str, Any]]) -> MetaGraph:
    """What a TF1 model's signatures say: `serving_default=({"x": "x:0"}, {"y": "y:0"})`."""
    made = (
        SignatureDef(key, "tensorflow/serving/predict", infos(**inputs), infos(**outputs))
        for key, (inputs, outputs) in sorted(signatures.items())
    )
    return MetaGraph(("serve",), tuple(made))


def saved(directory: Path, module: Any, **functions: Any) -> Path:
    """Saves a tf.Module with signatures."""
    import tensorflow as tf

    tf.saved_model.save(module, str(directory), signatures=functions)
    return directory


def reasons(said: LegacyNames) -> dict[tuple[str, str], str]:
    """Signature and name of what was not put back, with the reason."""
    return {(name.signature, name.name): name.reason for name in said.refused}


def names_of(meta_graph: Any) -> dict[str, dict[str, str]]:
    """By signature, its keys and the names of their dense tensors, bookkeeping left out."""
    return {
        key: {k: info.name for side in (value.inputs, value.outputs) for k, info in side.items()}
        for key, value in meta_graph.signature_def.items()
        if not key.startswith("__")
    }


def node(meta_graph: Any, name: str) -> Any:
    """A node of the top-level graph; fails where there is none, or two."""
    (found,) = [node for node in meta_graph.graph_def.node if node.name == name]
    return found


@pytest.fixture
def old() -> Any:
    """The helpers of this file, for tests that pytest imports by path."""
    import types

    return types.SimpleNamespace(
        client=old_client,
        infos=infos,
        names_of=names_of,
        node=node,
        put_back=put_back,
        read=read,
        reasons=reasons,
        saved=saved,
        tf1_model=tf1_model,
        equal=np.testing.assert_array_equal,
    )
