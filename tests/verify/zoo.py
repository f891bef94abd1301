"""Small models: of the TF1 builder (ref variables, tables) and of tf.Module, with known faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

WEIGHTS = np.linspace(-1, 1, 12).reshape(4, 3).astype("f4")
TABLE = np.linspace(-2, 3, 10).reshape(5, 2).astype("f4")
PREDICT, CLASSIFY = "tensorflow/serving/predict", "tensorflow/serving/classify"


def save_v1(tf, path: Path, build, **builder_args) -> Path:
    """Saves what `build(v1)` makes with TF1's builder; it gives `{key: (method, inputs, outputs)}`."""
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        signatures = build(v1)
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.Builder(str(path))
        info = v1.saved_model.build_tensor_info
        builder.add_meta_graph_and_variables(
            session,
            ["serve"],
            {
                key: v1.saved_model.build_signature_def(
                    {name: info(tensor) for name, tensor in inputs.items()},
                    {name: info(tensor) for name, tensor in outputs.items()},
                    method,
                )
                for key, (method, inputs, outputs) in signatures.items()
            },
            main_op=v1.tables_initializer(),
            assets_collection=v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS),
            **builder_args,
        )
        builder.save()
    return path


def set_method_name(path: Path, key: str, method_name: str) -> None:
    from migrate.signatures.proto import new_message

    file = path / "saved_model.pb"
    message = new_message("SavedModel")
    message.ParseFromString(file.read_bytes())
    for entry in message.meta_graphs[0].signature_def:
        if entry.key == key:
            entry.value.method_name = method_name
    file.write_bytes(message.SerializeToString())


def save_v2(path: Path, tf, *, words=("red", "green", "blue"), default=0.5, fault: str = "") -> Path:
    """The TF2 rewrite of `v1_model`, as it should be or with one fault."""
    weights = WEIGHTS.copy()
    if fault == "stale variable":
        weights[2, 1] = 0.0
    vocabulary = path.parent / f"{path.name}-words.txt"
    vocabulary.write_text("".join(f"{word}\n" for word in words))

    class Model(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable(weights, name="w")
            self.emb = tf.Variable(TABLE, name="emb")
            self.vocabulary = tf.saved_model.Asset(str(vocabulary))
            self.ids = tf.lookup.StaticVocabularyTable(
                tf.lookup.TextFileInitializer(
                    self.vocabulary,
                    tf.string,
                    tf.lookup.TextFileIndex.WHOLE_LINE,
                    tf.int64,
                    tf.lookup.TextFileIndex.LINE_NUMBER,
                ),
                1,
            )

        @tf.function(input_signature=[tf.TensorSpec([None, 4], name="x")])
        def predict(self, x):
            scores = tf.matmul(x, self.w)
            if fault == "wrong number":
                scores = tf.tensor_scatter_nd_add(scores, [[0, 1]], [1e-3])
            scores, double = scores, scores * 2.0
            if fault == "swapped outputs":
                scores, double = double, scores
            if fault == "widened":
                double = tf.cast(double, tf.float64)
            return {"scores": scores, "double": double}

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="inputs")])
        def classify(self, inputs):
            spec = {
                "x": tf.io.FixedLenFeature([4], tf.float32),
                "bias": tf.io.FixedLenFeature([], tf.float32, default_value=default),
                "n": tf.io.FixedLenFeature([], tf.int64),
            }
            if fault == "required feature gets a default":
                spec["n"] = tf.io.FixedLenFeature([], tf.int64, default_value=0)
            found = tf.io.parse_example(inputs, spec)
            n = tf.cast(found["n"], tf.float32)
            return {"scores": tf.matmul(found["x"], self.w) + found["bias"][:, None] + n[:, None]}

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="words")])
        def embed(self, words):
            return {"vectors": tf.nn.embedding_lookup(self.emb, self.ids.lookup(words))}

    model = Model()
    signatures = {"predict": model.predict, "serving_default": model.classify, "embed": model.embed}
    if fault == "missing signature":
        del signatures["embed"]
    tf.saved_model.save(model, str(path), signatures)
    set_method_name(path, "serving_default", PREDICT if fault == "method name" else CLASSIFY)
    return path
