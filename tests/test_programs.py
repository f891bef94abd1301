"""Files of one program get plans that can run together."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.paths import rewrite_paths
from migrate.results import Level

NATIVE = """\
import tensorflow as tf

def export(path):
  x = tf.placeholder(tf.float32, [None], name="x")
  with tf.Session() as sess:
    tf.saved_model.simple_save(sess, path, {"x": x}, {"y": x * 2.0})
"""
STAYING = """\
import tensorflow as tf
IMPORT
with tf.Session() as sess:
  for step in range(2):
    x = tf.placeholder(tf.float32, [None])
    tf.saved_model.simple_save(sess, str(step), {"x": x}, {"y": x * 2.0})
"""


@pytest.mark.parametrize(("imports", "level"), [("import one", Level.BRIDGED), ("import three", Level.NATIVE)])
def test_what_runs_with_session_code_that_stays_keeps_its_session(tmp_path: Path, imports: str, level: Level):
    (tmp_path / "one.py").write_text(NATIVE)
    (tmp_path / "two.py").write_text(STAYING.replace("IMPORT", imports))
    (tmp_path / "three.py").write_text("")
    one, two = rewrite_paths([tmp_path])
    assert [site.level for site in two.sites] == [Level.BRIDGED]
    (site,) = one.sites
    assert site.level is level
    if level is Level.BRIDGED:
        assert any("two.py runs in the same program" in refusal.reason for refusal in site.refusals)
        assert "disable_v2_behavior" in one.after
