"""Small SavedModels without a graph that could run, made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.signatures.proto import new_message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FLOAT, STRING = 1, 7
PREDICT, CLASSIFY, REGRESS = (f"tensorflow/serving/{api}" for api in ("predict", "classify", "regress"))


def tensor(message: Any, name: str, dtype: int = FLOAT, shape: tuple[int, ...] = (-1,)) -> None:
    """Fills a TensorInfo."""
    message.name, message.dtype = name, dtype
    message.tensor_shape.SetInParent()
    for size in shape:
        message.tensor_shape.dim.add(size=size)


def signature(
    meta_graph: Any,
    key: str,
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    *,
    method: str = PREDICT,
    dtype: int = FLOAT,
) -> Any:
    """Adds a signature; inputs and outputs are keys and names of tensors. Inputs are of that dtype."""
    message = meta_graph.signature_def.add(key=key).value
    for name in sorted(inputs or {}, key=str.encode):
        tensor(message.inputs.add(key=name).value, inputs[name], dtype)
    for name in sorted(outputs or {}, key=str.encode):
        shape = (-1, 2) if name in ("classes", "scores") else (-1,)
        tensor(message.outputs.add(key=name).value, outputs[name], STRING if name == "classes" else FLOAT, shape)
    if method:
        message.method_name = method
    return message


def saved_model(*all_tags: tuple[str, ...]) -> Any:
    """A SavedModel with a MetaGraph for each of these tags, without signatures."""
    message = new_message("SavedModel")
    message.saved_model_schema_version = 1
    for tags in all_tags or (("serve",),):
        message.meta_graphs.add().meta_info_def.tags.extend(tags)
    return message


def lost_model() -> Any:
    """A model whose method names are lost: `both` and `number` take tf.Examples, `plain` does not."""
    message = saved_model()
    (meta_graph,) = message.meta_graphs
    signature(meta_graph, "both", {"inputs": "e:0"}, {"classes": "c:0", "scores": "s:0"}, dtype=STRING)
    signature(meta_graph, "number", {"inputs": "e:0"}, {"outputs": "o:0"}, dtype=STRING)
    signature(meta_graph, "plain", {"a": "a:0", "b": "b:0"}, {"y": "y:0", "z": "z:0"})
    return message


def write(directory: Path, message: Any) -> Path:
    """Writes a model with a checkpoint and an asset."""
    (directory / "variables").mkdir(parents=True)
    (directory / "variables" / "variables.index").write_bytes(b"index")
    (directory / "assets").mkdir()
    (directory / "assets" / "words.txt").write_text("red\n")
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())
    return directory


def names(directory: Path) -> list[str]:
    """What is in a directory."""
    return sorted(path.name for path in directory.iterdir())
