import numpy as np
import pytest

from migrate.errors import MigrateError
from migrate.signatures import SignatureDef, TensorInfo
from migrate.verify.sample_file import read_samples

SIGNATURES = (
    SignatureDef(
        "a/b",
        "",
        (TensorInfo("x", "x:0", "float32", (None, 2)), TensorInfo("s", "s:0", "string", (None,))),
        (TensorInfo("y", "y:0", "float32", None),),
    ),
    SignatureDef("i", "", (TensorInfo("n", "n:0", "int32", ()),), ()),
    SignatureDef("p", "", (TensorInfo("v", "", "float32", (None, 3), sparse=("i:0", "v:0", "d:0")),), ()),
    SignatureDef(
        "r",
        "",
        (
            TensorInfo(
                "w",
                "",
                "invalid",
                None,
                components=(TensorInfo("w.0", "w0:0", "string", (None,)), TensorInfo("w.1", "w1:0", "int64", (None,))),
            ),
        ),
        (TensorInfo("o", "", "invalid", None, components=(TensorInfo("o.0", "o0:0", "int64", (None,)),)),),
    ),
)
X, S = np.ones((2, 2), "f4"), np.array([b"a", b"b"])


def write(path, **arrays):
    np.savez(path, **arrays)
    return path


def error(source) -> str:
    with pytest.raises(MigrateError) as caught:
        read_samples(source, SIGNATURES)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("infix", ["", "inputs/"])
def test_a_file(infix, tmp_path):
    arrays = {f"a/b/{infix}x": X, f"a/b/{infix}s": S, "a/b/outputs/y": X}
    found = read_samples(write(tmp_path / "s.npz", **arrays), SIGNATURES)
    assert list(found) == ["a/b"]
    (sample,) = found["a/b"]
    assert sample.rows == 2
    assert np.array_equal(sample.inputs["x"], X)
    assert sample.inputs["s"].tolist() == [b"a", b"b"]
    assert sample.inputs["s"].dtype == object


def test_text_becomes_utf8():
    found = read_samples({"a/b/x": X, "a/b/s": np.array(["ä", "b"])}, SIGNATURES)
    assert found["a/b"][0].inputs["s"].tolist() == ["ä".encode(), b"b"]


def test_several_sets_of_one_signature():
    second = {"a/b@2/x": X * 2, "a/b@2/inputs/s": S}
    found = read_samples({"a/b/x": X, "a/b/s": S, **second, "i@10/n": np.int32(1)}, SIGNATURES)
    assert [sample.label for sample in found["a/b"]] == ["samples 1", "samples 2"]
    assert np.array_equal(found["a/b"][1].inputs["x"], X * 2)
    assert [sample.label for sample in found["i"]] == ["samples"]
    assert "lacks a/b@2/s" in error({"a/b@2/x": X})
    for key in ("a/b@0/x", "a/b@x/x", "a/b@/x", "a@2/b/x"):
        assert f"{key!r} names no input" in error({key: X})


def test_harmless_casts():
    found = read_samples({"a/b/x": X.astype("f8"), "a/b/s": S, "i/n": np.int64(3)}, SIGNATURES)
    assert found["a/b"][0].inputs["x"].dtype == np.float32
    assert found["i"][0].inputs["n"].dtype == np.int32


def test_sparse():
    parts = {
        "p/v/indices": np.array([[0, 1]]),
        "p/v/values": np.array([1.0], "f4"),
        "p/v/dense_shape": np.array([1, 3]),
    }
    value = read_samples(parts, SIGNATURES)["p"][0].inputs["v"]
    assert value.values.tolist() == [1.0]
    del parts["p/v/values"]
    assert "lacks p/v/values" in error(parts)


SPARSE = {
    "p/v/indices": np.array([[0, 1], [3, 2]]),
    "p/v/values": np.array([1.0, 2.0], "f4"),
    "p/v/dense_shape": np.array([4, 3]),
}
RAGGED = {"r/w/0": np.array([b"a", b"b", b"c"]), "r/w/1": np.array([0, 2, 2, 3], "i4")}


def test_rows_of_sparse_and_ragged_inputs():
    assert read_samples(SPARSE, SIGNATURES)["p"][0].rows == 4
    assert read_samples(RAGGED, SIGNATURES)["r"][0].rows == 3


@pytest.mark.parametrize("infix", ["", "inputs/"])
def test_ragged(infix, tmp_path):
    arrays = {f"r/{infix}{key.removeprefix('r/')}": array for key, array in RAGGED.items()}
    found = read_samples(write(tmp_path / "s.npz", **arrays, **{"r/outputs/o/0": X}), SIGNATURES)
    values, splits = found["r"][0].inputs["w"]
    assert values.tolist() == [b"a", b"b", b"c"]
    assert splits.tolist() == [0, 2, 2, 3]
    assert splits.dtype == np.int64
    assert "lacks r/w/1" in error({"r/w/0": RAGGED["r/w/0"]})


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({**SPARSE, "p/v/indices": np.array([0, 1])}, "p/v: indices [2], values [2], dense_shape [2] do not fit"),
        ({**SPARSE, "p/v/values": np.array([1.0], "f4")}, "values [1], dense_shape [2] do not fit"),
        ({**SPARSE, "p/v/dense_shape": np.array([4])}, "dense_shape [1] do not fit"),
        ({**RAGGED, "r/w/1": np.array([0.0, 3.0])}, "r/w/1: dtype float64, the signature takes int64"),
        ({**RAGGED, "r/w/0": np.array([[b"a"]])}, "r/w/0: shape [1, 1], the signature takes [?]"),
        ({**RAGGED, "r/w": X}, "'r/w' names no input"),
        ({"a/b/z": X}, "'a/b/z' names no input"),
        ({"x": X}, "a/b/s, a/b/x, i/n"),
        ({"a/b/x": X}, "lacks a/b/s"),
        ({"a/b/x": X[0], "a/b/s": S}, "shape [2], the signature takes [?, 2]"),
        ({"a/b/x": X.astype("i8"), "a/b/s": S}, "dtype int64, the signature takes float32"),
        ({"a/b/x": S, "a/b/s": S}, "dtype string, the signature takes float32"),
        ({"a/b/x": X, "a/b/s": X}, "dtype float32, the signature takes string"),
        ({"i/n": np.int64(2**40)}, "dtype int64, the signature takes int32"),
        ({}, "no samples"),
        ({"a/b/outputs/y": X}, "no samples"),
    ],
)
def test_errors(arrays, said):
    assert said in error(arrays)


def test_bad_files(tmp_path):
    assert "cannot read samples" in error(tmp_path / "nothing.npz")
    (tmp_path / "text.npz").write_text("hello")
    assert "not a .npz file" in error(tmp_path / "text.npz")
    np.save(tmp_path / "one.npy", X)
    assert "not a .npz file" in error(tmp_path / "one.npy")
    assert "pickled objects" in error(write(tmp_path / "o.npz", **{"a/b/s": np.array([b"a"], object)}))
