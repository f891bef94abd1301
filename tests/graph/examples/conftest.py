"""A TF2 model with many signatures, and the ways to call what comes of it."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from migrate import protos
from migrate.graph.examples.spec import parse_feature_specs
from migrate.graph.examples.wrap import wrap_with_examples
from migrate.graph.examples.wrapping import Wrapping
from migrate.signatures.quiet import import_tensorflow

WEIGHTS = [[1.0, -2.0], [3.0, 0.5], [-1.0, 2.0]]
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
DTYPES = [*INTEGERS, "bool", "float16", "bfloat16", "float64", "string"]


@pytest.fixture(scope="session")
def tf():
    return import_tensorflow()


@pytest.fixture(scope="session")
def example(tf):
    """Makes a serialized tf.Example: `example(x=[1.0], name="a")`."""

    def make(**features):
        proto = tf.train.Example()
        for name, value in features.items():
            flat = np.asarray(value).ravel().tolist()
            into = proto.features.feature[name]
            if flat and isinstance(flat[0], float):
                into.float_list.value.extend(flat)
            elif flat and isinstance(flat[0], int):
                into.int64_list.value.extend(flat)
            else:
                into.bytes_list.value.extend(item if isinstance(item, bytes) else item.encode() for item in flat)
        return proto.SerializeToString()

    return make


@pytest.fixture(scope="session")
def tf2_model(tf, tmp_path_factory):
    """The directory of a model that `tf.saved_model.save` wrote."""

    half = tf.constant(0.5)

    class Model(tf.Module):
        def __init__(self):
            self.weights = tf.Variable(WEIGHTS, name="weights")
            self.count = tf.Variable(0.0, trainable=False, name="count")
            self.offset = tf.constant([[0.25, 0.5]])
            words = tf.lookup.KeyValueTensorInitializer(tf.constant(["a", "b"]), tf.constant([1, 2], tf.int64))
            self.table = tf.lookup.StaticHashTable(words, -1)

        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
        def predict(self, x):
            """A variable and a constant are captured."""
            logits = x @ self.weights + self.offset
            return {
                "probabilities": tf.nn.softmax(logits),
                "ids": tf.argmax(logits, 1),
                "first": logits[:, 0],
                "half": tf.cast(logits, tf.float16),
                "words": tf.gather(["no", "yes"], tf.argmax(logits, 1)),
                "total": tf.reduce_sum(logits),
                "cube": logits[:, None] + tf.zeros([1, 2, 2]),
                "flag": logits[:, 0] > 0,
            }

        @tf.function(input_signature=[tf.TensorSpec([None], dtype, name=dtype) for dtype in DTYPES])
        def dtypes(self, *args):
            """An input of each dtype, a table."""
            columns = [tf.cast(column, tf.float64) for column in args[:-1]]
            columns.append(tf.cast(self.table.lookup(args[-1]), tf.float64))
            ids = {f"id_{dtype}": column for dtype, column in zip(INTEGERS, args, strict=False)}
            return {"columns": tf.stack(columns, 1), **ids}

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
        def counter(self, x):
            """Changes state."""
            return {"calls": self.count.assign_add(1.0) + 0.0 * x}

        @tf.function(
            input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x"), tf.TensorSpec([], tf.float32, name="t")]
        )
        def scaled(self, x, t=half):
            """An input with a default value, which has no batch."""
            return {"y": tf.reduce_sum(x, 1) * t}

        @tf.function(input_signature=[tf.TensorSpec(None, tf.float32, name="x")])
        def unknown(self, x):
            """Nothing is known of its shapes."""
            return {"x": x, "squeezed": tf.squeeze(x)}

        @tf.function(input_signature=[tf.TensorSpec([2, 3], tf.float32, name="x")])
        def fixed(self, x):
            """Always two examples."""
            return {"scores": x, "sums": tf.reduce_sum(x, 1), "columns": tf.reduce_sum(x, 0)}

        @tf.function(
            input_signature=[
                tf.TensorSpec([None, None], tf.int64, name="ids"),
                tf.TensorSpec([None, 2, 2], tf.string, name="names"),
            ]
        )
        def text(self, ids, names):
            """Variable lengths, strings."""
            length = tf.reduce_sum(tf.strings.length(names), [1, 2])
            return {
                "sum": tf.cast(tf.reduce_sum(ids, 1), tf.float32) + tf.cast(length, tf.float32),
                "ids": ids,
                "names": names[:, 0],
            }

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="inputs")])
        def classify(self, inputs):
            """Parses tf.Examples itself."""
            parsed = tf.io.parse_example(inputs, {"x": tf.io.FixedLenFeature([3], tf.float32)})
            return {"scores": parsed["x"] @ self.weights}

    model = Model()
    directory = tmp_path_factory.mktemp("examples") / "model"
    keys = ("predict", "dtypes", "counter", "scaled", "unknown", "fixed", "text", "classify")
    signatures = {key: getattr(model, key) for key in keys} | {"serving_default": model.predict}
    signatures["dtypes"] = model.dtypes.get_concrete_function()
    tf.saved_model.save(model, str(directory), signatures=signatures)
    return directory


@pytest.fixture(scope="session")
def parsed_model(tf2_model):
    model = protos.saved_model()
    model.ParseFromString((tf2_model / "saved_model.pb").read_bytes())
    return model.meta_graphs[0]


@pytest.fixture
def meta_graph(parsed_model):
    """A MetaGraphDef of one's own."""
    copy = protos.meta_graph_def()
    copy.CopyFrom(parsed_model)
    return copy


@pytest.fixture
def wrap(tf2_model, tmp_path):
    """Wraps a signature in a copy of a model: `wrap("predict", Api.CLASSIFY, "x", scores="y")` is the directory."""

    def run(key, api, spec, model=tf2_model, **more):
        directory = tmp_path / f"wrapped{len(list(tmp_path.iterdir()))}"
        shutil.copytree(model, directory)
        edit(directory, lambda graph: wrap_with_examples(graph, Wrapping(key, api, parse_feature_specs(spec), **more)))
        return directory

    return run


@pytest.fixture
def edited(tmp_path):
    """Changes the MetaGraphDef of a copy of a model: `edited(model, change)` is the directory."""

    def run(model, change):
        directory = tmp_path / f"edited{len(list(tmp_path.iterdir()))}"
        shutil.copytree(model, directory)
        edit(directory, change)
        return directory

    return run


def edit(directory, change):
    file = directory / "saved_model.pb"
    model = protos.saved_model()
    model.ParseFromString(file.read_bytes())
    change(model.meta_graphs[0])
    file.write_bytes(model.SerializeToString())


@pytest.fixture
def call(tf):
    """Calls a signature by both loaders, which must agree: `call(directory, key, inputs=[...])`."""

    def run(directory, key, **inputs):
        by_session = session_call(tf, directory, key, inputs)
        loaded = tf.saved_model.load(str(directory))
        tensors = {name: tf.convert_to_tensor(value) for name, value in inputs.items()}
        by_object = {name: value.numpy() for name, value in loaded.signatures[key](**tensors).items()}
        assert by_object.keys() == by_session.keys()
        for name, value in by_session.items():
            np.testing.assert_array_equal(by_object[name], value)
        return by_session

    return run


def session_call(tf, directory, key, inputs):
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        signature = v1.saved_model.load(session, ["serve"], str(directory)).signature_def[key]
        feeds = {signature.inputs[name].name: value for name, value in inputs.items()}
        return session.run({name: info.name for name, info in signature.outputs.items()}, feeds)
