"""Tests of keys of inputs that TF2 has no arguments for."""

from __future__ import annotations

import ast

import pytest

from migrate.source.sites import RUN_TIME, Endpoint, SignatureSource
from migrate.source.strategies.frozen.keys import is_taken, saved_names


@pytest.mark.parametrize("key", ["x", "image_tensor", "a/b", "a.b-c", RUN_TIME + "name + ':0'"])
def test_keys_that_are_taken(key: str):
    assert is_taken(key)


@pytest.mark.parametrize("key", ["in", "x:0", "self", "_x", "1st", "my input", "", "größe"])
def test_keys_that_are_not_taken(key: str):
    assert not is_taken(key)


def test_names_do_not_clash():
    tensor = ast.Constant("t")
    keys = ["in", "arg_in", "a/b", "x:0", "x_0"]
    signature = SignatureSource("s", None, "", tuple(Endpoint(key, tensor) for key in keys), ())
    names = saved_names(signature)
    assert names == {"in": "arg_in_1", "arg_in": "arg_in", "a/b": "a/b", "x:0": "arg_x_0", "x_0": "x_0"}
