from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.graph.convert import convert_model

pytestmark = pytest.mark.tensorflow


def saved(directory, build):
    """A TF1 SavedModel: `build` returns the output tensor, the initialisation, and the variables to initialise."""
    import tensorflow as tf

    v1, graph = tf.compat.v1, tf.Graph()
    with graph.as_default(), v1.Session(graph=graph) as session:
        output, main_op = build(tf, v1)
        session.run([v1.global_variables_initializer(), v1.local_variables_initializer()])
        builder = v1.saved_model.Builder(str(directory / "model"))
        info = v1.saved_model.build_tensor_info(output)
        definition = v1.saved_model.build_signature_def({}, {"y": info}, "tensorflow/serving/predict")
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": definition}, main_op=main_op)
        builder.save()
    return directory / "model"


def variable_of(tf, container, name=None):
    return tf.raw_ops.VariableV2(shape=[], dtype=tf.float32, shared_name="v", container=container, name=name)


def test_two_variables_of_one_name_are_refused(tmp_path):
    def build(tf, v1):
        a, b = variable_of(tf, "one", "a"), variable_of(tf, "two", "b")
        return a + b, tf.group(v1.assign(a, 1.0), v1.assign(b, 2.0))

    with pytest.raises(MigrateError, match="the nodes a and b are two variables of the same name, v"):
        convert_model(saved(tmp_path, build), tmp_path / "out", verify=False)


def test_a_variable_that_is_set_only_perhaps_has_no_value(tmp_path):
    def build(tf, v1):
        v1.disable_control_flow_v2()
        local = v1.Variable(5.0, collections=["local_variables"], use_resource=False, name="local")
        there = v1.is_variable_initialized(local)
        return local + 1.0, tf.group(v1.cond(there, lambda: 0.0, lambda: v1.assign(local, 7.0) * 1.0))

    with pytest.raises(MigrateError, match=r"variable local has no value: .* does not set it for sure"):
        convert_model(saved(tmp_path, build), tmp_path / "out", verify=False)


def test_a_variable_that_is_set_and_then_changed_has_its_value(tmp_path):
    import tensorflow as tf

    def build(tf, v1):
        local = v1.Variable(5.0, collections=["local_variables"], use_resource=False, name="local")
        with tf.control_dependencies([v1.assign(local, 7.0)]):
            return local + 1.0, v1.assign_add(local, 1.0).op

    convert_model(saved(tmp_path, build), tmp_path / "out", verify=False)
    assert tf.saved_model.load(str(tmp_path / "out")).signatures["serving_default"]()["y"] == 8.0
