from __future__ import annotations

import numpy as np
import pytest
from converted import arguments, check_outputs, gradients, requested
from model_fixtures import MODELS

from migrate.graph.convert import convert_model
from migrate.signatures import read_meta_graph

pytestmark = pytest.mark.tensorflow

SAFE = [fixture for fixture in MODELS if not fixture.hazards]


OTHER_GRADIENTS = {
    # TF1 has no gradient through what an assignment puts out; TF2 reads the variable after it.
    ("counter", "follow"),
    # The library declares another gradient for the function that is called; TF2 differentiates the function.
    ("defun_calls", "serving_default"),
    # tf.gradients of TF 1.15 stops at the whole operation whose second output is fed, TF2 at that output.
    ("odd_keys", "from/right"),
}
COUNTS_ITS_LOADS = {"main_op_work"}


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """Converts a golden once for all the tests of this module; answers where it is."""
    done = {}

    def convert(fixture):
        if str(fixture) not in done:
            out = tmp_path_factory.mktemp("converted") / "model"
            convert_model(
                fixture.path,
                out,
                checkpoint=fixture.checkpoint,
                tags=fixture.tags or None,
                signatures=requested(fixture),
                verify=False,
            )
            done[str(fixture)] = out
        return done[str(fixture)]

    return convert


def load(path):
    import tensorflow as tf

    return tf.saved_model.load(str(path))


@pytest.mark.parametrize("fixture", SAFE, ids=str)
def test_the_numbers_are_those_of_tf1(fixture, converted):
    model = load(converted(fixture))
    for call in fixture.calls:
        check_outputs(call, model.signatures[call.signature](**arguments(fixture, call)))


@pytest.mark.parametrize("fixture", [f for f in SAFE if f.name not in COUNTS_ITS_LOADS], ids=str)
def test_saved_again_by_tf2_it_is_still_the_same(fixture, converted, tmp_path):
    import tensorflow as tf

    first = load(converted(fixture))
    tf.saved_model.save(first, str(tmp_path / "again"), signatures=dict(first.signatures))
    second = load(tmp_path / "again")
    assert len(second.variables) == len(first.variables)
    for call in fixture.calls:
        check_outputs(call, second.signatures[call.signature](**arguments(fixture, call)))


@pytest.mark.parametrize("fixture", [fixture for fixture in SAFE if fixture.trainable], ids=str)
def test_the_gradients_are_those_of_tf1(fixture, converted):
    golden, skipped = fixture.gradients, fixture.settings.get("no_gradients", [])
    first = {}
    for call in fixture.calls:
        first.setdefault(call.signature, call)
    for key, call in first.items():
        if key in skipped or (fixture.name, key) in OTHER_GRADIENTS or not golden.get(key):
            continue
        model = load(converted(fixture))  # Afresh: a call before may have changed it.
        found = gradients(model, key, arguments(fixture, call))
        for name, expected in golden[key].items():
            assert name in found, (key, name)
            np.testing.assert_allclose(found[name], expected, rtol=2e-4, atol=2e-5, err_msg=f"{key} {name}")


@pytest.mark.parametrize("fixture", SAFE, ids=str)
def test_the_signatures_are_those_of_tf1(fixture, converted):
    if fixture.form != "saved_model":
        pytest.skip("its signatures are made here")
    before = {s.key: s for s in read_meta_graph(fixture.path, fixture.tags).signatures}
    after = {s.key: s for s in read_meta_graph(converted(fixture), fixture.tags).signatures}
    assert set(before) == set(after)
    for key, signature in before.items():
        assert after[key].method_name == signature.method_name
        for ours, theirs in ((signature.inputs, after[key].inputs), (signature.outputs, after[key].outputs)):
            assert [(i.key, i.dtype, i.shape, i.kind) for i in ours] == [
                (i.key, i.dtype, i.shape, i.kind) for i in theirs
            ]
