"""Brings fingerprint.pb up to date after a change to saved_model.pb, without TensorFlow.

Of the five hashes a change to signatures touches two: that of the signatures, and the checksum of everything. How
they are computed has changed over TensorFlow's versions. So the old ones are computed from the old file first: where
they come out as recorded, the new ones are right, too, and the others stay as they are. Where they do not (the
fingerprint is stale, or older than TensorFlow 2.14), all five are written as TensorFlow 2.21 would.

Sources: tensorflow/core/protobuf/fingerprint.proto, tensorflow/cc/saved_model/fingerprinting.cc
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from migrate.signatures.canonical import canonical, checksum
from migrate.signatures.farmhash import concatenate, fingerprint64
from migrate.signatures.model_file import open_file
from migrate.signatures.proto import new_message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from migrate.signatures.layout import Entry

NAME = "fingerprint.pb"

_PRODUCER = 4
_NUMBERED = re.compile(r"(?s)(.*_)(\d+)")
_CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
_STRING = 7  # DT_STRING
_INDEX = "variables/variables.index"


def refreshed(old: bytes, before: Path, after: Path, directory: Path, *, only_signatures: bool) -> bytes:
    """The content of fingerprint.pb for a changed saved_model.pb.

    Args:
        old: What is in fingerprint.pb.
        before: The saved_model.pb that it was made for.
        after: The changed one.
        directory: The model's, for its checkpoint.
        only_signatures: Whether graph and objects are as before.

    Raises:
        MigrateError: One of the models cannot be read.
        OSError: Likewise.
    """
    fingerprint = new_message("FingerprintDef")
    try:
        fingerprint.ParseFromString(old)
    except DecodeError:
        fingerprint.Clear()
    known = fingerprint.saved_model_checksum == checksum(before)
    if only_signatures and known and fingerprint.signature_def_hash == _signatures_of(before):
        fingerprint.saved_model_checksum = checksum(after)
        fingerprint.signature_def_hash = _signatures_of(after)
    else:
        _fill(fingerprint, after, directory, is_canonical=known)
    # TensorFlow draws a new one for each model that it writes.
    fingerprint.uuid = str(uuid.uuid4().int)
    data: bytes = fingerprint.SerializeToString()
    return data


def signature_def_hash(entries: Iterable[Entry]) -> int:
    """`signature_def_hash`: of the keys and SignatureDefs, those of bookkeeping among them, by key."""
    by_key = {entry.key.encode(): entry.message.value for entry in entries}
    result = 0
    for key in sorted(by_key):
        result = concatenate(result, fingerprint64(key))
        result = concatenate(result, fingerprint64(canonical(by_key[key].SerializeToString(), "SignatureDef")))
    return result


def graph_def_program_hash(graph_def: Any) -> int:
    """`graph_def_program_hash`: of the top-level nodes, without what differs from one export to the next.

    Args:
        graph_def: A `tensorflow.GraphDef`; it is changed.
    """
    for node in graph_def.node:
        if node.op in _CALLS:
            function = node.attr["f"].func
            if numbered := _NUMBERED.fullmatch(function.name):
                function.name = numbered[1]
            if "config_proto" in node.attr:
                node.attr["config_proto"].s = b""
        elif node.op == "Const" and node.attr["dtype"].type == _STRING:
            node.attr["value"].Clear()
    for field in (graph_def.library, graph_def.versions):
        field.Clear()
        field.SetInParent()
    return _hash(graph_def, "GraphDef")


def saved_object_graph_hash(objects: Any) -> int | None:
    """`saved_object_graph_hash`: of the concrete functions, by the numbers at the end of their names.

    Args:
        objects: A `tensorflow.SavedObjectGraph`.

    Returns:
        None where a name has no such number; TensorFlow then makes no fingerprint at all.
    """
    by_number: dict[int, tuple[str, Any]] = {}
    for name, function in objects.concrete_functions.items():
        numbered = _NUMBERED.fullmatch(name)
        if numbered is None:
            return None
        by_number[int(numbered[2])] = numbered[1], function
    result = 0
    for number in sorted(by_number):
        name, function = by_number[number]
        result = concatenate(result, fingerprint64(name.encode()))
        result = concatenate(result, _hash(function, "SavedConcreteFunction"))
    return result


def _hash(message: Any, name: str) -> int:
    return fingerprint64(canonical(message.SerializeToString(deterministic=True), name))


def _signatures_of(file: Path) -> int:
    with open_file(file) as model:
        return signature_def_hash(model.meta_graphs[0].entries)


def _fill(fingerprint: Any, file: Path, directory: Path, *, is_canonical: bool) -> None:
    from migrate import protos

    saved_model = protos.saved_model()
    saved_model.ParseFromString(file.read_bytes())
    fingerprint.saved_model_checksum = checksum(file) if is_canonical else _hash(saved_model, "SavedModel")
    meta_graph = saved_model.meta_graphs[0]
    fingerprint.signature_def_hash = _signatures_of(file)
    fingerprint.saved_object_graph_hash = saved_object_graph_hash(meta_graph.object_graph_def) or 0
    fingerprint.graph_def_program_hash = graph_def_program_hash(meta_graph.graph_def)
    index = directory / _INDEX
    fingerprint.checkpoint_hash = fingerprint64(index.read_bytes()) if index.is_file() else 0
    fingerprint.version.producer = _PRODUCER
