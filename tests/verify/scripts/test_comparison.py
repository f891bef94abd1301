"""Two scripts from beginning to end. Those of the first part have no TensorFlow: they write graphs as bytes."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from graph_scripts import HEADER, write_graphs

from migrate.errors import MigrateError
from migrate.verify.results import Status
from migrate.verify.scripts import comparison as module
from migrate.verify.scripts import verify_scripts
from migrate.verify.scripts.interpreters import own_interpreter
from migrate.verify.scripts.results import Interpreter
from tests.forked import warm_python

pytestmark = pytest.mark.tensorflow


@pytest.fixture
def fake_tf1(monkeypatch: pytest.MonkeyPatch):
    """BEFORE is run by this interpreter as it is, and nothing imports TensorFlow for it."""
    monkeypatch.setattr(module, "tensorflow1", lambda _: Interpreter(Path(sys.executable), "3.7", "1.15.5"))


@pytest.fixture
def scripts(tmp_path: Path, frozen):
    """Writes scripts that write `graph(w=...)` to paths, and compares what they export."""
    write_graphs(tmp_path, frozen(w=0.0))

    def compare(before: str, after: str, *args: str, **options):
        for name, text in (("before.py", before), ("after.py", after)):
            (tmp_path / name).write_text(f"{HEADER}{text}\n")
        return verify_scripts(tmp_path / "before.py", tmp_path / "after.py", args, network=True, **options)

    return compare


def test_equal(scripts, fake_tf1):
    said = []
    found = scripts("save('g.pb')", "save(sys.argv[1])", "g.pb", announce=said.append)
    assert found.equal
    assert [pair.how for pair in found.pairs] == ["the same path"]
    assert found.pairs[0].comparisons[0].a == "g.pb"
    assert found.notes == found.carried == ()
    assert [line.partition(" by ")[0] for line in said] == ["running BEFORE", "running AFTER"]
    assert said[0].endswith("before.py g.pb; network allowed; at most 600 s")
    assert found.before.interpreter.tensorflow == "1.15.5"
    assert found.before.seconds > 0


def test_different(scripts, fake_tf1):
    found = scripts("save('g.pb', 1.0)", "save('g.pb', 2.0)")
    assert found.status is Status.DIFFERENT
    (signature,) = found.pairs[0].comparisons[0].signatures
    assert signature.key == "frozen_graph"
    assert signature.outputs[0].max_abs_error == pytest.approx(1.0)
    assert "w has other values than in BEFORE, which are the same in every run" in found.pairs[0].notes[0]


def test_random_weights_are_carried(scripts, fake_tf1):
    found = scripts("save('g.pb', draw())", "save('g.pb', draw())")
    assert found.equal
    assert [(each.name, each.by_name) for each in found.carried] == [("w", True)]
    assert found.pairs[0].notes == (
        "1 variable was carried from BEFORE, because it starts from random numbers; training itself is not compared",
    )


def test_a_weight_that_is_random_on_one_side_only_is_not_carried(scripts, fake_tf1):
    assert scripts("save('g.pb', draw())", "save('g.pb', 7.0)").status is Status.DIFFERENT
    assert scripts("save('g.pb', 7.0)", "save('g.pb', draw())").status is Status.DIFFERENT


def test_a_second_run_that_fails_is_told(scripts, fake_tf1, tmp_path: Path):
    ran = str(tmp_path / "ran")
    once = f"save('g.pb', draw())\nassert not os.path.exists({ran!r})\nos.close(os.open({ran!r}, os.O_CREAT))\n"
    found = scripts(once, "save('g.pb', draw())")
    assert found.status is Status.DIFFERENT
    assert (
        "a second run did not succeed: BEFORE (before.py): it failed with exit code 1: AssertionError" in found.notes[0]
    )


def test_an_export_more_or_less(scripts, fake_tf1):
    found = scripts("save('g.pb')\nsave('h.pb')", "save('g.pb')")
    assert found.status is Status.DIFFERENT
    assert [pair.status for pair in found.pairs] == [Status.EQUAL, Status.DIFFERENT]
    assert found.pairs[1].differences == ("only BEFORE exports h.pb (frozen GraphDef): AFTER has nothing like it",)
    found = scripts("save('g.pb')", "save('g.pb')\nsave('h.pb')")
    assert found.pairs[1].differences == ("only AFTER exports h.pb (frozen GraphDef): BEFORE has nothing like it",)


def test_samples_are_for_one_of_several(scripts, fake_tf1):
    import numpy as np

    samples = {"g.pb::frozen_graph/x:0": np.array([2.0, 3.0], "f4")}
    found = scripts("save('g.pb')\nsave('h.pb')", "save('g.pb')\nsave('h.pb')", samples=samples)
    first, second = (pair.comparisons[0].signatures[0].samples for pair in found.pairs)
    assert first == ("samples",)
    assert "samples" not in second


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("", "save('g.pb')", r"BEFORE \(before.py\): it ran to its end \(\d.\d s\), but it exported nothing"),
        ("save('g.pb')", "", r"AFTER \(after.py\): it ran to its end \(\d.\d s\), but it exported nothing"),
        ("save('g.pb')", "raise KeyError(1)", r"AFTER \(after.py\): it failed with exit code 1: KeyError: 1$"),
    ],
)
def test_scripts_that_prove_nothing(scripts, fake_tf1, before: str, after: str, said: str):
    with pytest.raises(MigrateError, match=said):
        scripts(before, after)


def test_exports_are_kept_where_that_is_asked_for(scripts, fake_tf1, tmp_path: Path):
    found = scripts("save('g.pb', 1.0)", "save('g.pb', 1.0)", keep=tmp_path / "kept")
    assert found.before.exports[0].path == tmp_path / "kept" / "before" / "1-g.pb"
    assert (tmp_path / "kept" / "after" / "1-g.pb").read_bytes() == found.before.exports[0].path.read_bytes()
    with pytest.raises(MigrateError, match="kept/before: exists already; choose another directory"):
        scripts("save('g.pb')", "save('g.pb')", keep=tmp_path / "kept")


def test_environment_and_texts(scripts, fake_tf1, tmp_path: Path):
    (tmp_path / "s.py").write_text("1 / 0")
    text = b"import os\nfrom graphs import save\nsave('g.pb', float(os.environ['W']))"
    scripts("save('g.pb')", "save('g.pb')")  # Writes graphs.py.
    path = tmp_path / "s.py"
    found = verify_scripts(path, path, network=True, environment={"W": "3"}, before_text=text, after_text=text)
    assert found.equal


# ---- with TensorFlow ------------------------------------------------------------------------------------------------

IMPORTS = """
import tensorflow.compat.v1 as v1
import tensorflow.python.framework.ops
import tensorflow
from tensorflow.saved_model import signature_constants
from tensorflow.python.framework import dtypes

assert signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY == "serving_default"
assert v1.placeholder is tensorflow.placeholder
assert dtypes.float32 is tensorflow.float32
"""
TRAINS = """
import sys
import numpy as np
import tensorflow as tf

tf.set_random_seed(3)
x = tf.placeholder(tf.float32, [None, 3], name="x")
t = tf.placeholder(tf.float32, [None, 2], name="t")
w = tf.get_variable("w", [3, 2])
b = tf.get_variable("b", [2], initializer=tf.zeros_initializer())
y = tf.identity(tf.matmul(x, w) + b, name="y")
train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(tf.square(y - t)))
rng = np.random.RandomState(0)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(5):
        sess.run(train, {x: rng.randn(8, 3), t: rng.randn(8, 2) + 3})
    tf.saved_model.simple_save(sess, sys.argv[1], {"x": x}, {"y": y})
"""


@pytest.fixture
def trained(tmp_path: Path) -> tuple[Path, str]:
    """A script that trains from seeded random numbers, and its rewritten form."""
    from migrate.engine import rewrite_source

    (tmp_path / "before.py").write_text(TRAINS)
    after = rewrite_source(TRAINS, "before.py").after
    assert "tf.saved_model.save(" in after
    # Another seed: other numbers, though both scripts set one.
    return tmp_path / "before.py", after.replace("set_random_seed(3)", "set_random_seed(4)").replace(
        "set_seed(3)", "set_seed(4)"
    )


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both scripts are run by a Python that has TensorFlow already: seeds that are set there stay, and what TensorFlow
    writes is not recorded. There is no TensorFlow 1."""
    monkeypatch.setattr(module, "tensorflow1", lambda _: None)
    monkeypatch.setattr(module, "own_interpreter", lambda: replace(own_interpreter(), path=warm_python()))


def without_seed(text: str) -> str:
    """A script without the line that sets a seed."""
    kept = [line for line in text.splitlines() if "set_random_seed(" not in line and ".set_seed(" not in line]
    assert len(kept) < len(text.splitlines())
    return "\n".join(kept)


def why(found) -> str:
    return f"{found.notes} {[(pair.notes, pair.differences) for pair in found.pairs]}"


@pytest.mark.slow
def test_without_tensorflow_1_compat_v1_runs_the_original(trained, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "tensorflow1", lambda _: None)
    before, after = trained
    text = (IMPORTS + TRAINS).encode()
    found = verify_scripts(before, before, ["{out}"], before_text=text, after_text=after.encode())
    assert found.equal, why(found)
    version = found.after.interpreter.tensorflow
    assert found.notes == (f"TensorFlow 1 was not found: BEFORE was run by TensorFlow {version} as compat.v1",)
    assert sorted(each.name for each in found.carried) == ["b", "w"]
    assert all(each.by_name for each in found.carried)


@pytest.mark.slow
def test_a_stale_variable_is_caught_among_random_ones(trained, warm):
    before, after = trained
    stale = after.replace("Model(w_value, b_value)", "Model(w_value, [0.0, 0.0])")
    assert stale != after
    texts = [without_seed(text).encode() for text in (TRAINS, stale)]
    found = verify_scripts(before, before, ["{out}"], before_text=texts[0], after_text=texts[1])
    assert found.status is Status.DIFFERENT
    assert [each.name for each in found.carried] == ["w"]
    assert any(
        note.startswith("b has other values than in BEFORE and was not carried") for note in found.pairs[0].notes
    )


@pytest.mark.slow
def test_what_compat_v1_lacks_is_told_with_what_to_do(trained, warm):
    before, _ = trained
    with pytest.raises(MigrateError) as caught:
        verify_scripts(before, before, before_text=b"import tensorflow as tf\ntf.contrib.layers")
    assert "AttributeError: module 'tensorflow' (compat.v1) has no attribute 'contrib' (run by TensorFlow" in str(
        caught.value
    )
    assert str(caught.value).endswith("as compat.v1: name a Python with TensorFlow 1 with --tf1-python)")


@pytest.mark.slow
def test_all_meta_graphs_are_compared(tmp_path: Path, warm):
    text = """
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
builder = tf.saved_model.Builder("m")
with tf.Session(graph=tf.Graph()) as sess:
    x = tf.placeholder(tf.float32, [None], name="x")
    y = x * BY
    signature = tf.saved_model.predict_signature_def({"x": x}, {"y": y})
    builder.add_meta_graph_and_variables(sess, ["train"], {"s": signature})
    builder.add_meta_graph(["serve"], {"s": tf.saved_model.predict_signature_def({"x": x}, {"y": y * 2})})
builder.save()
"""
    for name, by in (("a.py", "2"), ("b.py", "3")):
        (tmp_path / name).write_text(text.replace("BY", by))
    found = verify_scripts(tmp_path / "a.py", tmp_path / "b.py")
    (pair,) = found.pairs
    assert sorted(models.tags for models in pair.comparisons) == [("serve",), ("train",)]
    assert {models.status for models in pair.comparisons} == {Status.DIFFERENT}
    assert not any("further MetaGraphs" in note for models in pair.comparisons for note in models.notes)


@pytest.mark.oracle
@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("TF1_PYTHON"), reason="TF1_PYTHON names no TensorFlow 1.15 interpreter")
def test_the_original_is_run_by_the_real_tensorflow_1(trained):
    before, after = trained
    found = verify_scripts(before, before, ["{out}"], after_text=after.encode())
    assert found.equal, why(found)
    assert found.before.interpreter.tensorflow.startswith("1.")
    assert not found.before.interpreter.as_v1
    assert sorted(each.name for each in found.carried) == ["b", "w"]
