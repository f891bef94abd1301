"""What a model declares, as JSON values and back."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from migrate.signatures.model import MetaGraph, SignatureDef, TensorInfo

if TYPE_CHECKING:
    from migrate.signatures.model import Shape


def meta_graph_to_json(meta_graph: MetaGraph) -> dict[str, Any]:
    """The tags and signatures of a MetaGraph."""
    return {
        "tags": list(meta_graph.tags),
        "tensorflow": meta_graph.tensorflow_version,
        "objects": meta_graph.has_objects,
        "signatures": {signature.key: _signature_to_json(signature) for signature in meta_graph.signatures},
    }


def meta_graph_from_json(data: dict[str, Any]) -> MetaGraph:
    """The reverse of `meta_graph_to_json`."""
    signatures = tuple(_signature_from_json(key, value) for key, value in data["signatures"].items())
    return MetaGraph(tuple(data["tags"]), signatures, data["tensorflow"], data["objects"])


def _signature_to_json(signature: SignatureDef) -> dict[str, Any]:
    found: dict[str, Any] = {
        "method_name": signature.method_name,
        "inputs": {info.key: _tensor_to_json(info) for info in signature.inputs},
        "outputs": {info.key: _tensor_to_json(info) for info in signature.outputs},
    }
    if signature.defaults:
        found["defaults"] = {name: base64.b64encode(proto).decode() for name, proto in signature.defaults}
    return found


def _signature_from_json(key: str, data: dict[str, Any]) -> SignatureDef:
    inputs, outputs = (
        tuple(_tensor_from_json(name, value) for name, value in data[side].items()) for side in ("inputs", "outputs")
    )
    defaults = tuple((name, base64.b64decode(text)) for name, text in data.get("defaults", {}).items())
    return SignatureDef(key, data["method_name"], inputs, outputs, defaults)


def _tensor_to_json(info: TensorInfo) -> dict[str, Any]:
    found: dict[str, Any] = {"dtype": info.dtype, "shape": None if info.shape is None else list(info.shape)}
    if info.name:
        found["tensor"] = info.name
    if info.sparse is not None:
        found["sparse"] = list(info.sparse)
    if info.components:
        found["components"] = [{"key": part.key, **_tensor_to_json(part)} for part in info.components]
    return found


def _tensor_from_json(key: str, data: dict[str, Any]) -> TensorInfo:
    shape: Shape = None if data["shape"] is None else tuple(data["shape"])
    sparse: tuple[str, str, str] | None = None
    if "sparse" in data:
        indices, values, dense_shape = data["sparse"]
        sparse = (indices, values, dense_shape)
    components = tuple(_tensor_from_json(part["key"], part) for part in data.get("components", ()))
    return TensorInfo(key, data.get("tensor", ""), data["dtype"], shape, sparse, components)
