"""A TF1 model and its TF2 rewrite, made once a test session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from zoo import CLASSIFY, PREDICT, TABLE, WEIGHTS, save_v1, save_v2

from migrate.signatures.quiet import import_tensorflow

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def tf():
    return import_tensorflow()


@pytest.fixture(scope="session")
def v1_model(tf, tmp_path_factory) -> Path:
    """Ref variables, a vocabulary in an asset file, serialized tf.Examples, an intermediate input."""
    directory = tmp_path_factory.mktemp("v1")
    (directory / "words.txt").write_text("red\ngreen\nblue\n")

    def build(v1):
        w = v1.get_variable("w", initializer=WEIGHTS, use_resource=False)
        emb = v1.get_variable("emb", initializer=TABLE, use_resource=False)
        serialized = v1.placeholder(tf.string, [None], name="serialized")
        found = v1.parse_example(
            serialized,
            {
                "x": v1.FixedLenFeature([4], tf.float32),
                "bias": v1.FixedLenFeature([], tf.float32, default_value=0.5),
                "n": v1.FixedLenFeature([], tf.int64),
            },
        )
        x = tf.identity(found["x"], name="x")
        scores = tf.matmul(x, w)
        path = tf.constant(str(directory / "words.txt"), name="words_file")
        v1.add_to_collection(v1.GraphKeys.ASSET_FILEPATHS, path)
        table = v1.lookup.StaticVocabularyTable(v1.lookup.TextFileInitializer(path, tf.string, -2, tf.int64, -1), 1)
        words = v1.placeholder(tf.string, [None], name="words")
        n = tf.cast(found["n"], tf.float32)
        return {
            "predict": (PREDICT, {"x": x}, {"scores": scores, "double": scores * 2.0}),
            "serving_default": (
                CLASSIFY,
                {"inputs": serialized},
                {"scores": scores + found["bias"][:, None] + n[:, None]},
            ),
            "embed": (
                PREDICT,
                {"words": words},
                {"vectors": tf.nn.embedding_lookup(emb, table.lookup(words))},
            ),
        }

    return save_v1(tf, directory / "model", build)


@pytest.fixture(scope="session")
def v2_model(tf, tmp_path_factory) -> Path:
    """Its faithful rewrite."""
    return save_v2(tmp_path_factory.mktemp("v2") / "model", tf)
