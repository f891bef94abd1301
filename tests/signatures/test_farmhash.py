from __future__ import annotations

import mmap
import random

import pytest

from migrate.signatures import farmhash
from migrate.signatures.farmhash import concatenate, fingerprint64

# tf.fingerprint(..., method="farmhash64") of bytes(i * 7 % 256 for i in range(length))
KNOWN = [
    (0, 0x9AE16A3B2F90404F),
    (1, 0xBE6056EDF5E94B54),
    (3, 0x6CC1A093E8224428),
    (4, 0x05112B9E6277F665),
    (7, 0x0F95C16A7544A65B),
    (8, 0xDC480BBCE8C737A7),
    (15, 0xCD405869B17B1E87),
    (16, 0xFBB2740319962D9B),
    (17, 0xA55B9970B7B70074),
    (32, 0x0A9D86AA8D37DA5C),
    (33, 0xFB43F626C43B2047),
    (64, 0xE0446DD71A78F98A),
    (65, 0x184A25714B2CE96B),
    (128, 0xA7B5B6228208C47B),
    (129, 0xECB25D796437D25B),
    (300, 0x8C2CA66606A47410),
    (1000, 0x953AAFCC827B1B7F),
]


@pytest.mark.parametrize(("length", "known"), KNOWN)
def test_known_fingerprints(length, known):
    assert fingerprint64(bytes(i * 7 % 256 for i in range(length))) == known


def some_bytes() -> list[bytes]:
    random_ = random.Random(3)
    lengths = [*range(301), 511, 512, 513, 4096, 100_001]
    return [random_.randbytes(length) for length in lengths]


@pytest.mark.tensorflow
def test_every_length_is_as_tensorflow_has_it():
    from migrate.signatures.quiet import import_tensorflow

    tf = import_tensorflow()
    data = some_bytes()
    theirs = tf.fingerprint(tf.constant(data), method="farmhash64").numpy()
    assert [fingerprint64(one) for one in data] == [int.from_bytes(row.tobytes(), "little") for row in theirs]


def test_large_data_goes_to_the_library_and_comes_out_the_same(tmp_path, monkeypatch):
    data = random.Random(4).randbytes(farmhash._SMALL + 77)
    native = farmhash._native()
    if native is None:
        pytest.skip("this TensorFlow does not export the function")
    in_python = farmhash._hash(data)
    assert native(data, len(data)) == in_python
    # The library is really asked, for bytes and for maps of files alike.
    monkeypatch.setattr(farmhash, "_hash", lambda _: pytest.fail("hashed in Python"))
    assert fingerprint64(data) == in_python
    (tmp_path / "file").write_bytes(data)
    with (tmp_path / "file").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as pages:
        assert fingerprint64(pages) == in_python


def test_without_the_library_python_does_it(monkeypatch):
    data = random.Random(5).randbytes(farmhash._SMALL + 1)
    with_library = fingerprint64(data)
    monkeypatch.setattr(farmhash, "_native", lambda: None)
    assert fingerprint64(data) == with_library


@pytest.mark.parametrize("small", [0, 1, 40, 1000])
def test_maps_of_small_files(tmp_path, small):
    data = random.Random(small).randbytes(small + 1)
    (tmp_path / "file").write_bytes(data)
    with (tmp_path / "file").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as pages:
        assert fingerprint64(pages) == fingerprint64(data)


def test_no_library_on_other_platforms(monkeypatch):
    monkeypatch.setattr(farmhash.sys, "platform", "win32")
    assert farmhash._native.__wrapped__() is None


def test_concatenation_depends_on_both_and_their_order():
    values = {concatenate(a, b) for a in (0, 1, 2**64 - 1) for b in (0, 1, 2**64 - 1)}
    assert len(values) == 9
    assert all(0 <= value < 2**64 for value in values)
