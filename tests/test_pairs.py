"""Loaders and exporters of one tree."""

from __future__ import annotations

from pathlib import Path

from migrate.paths import rewrite_paths
from migrate.results import Level, Site
from migrate.settings import Settings

EXPORT = """\
import tensorflow as tf

def export(path):
  x = tf.placeholder(tf.float32, [None], name="x")
  with tf.Session() as sess:
    tf.saved_model.simple_save(sess, path, {"x": x}, {"y": tf.square(x, name="y")})
"""
BY_NAME = """\
import tensorflow as tf

def ask(path, values):
  with tf.Session(graph=tf.Graph()) as sess:
    tf.saved_model.loader.load(sess, ["serve"], path)
    return sess.run("y:0", {"x:0": values})
"""
BY_SIGNATURE = """\
import tensorflow as tf

def ask(path, values):
  with tf.Session(graph=tf.Graph()) as sess:
    signature = tf.saved_model.loader.load(sess, ["serve"], path).signature_def["serving_default"]
    return sess.run(signature.outputs["y"].name, {signature.inputs["x"].name: values})
"""


def sites(directory: Path, settings: Settings | None = None) -> dict[str, Site]:
    return {Path(r.path).parent.name: r.sites[0] for r in rewrite_paths([directory], settings or Settings())}


def written(directory: Path, **texts: str) -> Path:
    (directory / ".git").mkdir()
    for name, text in texts.items():
        (directory / name).mkdir()
        (directory / name / "code.py").write_text(text)
    return directory


def test_the_finding_says_which_names_vanish_and_what_keeps_them(tmp_path: Path):
    found = sites(written(tmp_path, one=EXPORT, two=BY_NAME, three=BY_SIGNATURE))
    assert [found[name].level for name in ("one", "two", "three")] == [Level.NATIVE, Level.WRAPPED, Level.NATIVE]
    (message,) = [finding.message for finding in found["two"].findings]
    assert "one/code.py exports with TensorFlow 2 has no 'y:0', 'x:0'" in message.replace("\\", "/")
    assert "restore MODEL --tensor-names --from ORIGINAL" in message
    assert found["three"].findings == ()


def test_session_code_that_stays_says_it_itself(tmp_path: Path):
    found = sites(written(tmp_path, one=EXPORT, two=BY_NAME), Settings(level=Level.BRIDGED))
    assert [found[name].level for name in ("one", "two")] == [Level.BRIDGED, Level.BRIDGED]
    assert any("has no 'y:0', 'x:0'" in finding.message for finding in found["two"].findings)


def test_other_trees_do_not_matter(tmp_path: Path):
    found: dict[str, Site] = {}
    for name, text in (("one", EXPORT), ("two", BY_NAME)):
        (tmp_path / name / ".git").mkdir(parents=True)
        (tmp_path / name / "code.py").write_text(text)
    found = sites(tmp_path)
    assert found["two"].findings == ()
