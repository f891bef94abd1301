"""Reads the signatures of a SavedModel directory (saved_model.pb or saved_model.pbtxt)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.signatures.dtypes import dtype_name
from migrate.signatures.layout import MetaGraphLayout, meta_graph_layout
from migrate.signatures.model import BOOKKEEPING, MetaGraph, Shape, SignatureDef, TensorInfo
from migrate.signatures.model_file import open_model
from migrate.signatures.rope import Span

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike


def read_meta_graphs(path: str | PathLike[str]) -> tuple[MetaGraph, ...]:
    """All MetaGraphs of a SavedModel, in the order of the file.

    The graph of a saved_model.pb is neither parsed nor read into memory.

    Args:
        path: The SavedModel directory, or the saved_model.pb(txt) in it.

    Raises:
        MigrateError: There is no such directory, no SavedModel in it, or it cannot be read or parsed.
    """
    with open_model(path) as model:
        return tuple(meta_graph_of(layout) for layout in model.meta_graphs)


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
        WireError: It is no MetaGraphDef.
    """
    whole = Span(0, len(data))
    return meta_graph_of(meta_graph_layout(data, whole, whole))


def _tags_text(tags: tuple[str, ...]) -> str:
    return ",".join(tags) if tags else "(none)"


def meta_graph_of(layout: MetaGraphLayout) -> MetaGraph:
    """What a MetaGraph in an open file says about its signatures."""
    entries = {entry.key: entry.message.value for entry in layout.entries if entry.key not in BOOKKEEPING}
    return MetaGraph(
        tags=layout.tags,
        signatures=tuple(signature_of(key, entries[key]) for key in sorted(entries)),
        tensorflow_version=layout.tensorflow_version,
        has_objects=bool(layout.objects),
    )


def signature_of(key: str, message: Any) -> SignatureDef:
    """A SignatureDef message (migrate.signatures.proto) as a frozen value."""
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
