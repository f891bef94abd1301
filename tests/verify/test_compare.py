import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from migrate.verify.compare import TOLERANCES, as_array, column_scale, compare_arrays, dtype_text, scalar

DTYPES = ("float16", "float32", "float64", "int8", "int64", "uint64", "bool", "complex64")
arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
)


@given(arrays)
def test_equal_to_itself(array):
    found = compare_arrays(array, array.copy())
    assert found.equal
    assert found.index is None
    assert found.elements == array.size
    assert found.max_abs_error in (None, 0.0)


@given(arrays, st.data())
def test_one_changed_element_is_found(array, data):
    if not array.size:
        return
    index = tuple(data.draw(st.integers(0, side - 1)) for side in array.shape)
    other = array.copy()
    old = array[index]
    if array.dtype.kind == "b":
        other[index] = not old
    elif array.dtype.kind in "iu":
        other[index] = old ^ 1
    else:
        other[index] = 1.0 if not np.isfinite(old) or abs(old) > 2 else old + array.dtype.type(1)
    found = compare_arrays(array, other)
    assert not found.equal
    assert found.index == index
    assert found.count == 1


@given(arrays, arrays)
def test_symmetric(a, b):
    forth, back = compare_arrays(a, b), compare_arrays(b, a)
    assert (forth.equal, forth.index, forth.count) == (back.equal, back.index, back.count)
    assert forth.max_abs_error == back.max_abs_error
    assert forth.max_rel_error == back.max_rel_error


@given(arrays)
def test_error_is_never_nan(a):
    found = compare_arrays(a, np.zeros_like(a))
    assert found.max_abs_error is None or not np.isnan(found.max_abs_error)
    assert found.max_rel_error is None or not np.isnan(found.max_rel_error)
    assert found.equal == (found.count == 0)


@pytest.mark.parametrize("name", sorted(TOLERANCES))
def test_tolerances(name):
    tolerance = TOLERANCES[name]
    dtype = np.dtype(getattr(ml_dtypes, name, name))
    one = np.ones(3, dtype)
    assert compare_arrays(one, (one.astype("complex128").real * (1 + tolerance.rtol / 4)).astype(dtype)).equal
    assert not compare_arrays(one, (np.ones(3) * (1 + 5 * tolerance.rtol)).astype(dtype)).equal
    zero = np.zeros(3, dtype)
    assert not compare_arrays(zero, (np.ones(3) * tolerance.atol * 1.5).astype(dtype)).equal


def test_nan_and_infinity():
    nan, inf = np.float32("nan"), np.float32("inf")
    assert compare_arrays(np.array([nan, inf, -inf]), np.array([nan, inf, -inf])).equal
    for a, b in ((nan, 1), (1, nan), (inf, -inf), (inf, 3e38), (nan, inf)):
        found = compare_arrays(np.array([0, a], "f4"), np.array([0, b], "f4"))
        assert not found.equal
        assert found.index == (1,)
        assert found.max_abs_error == np.inf
    assert compare_arrays(np.float32(0.0), np.float32(-0.0)).equal


def test_complex_parts_count_each():
    a = np.array([complex(np.nan, 1)], "complex64")
    assert compare_arrays(a, a).equal
    assert not compare_arrays(a, np.array([complex(np.nan, 2)], "complex64")).equal
    assert not compare_arrays(a, np.array([complex(1, np.nan)], "complex64")).equal


def test_dtype_and_shape_count():
    found = compare_arrays(np.zeros(2, "f4"), np.zeros(2, "f8"))
    assert (found.equal, found.reason, found.elements) == (False, "dtype float32 and float64", 0)
    assert compare_arrays(np.zeros(2, "f4"), np.zeros(2, "f8"), values_only=True).equal
    assert compare_arrays(np.zeros((2, 1)), np.zeros(2)).reason == "shape [2, 1] and [2]"
    assert compare_arrays(np.zeros(()), np.zeros(1)).reason == "shape [] and [1]"
    assert not compare_arrays(np.zeros(2, "i4"), np.zeros(2, object), values_only=True).equal


def test_integers_are_exact_beyond_float():
    found = compare_arrays(np.array([2**62]), np.array([2**62 + 1]))
    assert not found.equal
    assert found.max_abs_error == 1.0
    assert compare_arrays(np.array([2**64 - 1], "u8"), np.array([0], "u8")).max_abs_error == 2.0**64


def test_strings():
    a = np.array([[b"a", b"\xff"], [b"", b"c\0"]], object)
    assert compare_arrays(a, a.copy()).equal
    b = a.copy()
    b[1, 1] = b"c"
    found = compare_arrays(a, b)
    assert (found.index, found.a, found.b, found.max_abs_error) == ((1, 1), "c\0", "c", None)


def test_first_in_c_order_and_count():
    a = np.zeros((2, 3), "f4")
    b = a.copy()
    b[0, 2], b[1, 0] = 1, 5
    found = compare_arrays(a, b)
    assert (found.index, found.a, found.b, found.count) == ((0, 2), 0.0, 1.0, 2)
    assert (found.max_abs_error, found.max_rel_error) == (5.0, 1.0)


def test_scalars_are_plain():
    assert scalar(np.bool_(True)) is True
    assert type(scalar(np.int64(3))) is int
    assert type(scalar(ml_dtypes.bfloat16(0.5))) is float
    assert scalar(b"\xff\n") == "\\xff\n"
    assert scalar(np.complex64(1 + 2j)) == "(1+2j)"


def test_dtype_text():
    assert dtype_text(np.array([b"a"], object)) == "string"
    assert dtype_text(np.zeros(1, ml_dtypes.bfloat16)) == "bfloat16"


def off_by(array, index, by):
    other = np.array(array, "f4")
    other[index] += by
    return compare_arrays(np.array(array, "f4"), other).equal


def test_a_small_column_is_not_excused_by_a_large_one():
    prices_and_chances = [[20.0, 0.5], [30.0, 0.1], [0.0, 0.0]]
    assert off_by(prices_and_chances, (2, 0), 1e-4)  # A sum of prices that is near 0.
    assert not off_by(prices_and_chances, (2, 1), 1e-4)
    assert not off_by(prices_and_chances, (2, 0), 1e-3)


def test_huge_numbers_do_not_excuse_anything():
    assert off_by([[1e6], [0.0]], (1, 0), 2e-4)
    assert not off_by([[1e6], [0.0]], (1, 0), 1e-3)
    assert not off_by([[np.inf], [0.0]], (1, 0), 1e-4)  # Only finite numbers count.


def test_a_vector_is_one_column():
    assert off_by([20.0, 0.0], 1, 1e-4)
    assert not off_by([0.5, 0.0], 1, 1e-4)
    assert not off_by(0.0, (), 1e-4)


def test_columns_of_higher_ranks_are_those_of_the_last_dimension():
    array = np.zeros((2, 2, 2))
    array[0, 0, 0] = 30.0
    assert off_by(array, (1, 1, 0), 1e-4)
    assert not off_by(array, (1, 1, 1), 1e-4)


def test_float64_has_no_scale():
    a = np.array([30.0, 0.0])
    assert not compare_arrays(a, np.array([30.0, 1e-8])).equal
    assert not column_scale(a).any()


def test_column_scale_broadcasts_to_a_row():
    assert column_scale(np.zeros((5, 4, 3), "f4")).shape == (3,)
    assert column_scale(np.zeros(5, "f4")).shape == ()
    assert column_scale(np.zeros((5, 0), "f4")).shape == ()
    assert column_scale(np.array(["a"])).shape == ()


def test_a_scalar_string_is_what_numpy_makes_of_it():
    """A session gives `bytes`, and NumPy `S<n>` of them; both are the same string, zero bytes at the end and all."""
    assert compare_arrays(b"abc", np.asarray(b"abc")).equal
    assert compare_arrays(np.asarray(b"abc"), np.array(b"abc", object)).equal
    assert compare_arrays(b"", np.array(b"", object)).equal
    assert not compare_arrays(b"abc", b"abd").equal
    assert not compare_arrays(b"abc\0", b"abc").equal
    assert compare_arrays(b"a", np.array([b"a"], object)).reason == "shape [] and [1]"
    assert as_array(b"a\0").item() == b"a\0"
    assert as_array(np.array([b"ab", b"c"])).tolist() == [b"ab", b"c"]
