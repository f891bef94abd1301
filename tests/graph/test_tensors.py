from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.graph.tensors import Tensor, TensorNameError, parse_tensor, scope_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [("x", Tensor("x", 0)), ("a/b:2", Tensor("a/b", 2)), ("^init", Tensor("init", -1))],
)
def test_parse(text, expected):
    assert parse_tensor(text) == expected


def test_a_port_that_is_no_number():
    with pytest.raises(TensorNameError, match="'x:y' is no tensor's name"):
        parse_tensor("x:y")


@given(st.from_regex(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*", fullmatch=True), st.integers(-1, 50))
def test_what_is_written_is_read_again(node, port):
    tensor = Tensor(node, port)
    assert parse_tensor(str(tensor)) == tensor
    assert parse_tensor(tensor.as_input) == tensor


def test_scope():
    assert scope_of("a/b/c") == "a/b"
    assert scope_of("c") == ""
