"""SavedModels as C++ writes them deterministically: TensorFlow's fingerprint hashes these bytes.

Python's protobuf (which writes the files) and C++'s (which hashes them) differ in the order of a map's entries: C++
sorts the keys upwards; Python puts larger numbers first, and `seed2` before `seed`; TF1 did not sort at all. The
order of entries does not change a message's size. So it is put right in a private copy of the file's pages, of which
only those are copied that change.

Source: `HashSavedModel` in tensorflow/cc/saved_model/fingerprinting.cc
"""

from __future__ import annotations

import mmap
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from migrate.signatures.farmhash import fingerprint64
from migrate.signatures.wire import LENGTH_DELIMITED, VARINT, Field, WireError, fields, read_varint

if TYPE_CHECKING:
    from pathlib import Path


class _Child(NamedTuple):
    """A field that is a map, or a message that has maps in it."""

    message: str = ""
    is_map: bool = False


def _map(message: str = "") -> _Child:
    return _Child(message, is_map=True)


_MESSAGES: dict[str, dict[int, _Child]] = {
    "SavedModel": {2: _Child("MetaGraphDef")},
    "MetaGraphDef": {
        1: _Child("MetaInfoDef"),
        2: _Child("GraphDef"),
        4: _map(),
        5: _map("SignatureDef"),
        6: _Child("AssetFileDef"),
        7: _Child("SavedObjectGraph"),
    },
    "MetaInfoDef": {2: _Child("OpList"), 8: _map()},
    "OpList": {1: _Child("OpDef")},
    "OpDef": {4: _Child("AttrDef")},
    "AttrDef": {3: _Child("AttrValue"), 7: _Child("AttrValue")},
    "AssetFileDef": {1: _Child("TensorInfo")},
    "GraphDef": {1: _Child("NodeDef"), 2: _Child("FunctionDefLibrary"), 5: _Child("GraphDebugInfo")},
    "NodeDef": {5: _map("AttrValue")},
    "AttrValue": {1: _Child("AttrListValue"), 10: _Child("NameAttrList")},
    "AttrListValue": {9: _Child("NameAttrList")},
    "NameAttrList": {2: _map("AttrValue")},
    "FunctionDefLibrary": {1: _Child("FunctionDef")},
    "FunctionDef": {
        1: _Child("OpDef"),
        3: _Child("NodeDef"),
        4: _map(),
        5: _map("AttrValue"),
        6: _map(),
        7: _map("ArgAttrs"),
        8: _map(),
    },
    "ArgAttrs": {1: _map("AttrValue")},
    "GraphDebugInfo": {2: _map(), 4: _map(), 5: _map(), 6: _map()},
    "SignatureDef": {1: _map("TensorInfo"), 2: _map("TensorInfo"), 4: _map()},
    "TensorInfo": {5: _Child("CompositeTensor")},
    "CompositeTensor": {1: _Child("TypeSpecProto"), 2: _Child("TensorInfo")},
    "SavedObjectGraph": {1: _Child("SavedObject"), 2: _map("SavedConcreteFunction")},
    "SavedObject": {6: _Child("SavedFunction"), 8: _Child("SavedBareConcreteFunction"), 11: _map()},
    "SavedFunction": {2: _Child("FunctionSpec")},
    "SavedBareConcreteFunction": {4: _Child("FunctionSpec")},
    "SavedConcreteFunction": {3: _Child("StructuredValue"), 4: _Child("StructuredValue")},
    "FunctionSpec": {1: _Child("StructuredValue"), 5: _Child("StructuredValue")},
    "StructuredValue": {
        34: _Child("TypeSpecProto"),
        51: _Child("ListValue"),
        52: _Child("TupleValue"),
        53: _Child("DictValue"),
        54: _Child("NamedTupleValue"),
    },
    "TypeSpecProto": {2: _Child("StructuredValue")},
    "ListValue": {1: _Child("StructuredValue")},
    "TupleValue": {1: _Child("StructuredValue")},
    "DictValue": {1: _map("StructuredValue")},
    "NamedTupleValue": {2: _Child("PairValue")},
    "PairValue": {2: _Child("StructuredValue")},
}
_KEY, _VALUE = 1, 2
_DEEPEST = 100  # protobuf itself reads no more


def checksum(file: Path) -> int:
    """`saved_model_checksum` of a saved_model.pb whose fields are in C++'s order but for the entries of maps.

    Raises:
        WireError: It is no SavedModel.
        OSError: It cannot be read.
    """
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY) as pages:
        _sort(pages, 0, len(pages), "SavedModel")
        return fingerprint64(pages)


class Checksums:
    """Checksums of files that do not change meanwhile: each is hashed once, however often it is asked for."""

    def __init__(self) -> None:
        self._known: dict[Path, int] = {}

    def of(self, file: Path) -> int:
        """As `checksum`."""
        if file not in self._known:
            self._known[file] = checksum(file)
        return self._known[file]


def canonical(data: bytes, message: str) -> bytearray:
    """A serialised message with the entries of its maps in C++'s order.

    Args:
        data: The message, whose fields are in order.
        message: Its type, for instance `SignatureDef`.

    Raises:
        WireError: It is no such message.
    """
    buffer = bytearray(data)
    _sort(buffer, 0, len(buffer), message)
    return buffer


def _sort(buffer: bytearray | mmap.mmap, start: int, end: int, message: str, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise WireError(f"more than {_DEEPEST} messages in one another at byte {start}")
    children = _MESSAGES[message]
    maps: dict[int, list[Field]] = {}
    for field in fields(buffer, start, end):
        child = children.get(field.number)
        if child is None or field.wire_type != LENGTH_DELIMITED:
            continue
        if child.is_map:
            maps.setdefault(field.number, []).append(field)
            if child.message in _MESSAGES:
                _sort_value(buffer, field, child.message, depth + 2)
        else:
            _sort(buffer, field.value, field.end, child.message, depth + 1)
    for entries in maps.values():
        if len(entries) > 1:
            _sort_entries(buffer, entries)


def _sort_value(buffer: bytearray | mmap.mmap, entry: Field, message: str, depth: int) -> None:
    for field in fields(buffer, entry.value, entry.end):
        if field.number == _VALUE and field.wire_type == LENGTH_DELIMITED:
            _sort(buffer, field.value, field.end, message, depth)


def _sort_entries(buffer: bytearray | mmap.mmap, entries: list[Field]) -> None:
    keys = [_key(buffer, entry) for entry in entries]
    if all(one < other for one, other in pairwise(keys)):
        return
    start, end = entries[0].start, entries[-1].end
    if sum(entry.end - entry.start for entry in entries) != end - start:
        return  # Other fields lie between them: no file that TensorFlow wrote.
    order = sorted(range(len(entries)), key=keys.__getitem__)
    data = b"".join(bytes(buffer[entries[place].start : entries[place].end]) for place in order)
    buffer[start:end] = data


def _key(buffer: bytearray | mmap.mmap, entry: Field) -> tuple[int, bytes]:
    """A number or a text; one map has keys of one kind only, and a key that is not written is 0 or empty."""
    for field in fields(buffer, entry.value, entry.end):
        if field.number != _KEY:
            continue
        if field.wire_type == LENGTH_DELIMITED:
            return 0, bytes(buffer[field.value : field.end])
        if field.wire_type == VARINT:
            return read_varint(buffer, field.value, field.end)[0], b""
        return int.from_bytes(buffer[field.value : field.end], "little"), b""
    return 0, b""
