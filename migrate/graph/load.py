"""Reads a TF1 model: SavedModel directory, MetaGraphDef or GraphDef, binary or text. Runs nothing of it.

Sources: tensorflow/core/protobuf/{saved_model,meta_graph}.proto, core/framework/graph.proto; the order in which
a SavedModel's files are looked for is that of tensorflow/python/saved_model/loader_impl.py.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf import text_format
from google.protobuf.message import DecodeError

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.checkpoints import adjacent_checkpoint, checkpoint_prefix
from migrate.graph.source import Form, Source
from migrate.signatures.model_file import model_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike

_TEXT_HEAD = re.compile(rb"\A(?:\s|#[^\n]*\n)*[a-z_]+\s*[:{<]")
_OP = re.compile(r"[A-Za-z_.][\w.>/]*\Z")


def load_source(path: str | PathLike[str], checkpoint: str | PathLike[str] | None = None) -> Source:
    """Reads a model's protos and finds its checkpoint.

    Args:
        path: A SavedModel directory, or a file: saved_model.pb(txt), a MetaGraphDef (`.meta`), a GraphDef.
        checkpoint: A checkpoint's prefix (`model.ckpt-100`), or a directory whose latest one is meant. By default
            a SavedModel's own, or the one that lies beside a `.meta` file.

    Raises:
        MigrateError: Something is not there, not readable, or not such a model; the message says what and where.
    """
    path = Path(path)
    if not path.exists():
        raise MigrateError(f"{path}: no such file or directory")
    prefix = checkpoint_prefix(Path(checkpoint)) if checkpoint is not None else None
    if path.is_dir() or path.name in ("saved_model.pb", "saved_model.pbtxt"):
        return _saved_model(path, model_file(path), prefix)
    data = _read(path)
    form, meta_graphs = _text(path, data) if _TEXT_HEAD.match(data) else _binary(path, data)
    if form is Form.SAVED_MODEL:
        return _saved_model(path, path, prefix)
    if prefix is None and form is Form.META_GRAPH:
        prefix = adjacent_checkpoint(path)
    return Source(path, path, form, tuple(meta_graphs), checkpoint=prefix)


def select_meta_graph(source: Source, tags: Sequence[str] | None = None) -> Any:
    """The MetaGraphDef with exactly these tags; by default the only one, or the one for serving.

    Raises:
        MigrateError: There is no such MetaGraph, or several and none is for serving; the message lists the tags.
    """
    sets = source.tag_sets
    there = "; ".join(",".join(tags_) or "(none)" for tags_ in sets)
    if tags is None:
        if len(sets) == 1:
            return source.meta_graphs[0]
        if ("serve",) in sets:
            return source.meta_graphs[sets.index(("serve",))]
        if sum("serve" in tags_ for tags_ in sets) == 1:
            return next(graph for graph, tags_ in zip(source.meta_graphs, sets, strict=True) if "serve" in tags_)
        raise MigrateError(f"{source.path}: there are several MetaGraphs; name one with --tags: {there}")
    wanted = tuple(sorted(set(tags)))
    if wanted not in sets:
        raise MigrateError(
            f"{source.path}: no MetaGraph has the tags {','.join(wanted) or '(none)'}; there is: {there}"
        )
    return source.meta_graphs[sets.index(wanted)]


def _saved_model(path: Path, file: Path, checkpoint: Path | None) -> Source:
    data = _read(file)
    message = protos.saved_model()
    if file.suffix == ".pbtxt":
        _merge_text(file, data, message, "SavedModel")
    else:
        _parse(file, data, message, "SavedModel")
    if not message.meta_graphs:
        raise MigrateError(f"{file}: there is no MetaGraph in it; is it a SavedModel?")
    for meta_graph in message.meta_graphs:
        _check_nodes(file, meta_graph.graph_def)
    directory = file.parent
    if checkpoint is None:
        own = directory / "variables" / "variables"
        checkpoint = own if _has_files(own) else None
    return Source(path, file, Form.SAVED_MODEL, tuple(message.meta_graphs), directory, checkpoint)


def _has_files(prefix: Path) -> bool:
    return (
        prefix.is_file() or any(prefix.parent.glob(f"{prefix.name}.*")) or any(prefix.parent.glob(f"{prefix.name}-*"))
    )


def _read(file: Path) -> bytes:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise MigrateError(f"{file}: cannot read it: {error.strerror or error}") from error
    if not data:
        raise MigrateError(f"{file}: the file is empty (0 bytes); export the model again")
    return data


def _text(file: Path, data: bytes) -> tuple[Form, list[Any]]:
    names = set(re.findall(rb"^([a-z_]+)\s*[:{<]", data, re.MULTILINE))
    if b"meta_graphs" in names or b"saved_model_schema_version" in names:
        message = protos.saved_model()
        _merge_text(file, data, message, "SavedModel")
        return Form.SAVED_MODEL, list(message.meta_graphs)
    if names & {b"graph_def", b"meta_info_def", b"saver_def", b"collection_def"}:
        message = protos.meta_graph_def()
        _merge_text(file, data, message, "MetaGraphDef")
        _check_nodes(file, message.graph_def)
        return Form.META_GRAPH, [message]
    if names & {b"node", b"library", b"versions"}:
        message = protos.meta_graph_def()
        _merge_text(file, data, message.graph_def, "GraphDef")
        _check_nodes(file, message.graph_def)
        return Form.GRAPH, [message]
    raise MigrateError(f"{file}: a text file, but no SavedModel, MetaGraphDef or GraphDef in text form")


def _binary(file: Path, data: bytes) -> tuple[Form, list[Any]]:
    """Tells the forms apart by what parses and makes sense: binary protos do not say what they are."""
    tries: tuple[tuple[Form, Callable[[], Any]], ...] = (
        (Form.META_GRAPH, protos.meta_graph_def),
        (Form.GRAPH, protos.graph_def),
        (Form.SAVED_MODEL, protos.saved_model),
    )
    for form, make in tries:
        message = make()
        try:
            message.ParseFromString(data)
        except (DecodeError, UnicodeDecodeError):
            continue
        if form is Form.SAVED_MODEL and message.meta_graphs:
            return form, list(message.meta_graphs)
        graph = message.graph_def if form is Form.META_GRAPH else message
        if form is not Form.SAVED_MODEL and graph.node and _plausible(graph):
            if form is Form.META_GRAPH:
                return form, [message]
            meta_graph = protos.meta_graph_def()
            meta_graph.graph_def.CopyFrom(message)
            return form, [meta_graph]
    raise MigrateError(f"{file}: truncated, or no SavedModel, MetaGraphDef or GraphDef")


def _plausible(graph: Any) -> bool:
    return all(node.name and _OP.match(node.op) for node in graph.node)


def _check_nodes(file: Path, graph: Any) -> None:
    if not _plausible(graph):
        raise MigrateError(f"{file}: broken: there are nodes without a name or an operation in its graph")


def _parse(file: Path, data: bytes, message: Any, what: str) -> None:
    try:
        message.ParseFromString(data)
    except (DecodeError, UnicodeDecodeError) as error:
        raise MigrateError(f"{file}: truncated, or no {what}") from error


def _merge_text(file: Path, data: bytes, message: Any, what: str) -> None:
    try:
        text_format.Parse(data, message)
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise MigrateError(f"{file}: no {what} in text form: {str(error).splitlines()[0]}") from error
