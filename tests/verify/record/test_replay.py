import numpy as np

from migrate.verify.calls import Call
from migrate.verify.models import Failure, Outputs
from migrate.verify.record.proof import Proof
from migrate.verify.record.replay import Replay
from migrate.verify.samples import Sample


def test_equal_inputs_have_the_answers_of_their_own_calls(proof: Proof):
    (model,) = proof.exports[0].models
    (signature,) = model.meta_graph.signatures
    answers = [Outputs({"y": np.array([1.0])}), Outputs({"y": np.array([2.0])}), Failure("ValueError", "no more")]
    calls = [Call("double", Sample("again", {"x": np.array([0.0])}), answer) for answer in answers]
    replay = Replay(calls)
    assert [replay.run(signature, call.sample.inputs) for call in calls] == answers
    assert replay.run(signature, calls[0].sample.inputs, hurry=True) is answers[0]


def test_it_knows_nothing_else(proof: Proof):
    (signature,) = proof.exports[0].models[0].meta_graph.signatures
    replay = Replay(())
    assert replay.hints(signature) == {}
    assert replay.dependent_parts(signature, "y") == frozenset()
    assert replay.random_operations(signature, "y") == ()
