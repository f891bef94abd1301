"""Protocol buffers' wire format, as far as one needs it to find a field in a message without parsing the rest.

Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

    Buffer = bytes | bytearray | mmap | memoryview

VARINT, FIXED64, LENGTH_DELIMITED, FIXED32 = 0, 1, 2, 5
_FIXED_SIZES = {FIXED64: 8, FIXED32: 4}
_LONGEST_VARINT = 10
_LARGEST_VARINT = (1 << 64) - 1
_LARGEST_NUMBER = (1 << 29) - 1


class WireError(ValueError):
    """The bytes are no message: cut off in the middle of a field, or of another kind."""


class Field(NamedTuple):
    """One field of a message, by its place in the buffer.

    Attributes:
        number: The field's number.
        wire_type: `VARINT`, `FIXED64`, `LENGTH_DELIMITED` or `FIXED32`.
        start: Where its tag starts.
        value: Where its value starts: behind the tag, and behind the length where there is one.
        end: Where the next field starts.
    """

    number: int
    wire_type: int
    start: int
    value: int
    end: int


def fields(buffer: Buffer, start: int, end: int) -> Iterator[Field]:
    """The fields of the message in `buffer[start:end]`, in their order; nothing is copied.

    Raises:
        WireError: There is no message.
    """
    position = start
    while position < end:
        tag, value = read_varint(buffer, position, end)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == LENGTH_DELIMITED:
            length, value = read_varint(buffer, value, end)
            after = value + length
        elif wire_type == VARINT:
            _, after = read_varint(buffer, value, end)
        elif wire_type in _FIXED_SIZES:
            after = value + _FIXED_SIZES[wire_type]
        else:
            raise WireError(f"wire type {wire_type} at byte {position}")
        if not 0 < number <= _LARGEST_NUMBER:
            raise WireError(f"field number {number} at byte {position}")
        if after > end:
            raise WireError(f"a field at byte {position} ends at {after}, behind the end at {end}")
        yield Field(number, wire_type, position, value, after)
        position = after


def read_varint(buffer: Buffer, position: int, end: int) -> tuple[int, int]:
    """The number at a position, and where it ends.

    Raises:
        WireError: It does not end before `end`, or is longer than 64 bits.
    """
    if position < end and buffer[position] < 0x80:  # Nearly all are that short.
        return buffer[position], position + 1
    result = shift = 0
    for place in range(position, min(end, position + _LONGEST_VARINT)):
        byte = buffer[place]
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            if result > _LARGEST_VARINT:
                break
            return result, place + 1
        shift += 7
    raise WireError(f"no number at byte {position}")


def varint(number: int) -> bytes:
    """A number that is not negative, encoded."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def header(number: int, length: int) -> bytes:
    """Tag and length of a length-delimited field."""
    return varint(number << 3 | LENGTH_DELIMITED) + varint(length)
