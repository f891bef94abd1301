from __future__ import annotations

from pathlib import Path

import pytest

from migrate.report.review_page import render_review_page
from migrate.review.review import Review
from migrate.settings import Settings

NATIVE = """\
import tensorflow as tf


def export(path):
  # Doubles it.
  x = tf.placeholder(tf.float32, [None, 3], name="x")
  with tf.Session() as sess:
    tf.saved_model.simple_save(sess, path, {"x": x}, {"y": x * 2.0})
"""
BRIDGED = """\
import tensorflow as tf
from sessions import sess

with sess.graph.as_default():
  for step in range(2):
    x = tf.placeholder(tf.float32, [None])
    tf.saved_model.simple_save(sess, str(step), {"x": x}, {"y": x * 2.0})
    sess.run(x, {x: [1.0]})
"""
FLAGGED = """\
import tensorflow as tf

def export(path, signatures):
  builder = tf.saved_model.builder.SavedModelBuilder(path)
  builder.add_meta_graph_and_variables(tf.Session(), ["gpu"], signatures)
  builder.add_meta_graph(["serve"], signatures)
  builder.save()
"""
TWO = """\
import tensorflow as tf


def export_a():
  with tf.Graph().as_default(), tf.Session() as sess:
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.saved_model.simple_save(sess, "a", {"x": x}, {"y": x + 1.0})


def export_b():
  with tf.Graph().as_default(), tf.Session() as sess:
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.saved_model.simple_save(sess, "b", {"x": x}, {"y": x + 2.0})
"""

SCRIPTS = {"bridged": BRIDGED, "flagged": FLAGGED, "native": NATIVE, "two": TWO}


@pytest.fixture
def review(cwd: Path):
    """Makes a review of files of the current directory: `review(one="...")` of `one.py`."""

    def make(files: dict[str, str] | None = None, **named: str) -> Review:
        texts = {f"{name}.py": text for name, text in (named or SCRIPTS).items()} if files is None else files
        return _reviewed(cwd, texts)

    return make


@pytest.fixture(scope="session")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the same review, with nothing decided."""
    return render_review_page(
        _reviewed(tmp_path_factory.mktemp("reviewed"), {f"{name}.py": text for name, text in SCRIPTS.items()})
    )


def _reviewed(place: Path, texts: dict[str, str]) -> Review:
    for name, text in texts.items():
        (place / name).write_bytes(text.encode())
    made = Review([place], Settings())
    list(made.read())
    made.settle()
    return made
