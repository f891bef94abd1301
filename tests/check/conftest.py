"""SavedModels by hand: signatures in few words, and graphs where a test needs one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from migrate import protos
from migrate.signatures.dtypes import _NAMES

if TYPE_CHECKING:
    from pathlib import Path

_NUMBERS = {name: number for number, name in _NAMES.items()}
_FORM = re.compile(r"(?P<dtype>\w+)(?P<shape>\[[^\]]*\])?(?:@(?P<name>.*))?")


def fill(info: Any, key: str, text: str) -> None:
    """Writes a TensorInfo: `float32[?,3]`, `float32` of unknown rank, `float32[?]@x:0` with its tensor.

    `sparse` and `ragged` are a float32 matrix in these encodings.
    """
    if text == "sparse":
        info.dtype = 1
        info.coo_sparse.indices_tensor_name = f"{key}/indices:0"
        info.coo_sparse.values_tensor_name = f"{key}/values:0"
        info.coo_sparse.dense_shape_tensor_name = f"{key}/shape:0"
        return
    if text == "ragged":
        info.dtype = 1
        fill(info.composite_tensor.components.add(), key, f"float32[?]@{key}/values:0")
        fill(info.composite_tensor.components.add(), key, f"int64[?]@{key}/splits:0")
        return
    found = _FORM.fullmatch(text)
    assert found, text
    info.dtype = _NUMBERS[found["dtype"]]
    info.name = f"{key}:0" if found["name"] is None else found["name"]
    if found["shape"] is None:
        info.tensor_shape.unknown_rank = True
    else:
        info.tensor_shape.SetInParent()
        for size in filter(None, found["shape"][1:-1].split(",")):
            info.tensor_shape.dim.add(size=-1 if size == "?" else int(size))


def add_meta_graph(saved: Any, signatures: dict[str, Any], tags: tuple[str, ...] = ("serve",), tf2: bool = True) -> Any:
    """Adds a MetaGraph: `{KEY: (METHOD, {INPUT: FORM}, {OUTPUT: FORM})}`; METHOD may be `predict` and the like."""
    meta_graph = saved.meta_graphs.add()
    meta_graph.meta_info_def.tags.extend(tags)
    meta_graph.meta_info_def.tensorflow_version = "2.21.0"
    if tf2:
        meta_graph.object_graph_def.nodes.add()
    for key, (method, inputs, outputs, *defaults) in signatures.items():
        signature = meta_graph.signature_def[key]
        signature.method_name = f"tensorflow/serving/{method}" if method.isalpha() else method
        for name, text in inputs.items():
            fill(signature.inputs[name], f"{key}_{name}", text)
        for name, text in outputs.items():
            fill(signature.outputs[name], f"{key}_call_{name}", text)
        for name, value in (defaults[0] if defaults else {}).items():
            signature.defaults[name].float_val.append(value)
            signature.defaults[name].dtype = 1
    return meta_graph


def add_parser(meta_graph: Any) -> None:
    """Makes the graph one that parses tf.Examples somewhere."""
    meta_graph.graph_def.node.add(name="parse", op="ParseExampleV2")


@pytest.fixture
def saved_model(tmp_path: Path):
    """Writes a SavedModel of one MetaGraph, or of those that `parts` adds, and returns its directory.

    `saved_model({...}, name="a", parses=True)`; `parts` are functions that take the SavedModel.
    """

    def write(
        signatures: dict[str, Any] | None = None,
        *parts: Any,
        name: str = "model",
        tags: tuple[str, ...] = ("serve",),
        tf2: bool = True,
        parses: bool = False,
    ) -> Path:
        saved = protos.saved_model()
        saved.saved_model_schema_version = 1
        if signatures is not None:
            meta_graph = add_meta_graph(saved, signatures, tags, tf2)
            if parses:
                add_parser(meta_graph)
        for part in parts:
            part(saved)
        directory = tmp_path / name
        directory.mkdir()
        (directory / "saved_model.pb").write_bytes(saved.SerializeToString())
        return directory

    return write


@pytest.fixture
def meta_graph():
    """`add_meta_graph`, for the tests that need several MetaGraphs."""
    return add_meta_graph


@pytest.fixture(scope="session")
def tf():
    """TensorFlow, imported quietly."""
    from migrate.signatures.quiet import import_tensorflow

    return import_tensorflow()


@pytest.fixture(scope="session")
def lost(tf, tmp_path_factory) -> Path:
    """A TF2 export that parses tf.Examples: classify and regress signatures whose method names are lost."""
    directory = tmp_path_factory.mktemp("lost") / "model"
    module = tf.Module()
    module.w = tf.Variable([[1.0, -1.0], [0.5, 0.25]])
    spec = {"x": tf.io.FixedLenFeature([2], tf.float32), "word": tf.io.VarLenFeature(tf.string)}

    def parsed(inputs):
        features = tf.io.parse_example(inputs, spec)
        long = tf.reduce_sum(tf.sparse.to_dense(tf.sparse.map_values(tf.strings.length, features["word"])), axis=1)
        return tf.matmul(features["x"], module.w) + tf.cast(long, tf.float32)[:, tf.newaxis]

    examples = [tf.TensorSpec([None], tf.string, name="inputs")]

    @tf.function(input_signature=examples)
    def classify(inputs):
        scores = parsed(inputs)
        return {"classes": tf.tile([["a", "b"]], [tf.shape(scores)[0], 1]), "scores": scores}

    @tf.function(input_signature=examples)
    def regress(inputs):
        return {"outputs": parsed(inputs)[:, 0]}

    @tf.function(input_signature=examples)
    def squeezed(inputs):
        """Of a rank that nobody knows beforehand, which is 1."""
        minus_one = tf.boolean_mask([-1], tf.strings.length(inputs)[:1] >= 0)
        return {"scores": tf.reshape(parsed(inputs), minus_one)}

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def predict(x):
        return {"y": tf.matmul(x, module.w)}

    keys = {"serving_default": predict, "classify": classify, "regress": regress, "squeezed": squeezed}
    tf.saved_model.save(module, str(directory), keys)
    return directory


@pytest.fixture(scope="session")
def restored():
    """Copies a model and gives its signatures method names: `restored(model, copy, {KEY: "classify"})`."""
    import shutil

    from migrate.signatures.proto import new_message

    def copy(model: Path, to: Path, methods: dict[str, str]) -> Path:
        shutil.copytree(model, to)
        message = new_message("SavedModel")
        message.ParseFromString((to / "saved_model.pb").read_bytes())
        for entry in message.meta_graphs[0].signature_def:
            if entry.key in methods:
                entry.value.method_name = f"tensorflow/serving/{methods[entry.key]}"
        (to / "saved_model.pb").write_bytes(message.SerializeToString())
        return to

    return copy
