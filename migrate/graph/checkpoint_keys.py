"""Which tensors a checkpoint has, read from its index file without TensorFlow.

The index of a V2 checkpoint is a table of sorted keys in LevelDB's format, which TensorFlow writes without
compression (`BundleWriter` in tensorflow/core/util/tensor_bundle/tensor_bundle.cc; the format is described in
tensorflow/core/lib/io/table_format.txt).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FOOTER = 48
_MAGIC = 0xDB4775248B80FB57
_PLAIN = b"\x00"


def checkpoint_keys(prefix: Path) -> frozenset[str] | None:
    """The keys of a V2 checkpoint's tensors; None for other formats, and for an index that cannot be read."""
    try:
        data = prefix.with_name(f"{prefix.name}.index").read_bytes()
        return frozenset(key.decode("utf-8", "replace") for key in _keys(data) if key)
    except (OSError, ValueError, IndexError, struct.error):
        return None


def _keys(data: bytes) -> Iterator[bytes]:
    footer = data[-_FOOTER:]
    if len(footer) < _FOOTER or struct.unpack("<Q", footer[-8:])[0] != _MAGIC:
        raise ValueError("no table")
    position = _skip_handle(footer, 0)
    for _, handle in _entries(_block(data, footer, position)):
        yield from (key for key, _ in _entries(_block(data, handle, 0)))


def _skip_handle(data: bytes, position: int) -> int:
    _, position = _number(data, position)
    _, position = _number(data, position)
    return position


def _block(data: bytes, handle: bytes, position: int) -> bytes:
    offset, position = _number(handle, position)
    size, _ = _number(handle, position)
    if data[offset + size : offset + size + 1] != _PLAIN:
        raise ValueError("compressed")
    return data[offset : offset + size]


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each key shares a prefix with the one before it."""
    restarts = struct.unpack("<I", block[-4:])[0]
    end = len(block) - 4 * (restarts + 1)
    position, key = 0, b""
    while position < end:
        shared, position = _number(block, position)
        own, position = _number(block, position)
        size, position = _number(block, position)
        key = key[:shared] + block[position : position + own]
        yield key, block[position + own : position + own + size]
        position += own + size


def _number(data: bytes, position: int) -> tuple[int, int]:
    """A varint."""
    value, shift = 0, 0
    while True:
        byte = data[position]
        value |= (byte & 127) << shift
        position += 1
        if byte < 128:
            return value, position
        shift += 7
