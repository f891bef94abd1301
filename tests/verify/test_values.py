import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.verify.hints import InputHints
from migrate.verify.values import (
    POOL_LIMIT,
    UNKNOWN_WORD,
    Flavour,
    make_values,
    numpy_dtype_of,
    pool_for,
    pool_of,
    thresholds,
)

DTYPES = ("float32", "float64", "bfloat16", "int32", "int64", "uint8", "bool", "string", "complex64", "qint8")
flavours = st.builds(
    Flavour,
    st.sampled_from(["mixed", "wide", "positive", "negative", "small", "far", "single"]),
    st.one_of(st.none(), st.integers(0, 9)),
    st.integers(0, 9),
    st.sampled_from([1.0, 5.0, 100.0]),
)


MIXED = Flavour()


def make(dtype, shape, flavour=MIXED, pool=(), seed=0):
    return make_values(np.random.default_rng(seed), dtype, shape, flavour, pool)


@given(st.sampled_from(DTYPES), st.lists(st.integers(0, 4), max_size=3).map(tuple), flavours, st.integers(0, 99))
def test_dtype_and_shape(dtype, shape, flavour, seed):
    array = make(dtype, shape, flavour, seed=seed)
    assert array.dtype == numpy_dtype_of(dtype)
    assert array.shape == shape
    again = make(dtype, shape, flavour, seed=seed)
    assert array.tolist() == again.tolist()
    if dtype == "string":
        assert all(isinstance(item, bytes) for item in array.ravel())
    if dtype == "int32":
        assert (array >= 0).all() or flavour.scale == "negative"
        assert (abs(array) < max(10, flavour.factor)).all()


def test_no_client_can_feed_a_resource():
    assert make("resource", (1,)) is None
    assert make("variant", (1,)) is None


def test_rows_differ_in_magnitude_and_sign():
    array = make("float32", (3, 1000))
    assert array[0].min() < 0 < array[0].max()
    assert array[1].std() > 2 * array[0].std()
    assert array[2].min() >= 0


def test_signs():
    for dtype in ("float32", "int64"):
        assert (make(dtype, (50,), Flavour("positive")) > 0).all()
        assert (make(dtype, (50,), Flavour("negative")) < 0).all()
    assert (make("uint64", (50,), Flavour("negative")) < 10).all()
    assert make("float32", (50,), Flavour("positive", factor=100.0)).max() > 50


def test_far_rows_are_around_different_points():
    means = make("float64", (8, 100), Flavour("far")).mean(axis=1).round(-1)
    assert sorted(means) == [-40, -30, -20, -10, 10, 20, 30, 40]


@pytest.mark.parametrize("width", [1, 3, 8, 1000])
def test_one_element_a_row_with_both_signs(width):
    array = make("float64", (16, width), Flavour("single", factor=30.0))
    assert (np.count_nonzero(array, axis=1) == 1).all()
    assert set(array[array != 0]) == {30.0, -30.0}
    places = {int(np.flatnonzero(row)[0]) for row in array}
    assert len(places) == min(width, 8)
    assert max(places) >= width // 2


def test_alone():
    flavour = Flavour("wide", turn=3, factor=5.0)
    assert flavour.for_one("a", None) is flavour
    assert flavour.for_one("a", "a") is flavour
    assert flavour.for_one("b", "a") == Flavour("small", turn=3)


def test_booleans_change():
    assert make("bool", (), Flavour(turn=0)) != make("bool", (), Flavour(turn=1))
    assert set(make("bool", (3,)).tolist()) == {True, False}


def test_covering_goes_through_the_pool():
    assert make("int64", (5,), Flavour(offset=0), (3, 1, 4)).tolist() == [3, 1, 4, 3, 1]
    assert make("int64", (2,), Flavour(offset=2), (3, 1, 4)).tolist() == [4, 3]
    assert make("string", (2,), Flavour(offset=1), (b"a", b"b")).tolist() == [b"b", b"a"]


def test_pools():
    assert pool_of("string", InputHints(), (b"a",)) == (b"a", UNKNOWN_WORD)
    assert pool_of("string", InputHints(), ()) == ()
    assert pool_of("int32", InputHints(id_limit=3), (b"a",)) == (0, 1, 2)
    assert pool_of("float32", InputHints(id_limit=3), ()) == ()
    assert all(item.startswith(b"\x89PNG") for item in pool_of("string", InputHints(images=("DecodePng",)), (b"a",)))
    assert b"7" in pool_of("string", InputHints(numbers=True), (b"a",))


def test_thresholds_are_met_from_both_sides():
    assert thresholds("float32", InputHints(compared=(0.5, -16.0))) == (-0.5 + 0.875, 0.5, 0.625, -18.0, -16.0, -14.0)
    assert thresholds("int32", InputHints(compared=(3,))) == (2, 3, 4)
    assert thresholds("uint8", InputHints(compared=(0, 255))) == (0, 1, 254, 255)
    assert thresholds("bool", InputHints(compared=(True,))) == ()
    assert thresholds("int32", InputHints(compared=(1,), loops=True)) == (1, 2)
    # Ids of a table are all tried anyway, and others are refused.
    assert thresholds("int32", InputHints(compared=(30,), id_limit=5)) == ()


def test_only_covering_sets_use_thresholds():
    hints = InputHints(compared=(7,))
    assert pool_for("int64", hints, (), covers=True) == (6, 7, 8)
    assert pool_for("int64", hints, (), covers=False) == ()
    assert make("float32", (4,), Flavour(offset=0), (1.0, 2.0, 3.0)).tolist() == [1.0, 2.0, 3.0, 1.0]


def test_strings_that_are_compared_are_words():
    assert pool_of("string", InputHints(compared=(b"yes", b"a")), (b"a",)) == (b"yes", b"a", UNKNOWN_WORD)
    assert pool_of("string", InputHints(compared=(b"yes",)), ()) == (b"yes", UNKNOWN_WORD)


def test_long_pools_keep_both_ends():
    pool = pool_of("int64", InputHints(id_limit=100_000), ())
    assert len(pool) == POOL_LIMIT
    assert (pool[0], pool[-1]) == (0, 99_999)
