"""Makes SignatureDefs of what the caller passed, without adding anything to the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.bridge.errors import BridgeError
from migrate.graph.requests import DEFAULT_KEY, PREDICT
from migrate.signatures.quiet import import_tensorflow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.bridge.request import SaveRequest

_PARTS = {"inputs", "outputs", "method_name"}
_RESERVED = ("__saved_model_init_op", "__saved_model_train_op")


def signature_defs(request: SaveRequest, graph: Any) -> dict[str, Any]:
    """The SignatureDefs to save, by key.

    Raises:
        BridgeError: There is none, or one is of no form that is known, or names what the graph does not have.
    """
    given = dict(request.signatures or {})
    if request.inputs is not None or request.outputs is not None:
        if given:
            raise BridgeError("pass either signatures, or inputs and outputs")
        given = {DEFAULT_KEY: {"inputs": request.inputs or {}, "outputs": request.outputs or {}}}
    if not given:
        raise BridgeError("there is no signature to save; pass signatures, or inputs and outputs")
    for key in _RESERVED:
        if key in given:
            raise BridgeError(f"the key {key} is TensorFlow's own; use another")
    return {str(key): _signature_def(str(key), value, graph) for key, value in given.items()}


def _signature_def(key: str, value: Any, graph: Any) -> Any:
    empty = protos.message_type("core.protobuf.meta_graph_pb2.SignatureDef")()
    if isinstance(value, type(empty)):
        definition = value
    elif isinstance(value, dict) and "outputs" in value and set(value) <= _PARTS:
        definition = empty
        method = value.get("method_name")
        definition.method_name = PREDICT if method is None else method
        _fill(definition.inputs, value.get("inputs") or {}, f"signature {key}: input", graph)
        _fill(definition.outputs, value["outputs"], f"signature {key}: output", graph)
    else:
        raise BridgeError(f"signature {key}: expected a SignatureDef, or a dict of inputs, outputs and method_name")
    if not definition.outputs:
        raise BridgeError(f"signature {key}: it has no outputs")
    return definition


def _fill(target: Any, tensors: Mapping[str, Any], where: str, graph: Any) -> None:
    for name, value in tensors.items():
        target[name].CopyFrom(_tensor_info(value, f"{where} {name}", graph))


def _tensor_info(value: Any, where: str, graph: Any) -> Any:
    """A TensorInfo; of a variable, that of its value."""
    tf = import_tensorflow()
    info_type = protos.message_type("core.protobuf.meta_graph_pb2.TensorInfo")
    if isinstance(value, info_type):
        return value
    if getattr(value, "graph", graph) is not graph:
        raise BridgeError(f"{where}: {value!r} belongs to another graph than the session's")
    if not isinstance(value, tf.SparseTensor | tf.RaggedTensor | tf.compat.v1.SparseTensorValue):
        try:
            value = graph.as_graph_element(value)
        except (KeyError, TypeError, ValueError) as error:
            raise BridgeError(f"{where}: {value!r} is nothing that the session's graph has") from error
    from tensorflow.python.saved_model.utils_impl import build_tensor_info, build_tensor_info_from_op

    try:
        with graph.as_default():  # They refuse to work where execution is eager.
            return (build_tensor_info_from_op if isinstance(value, tf.Operation) else build_tensor_info)(value)
    except Exception as error:
        raise BridgeError(f"{where}: {value!r} cannot be an input or output: {error}") from error
