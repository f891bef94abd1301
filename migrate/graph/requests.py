"""Signatures that the user asks for, by the names of a graph's tensors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.tensors import Tensor, parse_tensor
from migrate.signatures import BOOKKEEPING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrate.graph.index import GraphIndex

PREDICT = "tensorflow/serving/predict"
DEFAULT_KEY = "serving_default"


@dataclass(frozen=True, slots=True)
class RequestedSignature:
    """A signature over tensors of the graph.

    Attributes:
        key: Its key.
        inputs: Tensors by input name.
        outputs: Tensors by output name.
        method_name: As TensorFlow Serving knows it.
    """

    key: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    method_name: str = PREDICT


def read_signatures(path: Path) -> tuple[RequestedSignature, ...]:
    """Reads `--signatures FILE.json`: `{KEY: {"method_name"?, "inputs": {NAME: TENSOR}, "outputs": {...}}}`.

    Raises:
        MigrateError: It cannot be read, or is not of that form.
    """
    try:
        data = json.loads(path.read_text("utf-8"), object_pairs_hook=_without_duplicates)
    except OSError as error:
        raise MigrateError(f"{path}: cannot read it: {error.strerror or error}") from error
    except ValueError as error:
        raise MigrateError(f"{path}: no JSON: {error}") from error
    if not isinstance(data, dict) or not data:
        raise MigrateError(f"{path}: expected an object with one entry for each signature")
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise MigrateError(f"{path}: no JSON: half of a character (a lone surrogate)") from error
    return tuple(_signature(path, key, entry) for key, entry in data.items())


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"{twice[0]} is there twice")
    return dict(pairs)


def _signature(path: Path, key: str, entry: Any) -> RequestedSignature:
    if not isinstance(entry, dict) or not set(entry) <= {"method_name", "inputs", "outputs"}:
        raise MigrateError(f"{path}: signature {key}: expected `inputs`, `outputs` and perhaps `method_name`")
    for name in ("inputs", "outputs"):
        tensors = entry.get(name, {})
        if not isinstance(tensors, dict) or not all(isinstance(value, str) for value in tensors.values()):
            raise MigrateError(f"{path}: signature {key}: `{name}` is to be an object of names and tensors")
    if not entry.get("outputs"):
        raise MigrateError(f"{path}: signature {key}: it has no outputs")
    method = entry.get("method_name", PREDICT)
    if not isinstance(method, str):
        raise MigrateError(f"{path}: signature {key}: `method_name` is to be a string")
    return RequestedSignature(key, entry.get("inputs", {}), entry["outputs"], method)


def parse_assignments(option: str, texts: Iterable[str]) -> dict[str, str]:
    """Reads `NAME=TENSOR` options.

    Raises:
        MigrateError: One has no `=`, or a name is there twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        # Names may hold colons and spaces; tensors may not hold a `=`.
        name, equals, tensor = text.rpartition("=")
        if not equals or not name or not tensor:
            raise MigrateError(f"{option} {text}: expected NAME=TENSOR, for instance {option} x=Placeholder:0")
        if name in found:
            raise MigrateError(f"{option} {text}: there is another tensor for {name}")
        found[name] = tensor
    return found


def requested_signatures(
    keys: Sequence[str], inputs: Iterable[str], outputs: Iterable[str], file: Path | None
) -> tuple[tuple[str, ...], tuple[RequestedSignature, ...]]:
    """What `--signature`, `--input`, `--output` and `--signatures` ask for together.

    Returns:
        The keys of the signatures to convert, empty for all of them, and the signatures to add.

    Raises:
        MigrateError: They contradict each other, or the file is not of its form.
    """
    fed, fetched = parse_assignments("--input", inputs), parse_assignments("--output", outputs)
    added = list(read_signatures(file)) if file is not None else []
    if fed and not fetched:
        raise MigrateError("--input without --output: a signature needs an output, --output NAME=TENSOR")
    if not fetched:
        return tuple(keys), tuple(added)
    if len(keys) > 1:
        raise MigrateError("--input and --output describe one signature: give one --signature, or --signatures FILE")
    added.append(RequestedSignature(keys[0] if keys else DEFAULT_KEY, fed, fetched))
    return (), tuple(added)


def add_signature(meta_graph: Any, index: GraphIndex, requested: RequestedSignature, where: str) -> None:
    """Writes a requested signature into a MetaGraphDef, with the types and shapes the graph knows.

    Raises:
        MigrateError: The graph has no such tensor, or the key is one of TensorFlow's own.
    """
    if requested.key in BOOKKEEPING:
        raise MigrateError(f"{where}: {requested.key} is no signature's key, TensorFlow uses it itself; choose another")
    definition = meta_graph.signature_def[requested.key]
    definition.Clear()
    definition.method_name = requested.method_name
    for side, tensors in ((definition.inputs, requested.inputs), (definition.outputs, requested.outputs)):
        for name, text in tensors.items():
            side[name].CopyFrom(tensor_info(index, text, f"{where}: signature {requested.key}"))


def tensor_info(index: GraphIndex, text: str, where: str) -> Any:
    """A `tensorflow.TensorInfo` for a tensor of the graph.

    Raises:
        MigrateError: The graph has no such tensor; the message names some that look like it.
    """
    try:
        tensor = parse_tensor(text)
    except ValueError as error:
        raise MigrateError(f"{where}: {text} is no tensor's name") from error
    port = index.port(tensor) if index.has_tensor(tensor) and not tensor.is_control else None
    if port is None:
        raise MigrateError(f"{where}: the graph has no tensor {text}{_similar(index, tensor)}")
    info = protos.message_type("core.protobuf.meta_graph_pb2.TensorInfo")()
    info.name, info.dtype = str(tensor), port.dtype
    known = known_shape(index, tensor)
    if known is None:
        info.tensor_shape.unknown_rank = True
    else:
        info.tensor_shape.CopyFrom(known)
    return info


def known_shape(index: GraphIndex, tensor: Tensor) -> Any | None:
    """The shape that the graph writes down for a tensor, as a TensorShapeProto, or None."""
    node = index.nodes[tensor.node]
    if "_output_shapes" in node.attr and tensor.port < len(node.attr["_output_shapes"].list.shape):
        return node.attr["_output_shapes"].list.shape[tensor.port]
    if node.op in ("Placeholder", "PlaceholderWithDefault") and "shape" in node.attr:
        shape = node.attr["shape"].shape
        # Before TF 1.0, an empty shape meant an unknown one.
        old = index.graph_def.versions.producer < _SCALAR_SHAPES
        return None if shape.unknown_rank or (old and not shape.dim) else shape
    return None


_SCALAR_SHAPES = 24
"""The producer version since which a Placeholder's empty shape is a scalar's (core/public/version.h)."""


def _similar(index: GraphIndex, tensor: Tensor) -> str:
    from difflib import get_close_matches

    if tensor.node in index.nodes:
        ports = index.output_ports(tensor.node)
        return f"; {tensor.node} has {len(ports or ())} outputs"
    matches = get_close_matches(tensor.node, index.nodes, n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(f'{name}:0' for name in matches)}?" if matches else ""
