import numpy as np
import pytest

from migrate.verify.spread import Spread


def spread(*values, rows=None):
    watched = Spread()
    for value in values:
        array = np.asarray(value)
        watched.add(array, rows if rows is not None else (len(array) if array.ndim else 1))
    return watched


@pytest.mark.parametrize(
    "values",
    [
        ([1.0], [2.0]),
        ([[1.0, 2.0]], [[1.0, 2.0], [1.0, 3.0]]),
        (np.float32(1), np.float32(2)),
        ([np.inf], [1.0]),
        (np.array([b"a", b"b"], object),),
        ([True, False],),
        ([np.nan], [1.0], [2.0]),
    ],
)
def test_varies(values):
    assert spread(*values).varies


@pytest.mark.parametrize(
    "values",
    [
        ([0.0], [0.0, 0.0, 0.0]),
        ([[1.0, 2.0]], [[1.0, 2.0], [1.0, 2.0]]),
        (np.float32([1.0, 1.0 + 2e-7]),),
        (np.float32([1e-8, 2e-8]),),  # The comparison could not tell these apart.
        ([np.nan], [np.nan]),
        (np.array([b"a", b"a"], object),),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
)
def test_does_not_vary(values):
    assert not spread(*values).varies


def test_an_output_without_rows_is_taken_whole():
    assert not spread([1.0, 2.0], [1.0, 2.0], rows=3).varies
    assert spread([1.0, 2.0], [1.0, 3.0], rows=3).varies


def test_nan_in_the_same_place_is_no_change():
    assert not spread([[np.nan, 1.0]], [[np.nan, 1.0]]).changes
    assert spread([[np.nan, 1.0]], [[np.nan, 1.0 + 1e-12]]).changes


def test_only_nan():
    assert spread([np.nan], [np.nan]).only_nan
    assert not spread([np.nan], [np.nan, 1.0]).only_nan
    assert not spread(np.zeros(0)).only_nan


def test_text():
    assert spread([0.0], [0.0]).constant_text == "was always 0.0"
    assert spread([[1.0, 2.0]]).constant_text == "was always the same"
    assert spread().constant_text == "was always the same"
    assert spread([1.0], [1.0 + 1e-12]).constant_text == "never changed by more than the tolerance"


def lengths(*values, shapes=((),)):
    watched = Spread()
    for value in values:
        watched.add(np.asarray(value), 1, shapes)
    return watched


def test_a_length_that_depends_on_values_says_something_where_there_is_something_new():
    assert lengths([0.5], [0.5, 1.5, 3.0]).varies
    assert lengths([0.5, 1.5], [0.5]).varies
    assert lengths(np.array([b"a"], object), np.array([b"a", b"b"], object)).varies
    assert not lengths([1.0, 2.0], [1.0, 2.0, 1.0, 2.0]).varies  # A bias, repeated.
    assert not lengths([0.0], [0.0, 0.0]).varies
    assert not lengths([], [0.0]).varies
    assert not lengths([0.5], [0.5, 1.5], shapes=None).varies


def test_a_length_that_depends_on_the_inputs_lengths_says_nothing():
    watched = Spread()
    watched.add(np.array([0.5]), 1, ((1,),))
    watched.add(np.array([0.5, 1.5]), 2, ((2,),))
    assert watched.varies  # Row by row it does.
    watched = Spread()
    watched.add(np.array([[0.5]]), 1, ((1,),))
    watched.add(np.array([[0.5, 1.5]]), 1, ((2,),))
    assert not watched.varies


def test_what_the_scale_of_its_column_could_hide_is_no_change():
    assert not spread(np.float32([[30.0, 1e-4], [30.0, 1e-4]])).varies
    assert not spread(np.float32([30.0, 30.001])).varies
    assert spread(np.float32([30.0, 30.1])).varies
    assert spread(np.float32([[30.0, 1e-4], [30.0, 2e-4]])).varies
    assert not spread(np.float32([[30.0], [30.001]])).varies
