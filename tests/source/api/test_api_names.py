"""The names of TensorFlow symbols: canonical ones, constants, and those for code that stays TF1."""

from __future__ import annotations

import subprocess
import sys

import pytest

from migrate.source.api import canonical, constant_value, normal, replacement_outside, spelling


@pytest.mark.parametrize(
    ("qualified", "expected"),
    [
        ("tensorflow.compat.v1.layers.dense", "layers.dense"),
        ("tensorflow.compat.v1.compat.v1.layers.dense", "layers.dense"),
        ("tensorflow.python.ops.math_ops.add", "add"),
        ("tensorflow.math.add", "add"),
        ("tensorflow.python.framework.dtypes.float32", "float32"),
        ("tensorflow.log", "math.log"),
        ("tensorflow.float64", "float64"),
        ("tensorflow.half", "float16"),
        ("tensorflow.math.log", "math.log"),
        ("tensorflow.saved_model.Builder", "saved_model.builder.SavedModelBuilder"),
        ("tensorflow.saved_model.builder.SavedModelBuilder", "saved_model.builder.SavedModelBuilder"),
        ("tensorflow.python.saved_model.builder.SavedModelBuilder", "saved_model.builder.SavedModelBuilder"),
        (
            "tensorflow.python.saved_model.builder_impl.SavedModelBuilder",
            "saved_model.builder.SavedModelBuilder",
        ),
        ("tensorflow.python.client.session.Session", "Session"),
        ("tensorflow.python.ops.Graph", "Graph"),
        ("tensorflow.python.training.saver.Saver", "train.Saver"),
        ("tensorflow.initializers.global_variables", "global_variables_initializer"),
        ("tensorflow.contrib.lookup.index_table_from_file", "contrib.lookup.index_table_from_file"),
        ("tensorflow.python.ops.nn_ops.softmax_v2", "python.ops.nn_ops.softmax_v2"),
        ("tensorflow.compat.v2.cast", "compat.v2.cast"),
        ("tensorflow.app.flags.FLAGS", "flags.FLAGS"),
        ("tensorflow.train.Example.FromString", "train.Example.FromString"),
        ("tensorflow", ""),
        ("tensorflow.compat.v1", ""),
        ("numpy.zeros", None),
        ("tensorflow_hub.Module", None),
        ("tensorflows.zeros", None),
    ],
)
def test_canonical(qualified, expected):
    assert canonical(qualified) == expected


@pytest.mark.parametrize(
    ("qualified", "expected"),
    [
        ("tensorflow.compat.v1.math.add", "math.add"),
        ("tensorflow.double", "double"),
        ("tensorflow.log", "log"),
        ("tensorflow.python.ops.math_ops.add", "add"),
        ("numpy.zeros", None),
    ],
)
def test_spelling(qualified, expected):
    assert spelling(qualified) == expected


def test_normal_is_one_spelling_for_modules_too():
    assert normal("tensorflow.compat.v1") == normal("tensorflow") == "tensorflow"
    assert normal("tensorflow.python.platform.flags") == normal("tensorflow.app.flags")
    assert normal("numpy.zeros") == "numpy.zeros"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("saved_model.signature_constants.PREDICT_METHOD_NAME", "tensorflow/serving/predict"),
        ("saved_model.PREDICT_METHOD_NAME", "tensorflow/serving/predict"),
        (
            "tensorflow.python.saved_model.signature_constants.PREDICT_METHOD_NAME",
            "tensorflow/serving/predict",
        ),
        ("tensorflow.compat.v1.saved_model.tag_constants.SERVING", "serve"),
        ("saved_model.tag_constants.SERVING", "serve"),
        ("saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY", "serving_default"),
        ("saved_model.signature_constants.CLASSIFY_INPUTS", "inputs"),
        ("saved_model.signature_constants.REGRESS_OUTPUTS", "outputs"),
        ("saved_model.constants.LEGACY_INIT_OP_KEY", "legacy_init_op"),
        ("saved_model.simple_save", None),
        ("float32", None),
    ],
)
def test_constant_value(name, value):
    assert constant_value(name) == value


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("add", "add"),
        ("math.add", "math.add"),
        ("log", "math.log"),
        ("float32", "float32"),
        ("Graph", "Graph"),
        ("reduce_sum", "compat.v1.reduce_sum"),
        ("Session", "compat.v1.Session"),
        ("app.flags", "compat.v1.app.flags"),
        ("flags.DEFINE_string", "compat.v1.flags.DEFINE_string"),
        ("gfile.GFile", "io.gfile.GFile"),
        ("gfile.Exists", "compat.v1.gfile.Exists"),
        ("logging.info", "compat.v1.logging.info"),
        ("train.Example", "train.Example"),
        ("train.latest_checkpoint", "train.latest_checkpoint"),
        ("GraphKeys.GLOBAL_VARIABLES", "compat.v1.GraphKeys.GLOBAL_VARIABLES"),
        ("data.Dataset.from_tensors", "compat.v1.data.Dataset.from_tensors"),
        ("saved_model.tag_constants.SERVING", "saved_model.SERVING"),
        ("saved_model.save", "saved_model.save"),
        ("compat.as_bytes", "compat.as_bytes"),
        ("VERSION", "version.VERSION"),
        ("keras.layers.Dense", "keras.layers.Dense"),
        ("layers.dense", None),
        ("nn.rnn_cell.LSTMCell", None),
        ("estimator.Estimator", None),
        ("contrib.layers.fully_connected", None),
        ("no_such_thing", None),
    ],
)
def test_replacement_outside(name, expected):
    assert replacement_outside(name) == expected


def test_the_look_up_needs_no_tensorflow():
    code = (
        "import sys; from migrate.source import api; api.translate_call('reduce_sum', 1, ()); "
        "sys.exit(any(name.partition('.')[0] in ('tensorflow', 'tomllib', 'libcst') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
