from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.restore.changes import KeyRename, Pair
from migrate.restore.spelling import key_rename, pair
from migrate.signatures.model import MetaGraph, SignatureDef, TensorInfo


def signature(key: str, inputs: str = "x", outputs: str = "y") -> SignatureDef:
    """Keys of inputs and outputs with a bar between them."""
    infos = [tuple(TensorInfo(name, "t:0", "float32", ()) for name in keys.split("|")) for keys in (inputs, outputs)]
    return SignatureDef(key, "", *infos)


def model(*signatures: SignatureDef) -> list[MetaGraph]:
    return [MetaGraph(("serve",), signatures)]


@pytest.mark.parametrize(
    ("text", "keys", "found"),
    [
        ("a=b", ["a"], Pair("a", "b")),
        ("a=b=c", ["a"], Pair("a", "b=c")),
        ("a=b=c", ["a=b"], Pair("a=b", "c")),
        ("a==", ["a"], Pair("a", "=")),
        ("a b: c = d ", ["a b: c "], Pair("a b: c ", " d ")),
        ("=b", [""], Pair("", "b")),
        ("é=\N{SNOWMAN}", ["é"], Pair("é", "\N{SNOWMAN}")),
    ],
)
def test_pairs(text, keys, found):
    assert pair("--rename", text, model(*map(signature, keys))) == found


@pytest.mark.parametrize(
    ("text", "keys", "said"),
    [
        ("ab", ["ab"], "--rename ab: give OLD=NEW"),
        ("a=", ["a"], "--rename a=: give OLD=NEW"),
        ("", ["a"], "give OLD=NEW"),
        ("c=d", ["a", "b"], "--rename c=d: no signature `c`; there is: `a`, `b`"),
        ("c=d", [], "no signature `c`; there is: none"),
        ("a=b=c", ["a", "a=b"], "this may mean two signatures; use migrate.restore_signatures"),
    ],
)
def test_what_is_no_pair(text, keys, said):
    with pytest.raises(MigrateError) as caught:
        pair("--rename", text, model(*map(signature, keys)))
    assert said in str(caught.value)


def test_keys_of_any_meta_graph():
    meta_graphs = [*model(signature("a")), *model(signature("b"))]
    assert pair("--copy", "a=c", meta_graphs) == Pair("a", "c")
    assert pair("--copy", "b=c", meta_graphs) == Pair("b", "c")


@pytest.mark.parametrize(
    ("text", "one", "found"),
    [
        ("s:x=y", signature("s"), ("s", "x", "y")),
        ("s:x:0=y", signature("s", "x:0"), ("s", "x:0", "y")),
        ("s:x=y:0", signature("s"), ("s", "x", "y:0")),
        ("s:a=b=c", signature("s", "a=b"), ("s", "a=b", "c")),
        ("s:a=b=c", signature("s", "a"), ("s", "a", "b=c")),
        ("my:s:x=y", signature("my:s"), ("my:s", "x", "y")),
        ("s t:x y=z w", signature("s t", "x y"), ("s t", "x y", "z w")),
        ("a=b:x=y", signature("a=b"), ("a=b", "x", "y")),
    ],
)
def test_keys_of_inputs(text, one, found):
    assert key_rename("input", text, model(one), ()) == KeyRename(found[0], "input", *found[1:])


def test_outputs_are_not_inputs():
    assert key_rename("output", "s:y=z", model(signature("s")), ()) == KeyRename("s", "output", "y", "z")
    with pytest.raises(MigrateError, match="--rename-output s:x=z: signature `s` has no output `x`; it has: `y`"):
        key_rename("output", "s:x=z", model(signature("s")), ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x=y", "give SIGNATURE:OLD=NEW"),
        ("s:x", "give SIGNATURE:OLD=NEW"),
        ("s:x=", "give SIGNATURE:OLD=NEW"),
        ("s:=y", "give SIGNATURE:OLD=NEW"),
        (":x=y", "give SIGNATURE:OLD=NEW"),
        ("t:x=y", "no signature `t`; there is: `s`, `s:x`"),
        ("s:q=y", "signature `s` has no input `q`; it has: `a`, `x`, `x:a`"),
        ("s:x:a=y", "this may mean two inputs"),
    ],
)
def test_what_is_no_rename_of_a_key(text, said):
    there = model(signature("s", "x|x:a|a"), signature("s:x", "a"))
    with pytest.raises(MigrateError) as caught:
        key_rename("input", text, there, ())
    assert said in str(caught.value)


def test_signatures_are_named_by_their_new_keys():
    there = model(signature("s"), signature("t", "z"))
    assert key_rename("input", "new:x=y", there, [Pair("s", "new")]).signature == "new"
    exchanged = [Pair("s", "t"), Pair("t", "s")]
    assert key_rename("input", "t:x=y", there, exchanged).old == "x"
    assert key_rename("input", "s:z=y", there, exchanged).old == "z"
    with pytest.raises(MigrateError, match="signature `t` has no input `z`"):
        key_rename("input", "t:z=y", there, exchanged)


def test_an_input_of_any_meta_graph():
    there = [*model(signature("s", "one")), *model(signature("s", "other"))]
    assert key_rename("input", "s:one=y", there, ()).old == "one"
    assert key_rename("input", "s:other=y", there, ()).old == "other"
