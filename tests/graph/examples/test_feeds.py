from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.graph.examples.feeds import plan_feeds
from migrate.graph.examples.spec import Default, parse_feature_specs
from migrate.graph.examples.wrapping import Feature
from migrate.signatures.model import SignatureDef, TensorInfo


def signature(*inputs, defaults=()):
    infos = tuple(TensorInfo(key, f"{key}:0", dtype, shape) for key, dtype, shape in inputs)
    return SignatureDef("k", "", infos, (), tuple((key, b"") for key in defaults))


def planned(spec, *inputs, defaults=()):
    return plan_feeds(signature(*inputs, defaults=defaults), parse_feature_specs(spec))


def test_what_the_spec_leaves_out_is_the_input_s():
    inputs = (("a", "float64", (None, 2, 3)), ("b", "int32", (None,)), ("c", "string", (None, 1)))
    plan = planned("b,a,c", *inputs)
    assert [feed.feature for feed in plan.feeds] == [
        Feature("b", "int64", (), True, "b", "int32"),
        Feature("a", "float32", (2, 3), True, "a", "float64"),
        Feature("c", "string", (1,), True, "c", None),
    ]
    assert (plan.batch, plan.defaulted) == (None, ())


def test_names_and_defaults():
    plan = planned("feature:x=int64[2]=[1,2]", ("x", "float32", (None, None)))
    (feed,) = plan.feeds
    assert feed.feature == Feature("feature", "int64", (2,), False, "x", "float32")
    assert feed.default == Default((1, 2), (2,))


def test_an_input_with_a_default_needs_no_feature():
    inputs = (("x", "float32", (None,)), ("t", "float32", ()), ("s", "int64", (7,)))
    assert planned("x", *inputs, defaults=("t", "s")).defaulted == ("s", "t")
    with pytest.raises(MigrateError, match=r"no feature feeds its input `s` \(int64\[7\]\); add s=int64\[\] to"):
        planned("x", *inputs, defaults=("t",))


@pytest.mark.parametrize(
    ("shapes", "batch"),
    [(((None,), (None, 2)), None), (((4,), (4, 2)), 4), ((None, (3, 1)), 3), ((None, (None, 1)), None)],
)
def test_the_batch(shapes, batch):
    one, two = shapes
    spec = "a=float32[1],b" if one is None else "a,b"
    assert planned(spec, ("a", "float32", one), ("b", "float32", two)).batch == batch


X = ("x", "float32", (None, 3))


@pytest.mark.parametrize(
    ("spec", "inputs", "message"),
    [
        ("x,z", [X], r"the feature `z` feeds no input; there is `x` \(float32\[\?,3\]\).*z:INPUT="),
        ("x", [], "`x` feeds no input; there is none"),
        ("x", [X, ("y", "uint8", (None, 2))], r"no feature feeds its input `y` \(uint8\[\?,2\]\); add y=int64\[2\]"),
        ("x", [X, ("y", "string", (None, None))], r"add y=string\[N\]"),
        ("x", [X, ("y", "float32", None)], r"`y` \(float32 of unknown rank\); add y=float32\[DIMS\]"),
        ("x", [("x", "complex64", (None,))], "complex64; no tf.Example can hold that"),
        ("x", [("x", "resource", (None,))], "resource; no tf.Example can hold that"),
        ("x=string[3]", [X], "it is string and its input `x` float32; declare it float32 or int64"),
        ("x=float32[]", [("x", "int32", (None,))], "declare it int64"),
        ("x=float32[4]", [X], r"its shape \[4\] does not fit its input `x` \(float32\[\?,3\]\), which takes \[3\]"),
        ("x=float32[]", [X], "does not fit"),
        ("x=float32[?]=0", [X], "does not fit"),
        ("x=float32[3]", [("x", "float32", (3,))], "takes .. an example; the first dimension is the batch"),
        ("x", [("x", "float32", ())], "its input `x` is a scalar, one value for the whole batch"),
        (
            "x",
            [("x", "float32", None)],
            r"say its shape, as its input `x` is float32 of unknown rank: x=float32\[DIMS\]",
        ),
        ("x", [("x", "int64", (None, None, 2))], r"say its shape.*: x=int64\[N,2\]"),
        ("x", [("x", "int64", (None, 0))], "there are no values to parse"),
        ("x=int64[?]", [("x", "int64", (None, None))], "any length needs a default"),
        ("x=int64[?]=[0]", [("x", "int64", (None, None))], "the default of any length is one value"),
        ("x=float32[3]=[1,2]", [X], r"its default has shape \[2\], it \[3\]"),
        ("x=int64[]=300", [("x", "uint8", (None,))], "its default 300 is no uint8"),
        ("x=int64[]=-1", [("x", "uint64", (None,))], "its default -1 is no uint64"),
        ("x=int64[]=2", [("x", "bool", (None,))], "its default 2 is no bool"),
        (
            "a,b",
            [("a", "float32", (2,)), ("b", "float32", (3,))],
            r"the first dimensions of its inputs differ \(`a` 2, `b` 3\)",
        ),
        ("a,b", [("a", "float32", (6,)), ("b", "float32", (None, 3))], r"differ \(`a` 6, `b` \?\)"),
    ],
)
def test_refusals(spec, inputs, message):
    with pytest.raises(MigrateError, match=message):
        planned(spec, *inputs)


def test_sparse_inputs():
    sparse = TensorInfo("x", "", "float32", (None, 3), sparse=("i:0", "v:0", "s:0"))
    wanted = SignatureDef("k", "", (sparse,), ())
    with pytest.raises(MigrateError, match="its input `x` is a sparse tensor"):
        plan_feeds(wanted, parse_feature_specs("x"))
    with pytest.raises(MigrateError, match=r"no feature feeds its input `x` \(sparse\)"):
        plan_feeds(
            SignatureDef("k", "", (TensorInfo("y", "y:0", "int64", (None,)), sparse), ()), parse_feature_specs("y")
        )
