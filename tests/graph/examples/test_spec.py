from __future__ import annotations

import json

import pytest

from migrate.errors import MigrateError
from migrate.graph.examples.spec import Default, FeatureSpec, parse_feature_specs, shape_text

X = FeatureSpec("x", "x", "float32", (4,))


def test_the_three_forms_are_one(tmp_path):
    text = json.dumps({"x": {"dtype": "float32", "shape": [4]}})
    file = tmp_path / "spec.json"
    file.write_text(text)
    bare = tmp_path / "features"
    bare.write_text(f"\n{text}\n")
    for form in (text, f"  {text}", str(file), str(bare), "x=float32[4]", " x=float32[4] "):
        assert parse_feature_specs(form) == (X,)


def test_a_file_with_a_byte_order_mark(tmp_path):
    file = tmp_path / "spec.json"
    file.write_bytes(b"\xef\xbb\xbf" + b'{"x": {}}')
    assert parse_feature_specs(str(file)) == (FeatureSpec("x", "x"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no feature"),
        ("{}", "names no feature"),
        ("none.json", r"none\.json: cannot read it: No such file"),
        ("x,y,x", "the feature `x` twice"),
        ("x:in,y:in", "the input `in` twice"),
    ],
)
def test_refusals(text, message):
    with pytest.raises(MigrateError, match=message):
        parse_feature_specs(text)


def test_a_file_that_is_no_text(tmp_path):
    file = tmp_path / "spec.json"
    file.write_bytes(b'{"\xff": {}}')
    with pytest.raises(MigrateError, match=r"spec\.json: not UTF-8"):
        parse_feature_specs(str(file))


def test_a_short_form_may_be_longer_than_a_file_name():
    specs = parse_feature_specs(",".join(f"feature_{number}=int64[]=0" for number in range(500)))
    assert len(specs) == 500
    assert specs[7] == FeatureSpec("feature_7", "feature_7", "int64", (), Default((0,), ()))


def test_shapes_as_text():
    assert [shape_text(shape) for shape in ((), (None, 3), None)] == ["[]", "[?,3]", " of unknown rank"]
