"""The graph and the objects of a TF2 SavedModel are stored apart: each of them may be broken alone."""

from __future__ import annotations

import pytest
from test_equivalence import said, signature
from zoo import PREDICT, save_v1

from migrate.verify import Status, verify_models

pytestmark = pytest.mark.tensorflow

A, B = [[1.0, 2.0]], [[3.0, -1.0]]


def save_modules(tf, path, extra=None):
    """Two signatures: one reads two variables, `count` changes a third."""

    class Module(tf.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.n = tf.Variable(A), tf.Variable(B), tf.Variable(0.0)

        @tf.function(input_signature=[tf.TensorSpec([None, 2], name="x")])
        def affine(self, x):
            return {"y": x * self.a + self.b}

        @tf.function(input_signature=[tf.TensorSpec([], name="by")])
        def count(self, by):
            return {"n": self.n.assign_add(by * 1.0)}

    module = Module()
    signatures = {"affine": module.affine, "count": module.count, **({} if extra is None else extra)}
    tf.saved_model.save(module, str(path), signatures)
    return edit(path, lambda message: [set_method(meta_graph) for meta_graph in message.meta_graphs])


def set_method(meta_graph):
    for key in ("affine", "count"):
        meta_graph.signature_def[key].method_name = PREDICT


def edit(path, change):
    from tensorflow.core.protobuf import saved_model_pb2

    message = saved_model_pb2.SavedModel()
    message.ParseFromString((path / "saved_model.pb").read_bytes())
    change(message)
    (path / "saved_model.pb").write_bytes(message.SerializeToString())
    return path


@pytest.fixture
def original(tf, tmp_path):
    def build(v1):
        x, by = v1.placeholder(tf.float32, [None, 2]), v1.placeholder(tf.float32, [])
        n = v1.Variable(0.0, use_resource=True)
        return {
            "affine": (PREDICT, {"x": x}, {"y": x * v1.Variable(A) + v1.Variable(B)}),
            "count": (PREDICT, {"by": by}, {"n": n.assign_add(by, read_value=True) * 1.0}),
        }

    return save_v1(tf, tmp_path / "original", build)


def test_state_stays_in_step(original, tf, tmp_path):
    comparison = verify_models(original, save_modules(tf, tmp_path / "m"))
    assert comparison.equal, said(comparison)


def test_a_broken_object_graph_beside_a_right_graph(original, tf, tmp_path):
    def swap(message):
        for function in message.meta_graphs[0].object_graph_def.concrete_functions.values():
            if len(function.bound_inputs) == 2:
                function.bound_inputs[:] = list(function.bound_inputs)[::-1]

    broken = edit(save_modules(tf, tmp_path / "m"), swap)
    comparison = verify_models(original, broken)
    assert comparison.status is Status.DIFFERENT
    found = signature(comparison, "affine")
    assert found.status is Status.DIFFERENT
    assert [output.status for output in found.outputs] == [Status.EQUAL]
    assert found.reasons == (
        "loaded by tf.saved_model.load, the second model gives another 'y' than its graph does, "
        "on the sample set '1 row'",
    )
    assert signature(comparison, "count").status is Status.EQUAL
    # The first model's objects are not asked.
    assert "saved_model.load" not in said(verify_models(broken, original))


def test_objects_that_cannot_be_loaded(original, tf, tmp_path):
    def cut(message):
        message.meta_graphs[0].object_graph_def.nodes[0].children[0].node_id = 9999

    broken = edit(save_modules(tf, tmp_path / "m"), cut)
    comparison = verify_models(original, broken)
    # Each signature says it, for each is broken.
    assert [found.status for found in comparison.signatures] == [Status.DIFFERENT] * 2
    assert "loaded by tf.saved_model.load, the second model raises" in said(comparison)


def test_random_outputs_are_not_compared(tf, tmp_path):
    class Module(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], name="x")])
        def noisy(self, x):
            return {"y": x + tf.random.uniform([]), "twice": x * 2.0}

    module, path = Module(), tmp_path / "m"
    tf.saved_model.save(module, str(path), {"s": module.noisy})
    comparison = verify_models(path, path)
    assert comparison.status is Status.NOT_PROVED
    statuses = {output.name: output.status for output in signature(comparison, "s").outputs}
    assert statuses == {"y": Status.NOT_PROVED, "twice": Status.EQUAL}
    assert "saved_model.load" not in said(comparison)


def test_a_call_that_fails_half_way_keeps_the_state_in_step(tf, tmp_path):
    """The calls that are refused change the variable before: the objects have to make them, too."""

    class Module(tf.Module):
        def __init__(self):
            super().__init__()
            self.n = tf.Variable(0.0)

        @tf.function(input_signature=[tf.TensorSpec([None], name="x")])
        def count(self, x):
            n = self.n.assign_add(1.0)
            with tf.control_dependencies([n]):
                wanted = tf.debugging.assert_equal(tf.shape(x), [1])
            with tf.control_dependencies([wanted] if wanted is not None else []):
                return {"y": x + self.n}

    module, path = Module(), tmp_path / "m"
    tf.saved_model.save(module, str(path), {"s": module.count})
    comparison = verify_models(path, path)
    assert comparison.equal, said(comparison)
    assert "both models refused '3 rows'" in said(comparison)
