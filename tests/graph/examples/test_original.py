from __future__ import annotations

import pytest
from model_fixtures import model_fixture

from migrate.errors import MigrateError
from migrate.graph.examples.original import feature_specs_of
from migrate.graph.examples.spec import Default, FeatureSpec
from migrate.graph.examples.wrap import wrap_with_examples
from migrate.graph.examples.wrapping import Wrapping
from migrate.signatures.contract import Api

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def original(tf, tmp_path_factory):
    """A TF1 model of ours; its signatures parse one placeholder."""
    v1, graph = tf.compat.v1, tf.Graph()
    directory = tmp_path_factory.mktemp("original") / "model"
    with graph.as_default(), v1.Session(graph=graph) as session:
        serialized = v1.placeholder(tf.string, [None], name="examples")
        found = v1.parse_example(
            tf.identity(serialized),
            {
                "x": v1.FixedLenFeature([2], tf.float32),
                "bias": v1.FixedLenFeature([], tf.float32, default_value=0.5),
                "grid": v1.FixedLenFeature([1, 2], tf.int64, default_value=[[3, 4]]),
                "name": v1.FixedLenFeature([1], tf.string, default_value="none"),
                "ids": v1.FixedLenSequenceFeature([], tf.int64, allow_missing=True, default_value=-1),
                "label": v1.FixedLenFeature([], tf.int64),
                "words": v1.VarLenFeature(tf.string),
            },
        )
        other = v1.parse_example(serialized, {"x": v1.FixedLenFeature([2], tf.float32, default_value=[1.0, 1.0])})
        dense = [found["bias"], *(tf.cast(tf.reduce_sum(found[name], -1), tf.float32) for name in ("x", "grid", "ids"))]
        length = tf.cast(tf.strings.length(found["name"]), tf.float32)
        sums = tf.add_n([tf.reshape(value, [-1]) for value in (*dense, length)])
        outputs = {
            "dense": sums,
            "bias_only": found["bias"],
            "words": tf.cast(tf.strings.length(tf.sparse.to_dense(found["words"], ""))[:, 0], tf.float32),
            "twice": found["x"][:, 0] + other["x"][:, 1],
            "nothing": tf.zeros([1]),
        }
        signatures = {
            key: v1.saved_model.regression_signature_def(serialized, output) for key, output in outputs.items()
        }
        predict = v1.saved_model.predict_signature_def({"x": found["x"], "bias": found["bias"]}, {"y": sums})
        builder = v1.saved_model.Builder(str(directory))
        builder.add_meta_graph_and_variables(session, ["serve"], {**signatures, "predict": predict})
        builder.save()
    return directory


def test_dense_features(original):
    specs = {spec.name: spec for spec in feature_specs_of(original, "dense")}
    assert specs == {
        "x": FeatureSpec("x", "x", "float32", (2,)),
        "bias": FeatureSpec("bias", "bias", "float32", (), Default((0.5,), ())),
        "grid": FeatureSpec("grid", "grid", "int64", (1, 2), Default((3, 4), (1, 2))),
        "name": FeatureSpec("name", "name", "string", (1,), Default((b"none",), ())),
        "ids": FeatureSpec("ids", "ids", "int64", (None,), Default((-1,), ())),
    }


def test_only_what_the_outputs_need(original):
    assert [spec.name for spec in feature_specs_of(original, "bias_only", ["serve"])] == ["bias"]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("words", r"its feature `words` is sparse or ragged.*words=string\[\?\]=PADDING"),
        ("twice", "its features differ between parsing operations"),
        ("nothing", "none of its outputs depends on a feature"),
        ("predict", "it does not parse tf.Examples"),
        ("absent", "there is none of that name"),
    ],
)
def test_refusals(key, message, original):
    with pytest.raises(MigrateError, match=message):
        feature_specs_of(original, key)


def test_a_model_that_parses_nothing():
    with pytest.raises(MigrateError, match="it does not parse"):
        feature_specs_of(model_fixture("text_saved_model").path, "serving_default")


def test_sparse_features_of_tensorflow_1():
    with pytest.raises(MigrateError, match="is sparse or ragged"):
        feature_specs_of(model_fixture("examples_three_methods").path, "price")


def test_they_feed_a_new_model(original, tf, call, example, edited, tmp_path):
    class New(tf.Module):
        @tf.function(
            input_signature=[
                tf.TensorSpec([None, 2], tf.float32, name="x"),
                tf.TensorSpec([None], tf.float32, name="bias"),
                tf.TensorSpec([None, 1, 2], tf.int32, name="grid"),
                tf.TensorSpec([None, 1], tf.string, name="name"),
                tf.TensorSpec([None, None], tf.int64, name="ids"),
            ]
        )
        def serve(self, x, bias, grid, name, ids):
            numbers = (tf.cast(tf.reduce_sum(value, -1), tf.float32) for value in (x, grid, ids))
            length = tf.cast(tf.strings.length(name), tf.float32)
            return {"y": tf.add_n([tf.reshape(value, [-1]) for value in (bias, *numbers, length)])}

    new = New()
    tf.saved_model.save(new, str(tmp_path / "new"), signatures={"dense": new.serve})
    wrapping = Wrapping("dense", Api.REGRESS, feature_specs_of(original, "dense"), outputs="y")
    wrapped = edited(tmp_path / "new", lambda graph: wrap_with_examples(graph, wrapping))
    rows = [
        example(x=[1.0, 2.0], label=0),
        example(x=[1.0, 2.0], label=0, bias=2.0, grid=[7, 8], name="a name", ids=[1, 2, 3]),
    ]
    expected = call(wrapped, "dense", inputs=rows)["outputs"].tolist()
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        signature = tf.compat.v1.saved_model.load(session, ["serve"], str(original)).signature_def["dense"]
        found = session.run(signature.outputs["outputs"].name, {signature.inputs["inputs"].name: rows})
    assert found.tolist() == expected
