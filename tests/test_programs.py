"""Files of one program get plans that can run together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from migrate.paths import rewrite_paths
from migrate.results import Level, Result
from migrate.settings import Settings

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
from sessions import sess
with sess.graph.as_default():
  for step in range(2):
    x = tf.placeholder(tf.float32, [None])
    tf.saved_model.simple_save(sess, str(step), {"x": x}, {"y": x * 2.0})
    sess.run(x, {x: [1.0]})
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


# ---- questions that TF2 answers otherwise ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "level"),
    [
        ("type(x) == tf.Tensor", Level.FLAGGED),
        ("x.shape[0]", Level.FLAGGED),
        ("isinstance(x, tf.Tensor)", Level.BRIDGED),
    ],
)
@pytest.mark.parametrize("where", ["main.py", "nets.py"])
def test_a_helper_stays_whose_callers_ask_what_tf2_answers_otherwise(
    tmp_path: Path, condition: str, level: Level, where: str
):
    net = f"def net(x):\n  return x * (2.0 if {condition} else 3.0)\n"
    (tmp_path / "helper.py").write_text(HELPER)
    (tmp_path / "nets.py").write_text("import tensorflow as tf\n" + (net if where == "nets.py" else ""))
    (tmp_path / "main.py").write_text(
        f"import nets\nimport tensorflow as tf\nimport helper\n{net if where == 'main.py' else ''}"
    )
    (tmp_path / "alone.py").write_text(f"import tensorflow as tf\n{net}")
    results = by_name(rewrite_paths([tmp_path]))
    (site,) = results["helper.py"].sites
    assert site.level is level
    if level is Level.FLAGGED:
        assert f"{where} runs in the same program, and asks whether" in str(site.reason)
        assert not results["helper.py"].changed


# ---- the whole program ----------------------------------------------------------------------------------------------

HELPER = """\
import tensorflow as tf

def save(sess, path, inputs, outputs):
  tf.saved_model.simple_save(sess, path, inputs, outputs)
"""
CALLER = "import tensorflow as tf\nimport helper\n\nx = tf.placeholder(tf.float32)\nhelper.save(tf.Session(), 'o', {'x': x}, {})\n"
WHOLE = Settings(whole_program=True)


def by_name(results: Iterable[Result]) -> dict[str, Result]:
    return {Path(result.path).name: result for result in results}


def test_code_without_a_site_stays_as_it_is(tmp_path: Path):
    (tmp_path / "helper.py").write_text(HELPER)
    (tmp_path / "main.py").write_text(CALLER)
    assert set(by_name(rewrite_paths([tmp_path]))) == {"helper.py"}


def test_the_whole_program_gets_the_names_of_tf1_if_asked_for(tmp_path: Path):
    (tmp_path / "helper.py").write_text(HELPER)
    (tmp_path / "main.py").write_text(CALLER)
    (tmp_path / "apart.py").write_text("import tensorflow as tf\nx = tf.placeholder(tf.float32)\n")
    (tmp_path / "same.py").write_text("import tensorflow as tf\nimport main\nx = tf.matmul\n")
    results = by_name(rewrite_paths([tmp_path], WHOLE))
    assert set(results) == {"helper.py", "main.py", "same.py"}
    main = results["main.py"]
    assert main.after == CALLER.replace("import tensorflow as tf", "import tensorflow.compat.v1 as tf")
    assert (main.sites, main.because) == ((), f"runs with {tmp_path / 'helper.py'}")
    # The program starts there, and its behaviour with it.
    assert "tf.compat.v1.disable_v2_behavior()" in results["same.py"].after


def test_what_the_whole_program_cannot_give_is_said(tmp_path: Path):
    gone = "y = tf.contrib.gan.gan_loss(x)\nz = tf.contrib.gan.gan_model(tf.layers.flatten(y))\n"
    (tmp_path / "helper.py").write_text(HELPER)
    (tmp_path / "main.py").write_text(CALLER + gone)
    main = by_name(rewrite_paths([tmp_path], WHOLE))["main.py"]
    assert main.because == (
        f"runs with {tmp_path / 'helper.py'}, and keeps tf.contrib.gan.gan_loss (line 6), tf.contrib.gan.gan_model (line 7), "
        "which ended with TensorFlow 1: this code must be replaced"
    )
    assert "tf1.layers.flatten(y)" in main.after


def test_a_second_run_over_the_whole_program_changes_nothing(tmp_path: Path):
    (tmp_path / "helper.py").write_text(HELPER)
    (tmp_path / "main.py").write_text(CALLER)
    for result in rewrite_paths([tmp_path], WHOLE):
        Path(result.path).write_text(result.after)
    assert not any(result.changed for result in rewrite_paths([tmp_path], WHOLE))


def test_what_runs_with_session_code_of_the_whole_program_is_not_native(tmp_path: Path):
    (tmp_path / "helper.py").write_text(HELPER)
    (tmp_path / "main.py").write_text(CALLER)
    (tmp_path / "one.py").write_text(NATIVE)
    (tmp_path / "start.py").write_text("import one, main\n")
    assert by_name(rewrite_paths([tmp_path]))["one.py"].sites[0].level is Level.NATIVE
    assert by_name(rewrite_paths([tmp_path], WHOLE))["one.py"].sites[0].level is Level.BRIDGED


def test_what_builds_the_graph_of_a_wrapped_export_gets_the_names_of_tf1_but_no_switch(tmp_path: Path):
    export = """\
import tensorflow as tf
import nets

with tf.Graph().as_default():
  x = tf.placeholder(tf.float32, [None])
  outputs = dict(nets.build(x))
  with tf.Session() as sess:
    tf.train.Saver().restore(sess, "a.ckpt")
    tf.saved_model.simple_save(sess, "out", {"x": x}, outputs)
"""
    nets = "import tensorflow as tf\ndef build(x): yield 'y', x * tf.get_variable('w', [])\n"
    (tmp_path / "export.py").write_text(export)
    (tmp_path / "nets.py").write_text(nets)
    (tmp_path / "start.py").write_text("import export\nimport tensorflow as tf\nx = tf.placeholder\n")
    assert set(by_name(rewrite_paths([tmp_path]))) == {"export.py"}
    results = by_name(rewrite_paths([tmp_path], WHOLE))
    assert set(results) == {"export.py", "nets.py"}
    assert results["export.py"].sites[0].rule == "TFM206"
    assert results["nets.py"].after == nets.replace("import tensorflow as tf", "import tensorflow.compat.v1 as tf")
    for result in results.values():
        Path(result.path).write_text(result.after)
    assert not any(result.changed for result in rewrite_paths([tmp_path], WHOLE))


# ---- what other files import ----------------------------------------------------------------------------------------

SHARED = """\
import tensorflow as tf


def build():
  x = tf.placeholder(tf.float32, [None], name="x")
  return x, x * 2.0


def main():
  x, y = build()
  with tf.Session() as sess:
    tf.saved_model.simple_save(sess, "out", {"x": x}, {"y": y})


if __name__ == "__main__":
  main()
"""


@pytest.mark.parametrize(
    ("other", "level"),
    [
        ("import shared\nx, y = shared.build()\n", Level.BRIDGED),
        ("from shared import build\n", Level.BRIDGED),
        ("import shared\nshared.main()\n", Level.NATIVE),
        ("def build(): pass\n", Level.NATIVE),
    ],
)
def test_what_another_file_imports_is_not_taken_away(tmp_path: Path, other: str, level: Level):
    (tmp_path / "shared.py").write_text(SHARED)
    (tmp_path / "train.py").write_text(other)
    shared = by_name(rewrite_paths([tmp_path]))["shared.py"]
    (site,) = shared.sites
    assert site.level is level, site.refusals
    if level is Level.BRIDGED:
        assert any("train.py may use build, which would go" in refusal.reason for refusal in site.refusals)
        assert "def build():" in shared.after


def test_what_is_lowered_may_lower_others_of_its_program(tmp_path: Path):
    (tmp_path / "shared.py").write_text(SHARED)
    (tmp_path / "train.py").write_text("from shared import build\n")
    (tmp_path / "one.py").write_text(NATIVE)
    (tmp_path / "start.py").write_text("import one, shared\n")
    results = by_name(rewrite_paths([tmp_path]))
    # shared.py keeps its session for train.py, and so TF1's behaviour, with which one.py runs in start.py.
    assert {name: results[name].sites[0].level for name in results} == {
        "shared.py": Level.BRIDGED,
        "one.py": Level.BRIDGED,
    }
    assert any("shared.py runs in the same program" in r.reason for r in results["one.py"].sites[0].refusals)


# ---- files that are not rewritten -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kept",
    [
        "import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()\nimport lib\n",
        "import tensorflow as tf\nimport lib\ndef main():\n  tf.compat.v1.disable_eager_execution()\n",
        "from migrate import bridge\nimport lib\n",
    ],
)
def test_a_file_that_keeps_its_sessions_lowers_those_it_runs_with(tmp_path, kept):
    (tmp_path / "main.py").write_text(kept)
    (tmp_path / "lib.py").write_text(NATIVE)
    (result,) = rewrite_paths([tmp_path], Settings())
    assert result.sites[0].level is not Level.NATIVE
    assert "main.py runs in the same program, and still needs TF1's behaviour" in str(result.sites[0])


def test_a_second_run_lowers_what_the_first_one_did(tmp_path):
    (tmp_path / "main.py").write_text(STAYING + "import lib\n")
    (tmp_path / "lib.py").write_text(NATIVE)
    first = {result.path: result for result in rewrite_paths([tmp_path], Settings())}
    for path, result in first.items():
        Path(path).write_text(result.after)
    for result in rewrite_paths([tmp_path], Settings()):
        assert result.after == first[result.path].after


def test_a_word_in_a_comment_keeps_nothing(tmp_path):
    (tmp_path / "main.py").write_text("# tf.disable_v2_behavior() is gone\nimport lib\n")
    (tmp_path / "lib.py").write_text(NATIVE)
    (result,) = rewrite_paths([tmp_path], Settings())
    assert result.sites[0].level is Level.NATIVE


# ---- sessions that only run loaded models ------------------------------------------------------------------------------

LOADING = """\
import tensorflow as tf
IMPORT
def ask(path):
  with tf.Session() as sess:
    saver = tf.train.import_meta_graph(path + ".meta")
    saver.restore(sess, path)
    saver.save(sess, path)
"""
TF2 = "import tensorflow as tf\n\ndef train(model):\n  with tf.GradientTape() as tape:\n    return model(tape)\n"


@pytest.mark.parametrize(("text", "level"), [(NATIVE, Level.FLAGGED), (TF2, Level.FLAGGED), ("", Level.BRIDGED)])
def test_they_give_way_to_tf2s_own_behaviour(tmp_path: Path, text: str, level: Level):
    (tmp_path / "one.py").write_text(text)
    (tmp_path / "two.py").write_text(LOADING.replace("IMPORT", "import one"))
    found = by_name(rewrite_paths([tmp_path]))
    (site,) = found["two.py"].sites
    assert site.level is level
    assert found["two.py"].changed is (level is Level.BRIDGED)
    if level is Level.FLAGGED:
        assert "one.py runs in the same program, and needs TF2's own behaviour" in (site.reason or "")
    if text == NATIVE:
        assert found["one.py"].sites[0].level is Level.NATIVE


def test_they_give_way_in_a_second_run_too(tmp_path: Path):
    (tmp_path / "one.py").write_text(NATIVE)
    (tmp_path / "two.py").write_text(LOADING.replace("IMPORT", "import one"))
    for result in rewrite_paths([tmp_path]):
        Path(result.path).write_text(result.after)
    assert not any(result.changed for result in rewrite_paths([tmp_path]))


def test_a_library_of_two_programs_leaves_the_behaviour_to_them(tmp_path: Path):
    library = "import tensorflow as tf\n\ndef net(x):\n  return tf.get_variable('w', [3]) * x\n"
    (tmp_path / "net.py").write_text(library)
    code = NATIVE.replace('"x")', '"x")\n  y = dict(y=net(x))').replace('{"y": x * 2.0}', "y")
    (tmp_path / "wrapped.py").write_text("from net import net\n" + code)
    (tmp_path / "bridged.py").write_text("import net\n" + STAYING.replace("IMPORT", ""))
    results = by_name(rewrite_paths([tmp_path], WHOLE))
    assert results["wrapped.py"].sites[0].level is not Level.BRIDGED
    assert results["bridged.py"].sites[0].level is Level.BRIDGED
    assert "import tensorflow.compat.v1 as tf" in results["net.py"].after
