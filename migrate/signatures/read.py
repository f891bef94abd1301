"""Reads the signatures of a SavedModel directory (saved_model.pb or saved_model.pbtxt)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from migrate.errors import MigrateError
from migrate.signatures.dtypes import dtype_name
from migrate.signatures.model import BOOKKEEPING, MetaGraph, Shape, SignatureDef, TensorInfo
from migrate.signatures.proto import new_message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike


def read_meta_graphs(path: str | PathLike[str]) -> tuple[MetaGraph, ...]:
    """All MetaGraphs of a SavedModel, in the order of the file.

    A binary saved_model.pb is read without TensorFlow and without parsing the graph. Where there is only a
    saved_model.pbtxt, TensorFlow's message types are imported to parse it. As in TensorFlow, the binary file
    goes first where both are there.

    Args:
        path: The SavedModel directory, or the saved_model.pb(txt) in it.

    Raises:
        MigrateError: There is no such directory, no SavedModel in it, or it cannot be read or parsed.
    """
    file = model_file(path)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise MigrateError(f"{file}: cannot read it: {error.strerror or error}") from error
    if not data:
        raise MigrateError(f"{file}: the file is empty (0 bytes); export the model again")
    if file.suffix == ".pbtxt":
        data = _binary(data, file)
    saved_model = new_message("SavedModel")
    try:
        saved_model.ParseFromString(data)
    except DecodeError as error:
        raise MigrateError(f"{file}: truncated, or no SavedModel: {error}") from error
    meta_graphs = tuple(_meta_graph(meta_graph) for meta_graph in saved_model.meta_graphs)
    if not meta_graphs:
        raise MigrateError(f"{file}: there is no MetaGraph in it; is it a SavedModel?")
    return meta_graphs


def read_meta_graph(path: str | PathLike[str], tags: Iterable[str] = ("serve",)) -> MetaGraph:
    """The MetaGraph that has exactly these tags.

    Args:
        path: The SavedModel directory, or the saved_model.pb(txt) in it.
        tags: Their order does not matter.

    Raises:
        MigrateError: As `read_meta_graphs`, or no MetaGraph has these tags (the message lists what there is).
    """
    wanted = tuple(sorted(set(tags)))
    meta_graphs = read_meta_graphs(path)
    for meta_graph in meta_graphs:
        if meta_graph.tags == wanted:
            return meta_graph
    there = "; ".join(_tags_text(meta_graph.tags) for meta_graph in meta_graphs)
    raise MigrateError(f"{path}: no MetaGraph has the tags {_tags_text(wanted)}; there is: {there}")


def parse_meta_graph(data: bytes) -> MetaGraph:
    """A serialised MetaGraphDef, as far as its signatures go.

    Raises:
        google.protobuf.message.DecodeError: It is no MetaGraphDef.
    """
    message = new_message("MetaGraphDef")
    message.ParseFromString(data)
    return _meta_graph(message)


def model_file(path: str | PathLike[str]) -> Path:
    """The file that holds the SavedModel's proto.

    Raises:
        MigrateError: There is none at that path.
    """
    directory = Path(path)
    if directory.name in ("saved_model.pb", "saved_model.pbtxt") and directory.is_file():
        return directory
    if not directory.exists():
        raise MigrateError(f"{directory}: no such directory")
    if not directory.is_dir():
        raise MigrateError(f"{directory}: not a SavedModel directory")
    for name in ("saved_model.pb", "saved_model.pbtxt"):
        if (directory / name).is_file():
            return directory / name
    inside = sorted(child.parent.name for child in directory.glob("*/saved_model.pb*"))
    hint = f"; did you mean {directory / inside[-1]}?" if inside else ""
    raise MigrateError(f"{directory}: no saved_model.pb in it{hint}")


def _tags_text(tags: tuple[str, ...]) -> str:
    return ",".join(tags) if tags else "(none)"


def _binary(text: bytes, file: Path) -> bytes:
    """Turns a saved_model.pbtxt into bytes; only TensorFlow knows all the message types in there."""
    from google.protobuf import text_format

    from migrate.signatures.quiet import import_tensorflow

    import_tensorflow()
    from tensorflow.core.protobuf import saved_model_pb2

    message = saved_model_pb2.SavedModel()
    try:
        text_format.Parse(text.decode("utf-8"), message)
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise MigrateError(f"{file}: no SavedModel in text form: {str(error).splitlines()[0]}") from error
    data: bytes = message.SerializeToString()
    return data


def _meta_graph(message: Any) -> MetaGraph:
    entries = {entry.key: entry.value for entry in message.signature_def if entry.key not in BOOKKEEPING}
    return MetaGraph(
        tags=tuple(sorted(message.meta_info_def.tags)),
        signatures=tuple(_signature(key, entries[key]) for key in sorted(entries)),
        tensorflow_version=message.meta_info_def.tensorflow_version,
        has_objects=message.HasField("object_graph_def"),
    )


def _signature(key: str, message: Any) -> SignatureDef:
    return SignatureDef(
        key=key,
        method_name=message.method_name,
        inputs=_tensors(message.inputs),
        outputs=_tensors(message.outputs),
        defaults=tuple(sorted({entry.key: entry.value for entry in message.defaults}.items())),
    )


def _tensors(entries: Any) -> tuple[TensorInfo, ...]:
    by_key = {entry.key: entry.value for entry in entries}
    return tuple(_tensor(key, by_key[key]) for key in sorted(by_key))


def _tensor(key: str, message: Any) -> TensorInfo:
    sparse = None
    if message.HasField("coo_sparse"):
        coo = message.coo_sparse
        sparse = (coo.indices_tensor_name, coo.values_tensor_name, coo.dense_shape_tensor_name)
    components = message.composite_tensor.components if message.HasField("composite_tensor") else ()
    return TensorInfo(
        key=key,
        name=message.name,
        dtype=dtype_name(message.dtype),
        shape=_shape(message),
        sparse=sparse,
        components=tuple(_tensor(f"{key}.{index}", part) for index, part in enumerate(components)),
    )


def _shape(message: Any) -> Shape:
    # A TensorInfo without a shape says nothing about it; an empty shape is a scalar's.
    if not message.HasField("tensor_shape") or message.tensor_shape.unknown_rank:
        return None
    return tuple(None if dim.size < 0 else dim.size for dim in message.tensor_shape.dim)
