from __future__ import annotations

import json

import pytest

from migrate.errors import MigrateError
from migrate.graph.examples.spec import Default, FeatureSpec
from migrate.graph.examples.spec_json import specs_of_json


def test_all_of_it():
    text = json.dumps(
        {
            "a=b, [c]": {"dtype": "float32", "shape": [2], "default": [0.5, 1], "input": "x:0"},
            "ids": {"dtype": "int64", "shape": [None], "default": 0},
            "x": {},
        }
    )
    assert specs_of_json(text, "SPEC") == (
        FeatureSpec("a=b, [c]", "x:0", "float32", (2,), Default((0.5, 1.0), (2,))),
        FeatureSpec("ids", "ids", "int64", (None,), Default((0,), ())),
        FeatureSpec("x", "x"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "f.json: no JSON of features"),
        ("[" * 100_000, "f.json: no JSON of features"),
        ("[]", "f.json: an object of features"),
        ('{"x": 1}', "`x`: an object with dtype, shape, default, input"),
        ('{"x": {}, "x": {}}', "'x' is there twice"),
        ('{"x": {"type": "float32"}}', "`x`: there is no `type`"),
        ('{"x": {"dtype": 1}}', "its dtype is to be a text"),
        ('{"x": {"dtype": "double"}}', "not double"),
        ('{"x": {"input": 1}}', "its input is to be"),
        ('{"x": {"shape": 4}}', "its shape is to be a list"),
        ('{"x": {"shape": [-1]}}', "its shape is to be a list"),
        ('{"x": {"shape": [true]}}', "its shape is to be a list"),
        ('{"x": {"shape": [2, null]}}', "only the first dimension"),
        ('{"x": {"default": 1}}', "say its dtype"),
        ('{"x": {"dtype": "int64", "default": null}}', "the default None is no int64"),
    ],
)
def test_refusals(text, message):
    with pytest.raises(MigrateError, match=message):
        specs_of_json(text, "f.json")
