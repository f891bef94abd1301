from __future__ import annotations

from dataclasses import replace

import pytest

from migrate.restore.changes import MethodName
from migrate.restore.originals import Match, Outcome, match, original_meta_graph
from migrate.signatures.model import MetaGraph, SignatureDef, TensorInfo
from tests.restore.models import CLASSIFY, PREDICT, REGRESS

X = TensorInfo("x", "x:0", "float32", (None,))
Y = TensorInfo("y", "y:0", "float32", (None,))


def one(key: str, method_name: str = PREDICT, inputs=(X,), outputs=(Y,)) -> SignatureDef:
    return SignatureDef(key, method_name, inputs, outputs)


def matched(originals: list[SignatureDef], model: list[SignatureDef], named: tuple[str, ...] = ()):
    found = match(
        MetaGraph(("serve",), tuple(originals)), {signature.key: signature for signature in model}, frozenset(named)
    )
    return tuple(replace(match, reason="", remedy="") for match in found.matches), found.method_names


def test_method_names_are_taken_key_by_key():
    originals = [one("c", CLASSIFY), one("r", REGRESS), one("p", PREDICT), one("gone", "my/own")]
    matches, names = matched(originals, [one("c"), one("r"), one("p"), one("new")])
    assert matches == (
        Match("c", CLASSIFY, Outcome.RESTORED),
        Match("r", REGRESS, Outcome.RESTORED),
        Match("p", PREDICT, Outcome.SAME),
        Match("gone", "my/own", Outcome.MISSING, candidates=("new",)),
    )
    assert names == (MethodName("c", CLASSIFY), MethodName("r", REGRESS))


def test_what_is_given_by_name_counts_more():
    assert matched([one("c", CLASSIFY)], [one("c")], ("c",)) == ((Match("c", CLASSIFY, Outcome.SAME),), ())


def test_an_original_without_a_method_name_takes_none_away():
    assert matched([one("c", "")], [one("c")]) == ((Match("c", "", Outcome.SAME),), ())


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (one("new", "m", inputs=(TensorInfo("x", "other:0", "float32", (3,)),)), True),
        (one("new", inputs=(TensorInfo("x", "x:0", "int32", (None,)),)), False),
        (one("new", inputs=(TensorInfo("z", "x:0", "float32", (None,)),)), False),
        (one("new", outputs=(Y, X)), False),
        (one("known"), False),
    ],
)
def test_candidates_have_the_same_keys_and_types_and_are_unknown_to_the_original(other, alike):
    matches, _ = matched([one("gone", CLASSIFY), one("known")], [other, one("known")])
    assert matches[0].candidates == (("new",) if alike else ())


SERVE, GPU, TRAIN = (MetaGraph(tags, ()) for tags in (("serve",), ("gpu", "serve"), ("train",)))


@pytest.mark.parametrize(
    ("originals", "tags", "found"),
    [
        ([SERVE, GPU], ("gpu", "serve"), GPU),
        ([SERVE, GPU], ("serve",), SERVE),
        ([TRAIN], ("serve",), TRAIN),
        ([TRAIN, SERVE], ("other",), SERVE),
        ([TRAIN, GPU], ("serve",), None),
        ([SERVE], (), SERVE),
    ],
)
def test_the_meta_graph_that_is_replaced(originals, tags, found):
    assert original_meta_graph(originals, tags) is found


EXAMPLES = TensorInfo("inputs", "i:0", "string", (None,))
SCORES = TensorInfo("scores", "s:0", "float32", (None, 2))


def test_what_could_serve_and_could_no_longer_is_refused_with_the_reason():
    original = MetaGraph(("serve",), (one("c", CLASSIFY, (EXAMPLES,), (SCORES,)),))
    model = {"c": one("c", PREDICT, (X,), (SCORES,))}
    found = match(original, model, frozenset())
    assert found.matches[0].outcome is Outcome.UNSERVABLE
    assert "takes `inputs`" in found.matches[0].reason
    assert found.method_names == ()
    forced = match(original, model, frozenset(), force=True)
    assert forced.matches[0].outcome is Outcome.RESTORED
    assert forced.method_names == (MethodName("c", CLASSIFY),)


def test_what_could_never_serve_in_the_original_either_is_restored_and_said():
    original = MetaGraph(("serve",), (one("c", CLASSIFY, (X,), (SCORES,)),))
    found = match(original, {"c": one("c", PREDICT, (X,), (SCORES,))}, frozenset())
    assert found.matches[0].outcome is Outcome.RESTORED
    assert found.matches[0].reason
    assert "classify-input-key" in found.tolerated["c"]
