import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import arrays, same

from migrate.errors import MigrateError
from migrate.verify.record.arrays import ArrayReader, ArrayWriter, Stored


@given(st.lists(arrays(), max_size=4))
def test_whatever_goes_in_comes_out(values):
    writer = ArrayWriter()
    kept = [writer.add(value) for value in values]
    reader = ArrayReader(writer.content())
    assert all(same(reader.read(stored), value) for stored, value in zip(kept, values, strict=True))


def test_a_number_or_a_string_alone_is_an_array_without_dimensions():
    writer = ArrayWriter()
    kept = [writer.add(value) for value in (b"a\0", np.float32(1.5))]
    assert kept == [Stored("string", (), 0), Stored("float32", (), 1)]
    reader = ArrayReader(writer.content())
    assert [reader.read(stored).item() for stored in kept] == [b"a\0", 1.5]


def test_the_same_arrays_give_the_same_bytes():
    first, second = ArrayWriter(), ArrayWriter()
    for writer in (first, second):
        writer.add(np.arange(3))
    assert first.content() == second.content()


def test_the_size_is_that_before_compression():
    writer = ArrayWriter()
    writer.add(np.zeros(1000, "f4"))
    writer.add(np.array([b"abc", b""], dtype=object))
    assert writer.size == 4000 + 3 + 2 * 8
    assert len(writer.content()) < 2000


@pytest.mark.parametrize("value", [np.array(["text"]), np.array([1, None], dtype=object), np.zeros(1, [("q", "i1")])])
def test_what_is_no_tensor_is_refused(value):
    with pytest.raises(MigrateError, match="cannot be recorded"):
        ArrayWriter().add(value)


def npz(**content: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "stored"),
    [
        (npz(), Stored("float32", (), 0)),
        (npz(**{"0": np.zeros(3, "f4")}), Stored("float32", (4,), 0)),
        (npz(**{"0": np.zeros(3, "u1")}), Stored("bfloat16", (1,), 0)),
        (npz(**{"0": np.zeros(3, "f4")}), Stored("nonsense", (3,), 0)),
        (npz(**{"0": np.zeros(3, "u1")}), Stored("string", (1,), 0)),
        (npz(**{"0": np.zeros(3, "u1"), "0.lengths": np.array([2])}), Stored("string", (1,), 0)),
    ],
)
def test_what_does_not_fit_is_an_error(content: bytes, stored: Stored):
    with pytest.raises(ValueError, match=r".+"):
        ArrayReader(content).read(stored)


@pytest.mark.parametrize("content", [b"", b"PK\3\4 and no more", npz(a=np.array([None]))[:-30]])
def test_no_npz_file(content: bytes):
    with pytest.raises(ValueError, match=r".+"):
        ArrayReader(content)
