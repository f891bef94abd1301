from __future__ import annotations

from itertools import pairwise

import pytest
from google.protobuf import descriptor_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.signatures.wire import (
    FIXED32,
    FIXED64,
    LENGTH_DELIMITED,
    VARINT,
    Field,
    WireError,
    fields,
    header,
    read_varint,
    varint,
)

uint64 = st.integers(0, 2**64 - 1)


def read(data: bytes) -> list[Field]:
    return list(fields(data, 0, len(data)))


@given(uint64)
def test_numbers_come_back(number):
    encoded = varint(number)
    assert read_varint(encoded, 0, len(encoded)) == (number, len(encoded))
    assert read_varint(b"\xff" + encoded + b"\x01", 1, len(encoded) + 2) == (number, len(encoded) + 1)


@given(number=uint64, length=st.integers(1, 2**29 - 1))
def test_numbers_are_those_of_protobuf(number, length):
    message = descriptor_pb2.UninterpretedOption(positive_int_value=number)
    assert message.SerializeToString() == b"\x20" + varint(number)
    assert read_varint(header(length, number), 0, 30)[0] == length << 3 | LENGTH_DELIMITED


@given(
    st.builds(
        descriptor_pb2.UninterpretedOption,
        identifier_value=st.text(),
        positive_int_value=uint64,
        negative_int_value=st.integers(-(2**63), 2**63 - 1),
        double_value=st.floats(),
        string_value=st.binary(),
        name=st.lists(st.builds(lambda text: {"name_part": text, "is_extension": True}, st.text())),
    )
)
def test_the_fields_of_a_message_are_found(message):
    data = message.SerializeToString()
    found = read(data)
    assert [field.number for field in found] == [*[2] * len(message.name), 3, 4, 5, 6, 7]
    assert found[0].start == 0
    assert found[-1].end == len(data)
    assert all(one.end == other.start for one, other in pairwise(found))
    by_number = {field.number: field for field in found}
    assert {number: field.wire_type for number, field in by_number.items() if number > 2} == {
        3: LENGTH_DELIMITED,
        4: VARINT,
        5: VARINT,
        6: FIXED64,
        7: LENGTH_DELIMITED,
    }
    assert data[by_number[7].value : by_number[7].end] == message.string_value
    assert data[by_number[3].value : by_number[3].end].decode() == message.identifier_value
    if message.name:
        assert data[found[0].value : found[0].end] == message.name[0].SerializeToString()


def test_a_message_in_the_middle_of_a_buffer():
    data = b"\xff\xff" + header(9, 3) + b"abc" + b"\x0d\x01\x02\x03\x04" + b"\xff"
    assert list(fields(data, 2, len(data) - 1)) == [
        Field(9, LENGTH_DELIMITED, 2, 4, 7),
        Field(1, FIXED32, 7, 8, 12),
    ]
    assert list(fields(data, 2, 2)) == []


@given(st.binary(max_size=200))
@settings(max_examples=500)
def test_any_bytes_are_fields_or_an_error(data):
    try:
        found = read(data)
    except WireError:
        return
    assert sum(field.end - field.start for field in found) == len(data)
    assert all(field.start < field.value <= field.end for field in found)


@given(st.builds(descriptor_pb2.UninterpretedOption, string_value=st.binary(min_size=1), double_value=st.floats()))
def test_what_is_cut_off_is_an_error(message):
    data = message.SerializeToString()
    whole = {field.end for field in read(data)}
    for end in set(range(1, len(data))) - whole:
        with pytest.raises(WireError):
            read(data[:end])


@pytest.mark.parametrize(
    "data",
    [
        header(1, 2**63),
        header(1, 2**64 - 1),
        header(1, 1),
        b"\x0a" + b"\xff" * 10 + b"\x01",
        b"\x08" + b"\xff" * 9 + b"\x02",  # 65 bits
        b"\x80" * 50,
        b"\x08" + b"\x80" * 10 + b"\x00",
        b"\x03",  # groups
        b"\x0c",
        b"\x0e",
        b"\x0f",
        b"\x00\x01",  # the field with the number 0
        header(2**29, 0),
        b"\x09\x00\x00",
        b"\x0d\x00",
    ],
)
def test_hostile_bytes_are_an_error(data):
    with pytest.raises(WireError):
        read(data)


def test_the_largest_number_is_none_of_65_bits():
    assert read_varint(b"\xff" * 9 + b"\x01", 0, 10) == (2**64 - 1, 10)
    with pytest.raises(WireError, match="no number at byte 0"):
        read_varint(b"\xff" * 9 + b"\x01", 0, 9)


def test_what_is_behind_the_end_is_not_looked_at():
    data = header(1, 4) + b"abcd"
    with pytest.raises(WireError, match="ends at 6, behind the end at 5"):
        list(fields(data, 0, 5))
