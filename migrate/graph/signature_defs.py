"""Puts back into a written SavedModel what `tf.saved_model.save` does not let one say about signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.graph.prepare import parts_of
from migrate.signatures.components import argument_names
from migrate.signatures.quiet import import_tensorflow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from migrate.graph.prepare import Part
    from migrate.graph.view import MetaGraphView


def restore_signature_defs(
    directory: Path, view: MetaGraphView, keys: Iterable[str], requested: AbstractSet[str]
) -> None:
    """Gives a written model its TF1 tags, and its signatures their TF1 method names, input keys and encodings.

    Args:
        directory: The SavedModel that was written.
        view: The source's MetaGraph.
        keys: The signatures that were written.
        requested: Those of them that the source did not have: what is known of their shapes is what TF2 found.
    """
    file = directory / "saved_model.pb"
    model = protos.saved_model()
    model.ParseFromString(file.read_bytes())
    meta_graph = model.meta_graphs[0]
    if view.tags:
        del meta_graph.meta_info_def.tags[:]
        meta_graph.meta_info_def.tags.extend(view.meta_graph.meta_info_def.tags)
    for key in keys:
        signature, original = view.slices[key].definition, view.meta_graph.signature_def[key]
        target = meta_graph.signature_def[key]
        names = argument_names(part.name for part in parts_of(signature.inputs))
        inputs = {name: _copy(info) for name, info in target.inputs.items()}
        outputs = {name: _copy(info) for name, info in target.outputs.items()}
        target.ClearField("inputs")
        target.ClearField("outputs")
        _fill(target.inputs, original.inputs, parts_of(signature.inputs), inputs, names)
        _fill(target.outputs, original.outputs, parts_of(signature.outputs), outputs, {})
        target.method_name = original.method_name
        if key in requested:
            for name, info in target.outputs.items():
                if name in outputs:
                    info.tensor_shape.CopyFrom(outputs[name].tensor_shape)
    file.write_bytes(model.SerializeToString())


def write_fingerprint(directory: Path) -> None:
    """Writes fingerprint.pb anew, which has hashes of the signatures and the graph, where TensorFlow has it."""
    (directory / "fingerprint.pb").unlink(missing_ok=True)
    import_tensorflow()
    from tensorflow.python.saved_model import fingerprinting_utils

    fingerprinting_utils.write_fingerprint(str(directory))


def _fill(
    target: Any, original: Any, parts: tuple[Part, ...], written: Mapping[str, Any], names: Mapping[str, str]
) -> None:
    """TF1's TensorInfos, with the names of the tensors that the new graph has for them."""
    for part in parts:
        target[part.key].CopyFrom(original[part.key])
    for part in parts:
        new = written.get(names.get(part.name, part.name))
        if new is not None:
            _set_name(target[part.key], part, new)


def _set_name(info: Any, part: Part, new: Any) -> None:
    if part.info.sparse is not None:
        indices, values, _ = part.info.sparse
        text = str(part.tensor)
        field = "indices" if text == indices else "values" if text == values else "dense_shape"
        setattr(info.coo_sparse, f"{field}_tensor_name", new.name)
        return
    if part.info.components:
        for component in info.composite_tensor.components:
            if component.name == str(part.tensor):
                component.name = new.name
        return
    info.name = new.name
    # A reference's type is its value's, now that it is one (DT_FLOAT_REF is DT_FLOAT + 100).
    info.dtype %= 100


def _copy(message: Any) -> Any:
    copy = type(message)()
    copy.CopyFrom(message)
    return copy
