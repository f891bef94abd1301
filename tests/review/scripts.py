"""What the tests of the review decide on."""

from __future__ import annotations

import textwrap
from pathlib import Path

from migrate.results import Level
from migrate.review.item import Item
from migrate.review.review import Review
from migrate.settings import Settings

HEAD = "import tensorflow as tf\n"

NATIVE = """\
import tensorflow as tf

def export(path):
  x = tf.placeholder(tf.float32, [None], name="x")
  with tf.Session() as sess:
    tf.saved_model.simple_save(sess, path, {"x": x}, {"y": x * 2.0})
"""
STAYING = """\
import tensorflow as tf
import one
from sessions import sess

with sess.graph.as_default():
  for step in range(2):
    x = tf.placeholder(tf.float32, [None])
    tf.saved_model.simple_save(sess, str(step), {"x": x}, {"y": x * 2.0})
    sess.run(x, {x: [1.0]})
"""
"""Its session has to stay: bridged."""

TWO_OF_ONE_GRAPH = """\
import tensorflow as tf

def export(one, two):
  with tf.Graph().as_default(), tf.Session() as sess:
    x = tf.placeholder(tf.float32, [None], name="x")
    v = tf.Variable(3.0, name="v")
    y = x * v
    sess.run(tf.global_variables_initializer())
    tf.saved_model.simple_save(sess, one, {"x": x}, {"y": y})
    tf.saved_model.simple_save(sess, two, {"x": x}, {"z": y + 1.0})
"""
FLAGGED = """\
import tensorflow as tf

def export(path, signatures):
  builder = tf.saved_model.builder.SavedModelBuilder(path)
  builder.add_meta_graph_and_variables(tf.Session(), ["gpu"], signatures)
  builder.add_meta_graph(["serve"], signatures)
  builder.save()
"""


def exporting(name: str) -> str:
    """A function that exports a graph of its own."""
    return f"""
def export_{name}():
{textwrap.indent(graph(name), "  ")}"""


def graph(name: str) -> str:
    """A graph of its own, exported."""
    return f"""\
with tf.Graph().as_default(), tf.Session() as sess:
  x = tf.placeholder(tf.float32, [None], name="x")
  v = tf.Variable(3.0, name="v")
  y = x * v
  sess.run(tf.global_variables_initializer())
  tf.saved_model.simple_save(sess, {name!r}, {{"x": x}}, {{"y": y}})
"""


def reviewed(place: Path, settings: Settings = Settings(), **files: str) -> Review:  # noqa: B008 - frozen
    """A review of a directory, with some files written there first: `one="..."` becomes `one.py`."""
    for name, text in files.items():
        (place / f"{name}.py").write_bytes(text.encode())
    review = Review([place], settings)
    assert [file.path for file in review.read()] == [file.path for file in review.files]
    review.settle()
    return review


def items(review: Review, name: str) -> tuple[Item, ...]:
    """The items of a file that `reviewed` has written."""
    return review.items(path(review, name))


def lower_to(review: Review, name: str, level: Level) -> frozenset[str]:
    """Lowers the first item of a file until it has a level; the files whose proposals are others by that."""
    changed: frozenset[str] = frozenset()
    while items(review, name)[0].level is not level:
        step = review.lower(items(review, name)[0])
        assert step
        changed |= step
    return changed


def path(review: Review, name: str) -> str:
    """The path of a file that `reviewed` has written."""
    return str(Path(str(review.paths[0])) / f"{name}.py")


def written(review: Review) -> dict[str, str]:
    """What would be written, by the name of the file."""
    return {Path(result.path).stem: result.after for result in review.outcome().results if result.changed}
