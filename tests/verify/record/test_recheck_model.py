from dataclasses import replace

import numpy as np
import pytest

from migrate.errors import MigrateError
from migrate.verify.calls import Call
from migrate.verify.models import Failure, Outputs
from migrate.verify.record.proof import Proof, RecordedModel
from migrate.verify.record.recheck_model import recheck_model
from migrate.verify.results import Status
from migrate.verify.samples import Sample

pytestmark = pytest.mark.tensorflow
NAMES = ("recorded", "today")


@pytest.fixture
def recorded(proof: Proof) -> RecordedModel:
    return proof.exports[0].models[0]


def test_equal(recorded: RecordedModel, save):
    found = recheck_model(recorded, save("m"), NAMES, 7)
    assert found.equal
    assert (found.a, found.b, found.tags, found.seed) == (*NAMES, ("serve",), 7)
    assert found.signatures[0].samples == ("1 rows", "3 rows")
    assert found.signatures[0].outputs[0].elements == 4


def test_another_number(recorded: RecordedModel, save):
    (signature,) = recheck_model(recorded, save("m", by=2.5), NAMES, 0).signatures
    assert signature.status is Status.DIFFERENT
    first = signature.outputs[0].first_difference
    assert first is not None
    assert (first.sample, first.index, first.a, first.b) == ("3 rows", (1,), 2.0, 2.5)
    assert signature.notes == (
        "output 'y': where the numbers part could not be looked for: of the first model only the answers are known; "
        "verify with both models finds it",
    )


def test_exchanged_outputs_are_found(recorded: RecordedModel, save):
    (signature,) = recorded.meta_graph.signatures
    (info,) = signature.outputs
    two = replace(signature, outputs=(info, replace(info, key="z")))
    calls = tuple(
        replace(call, answer=Outputs({"y": 2 * call.sample.inputs["x"], "z": 3 * call.sample.inputs["x"]}))
        for call in recorded.calls
    )
    both = replace(recorded, meta_graph=replace(recorded.meta_graph, signatures=(two,)), calls=calls)
    found = recheck_model(both, save("m", lambda x: {"y": x * 3.0, "z": x * 2.0}), NAMES, 0)
    location = found.signatures[0].outputs[0].location
    assert location is not None
    assert "'y' and 'z' are exchanged" in location.message


def test_contract(recorded: RecordedModel, save):
    found = recheck_model(recorded, save("m", key="other"), NAMES, 0)
    assert [(each.key, each.status) for each in found.signatures] == [
        ("double", Status.DIFFERENT),
        ("other", Status.DIFFERENT),
    ]
    import tensorflow as tf

    found = recheck_model(
        recorded, save("n", spec=[tf.TensorSpec([None], tf.float64, name="x")], function=lambda x: {"y": x}), NAMES, 0
    )
    assert "the two do not take the same inputs" in found.signatures[0].reasons[0]


def test_what_the_original_refused(recorded: RecordedModel, save):
    bad = Call("double", Sample("a matrix", {"x": np.zeros((1, 1), "f4")}), Failure("InvalidArgumentError", "rank 1"))
    import tensorflow as tf

    spec = [tf.TensorSpec(None, name="x")]
    both = replace(recorded, calls=(*recorded.calls, bad))
    found = recheck_model(both, save("m", lambda x: {"y": 2.0 * tf.ensure_shape(x, [None])}, spec=spec), NAMES, 0)
    assert found.signatures[0].status is Status.EQUAL
    found = recheck_model(both, save("n", spec=spec), NAMES, 0)
    assert found.signatures[0].reasons == (
        "only the first model raises InvalidArgumentError on the sample set 'a matrix': rank 1",
    )


def test_calls_are_made_in_the_order_in_which_they_were_recorded(recorded: RecordedModel, tmp_path):
    """A counter answers the same inputs otherwise each time, and two signatures share it."""
    import tensorflow as tf

    module = tf.Module()
    module.count = tf.Variable(0.0)
    spec = [tf.TensorSpec([None], name="x")]
    up, down = (
        tf.function(lambda x, by=by: {"y": 0.0 * x + module.count.assign_add(by)}, input_signature=spec)
        for by in (1.0, -1.0)
    )
    tf.saved_model.save(module, str(tmp_path / "m"), {"down": down, "up": up})
    (signature,) = recorded.meta_graph.signatures
    meta_graph = replace(recorded.meta_graph, signatures=tuple(replace(signature, key=key) for key in ("down", "up")))

    def counted(*values: float) -> RecordedModel:
        keys = ("up", "up", "down", "up")
        calls = [
            Call(key, Sample(f"call {n}", {"x": np.zeros(1, "f4")}), Outputs({"y": np.array([value], "f4")}))
            for n, (key, value) in enumerate(zip(keys, values, strict=True))
        ]
        return RecordedModel(meta_graph, tuple(calls))

    assert recheck_model(counted(1, 2, 1, 2), tmp_path / "m", NAMES, 0).equal
    assert recheck_model(counted(1, 2, 1, 3), tmp_path / "m", NAMES, 0).status is Status.DIFFERENT


def test_other_tags(recorded: RecordedModel, save):
    other = replace(recorded, meta_graph=replace(recorded.meta_graph, tags=("gpu",)))
    with pytest.raises(MigrateError, match="no MetaGraph has the tags gpu"):
        recheck_model(other, save("m"), NAMES, 0)
