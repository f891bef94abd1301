"""SignatureDefs as files beside the script: with names in place of the tensors that the new graph will have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf import text_format

from migrate.graph.code.bodies import GraphFile
from migrate.graph.prepare import parts_of
from migrate.signatures.components import argument_names

if TYPE_CHECKING:
    from migrate.graph.prepare import Part
    from migrate.graph.view import MetaGraphView

_REF = 100


def signature_file(stem: str, view: MetaGraphView, key: str, *, is_requested: bool) -> GraphFile:
    """A signature's SignatureDef; each tensor's name is that of the argument or output that it becomes.

    Args:
        stem: The file's name without its suffix.
        view: The MetaGraph.
        key: The signature's key.
        is_requested: Whether the model did not have it: then TF2 knows more about the shapes of its outputs.
    """
    original = view.meta_graph.signature_def[key]
    definition = type(original)()
    definition.CopyFrom(original)
    parsed = view.slices[key].definition
    inputs, outputs = parts_of(parsed.inputs), parts_of(parsed.outputs)
    names = argument_names(part.name for part in inputs)
    _rename(definition.inputs, inputs, names)
    _rename(definition.outputs, outputs, {})
    if is_requested:
        for info in definition.outputs.values():
            info.ClearField("tensor_shape")
    return GraphFile(f"{stem}.signature.pbtxt", text_format.MessageToString(definition, as_utf8=True).encode())


def _rename(infos: Any, parts: tuple[Part, ...], names: dict[str, str]) -> None:
    for part in parts:
        info, name = infos[part.key], names.get(part.name, part.name)
        info.dtype %= _REF  # A reference's type is its value's now (DT_FLOAT_REF is DT_FLOAT + 100).
        if part.info.sparse is not None:
            field = ("indices", "values", "dense_shape")[part.info.sparse.index(str(part.tensor))]
            setattr(info.coo_sparse, f"{field}_tensor_name", name)
        elif part.info.components:
            for component in info.composite_tensor.components:
                if component.name == str(part.tensor):
                    component.name = name
        elif not part.tensor.is_control:
            info.name = name
