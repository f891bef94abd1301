"""The object graph's side of a signature, by which `tf.saved_model.load(...).signatures[KEY]` finds it.

Sources: tensorflow/core/protobuf/saved_object_graph.proto and struct.proto; who writes and reads it:
function_serialization.py, signature_serialization.py and function_deserialization.py in
tensorflow/python/saved_model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from migrate.errors import MigrateError
from migrate.graph.examples.body import NUMBERS
from migrate.signatures.model import Shape, TensorInfo

_SPEC = ("args", "varargs", "varkw", "defaults", "kwonlyargs", "kwonlydefaults", "annotations")
"""The fields of inspect.FullArgSpec."""


def signature_map(object_graph: Any, key: str) -> Any:
    """The SavedObject that lists the signatures.

    Args:
        object_graph: The SavedObjectGraph.
        key: The signature's that it is asked for.

    Raises:
        MigrateError: There is none.
    """
    nodes = object_graph.nodes
    for child in nodes[0].children:
        if child.local_name == "signatures" and child.node_id < len(nodes):
            listed = nodes[child.node_id]
            if listed.user_object.identifier == "signature_map":
                return listed
    raise MigrateError(f"signature `{key}`: the model's object graph lists no signatures; export the model again")


def add_signature_function(
    object_graph: Any, key: str, wrapped: str, new: str, argument: TensorInfo, outputs: Sequence[TensorInfo]
) -> None:
    """Puts a function, that captures what another one captures, in the place of a signature.

    Args:
        object_graph: The SavedObjectGraph, which is changed.
        key: The signature's.
        wrapped: The name of the function that is called.
        new: The name of the new function.
        argument: Its only argument that is no capture.
        outputs: What it returns, a dictionary.
    """
    concrete = object_graph.concrete_functions[new]
    concrete.bound_inputs.extend(object_graph.concrete_functions[wrapped].bound_inputs)
    arguments = concrete.canonicalized_input_signature.tuple_value
    arguments.values.add().tuple_value.SetInParent()
    _set_spec(arguments.values.add().dict_value.fields[argument.key], argument)
    for info in outputs:
        _set_spec(concrete.output_signature.dict_value.fields[info.key], info)
    listed = signature_map(object_graph, key)
    old = _object_of(object_graph, wrapped)
    number = len(object_graph.nodes)
    made = object_graph.nodes.add()
    if old is not None:  # Constants that it captures are children.
        made.children.extend(old.children)
        made.dependencies.extend(old.dependencies)
    bare = made.bare_concrete_function
    bare.concrete_function_name = new
    bare.argument_keywords.append(argument.key)
    bare.allowed_positional_arguments = 1
    _set_function_spec(bare.function_spec, argument.key)
    child = next((child for child in listed.children if child.local_name == key), None)
    if child is None:
        child = listed.children.add(local_name=key)
    child.node_id = number


def _object_of(object_graph: Any, function: str) -> Any | None:
    """The object of a signature's function; there is one, unless somebody has taken the signature from the map."""
    for node in object_graph.nodes:
        if node.bare_concrete_function.concrete_function_name == function:
            return node
    return None


def _set_function_spec(spec: Any, argument: str) -> None:
    """A Python function that takes one keyword argument."""
    full = spec.fullargspec.named_tuple_value
    full.name = "FullArgSpec"
    for field in _SPEC:
        value = full.values.add(key=field).value
        if field in ("args", "kwonlyargs"):
            value.list_value.SetInParent()
        elif field == "annotations":
            value.dict_value.SetInParent()
        else:
            value.none_value.SetInParent()
        if field == "kwonlyargs":
            value.list_value.values.add(string_value=argument)
    spec.input_signature.none_value.SetInParent()


def _set_spec(value: Any, info: TensorInfo) -> None:
    spec = value.tensor_spec_value
    spec.name = info.key
    spec.dtype = NUMBERS[info.dtype]
    set_shape(spec.shape, info.shape)


def set_shape(message: Any, shape: Shape) -> None:
    """Fills an empty TensorShapeProto."""
    message.SetInParent()
    if shape is None:
        message.unknown_rank = True
        return
    for size in shape:
        message.dim.add(size=-1 if size is None else size)
