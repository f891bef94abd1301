from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.graph.examples.spec import Default, FeatureSpec
from migrate.graph.examples.spec_text import specs_of_text


def test_all_of_it():
    assert specs_of_text(
        "x=float32[4], name=string[]=unknown,ids:tokens=int64[?]=-1,y=float32[2,3]=[[1,2,3],[4,5,6]],z"
    ) == (
        FeatureSpec("x", "x", "float32", (4,)),
        FeatureSpec("name", "name", "string", (), Default((b"unknown",), ())),
        FeatureSpec("ids", "tokens", "int64", (None,), Default((-1,), ())),
        FeatureSpec("y", "y", "float32", (2, 3), Default((1.0, 2.0, 3.0, 4.0, 5.0, 6.0), (2, 3))),
        FeatureSpec("z", "z"),
    )


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("x:x:0=float32", FeatureSpec("x", "x:0", "float32")),
        ("my feature=string[]=", FeatureSpec("my feature", "my feature", "string", (), Default((b"",), ()))),
        ("x=string[ 2 , 3 ]=a=b", FeatureSpec("x", "x", "string", (2, 3), Default((b"a=b",), ()))),
        ("x=string=é", FeatureSpec("x", "x", "string", None, Default(("é".encode(),), ()))),
        ('x=string[2]=["a,b", ""]', FeatureSpec("x", "x", "string", (2,), Default((b"a,b", b""), (2,)))),
        ("x=float32[?,2]=0", FeatureSpec("x", "x", "float32", (None, 2), Default((0.0,), ()))),
    ],
)
def test_one_feature(text, spec):
    assert specs_of_text(text) == (spec,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("=float32[4]", "neither a file nor FEATURE="),
        ("x=float32[4],", "neither a file nor FEATURE="),
        ("x=float32[4", "neither a file nor FEATURE="),
        ("x=int32[4]", "`x`: a tf.Example holds float32, int64, string, not int32"),
        ("x=5", "not 5"),
        ("x=float32[four]", r"\[four\] is no shape"),
        ("x=float32[-1]", r"\[-1\] is no shape"),
        ("x=float32[2,?]", "only the first dimension may be `.`"),
        ("x=float32[0]", "a dimension of 0"),
        ("x=float32[]=one", "the default 'one' is no float32"),
        ("x=int64[]=1.5", "the default '1.5' is no int64"),
        ("x=int64[]=", "the default '' is no int64"),
    ],
)
def test_refusals(text, message):
    with pytest.raises(MigrateError, match=message):
        specs_of_text(text)
