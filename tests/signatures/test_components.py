from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migrate.signatures import TensorInfo
from migrate.signatures.components import argument_names, component_names, is_argument


def test_component_names():
    part = TensorInfo("x.0", "x:0", "float32", None)
    assert component_names(TensorInfo("x", "x:0", "float32", None)) == ("x",)
    assert component_names(TensorInfo("x", "", "float32", None, sparse=("i:0", "v:0", "d:0"))) == (
        "x_indices",
        "x_values",
        "x_dense_shape",
    )
    assert component_names(TensorInfo("x", "", "invalid", None, components=(part, part))) == (
        "x_component_0",
        "x_component_1",
    )


def test_legal_names_stay():
    assert argument_names(["x", "input_1"]) == {"x": "x", "input_1": "input_1"}


def test_illegal_names_become_legal_and_stay_apart():
    assert argument_names(["x:0", "x 0", "class", "self", "2nd"]) == {
        "x:0": "arg_x_0",
        "x 0": "arg_x_0_1",
        "class": "arg_class",
        "self": "arg_self",
        "2nd": "arg_2nd",
    }


@given(st.lists(st.text(), unique=True))
def test_all_names_are_legal_and_different(keys):
    names = argument_names(keys)
    assert set(names) == set(keys)
    assert len(set(names.values())) == len(keys)
    assert all(is_argument(name) for name in names.values())
