"""A model that TF2 wrote, loaded by `tf.saved_model.load`."""

from __future__ import annotations

import numpy as np
import pytest

from migrate.signatures import read_meta_graph
from migrate.verify.models import Failure, Model, Outputs
from migrate.verify.objects import ObjectModel
from migrate.verify.samples import SparseValue

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def mixed(tf, tmp_path_factory):
    """Sparse and ragged results, a scalar string, and an input whose name is no Python name."""

    class Mixed(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 2], name="x")])
        def everything(self, x):
            return {
                "sparse": tf.sparse.from_dense(x) * 2.0,
                "ragged": tf.RaggedTensor.from_row_lengths(tf.reshape(x, [-1]), tf.fill([tf.shape(x)[0]], 2)),
                "text": tf.constant(b"ends in zero\0"),
            }

    path = tmp_path_factory.mktemp("mixed") / "model"
    module = Mixed()
    tf.saved_model.save(module, str(path), {"s": module.everything})
    return path


def both(path, inputs):
    meta_graph = read_meta_graph(path, ("serve",))
    (signature,) = meta_graph.signatures
    with Model(path, meta_graph) as model:
        return ObjectModel(path, meta_graph).run(signature, inputs), model.run(signature, inputs)


def test_every_kind_of_output_is_the_session_s(mixed):
    objects, session = both(mixed, {"x": np.array([[1, 0], [2, 3]], "f4")})
    assert isinstance(objects, Outputs)
    assert isinstance(session, Outputs)
    assert objects.parts.keys() == session.parts.keys()
    assert {"sparse/indices", "ragged/0", "text"} < objects.parts.keys()
    for part, value in objects.parts.items():
        assert value.dtype == session.parts[part].dtype
        assert value.tolist() == session.parts[part].tolist()
    assert objects.parts["text"].item() == b"ends in zero\0"


def test_an_exception_is_a_failure(mixed):
    objects, session = both(mixed, {"x": np.zeros((2, 5), "f4")})
    assert isinstance(objects, Failure)
    assert isinstance(session, Failure)


def test_what_cannot_be_loaded_fails_at_each_call(v1_model):
    meta_graph = read_meta_graph(v1_model, ("serve",))
    model = ObjectModel(v1_model / "not there", meta_graph)
    assert model.failure is not None
    assert model.run(meta_graph.signatures[0], {}) == model.failure


def test_components_of_inputs(tf, tmp_path):
    """Sparse and ragged inputs have the names that TF2's loader of TF1 models gives their parts."""
    from test_equivalence import save_v1
    from zoo import PREDICT

    def build(v1):
        sparse = v1.sparse_placeholder(tf.float32, [None, 3])
        ragged = v1.ragged.placeholder(tf.int64, 1, [])
        outputs = {"y": v1.sparse_reduce_sum(sparse, axis=1), "z": ragged * 2}
        return {"s": (PREDICT, {"sparse": sparse, "ragged": ragged}, outputs)}

    path = save_v1(tf, tmp_path / "m", build)
    inputs = {
        "sparse": SparseValue(np.array([[0, 1], [1, 2]]), np.array([1.5, 2.0], "f4"), np.array([2, 3])),
        "ragged": (np.array([7, 8, 9]), np.array([0, 1, 3])),
    }
    objects, session = both(path, inputs)
    assert isinstance(objects, Outputs), objects
    assert isinstance(session, Outputs), session
    assert objects.parts["z/0"].tolist() == session.parts["z/0"].tolist() == [14, 16, 18]
    assert objects.parts["y"].tolist() == session.parts["y"].tolist() == [1.5, 2.0]
