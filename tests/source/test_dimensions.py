"""Which `.value` is that of a dimension."""

from __future__ import annotations

import ast

import pytest

from migrate.source.dimensions import is_dimension_value


def values(code: str) -> list[bool]:
    tree = ast.parse(code)
    return [
        is_dimension_value(node, tree)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "value"
    ]


@pytest.mark.parametrize(
    "code",
    [
        "x.shape[1].value",
        "x.get_shape()[-1].value",
        "x.get_shape().dims[1].value",
        "x.shape[1:][0].value",
        "s = x.get_shape()\ns[1].value",
        "d = x.shape[1]\nd.value",
        "[d.value for d in x.get_shape()]",
        "[d.value for d in x.get_shape()[1:]]",
        "for d in x.shape:\n  d.value",
    ],
)
def test_dimensions(code: str):
    assert values(code) == [True]


@pytest.mark.parametrize(
    "code",
    [
        "x[1].value",
        "x.value",
        "d.value",
        "x.shape.value",
        "x.shape[1:].value",
        "s = f()\ns[1].value",
        "d = x.shape[1]\nd = f()\nd.value",
        "d, e = x.shape\nd.value",
        "def f(d=x.shape[1]):\n  return d.value",
        "s = x.get_shape()\nfor s in y:\n  s[1].value",
        "for one in summary.value:\n  pass",
        "x.shape[1].value = 1",
    ],
)
def test_other_values(code: str):
    assert True not in values(code)
