"""Brings fingerprint.pb up to date after a change to saved_model.pb, without TensorFlow.

Of the five hashes a change to signatures touches two: that of the signatures, and the checksum of everything; new
keys also that of the objects. How they are computed has changed over TensorFlow's versions. So the old ones are
computed from the old file first: where they come out as recorded, the new ones are right, too, and the others stay as
they are, without a look at the graph. Where they do not (the fingerprint is stale, or older than TensorFlow 2.14), all
five are written as TensorFlow 2.21 would.

Sources: tensorflow/core/protobuf/fingerprint.proto, tensorflow/cc/saved_model/fingerprinting.cc
"""

from __future__ import annotations

import mmap
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from migrate.errors import MigrateError
from migrate.signatures.canonical import Checksums, canonical, checksum
from migrate.signatures.farmhash import concatenate, fingerprint64
from migrate.signatures.layout import objects_of
from migrate.signatures.model_file import open_file
from migrate.signatures.proto import new_message
from migrate.signatures.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from migrate.signatures.layout import Entry

NAME = "fingerprint.pb"

_PRODUCER = 4
_NUMBER = re.compile(r"(?:^|_)(\d{1,18})\Z", re.ASCII)
_CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
_STRING = 7  # DT_STRING
_INDEX = "variables/variables.index"


@dataclass(frozen=True, slots=True)
class Same:
    """What a change to a model leaves as it is.

    Attributes:
        graph: Whether the GraphDefs stay.
        objects: Whether the object graphs stay.
    """

    graph: bool
    objects: bool


def refreshed(
    old: bytes, before: Path, after: Path, directory: Path, same: Same, checksums: Checksums | None = None
) -> bytes | None:
    """The content of fingerprint.pb for a changed saved_model.pb.

    Args:
        old: What is in fingerprint.pb.
        before: The saved_model.pb that it was made for.
        after: The changed one.
        directory: The model's, for its checkpoint.
        same: What is as before.
        checksums: Those that are known already.

    Returns:
        None where TensorFlow makes no fingerprint of such a model.

    Raises:
        MigrateError: The model has a part that TensorFlow cannot read.
        OSError: A file cannot be read.
    """
    try:
        return _refreshed(old, before, after, directory, same, checksums or Checksums())
    except (WireError, DecodeError) as error:
        raise MigrateError(
            f"{before}: its graph or its objects are damaged, so that {NAME} cannot be brought up to date; export the "
            f"model again (or remove {NAME})"
        ) from error


def _refreshed(
    old: bytes, before: Path, after: Path, directory: Path, same: Same, checksums: Checksums
) -> bytes | None:
    fingerprint = new_message("FingerprintDef")
    try:
        fingerprint.ParseFromString(old)
    except DecodeError:
        fingerprint.Clear()
    is_canonical = fingerprint.saved_model_checksum == checksums.of(before)
    if is_canonical and same.graph and _is_known(fingerprint, before, same):
        fingerprint.saved_model_checksum = checksums.of(after)
        fingerprint.signature_def_hash = _signatures_of(after)
        if not same.objects:
            objects_hash = _objects_of(after)
            if objects_hash is None:
                return None
            fingerprint.saved_object_graph_hash = objects_hash
    elif not _fill(fingerprint, after, directory, is_canonical=is_canonical):
        return None
    # TensorFlow draws a new one for each model that it writes.
    fingerprint.uuid = str(uuid.uuid4().int)
    data: bytes = fingerprint.SerializeToString()
    return data


def signature_def_hash(entries: Iterable[Entry]) -> int:
    """`signature_def_hash`: of the keys and SignatureDefs, those of bookkeeping among them, by key."""
    by_key = {entry.key.encode(): entry.message.value for entry in entries}
    return _combined(
        (key, fingerprint64(canonical(value.SerializeToString(), "SignatureDef"))) for key, value in by_key.items()
    )


def graph_def_program_hash(graph_def: Any) -> int:
    """`graph_def_program_hash`: of the top-level nodes, without what differs from one export to the next.

    Args:
        graph_def: A `tensorflow.GraphDef`; it is changed.
    """
    for node in graph_def.node:
        if node.op in _CALLS:
            function = node.attr["f"].func
            number = _number(function.name)
            if number is not None:
                function.name = function.name.removesuffix(str(number))
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
    by_number: dict[int, str] = {}
    for name in objects.concrete_functions:
        number = _number(name)
        if number is None:
            return None
        by_number[number] = name
    result = 0
    for number in sorted(by_number):
        name = by_number[number]
        result = concatenate(result, fingerprint64(name.removesuffix(str(number)).encode()))
        result = concatenate(result, _hash(objects.concrete_functions[name], "SavedConcreteFunction"))
    return result


def _number(name: str) -> int | None:
    """The number behind the last underscore, by which TensorFlow keeps functions of one name apart."""
    found = _NUMBER.search(name)
    return None if found is None else int(found[1])


def _hash(message: Any, name: str) -> int:
    return fingerprint64(canonical(message.SerializeToString(deterministic=True), name))


def _is_known(fingerprint: Any, file: Path, same: Same) -> bool:
    """Whether the hashes of what changes come out as recorded."""
    return fingerprint.signature_def_hash == _signatures_of(file) and (
        same.objects or fingerprint.saved_object_graph_hash == _objects_of(file)
    )


def _signatures_of(file: Path) -> int:
    with open_file(file) as model:
        return signature_def_hash(model.meta_graphs[0].entries)


def _objects_of(file: Path) -> int | None:
    from migrate import protos

    objects = protos.message_type("core.protobuf.saved_object_graph_pb2.SavedObjectGraph")()
    with open_file(file) as model:
        objects.ParseFromString(objects_of(model.buffer, model.meta_graphs[0]))
    return saved_object_graph_hash(objects)


def _fill(fingerprint: Any, file: Path, directory: Path, *, is_canonical: bool) -> bool:
    from migrate import protos

    saved_model = protos.saved_model()
    with (
        file.open("rb") as opened,
        mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as pages,
        memoryview(pages) as content,
    ):
        saved_model.ParseFromString(content)
    fingerprint.saved_model_checksum = checksum(file) if is_canonical else _hash(saved_model, "SavedModel")
    meta_graph = saved_model.meta_graphs[0]
    objects_hash = saved_object_graph_hash(meta_graph.object_graph_def)
    if objects_hash is None:
        return False
    fingerprint.saved_object_graph_hash = objects_hash
    fingerprint.signature_def_hash = _combined(
        (key.encode(), _hash(meta_graph.signature_def[key], "SignatureDef")) for key in meta_graph.signature_def
    )
    fingerprint.graph_def_program_hash = graph_def_program_hash(meta_graph.graph_def)
    index = directory / _INDEX
    fingerprint.checkpoint_hash = fingerprint64(index.read_bytes()) if index.is_file() else 0
    fingerprint.version.producer = _PRODUCER
    return True


def _combined(hashes: Iterable[tuple[bytes, int]]) -> int:
    """The hash of keys and of what they stand for, by key."""
    result = 0
    for key, value in sorted(hashes):
        result = concatenate(concatenate(result, fingerprint64(key)), value)
    return result
