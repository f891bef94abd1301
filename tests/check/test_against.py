"""A model in the place of another."""

from __future__ import annotations

import pytest

from migrate.check import check_model
from migrate.errors import MigrateError

PREDICT = ("predict", {"x": "float32[?,3]@x:0"}, {"y": "float32[?,2]@y:0"})
CLASSIFY = ({"inputs": "string[?]@e:0"}, {"scores": "float32[?,3]@s:0"})


def findings(saved_model, old, new, **kwargs):
    model = saved_model(new, name="new", **kwargs)
    return check_model(model, against=saved_model(old, name="old")).findings


def short(found):
    return [(one.rule, str(one.severity), one.signature, one.options) for one in found]


def test_the_same(saved_model):
    assert findings(saved_model, {"serving_default": PREDICT}, {"serving_default": PREDICT}) == ()


def test_method_names(saved_model):
    old = {"serving_default": ("classify", *CLASSIFY), "p": PREDICT}
    new = {"serving_default": ("predict", *CLASSIFY), "p": PREDICT}
    # What the original tells is not guessed besides.
    found = findings(saved_model, old, new, parses=True)
    assert short(found) == [("changed-method-name", "error", "serving_default", ("--classify", "serving_default"))]


def test_what_was_predict_in_the_original_is_not_lost(saved_model):
    same = {"serving_default": ("predict", *CLASSIFY)}
    assert findings(saved_model, same, same, parses=True) == ()


def test_a_method_name_that_renames_make_possible(saved_model):
    old = {"serving_default": ("classify", *CLASSIFY)}
    new = {"serving_default": ("predict", CLASSIFY[0], {"output_0": "float32[?,3]@s:0"})}
    model, original = saved_model(new, name="new"), saved_model(old, name="old")
    check = check_model(model, against=original)
    assert check.commands == (
        (
            *("tf-migrate", "restore", str(model)),
            *("--rename-output", "serving_default:output_0=scores", "--classify", "serving_default"),
        ),
    )


def test_a_method_name_that_could_not_serve(saved_model):
    old = {"serving_default": ("classify", *CLASSIFY)}
    new = {"serving_default": ("predict", {"inputs": "float32[?,3]@e:0"}, CLASSIFY[1])}
    method = next(one for one in findings(saved_model, old, new) if one.rule == "changed-method-name")
    assert method.options == ()
    assert "but Classify would refuse it: its input `inputs` is float32" in method.message
    assert "--examples SPEC" in method.remedy


def test_a_method_name_of_the_users_own(saved_model, tmp_path):
    old = {"serving_default": ("my/own", *PREDICT[1:])}
    (method,) = findings(saved_model, old, {"serving_default": PREDICT})
    assert method.options == ("--from", str(tmp_path / "old"))


def test_signatures(saved_model):
    old = {"serving_default": PREDICT, "gone": ("predict", {}, {"z": "int64[]"})}
    new = {"serving_default": PREDICT, "more": ("predict", {}, {"w": "int64[]"})}
    assert short(findings(saved_model, old, new)) == [
        ("missing-signature", "error", "gone", ()),
        ("new-signature", "note", "more", ()),
    ]


def test_a_renamed_signature(saved_model):
    old = {"serving_default": PREDICT, "score": ("classify", *CLASSIFY)}
    new = {"serving_default": PREDICT, "fn_1": ("predict", *CLASSIFY)}
    model = saved_model(new, name="new")
    check = check_model(model, against=saved_model(old, name="old"))
    assert [finding.rule for finding in check.findings] == ["renamed-signature", "changed-method-name"]
    # restore sets method names under the keys that signatures have then.
    assert check.commands[0][3:] == ("--rename", "fn_1=score", "--classify", "score")


def test_no_rename_where_two_would_fit(saved_model):
    old = {"serving_default": PREDICT, "a": ("classify", *CLASSIFY), "b": ("classify", *CLASSIFY)}
    new = {"serving_default": PREDICT, "c": ("classify", *CLASSIFY)}
    assert [one.rule for one in findings(saved_model, old, new)] == [
        "missing-signature",
        "missing-signature",
        "new-signature",
    ]


def test_tensor_names_are_a_note(saved_model, tmp_path):
    new = ("predict", {"x": "float32[?,3]@serving_default_x:0"}, {"y": "float32[?,2]@StatefulPartitionedCall:0"})
    (note,) = findings(saved_model, {"serving_default": PREDICT}, {"serving_default": new})
    assert (note.rule, note.counts) == ("tensor-names", False)
    assert "x:0 is now serving_default_x:0, y:0 is now StatefulPartitionedCall:0" in note.message
    assert note.remedy == f"`tf-migrate restore --tensor-names --from {tmp_path / 'old'}` brings the names back"


def test_tags_of_the_only_meta_graph(saved_model):
    found = findings(saved_model, {"serving_default": PREDICT}, {}, tags=("serve", "gpu"))
    assert {(one.rule, one.signature) for one in found if one.rule != "no-serve-tag"} == {
        ("tags", ""),
        ("no-signatures", ""),
        ("missing-signature", "serving_default"),
    }


def test_meta_graphs_go_by_their_tags(saved_model, meta_graph):
    def training(saved):
        meta_graph(saved, {"train": PREDICT}, ("train",))

    both = saved_model({"serving_default": PREDICT}, training, name="both")
    one = saved_model({"serving_default": PREDICT}, name="one")
    assert [f.rule for f in check_model(one, against=both).findings] == ["tags"]
    assert check_model(one, against=both, tags=["serve"]).findings == ()
    assert [f.rule for f in check_model(both, against=one).findings] == ["not-served"]
    with pytest.raises(MigrateError, match="no MetaGraph has the tags eval"):
        check_model(saved_model({"k": PREDICT}, name="eval", tags=("eval",)), against=both, tags=["eval"])


def test_an_original_that_cannot_be_read(saved_model, tmp_path):
    with pytest.raises(MigrateError, match="nowhere: no such directory"):
        check_model(saved_model({"serving_default": PREDICT}), against=tmp_path / "nowhere")
