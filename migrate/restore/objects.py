"""Python's side of a model: the objects in which `tf.saved_model.load` finds signatures.

A signature's key, inputs and outputs are in two places: the SignatureDef, which TensorFlow Serving, C++ and
saved_model_cli read, and the object graph, which `tf.saved_model.load(...).signatures` is made of.

Source: tensorflow/core/protobuf/saved_object_graph.proto, tensorflow/python/saved_model/signature_serialization.py
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from migrate import protos
from migrate.errors import MigrateError
from migrate.signatures.components import is_argument

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrate.restore.edit import Signature

_SIGNATURES = "signatures"


@dataclass(frozen=True, slots=True)
class EditedObjects:
    """The object graph of the result.

    Attributes:
        data: The serialised SavedObjectGraph, or None where it does not change.
        notes: Where Python goes on to use the old names, and why.
    """

    data: bytes | None
    notes: tuple[str, ...] = ()


def edit_objects(data: bytes, signatures: Iterable[Signature]) -> EditedObjects:
    """The object graph with the keys, inputs and outputs of the result's signatures.

    Args:
        data: The serialised SavedObjectGraph.
        signatures: All signatures of the result.

    Raises:
        MigrateError: The object graph is damaged; the message does not name the model.
    """
    objects = protos.message_type("core.protobuf.saved_object_graph_pb2.SavedObjectGraph")()
    try:
        objects.ParseFromString(data)
    except DecodeError as error:
        raise MigrateError("the object graph (object_graph_def) is damaged; export the model again") from error
    node = _signature_map(objects)
    if node is None:
        return EditedObjects(None)
    node_ids = {child.local_name: child.node_id for child in node.children}
    known = [signature for signature in signatures if signature.entry.key in node_ids]
    places = {key: place for place, key in enumerate(node_ids)}
    ordered = sorted(known, key=lambda signature: places[signature.entry.key])
    del node.children[:]
    for signature in ordered:
        node.children.add(node_id=node_ids[signature.entry.key], local_name=signature.key)
    notes = []
    for signature in ordered:
        if not signature.renames_keys:
            continue
        reason = _rename(objects, node, node_ids[signature.entry.key], signature.inputs, signature.outputs)
        if reason:
            names = ", ".join(f"`{old}`" for old in (*signature.inputs, *signature.outputs))
            notes.append(f"signature `{signature.key}`: tf.saved_model.load in Python goes on to say {names}: {reason}")
    result = objects.SerializeToString(deterministic=True)
    return EditedObjects(None if result == data else result, tuple(notes))


def _signature_map(objects: Any) -> Any | None:
    if not objects.nodes:
        return None
    place = next((child.node_id for child in objects.nodes[0].children if child.local_name == _SIGNATURES), None)
    return None if place is None or place >= len(objects.nodes) else objects.nodes[place]


def _rename(
    objects: Any, signature_map: Any, node_id: int, inputs: Mapping[str, str], outputs: Mapping[str, str]
) -> str:
    """Renames in the signature's function; what is returned says why not."""
    bare = objects.nodes[node_id].bare_concrete_function if node_id < len(objects.nodes) else None
    if bare is None or _name(bare) not in objects.concrete_functions:
        return "it has no function of the usual kind"
    users = [child for child in signature_map.children if child.node_id == node_id]
    if len(users) > 1 or sum(_uses(node, _name(bare)) for node in objects.nodes) > 1:
        return "something else is the same function"
    if not all(is_argument(key) for key in inputs.values()):
        return "Python has no such argument names"
    function = objects.concrete_functions[_name(bare)]
    arguments = function.canonicalized_input_signature.tuple_value.values
    if not arguments:
        return "it has no function of the usual kind"
    by_name = arguments[-1].dict_value
    for fields, renames in ((by_name.fields, inputs), (function.output_signature.dict_value.fields, outputs)):
        if not renames.keys() <= set(fields):
            return "it has no function of the usual kind"
        # TensorFlow flattens dictionaries by their keys' order: another order would exchange tensors.
        if sorted(fields) != sorted(fields, key=lambda key: renames.get(key, key)):
            return "their order would change"
    _rename_fields(by_name.fields, inputs)
    _rename_fields(function.output_signature.dict_value.fields, outputs)
    keywords = [inputs.get(key, key) for key in bare.argument_keywords]
    del bare.argument_keywords[:]
    bare.argument_keywords.extend(keywords)
    for pair in bare.function_spec.fullargspec.named_tuple_value.values:
        if pair.key in ("args", "kwonlyargs"):
            for value in pair.value.list_value.values:
                value.string_value = inputs.get(value.string_value, value.string_value)
    return ""


def _rename_fields(fields: Any, renames: Mapping[str, str]) -> None:
    values = {key: fields[key].SerializeToString() for key in fields}
    for key in values:
        del fields[key]
    for key, value in values.items():
        new = renames.get(key, key)
        fields[new].ParseFromString(value)
        if fields[new].HasField("tensor_spec_value") and fields[new].tensor_spec_value.name == key:
            fields[new].tensor_spec_value.name = new


def _uses(node: Any, name: str) -> bool:
    """Whether an object is that function, or may call it."""
    return name in (node.bare_concrete_function.concrete_function_name, *node.function.concrete_functions)


def _name(bare: Any) -> str:
    return str(bare.concrete_function_name)
