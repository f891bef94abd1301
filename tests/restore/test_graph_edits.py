from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from migrate.errors import MigrateError
from migrate.restore import undo
from migrate.restore.command import Request, run
from migrate.restore.graph_edits import examples, tensor_names
from migrate.signatures import read_meta_graph
from migrate.signatures.contract import Api
from tests.restore.models import CLASSIFY, REGRESS, saved_model, signature, write
from tests.restore.tf_models import recomputed, recorded, without_uuid

pytestmark = pytest.mark.tensorflow

A, B = np.float32([1, 2]), np.float32([3, 5])


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """A TF1 model that `module` replaces."""
    message = saved_model()
    inputs, outputs = {"a": "left:0", "b": "right:0"}, {"z": "sum:0", "m": "difference:0", "c": "product:0"}
    signature(message.meta_graphs[0], "predict", inputs, outputs)
    return write(tmp_path / "original", message)


def notes(restoration) -> list[str]:
    return [note for meta_graph in restoration.meta_graphs for note in meta_graph.notes]


def test_names_of_tensors_are_put_back(module, original):
    import tensorflow as tf

    before = (module / "saved_model.pb").read_bytes()
    made = run(Request(module, original=original, tensor_names=True))
    said = "\n".join(notes(made))
    for name in ("left:0", "right:0", "sum:0", "difference:0", "product:0"):
        assert f"tensor name {name} (" in said
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        tf.compat.v1.saved_model.load(session, ["serve"], str(module))
        found = session.run(["sum:0", "difference:0", "product:0"], {"left:0": A, "right:0": B})
    for value, expected in zip(found, (A + 10 * B, A - B, A * B), strict=True):
        np.testing.assert_array_equal(value, expected)
    assert without_uuid(recorded(module)) == without_uuid(recomputed(module))
    again = run(Request(module, original=original, tensor_names=True))
    assert not again.changed
    assert any(note.startswith("tensor names that are there already: ") for note in notes(again))
    undo(module)
    assert (module / "saved_model.pb").read_bytes() == before


def test_an_original_with_other_tags(original):
    message = saved_model(("train",), ("gpu",))
    for meta_graph in message.meta_graphs:
        signature(meta_graph, "predict", {"a": "left:0"}, {"z": "sum:0"})
    other = write(original.with_name("other"), message)
    said = tensor_names(other)(None, ("serve",))
    assert said == ("the original has no MetaGraph with the tags serve: no tensor names from it",)


def test_a_signature_is_made_to_parse_examples(module):
    import tensorflow as tf

    request = Request(module, regress=("predict",), examples="a=float32[],b=float32[]=2", outputs="z")
    made = run(request)
    assert any("signature `predict` parses tf.Examples with: " in note for note in notes(made))
    assert read_meta_graph(module).by_key["predict"].method_name == REGRESS
    features = {"a": tf.train.Feature(float_list=tf.train.FloatList(value=[1.0]))}
    example = tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()
    found = tf.saved_model.load(str(module)).signatures["predict"](inputs=tf.constant([example]))
    np.testing.assert_array_equal(found["outputs"].numpy().ravel(), [21])
    assert without_uuid(recorded(module)) == without_uuid(recomputed(module))


def test_beside_a_copy_and_in_a_new_model(module, tmp_path):
    request = Request(
        module,
        regress=("r",),
        copy=("predict=r",),
        examples="a=float32[],b=float32[]",
        outputs="m",
        rename_input=(),
        out=tmp_path / "out",
    )
    run(request)
    by_key = read_meta_graph(tmp_path / "out").by_key
    assert [info.key for info in by_key["r"].inputs] == ["inputs"]
    assert [info.key for info in by_key["predict"].inputs] == ["a", "b"]
    assert without_uuid(recorded(tmp_path / "out")) == without_uuid(recomputed(tmp_path / "out"))


def test_a_meta_graph_without_the_signature_is_left_alone():
    from migrate import protos

    edit = examples("k", Api.CLASSIFY, "a=float32[]", original=None, scores="s", classes=None, outputs=None)
    meta_graph = protos.meta_graph_def()
    meta_graph.signature_def["other"].method_name = CLASSIFY
    before = meta_graph.SerializeToString(deterministic=True)
    assert edit(meta_graph, ("serve",)) == ()
    assert meta_graph.SerializeToString(deterministic=True) == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"regress": ("predict",), "examples": "a=float32[]", "outputs": "z"}, "`b`"),
        ({"regress": ("predict",), "examples": "a=nonsense[]", "outputs": "z"}, "nonsense"),
        ({"regress": ("predict",), "examples": "a=float32[],b=float32[]", "outputs": "q"}, "`q`"),
        ({"regress": ("predict",), "examples": "original", "outputs": "z"}, "--from ORIGINAL"),
    ],
)
def test_what_cannot_be_is_one_line_and_nothing_changes(module, options, said):
    before = (module / "saved_model.pb").read_bytes()
    with pytest.raises(MigrateError, match=said) as caught:
        run(Request(module, **options))
    assert "\n" not in str(caught.value)
    assert (module / "saved_model.pb").read_bytes() == before
