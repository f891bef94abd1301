"""FarmHash's 64-bit fingerprint (`farmhash::Fingerprint64`), which TensorFlow puts into fingerprint.pb.

TensorFlow's own shared library computes it for large data, as it does a gigabyte in a third of a second. Loading
that library costs more than hashing a small model in Python; and Python is what is left on platforms whose
TensorFlow does not export the function.

Source: https://github.com/google/farmhash (`farmhashna::Hash64`)
"""

from __future__ import annotations

import struct
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmap import mmap

_SMALL = 1 << 18
_LIBRARIES = {"linux": "libtensorflow_framework.so.2", "darwin": "libtensorflow_framework.2.dylib"}
_SYMBOL = "_ZN10farmhashna6Hash64EPKcm"

_MASK = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_CONCATENATE = 0xC6A4A7935BD1E995


def fingerprint64(data: bytes | bytearray | mmap) -> int:
    """The fingerprint of some bytes.

    Args:
        data: Bytes, a bytearray, or a file mapped with `mmap.ACCESS_COPY` (ctypes wants memory that may be written).
    """
    native = _native() if len(data) > _SMALL else None
    if native is None:
        return _hash(bytes(data))
    if isinstance(data, bytes):
        return int(native(data, len(data)))
    import ctypes

    view = (ctypes.c_char * len(data)).from_buffer(data)
    try:
        return int(native(ctypes.addressof(view), len(data)))
    finally:
        del view  # The map cannot be closed while somebody looks at it.


def concatenate(first: int, second: int) -> int:
    """The fingerprint of two fingerprints (`FingerprintCat64` of tsl/platform/fingerprint.h)."""
    result = first ^ _CONCATENATE
    result ^= _shift_mix(second * _CONCATENATE & _MASK) * _CONCATENATE & _MASK
    result = result * _CONCATENATE & _MASK
    result = _shift_mix(result) * _CONCATENATE & _MASK
    return _shift_mix(result)


@cache
def _native() -> Any | None:
    library = _LIBRARIES.get(sys.platform)
    if library is None:
        return None
    import ctypes

    from migrate.errors import MigrateError
    from migrate.protos import tensorflow_directory
    from migrate.signatures.quiet import set_environment, stderr_to_file

    set_environment()
    with stderr_to_file():
        try:
            function = getattr(ctypes.CDLL(str(tensorflow_directory() / library)), _SYMBOL)
        except (OSError, AttributeError, MigrateError):
            return None
    function.restype = ctypes.c_uint64
    function.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    return function


def _hash(data: bytes) -> int:
    length = len(data)
    if length <= 16:
        return _hash_to_16(data)
    if length <= 32:
        return _hash_to_32(data)
    if length <= 64:
        return _hash_to_64(data)
    return _hash_long(data)


def _fetch(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 8], "little")


def _rotate(value: int, shift: int) -> int:
    return (value >> shift | value << (64 - shift)) & _MASK


def _shift_mix(value: int) -> int:
    return value ^ value >> 47


def _hash_16(first: int, second: int, multiplier: int) -> int:
    mixed = _shift_mix((first ^ second) * multiplier & _MASK)
    return _shift_mix((second ^ mixed) * multiplier & _MASK) * multiplier & _MASK


def _hash_to_16(data: bytes) -> int:
    length = len(data)
    multiplier = (_K2 + length * 2) & _MASK
    if length >= 8:
        a, b = (_fetch(data, 0) + _K2) & _MASK, _fetch(data, length - 8)
        c = (_rotate(b, 37) * multiplier + a) & _MASK
        d = (_rotate(a, 25) + b) * multiplier & _MASK
        return _hash_16(c, d, multiplier)
    if length >= 4:
        a, b = int.from_bytes(data[:4], "little"), int.from_bytes(data[-4:], "little")
        return _hash_16((length + (a << 3)) & _MASK, b, multiplier)
    if length:
        y, z = data[0] + (data[length >> 1] << 8), length + (data[-1] << 2)
        return _shift_mix((y * _K2 ^ z * _K0) & _MASK) * _K2 & _MASK
    return _K2


def _hash_to_32(data: bytes) -> int:
    length = len(data)
    multiplier = (_K2 + length * 2) & _MASK
    a, b = _fetch(data, 0) * _K1 & _MASK, _fetch(data, 8)
    c, d = _fetch(data, length - 8) * multiplier & _MASK, _fetch(data, length - 16) * _K2 & _MASK
    first = (_rotate((a + b) & _MASK, 43) + _rotate(c, 30) + d) & _MASK
    return _hash_16(first, (a + _rotate((b + _K2) & _MASK, 18) + c) & _MASK, multiplier)


def _hash_to_64(data: bytes) -> int:
    length = len(data)
    multiplier = (_K2 + length * 2) & _MASK
    a, b = _fetch(data, 0) * _K2 & _MASK, _fetch(data, 8)
    c, d = _fetch(data, length - 8) * multiplier & _MASK, _fetch(data, length - 16) * _K2 & _MASK
    y = (_rotate((a + b) & _MASK, 43) + _rotate(c, 30) + d) & _MASK
    z = _hash_16(y, (a + _rotate((b + _K2) & _MASK, 18) + c) & _MASK, multiplier)
    e, f = _fetch(data, 16) * multiplier & _MASK, _fetch(data, 24)
    g = (y + _fetch(data, length - 32)) * multiplier & _MASK
    h = (z + _fetch(data, length - 24)) * multiplier & _MASK
    first = (_rotate((e + f) & _MASK, 43) + _rotate(g, 30) + h) & _MASK
    return _hash_16(first, (e + _rotate((f + a) & _MASK, 18) + g) & _MASK, multiplier)


def _weak(data: bytes, position: int, a: int, b: int) -> tuple[int, int]:
    """The hash of 32 bytes with two seeds; weak, and part of a strong one."""
    w, x, y, z = (_fetch(data, position + offset) for offset in (0, 8, 16, 24))
    a = (a + w) & _MASK
    b = _rotate((b + a + z) & _MASK, 21)
    c = a
    a = (a + x + y) & _MASK
    return (a + z) & _MASK, (b + _rotate(a, 44) + c) & _MASK


def _hash_long(data: bytes) -> int:
    length, seed = len(data), 81
    y = (seed * _K1 + 113) & _MASK
    z = _shift_mix((y * _K2 + 113) & _MASK) * _K2 & _MASK
    v = w = (0, 0)
    x = (seed * _K2 + _fetch(data, 0)) & _MASK
    last = (length - 1) // 64 * 64
    (v0, v1), (w0, w1) = v, w
    # What `_weak` and `_rotate` do below, written out: calls would double the time.
    for d0, d1, d2, d3, d4, d5, d6, d7 in struct.iter_unpack("<8Q", memoryview(data)[:last]):
        x = (x + y + v0 + d1) & _MASK
        x = (x >> 37 | x << 27) * _K1 & _MASK
        y = (y + v1 + d6) & _MASK
        y = (y >> 42 | y << 22) * _K1 & _MASK
        x ^= w1
        y = (y + v0 + d5) & _MASK
        z = (z + w0) & _MASK
        z = (z >> 33 | z << 31) * _K1 & _MASK
        a = v1 * _K1 + d0 & _MASK
        b = (x + w0 + a + d3) & _MASK
        v0 = a + d1 + d2
        v1 = ((b >> 21 | b << 43) & _MASK) + a & _MASK
        b = v0 & _MASK
        v1 = (v1 + ((b >> 44 | b << 20) & _MASK)) & _MASK
        v0 = (v0 + d3) & _MASK
        a = (z + w1 + d4) & _MASK
        b = (y + d2 + a + d7) & _MASK
        w0 = a + d5 + d6
        w1 = ((b >> 21 | b << 43) & _MASK) + a & _MASK
        b = w0 & _MASK
        w1 = (w1 + ((b >> 44 | b << 20) & _MASK)) & _MASK
        w0 = (w0 + d7) & _MASK
        z, x = x, z
    v, w = (v0, v1), (w0, w1)
    multiplier = (_K1 + ((z & 0xFF) << 1)) & _MASK
    position = length - 64
    first = (w[0] + (length - 1 & 63)) & _MASK
    v = (v[0] + first) & _MASK, v[1]
    w = (first + v[0]) & _MASK, w[1]
    x = _rotate((x + y + v[0] + _fetch(data, position + 8)) & _MASK, 37) * multiplier & _MASK
    y = _rotate((y + v[1] + _fetch(data, position + 48)) & _MASK, 42) * multiplier & _MASK
    x ^= w[1] * 9 & _MASK
    y = (y + v[0] * 9 + _fetch(data, position + 40)) & _MASK
    z = _rotate((z + w[0]) & _MASK, 33) * multiplier & _MASK
    v = _weak(data, position, v[1] * multiplier & _MASK, (x + w[0]) & _MASK)
    w = _weak(data, position + 32, (z + w[1]) & _MASK, (y + _fetch(data, position + 16)) & _MASK)
    z, x = x, z
    left = (_hash_16(v[0], w[0], multiplier) + _shift_mix(y) * _K0 + z) & _MASK
    return _hash_16(left, (_hash_16(v[1], w[1], multiplier) + x) & _MASK, multiplier)
