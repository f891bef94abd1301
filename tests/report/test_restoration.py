from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from migrate.report.restoration import render_diff, render_text, to_json
from migrate.restore import restore_signatures
from migrate.restore.originals import Match, Outcome
from migrate.restore.restoration import MetaGraphRestoration, Restoration, SignatureChange
from migrate.signatures.model import MetaGraph, SignatureDef, TensorInfo
from tests.restore.models import CLASSIFY, PREDICT, REGRESS, lost_model, saved_model, signature, write

X = TensorInfo("x", "x:0", "float32", (None, 3))
Y = TensorInfo("y", "y:0", "float32", (None,))


def one(key: str, method_name: str = PREDICT, inputs=(X,), outputs=(Y,)) -> SignatureDef:
    return SignatureDef(key, method_name, tuple(inputs), tuple(outputs))


def named(info: TensorInfo, key: str) -> TensorInfo:
    return replace(info, key=key)


def restoration(*changes: SignatureChange, matches=(), notes=(), tags=("serve",), **more) -> Restoration:
    before = MetaGraph(tags, tuple(change.before for change in changes if change.before is not None))
    after = MetaGraph(tags, tuple(change.after for change in changes if change.after is not None))
    meta_graph = MetaGraphRestoration(before, after, changes, matches, notes)
    settings = {"changed": True, "written": True, **more}
    return Restoration(Path("/m"), settings.pop("out", None), (meta_graph,), **settings)


def lines(made: Restoration) -> list[str]:
    return render_text(made).splitlines()


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({}, "changed: /m"),
        ({"written": False}, "would change: /m"),
        ({"written": False, "changed": False}, "nothing to change: /m"),
        ({"out": Path("/o")}, "written: /o"),
        ({"out": Path("/o"), "changed": False}, "written: /o"),
    ],
)
def test_the_first_line_says_what_became_of_the_model(more, line):
    assert lines(restoration(**more)) == [line]


CHANGES = [
    (one("k"), one("k"), None, []),
    (one("k"), one("k", CLASSIFY), None, ["k: method predict -> classify"]),
    (one("k", ""), one("k", "my/own"), None, ["k: method (none) -> my/own"]),
    (one("k"), None, None, ["k: removed"]),
    (None, one("k", REGRESS), "j", ["k: copied from j, method regress"]),
    (None, one("k"), None, ["k: new, method predict"]),
    (one("j"), one("k", CLASSIFY), None, ["k: renamed from j, method predict -> classify"]),
    (one("k"), one("k", inputs=[named(X, "z")]), None, ["k: input x -> z"]),
    (one("k"), one("k", outputs=[named(Y, "z")]), None, ["k: output y -> z"]),
    (
        one("k", inputs=[X, named(Y, "w")]),
        one("k", inputs=[named(X, "w"), named(Y, "x")]),
        None,
        ["k: input w: float32 [?] (y:0) -> float32 [?, 3] (x:0), input x: float32 [?, 3] (x:0) -> float32 [?] (y:0)"],
    ),
    (one("k"), one("k", inputs=[X, Y]), None, ["k: input y: float32 [?] (y:0)"]),
    (one("k", outputs=[X, Y]), one("k"), None, ["k: no output x"]),
    (
        one("k", inputs=[named(X, "a"), named(X, "b")]),
        one("k", inputs=[named(X, "c"), named(X, "d")]),
        None,
        ["k: input a -> c, input b -> d"],
    ),
]


@pytest.mark.parametrize(("before", "after", "copied_from", "said"), CHANGES)
def test_a_line_for_each_signature_that_changes(before, after, copied_from, said):
    assert lines(restoration(SignatureChange(before, after, copied_from)))[1:] == [f"  {line}" for line in said]


def test_matches_of_the_original():
    matches = (
        Match("a", CLASSIFY, Outcome.RESTORED),
        Match("b", PREDICT, Outcome.SAME),
        Match("c", CLASSIFY, Outcome.MISSING, ("x y", "z")),
        Match("d", "", Outcome.MISSING),
        Match("e", REGRESS, Outcome.UNSERVABLE, reason="it has no output `outputs`", remedy="wrap it"),
        Match("f", CLASSIFY, Outcome.RESTORED, reason="it has no inputs"),
    )
    assert lines(restoration(matches=matches))[1:] == [
        "  the original has 6 signatures: 2 restored, 1 as they are, 1 refused, 2 not in the model",
        "  refused: e could never serve Regress: it has no output `outputs`; wrap it (--force writes it all the same)",
        "  f: as in the original, Classify could never take it: it has no inputs",
        "  not in the model: c (classify); another signature has its inputs and outputs: "
        "--rename 'x y=c' or --rename z=c",
        "  not in the model: d ((none))",
    ]
    assert [match.key for match in restoration(matches=matches).unmatched] == ["c", "d", "e"]


def test_one_signature():
    assert lines(restoration(matches=(Match("a", CLASSIFY, Outcome.SAME),)))[1:] == [
        "  the original has 1 signature: 1 as they are"
    ]


def test_notes_and_undo():
    made = restoration(notes=("first", "second"), undo=Path("/m/tf-migrate.undo"))
    assert lines(made)[1:] == ["  note: first", "  note: second", "  undo: tf-migrate restore /m --undo"]
    made = replace(made, model=Path("/my model"))
    assert lines(made)[-1] == "  undo: tf-migrate restore '/my model' --undo"


def test_several_meta_graphs_are_told_apart():
    change = SignatureChange(one("k"), one("k", CLASSIFY))
    first, second = restoration(change), restoration(change, tags=())
    made = replace(first, meta_graphs=(*first.meta_graphs, *restoration().meta_graphs, *second.meta_graphs))
    assert lines(made)[1:] == [
        "  MetaGraph serve",
        "  k: method predict -> classify",
        "  MetaGraph (no tags)",
        "  k: method predict -> classify",
    ]


def test_what_would_steer_a_terminal_is_made_visible():
    key = "k\x1b[31m\nx"
    made = restoration(SignatureChange(one(key), one(key, CLASSIFY)), notes=(key,))
    text = render_text(made) + render_diff(made)
    assert "\x1b" not in text
    assert "k\\x1b[31m\\x0ax: method predict -> classify" in text


def test_colours():
    made = restoration(SignatureChange(one("k"), one("k", CLASSIFY)), notes=("n",))
    coloured = render_text(made, colour=True)
    assert coloured.startswith("\x1b[32mchanged: /m\x1b[0m\n")
    assert "\x1b[33mnote:\x1b[0m n" in coloured
    for line in render_diff(made, colour=True).splitlines():
        assert line.startswith("\x1b[") == (not line.startswith(" "))


def test_the_diff():
    changes = (
        SignatureChange(one("a"), one("a", CLASSIFY)),
        SignatureChange(one("b"), None),
        SignatureChange(one("c"), one("c")),
        SignatureChange(one("d"), one("e")),
    )
    assert render_diff(restoration(*changes)).splitlines() == [
        "--- /m (serve)",
        "+++ /m (serve)",
        "@@ a @@",
        " signature a",
        "-  method_name tensorflow/serving/predict",
        "+  method_name tensorflow/serving/classify",
        "   input x: float32 [?, 3] (x:0)",
        "   output y: float32 [?] (y:0)",
        "@@ b @@",
        "-signature b",
        "-  method_name tensorflow/serving/predict",
        "-  input x: float32 [?, 3] (x:0)",
        "-  output y: float32 [?] (y:0)",
        "@@ e @@",
        "-signature d",
        "+signature e",
        "   method_name tensorflow/serving/predict",
        "   input x: float32 [?, 3] (x:0)",
        "   output y: float32 [?] (y:0)",
    ]


def test_no_diff():
    assert render_diff(restoration(SignatureChange(one("a"), one("a")))) == ""


def test_json(tmp_path):
    model = write(tmp_path / "m", lost_model())
    original = saved_model()
    signature(original.meta_graphs[0], "gone", {"a": "a:0", "b": "b:0"}, {"y": "y:0", "z": "z:0"})
    made = restore_signatures(
        model,
        classify=["plain"],
        copy={"both": "again"},
        remove=["number"],
        original=write(tmp_path / "original", original),
        force=True,
    )
    data = json.loads(to_json(made))
    assert {key: data[key] for key in ("version", "model", "out", "changed", "written", "undo")} == {
        "version": 1,
        "model": str(model),
        "out": None,
        "changed": True,
        "written": True,
        "undo": str(model / "tf-migrate.undo"),
    }
    assert {one["signature"] for one in data["forced"]} == {"plain"}
    assert all(one["rule"].startswith("classify-") and one["message"] for one in data["forced"])
    (meta_graph,) = data["meta_graphs"]
    assert meta_graph["tags"] == ["serve"]
    assert meta_graph["original"] == [
        {"key": "gone", "method_name": PREDICT, "outcome": "missing", "candidates": ["plain"], "reason": None}
    ]
    changes = {(c["before"] or c["after"])["key"]: c for c in meta_graph["changes"]}
    assert set(changes) == {"again", "number", "plain"}
    assert changes["again"]["before"] is None
    assert changes["again"]["copied_from"] == "both"
    assert changes["number"]["after"] is None
    assert changes["plain"]["before"] == {
        "key": "plain",
        "method_name": PREDICT,
        "inputs": {
            "a": {"tensor": "a:0", "dtype": "float32", "shape": [None], "kind": "dense"},
            "b": {"tensor": "b:0", "dtype": "float32", "shape": [None], "kind": "dense"},
        },
        "outputs": {
            "y": {"tensor": "y:0", "dtype": "float32", "shape": [None], "kind": "dense"},
            "z": {"tensor": "z:0", "dtype": "float32", "shape": [None], "kind": "dense"},
        },
    }
    assert changes["plain"]["after"] == {**changes["plain"]["before"], "method_name": CLASSIFY}


def test_json_of_a_whole_copy_and_of_nothing(tmp_path):
    model = write(tmp_path / "m", lost_model())
    data = json.loads(to_json(restore_signatures(model, out=tmp_path / "out")))
    assert (data["out"], data["changed"], data["written"], data["undo"]) == (str(tmp_path / "out"), False, True, None)
    assert data["meta_graphs"] == [{"tags": ["serve"], "changes": [], "original": [], "notes": []}]
    sparse = TensorInfo("s", "", "int64", None, sparse=("i:0", "v:0", "d:0"))
    made = json.loads(to_json(restoration(SignatureChange(None, one("k", inputs=[sparse])))))
    after = made["meta_graphs"][0]["changes"][0]["after"]
    assert after["inputs"] == {"s": {"tensor": None, "dtype": "int64", "shape": None, "kind": "sparse"}}
