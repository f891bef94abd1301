import numpy as np
import pytest

from migrate.verify.compare import compare_arrays
from migrate.verify.histogram import EDGES, ErrorHistogram, bin_labels, count_errors


def found(counts) -> dict[str, int]:
    return {label: count for label, count in zip(bin_labels(), counts, strict=True) if count}


def test_every_error_is_counted_in_the_bin_of_its_magnitude():
    errors = np.array([0.0, 1e-20, 1e-12, 9e-12, 0.5, 1.0, 999.0, 1000.0, 1e30, np.inf, np.nan])
    histogram = count_errors(errors, errors)
    assert histogram.absolute == histogram.relative
    assert found(histogram.absolute) == {
        "0": 1,
        "below 1e-12": 1,
        "1e-12 to 1e-11": 2,
        "0.1 to 1": 1,
        "1 to 10": 1,
        "100 to 1000": 1,
        "1000 and more": 2,
        "not finite": 2,
    }


def test_there_is_a_count_for_each_label():
    assert len(bin_labels()) == len(EDGES) + 3 == len(count_errors(np.zeros(3), np.zeros(3)).absolute)
    assert sum(count_errors(np.zeros((2, 3)), np.zeros((2, 3))).absolute) == 6


def test_histograms_add_up():
    one, other = count_errors(np.array([0.0]), np.array([0.5])), count_errors(np.array([0.5]), np.array([0.0]))
    assert one.merged(None) == one
    assert (
        one.merged(other) == other.merged(one) == ErrorHistogram(one.merged(other).relative, one.merged(other).absolute)
    )
    assert sum(one.merged(other).absolute) == 2


def test_equal_and_unequal_arrays_have_one():
    same = compare_arrays(np.ones(4, "f4"), np.ones(4, "f4")).histogram
    assert same is not None
    assert found(same.absolute) == {"0": 4}
    other = compare_arrays(np.array([1.0, 2.0, np.nan]), np.array([1.5, 2.0, 3.0])).histogram
    assert other is not None
    assert found(other.absolute) == {"0": 1, "0.1 to 1": 1, "not finite": 1}
    assert found(other.relative) == {"0": 1, "0.1 to 1": 1, "not finite": 1}
    integers = compare_arrays(np.array([1, 2]), np.array([1, 12])).histogram
    assert integers is not None
    assert found(integers.absolute) == {"0": 1, "10 to 100": 1}


@pytest.mark.parametrize(
    ("a", "b"), [(np.array([b"a"], object), np.array([b"b"], object)), (np.array([True]), np.array([False]))]
)
def test_what_has_no_numbers_has_none(a, b):
    assert compare_arrays(a, b).histogram is None


def test_empty_arrays_have_an_empty_one():
    assert compare_arrays(np.zeros(0), np.zeros(0)).histogram == count_errors(np.zeros(0), np.zeros(0))
