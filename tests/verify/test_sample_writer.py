import ml_dtypes
import numpy as np
import pytest

from migrate.errors import MigrateError
from migrate.signatures import SignatureDef, TensorInfo
from migrate.verify.sample_file import read_samples
from migrate.verify.sample_writer import write_samples
from migrate.verify.samples import Sample, SparseValue


def signature(key: str) -> SignatureDef:
    ragged = (TensorInfo("r.0", "r0:0", "string", (None,)), TensorInfo("r.1", "r1:0", "int64", (None,)))
    return SignatureDef(
        key,
        "",
        (
            TensorInfo("b", "b:0", "bfloat16", (None,)),
            TensorInfo("r", "", "invalid", None, components=ragged),
            TensorInfo("s", "s:0", "string", (None,)),
            TensorInfo("v", "", "float32", (None, 3), sparse=("i:0", "v:0", "d:0")),
        ),
        (),
    )


def texts(*items: bytes):
    out = np.empty(len(items), dtype=object)
    out[:] = items
    return out


def sample(*words: bytes) -> Sample:
    sparse = SparseValue(np.array([[0, 2]]), np.array([1.5], "f4"), np.array([len(words), 3]))
    return Sample(
        "made",
        {
            "b": np.arange(len(words)).astype(ml_dtypes.bfloat16),
            "r": (texts(b"p", b"q"), np.array([0, 2])),
            "s": texts(*words),
            "v": sparse,
        },
        len(words),
    )


def same(a, b) -> bool:
    if isinstance(a, SparseValue):
        a, b = (a.indices, a.values, a.dense_shape), (b.indices, b.values, b.dense_shape)
    if isinstance(a, tuple):
        return all(same(x, y) for x, y in zip(a, b, strict=True))
    return a.dtype == b.dtype and a.shape == b.shape and a.tolist() == b.tolist()


@pytest.mark.parametrize("keys", [("a/b",), ("a/b", "a/b@2"), ("a/b", "a/b@2", "a/b@2@2")])
def test_what_is_written_is_read_again(keys, tmp_path):
    made = {
        key: [sample(b"one", b"", b"ends in zeros\0\0"), sample(b"\0"), sample(key.encode())] for key in reversed(keys)
    }
    write_samples(tmp_path / "s.npz", made)
    found = read_samples(tmp_path / "s.npz", [signature(key) for key in keys])
    assert found.keys() == made.keys()
    for key in keys:
        assert len(found[key]) == 3
        for before, after in zip(made[key], found[key], strict=True):
            assert before.rows == after.rows
            assert all(same(before.inputs[name], after.inputs[name]) for name in before.inputs)
    labels = [one.label for one in found[keys[-1]]]
    assert labels == ["samples 1", "samples 2", "samples 3"]


def test_one_set_is_in_the_plain_format(tmp_path):
    write_samples(tmp_path / "s.npz", {"k": [sample(b"x")]})
    with np.load(tmp_path / "s.npz", allow_pickle=False) as arrays:
        assert sorted(arrays.files) == ["k/b", "k/r/0", "k/r/1", "k/s", "k/v/dense_shape", "k/v/indices", "k/v/values"]
    (found,) = read_samples(tmp_path / "s.npz", [signature("k")])["k"]
    assert found.label == "samples"


def test_empty_strings_and_no_rows(tmp_path):
    write_samples(tmp_path / "s.npz", {"k": [sample(), sample(b"")]})
    empty, one = read_samples(tmp_path / "s.npz", [signature("k")])["k"]
    assert empty.inputs["s"].shape == (0,)
    assert one.inputs["s"].tolist() == [b""]


def test_an_older_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    (tmp_path / "s.npz").write_text("old")
    write_samples(tmp_path / "s.npz", {"k": [sample(b"x")]})
    assert [path.name for path in tmp_path.iterdir()] == ["s.npz"]
    assert read_samples(tmp_path / "s.npz", [signature("k")])


def test_it_cannot_be_written(tmp_path):
    with pytest.raises(MigrateError, match="cannot write samples"):
        write_samples(tmp_path / "no" / "s.npz", {})
