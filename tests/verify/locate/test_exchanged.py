import numpy as np

from migrate.verify.locate.exchanged import exchanged

A, B, C = (np.array([number], "f4") for number in (1.0, 2.0, 3.0))


def test_two_that_changed_places():
    assert exchanged(["a", "b"], {"a": A, "b": B}, {"a": B, "b": A}) == {"a": "b", "b": "a"}


def test_three_that_went_round():
    found = exchanged(["a", "b", "c"], {"a": A, "b": B, "c": C}, {"a": C, "b": A, "c": B})
    assert found == {"a": "b", "b": "c", "c": "a"}


def test_only_where_all_fit():
    assert exchanged(["a", "b"], {"a": A, "b": B}, {"a": B, "b": C}) == {}
    assert exchanged(["a"], {"a": A}, {"a": B}) == {}
    assert exchanged(["a", "b"], {"a": A, "b": B}, {"a": B}) == {}


def test_only_in_one_way():
    # Two of the three are alike: which is which cannot be told.
    assert exchanged(["a", "b", "c"], {"a": A, "b": A, "c": B}, {"a": B, "b": A, "c": A}) == {}


def test_another_dtype_is_another_output():
    assert exchanged(["a", "b"], {"a": A, "b": B}, {"a": B.astype("f8"), "b": A.astype("f8")}) == {}
