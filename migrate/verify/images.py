"""Makes small images, each in the format that a graph's decoder takes; the same ones for the same arguments."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

DECODERS = {
    "DecodeJpeg": ("jpeg", "png"),
    "DecodeAndCropJpeg": ("jpeg",),
    "DecodePng": ("png",),
    "DecodeImage": ("png", "jpeg"),
    "DecodeBmp": ("bmp",),
    "DecodeGif": ("gif",),
}
"""The formats that an operation is given. Most take others, too; what clients send is what it is called after."""

_SEEDS = (1, 2)


def images(decoders: Iterable[str], height: int = 8, width: int = 8) -> tuple[bytes, ...]:
    """Two different images of each format that all of some decoders are given.

    Args:
        decoders: Operations, keys of `DECODERS`.
        height: In pixels.
        width: In pixels.
    """
    return _images(tuple(decoders), height, width)


@cache
def _images(decoders: tuple[str, ...], height: int, width: int) -> tuple[bytes, ...]:
    wanted = [DECODERS[decoder] for decoder in decoders]
    every = list(dict.fromkeys(kind for kinds in wanted for kind in kinds))
    common = [kind for kind in every if all(kind in kinds for kinds in wanted)]
    # Where a graph looks at the bytes to choose a decoder: a GIF gives frames, which fit nowhere else.
    still = [kind for kind in every if kind != "gif"]
    makers = {"png": png, "jpeg": jpeg, "bmp": bmp, "gif": gif}
    return tuple(makers[kind](height, width, seed) for kind in common or still for seed in _SEEDS)


def png(height: int, width: int, seed: int) -> bytes:
    """A small RGB image."""
    rows = b"".join(b"\0" + row.tobytes() for row in _pixels(height, width, seed))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def bmp(height: int, width: int, seed: int) -> bytes:
    """A small RGB image: rows from the bottom, blue first, each filled up to four bytes."""
    pixels = _pixels(height, width, seed)[::-1, :, ::-1]
    data = b"".join(row.tobytes() + b"\0" * (-3 * width % 4) for row in pixels)
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(data), 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(data), 0, 0, 54) + header + data


def gif(height: int, width: int, seed: int) -> bytes:
    """A small image of one frame with 128 greys. Its codes are as good as not compressed: eight bits each."""
    grey = _pixels(height, width, seed)[:, :, 0].ravel() // 2
    clear, end = 128, 129
    codes: list[int] = []
    for start in range(0, len(grey), 100):  # A clear code before the codes would get nine bits.
        codes += [clear, *(int(value) for value in grey[start : start + 100])]
    codes.append(end)
    data = bytes(codes)
    blocks = b"".join(bytes([len(data[at : at + 255])]) + data[at : at + 255] for at in range(0, len(data), 255))
    palette = b"".join(bytes([2 * value] * 3) for value in range(128))
    screen = struct.pack("<HHBBB", width, height, 0xF6, 0, 0)
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0)
    return b"GIF89a" + screen + palette + frame + b"\x07" + blocks + b"\0;"


def jpeg(height: int, width: int, seed: int) -> bytes:
    """A small RGB image, by TensorFlow's own encoder."""
    from migrate.signatures.quiet import import_tensorflow

    tf = import_tensorflow()
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        encoded = tf.io.encode_jpeg(tf.constant(_pixels(height, width, seed)), quality=90)
        return bytes(session.run(encoded))


def _pixels(height: int, width: int, seed: int) -> NDArray[Any]:
    """Of shape `[height, width, 3]`."""
    flat = np.random.default_rng(seed).integers(0, 256, (height, width * 3), dtype=np.uint8)
    return flat.reshape(height, width, 3)
