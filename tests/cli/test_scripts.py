"""`verify --scripts` and `rewrite --verify`; what they find is tested in tests/verify/scripts."""

import json
import sys
from pathlib import Path

import pytest

from migrate import protos
from migrate.verify.scripts import comparison
from migrate.verify.scripts.results import Interpreter

pytestmark = pytest.mark.tensorflow


def graph(value: float) -> bytes:
    """y = x + value"""
    made = protos.graph_def()
    for name, op, inputs in (("x", "Placeholder", []), ("w", "Const", []), ("y", "Add", ["x", "w"])):
        node = made.node.add()
        node.name, node.op = name, op
        node.input.extend(inputs)
        node.attr["T" if op == "Add" else "dtype"].type = 1
        if op == "Const":
            node.attr["value"].tensor.dtype = 1
            node.attr["value"].tensor.tensor_shape.SetInParent()
            node.attr["value"].tensor.float_val.append(value)
    return made.SerializeToString()


@pytest.fixture
def files(cwd: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Scripts without TensorFlow; what would be TensorFlow 1 is this interpreter."""
    here = Interpreter(Path(sys.executable), "3.7", "1.15.5")
    monkeypatch.setattr(comparison, "tensorflow1", lambda _: here)
    for name, value in (("a.py", 1.0), ("b.py", 1.0), ("c.py", 2.0)):
        (cwd / name).write_text(f"import sys\nopen(sys.argv[1], 'wb').write({graph(value)!r})\n")
    return cwd


def test_equal_scripts(tf_migrate, files):
    ran = tf_migrate("verify", "--scripts", "a.py", "b.py", "--network", "--", "{out}.pb")
    assert ran.code == 0, ran.errors
    assert ran.text.splitlines()[-1] == "equal: 1 export"
    first, second = ran.errors.splitlines()
    assert first.startswith("tf-migrate: running BEFORE by TensorFlow 1.15.5 (Python 3.7")
    assert first.endswith("a.py {out}.pb; network allowed; at most 600 s")
    assert second.startswith("tf-migrate: running AFTER by TensorFlow 2.")


def test_different_scripts_as_json(tf_migrate, files):
    ran = tf_migrate("verify", "a.py", "c.py", "--scripts", "--network", "--format", "json", "--", "g.pb")
    assert ran.code == 1
    data = json.loads(ran.text)
    assert data["status"] == "different"
    assert data["exports"][0]["before"]["name"] == "g.pb"


def test_options_reach_the_scripts(tf_migrate, files, tmp_path):
    (files / "a.py").write_text(f"import os\nopen(os.environ['G'], 'wb').write({graph(1.0)!r})\n")
    options = ("--env", "G=e=1.pb", "--keep", "kept", "--network")
    ran = tf_migrate("verify", "--scripts", "a.py", "a.py", *options)
    assert ran.code == 0, ran.errors
    assert (files / "kept" / "before" / "1-e=1.pb").exists()


def test_a_script_that_fails_is_one_line(tf_migrate, files):
    (files / "c.py").write_text("raise SystemExit('no data here')\n")
    ran = tf_migrate("verify", "--scripts", "a.py", "c.py", "--network", "--", "g.pb")
    assert (ran.code, ran.text) == (2, "")
    assert ran.errors.splitlines()[-1] == ("tf-migrate: error: AFTER (c.py): it failed with exit code 1: no data here")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("a", "b", "--network"), "arguments and options for scripts need --scripts"),
        (("a", "b", "--", "c"), "arguments and options for scripts need --scripts"),
        (("--scripts", "a.py", "b.py", "--tags", "train"), "of scripts all MetaGraphs are compared"),
        (("--scripts", "a.py", "b.py", "--env", "X"), "X: expected NAME=VALUE"),
        (("--scripts", "a.py", "b.py", "--tf1-python", "/no/python"), "this Python does not run"),
        (("--scripts", "no.py", "b.py"), "no.py: no such file; name a Python script"),
    ],
)
def test_usage(tf_migrate, files, monkeypatch: pytest.MonkeyPatch, args, said: str):
    from migrate.verify.scripts.interpreters import tensorflow1

    if "--tf1-python" in args:
        monkeypatch.setattr(comparison, "tensorflow1", tensorflow1)
    ran = tf_migrate("verify", *args)
    assert ran.code == 2
    assert said in ran.errors


# ---- rewrite --verify; the toy engine writes `save_it(` for `simple_save(` ------------------------------------------


def script(path: Path, value: float = 1.0) -> bytes:
    """A script that writes one graph as it is, and one with `value` when it is rewritten."""
    path.write_text(
        "import sys\n"
        "def write(graph):\n    open(sys.argv[1], 'wb').write(graph)\n"
        f"def save_it(w):\n    write({graph(value)!r})\n"
        f"globals()['simple' + '_save'] = lambda w: write({graph(1.0)!r})\n"
        "simple_save(1)\n"
    )
    return path.read_bytes()


def test_what_is_proved_is_written_and_the_rest_is_not(tf_migrate, files, toy_engine):
    script(files / "good.py")
    bad = script(files / "bad.py", 2.0)
    ran = tf_migrate("rewrite", "good.py", "bad.py", "--write", "--verify", "--verify-args", "g.pb", "--jobs", 1)
    assert ran.code == 1, ran.errors
    assert "save_it(1)" in (files / "good.py").read_text()
    assert (files / "bad.py").read_bytes() == bad
    assert "good.py: equal: 1 export" in ran.errors
    assert "bad.py: different: 1 of 1 export" in ran.errors
    assert "bad.py: not written: different: 1 of 1 export" in ran.errors


def test_a_patch_is_printed_with_its_proof(tf_migrate, files, toy_engine):
    script(files / "good.py")
    ran = tf_migrate("rewrite", "good.py", "--verify", "--verify-args", "{out}.pb")
    assert ran.code == 0, ran.errors
    assert "+save_it(1)" in ran.text
    assert "good.py: equal: 1 export" in ran.errors


def test_a_file_that_cannot_be_run_alone_is_not_proved(tf_migrate, files, toy_engine):
    (files / "library.py").write_text("def export(s):\n    simple_save(s)\n")
    ran = tf_migrate("rewrite", "library.py", "--verify", "--write")
    assert ran.code == 1
    assert "library.py: not proved: BEFORE (library.py): it ran to its end" in ran.errors
    assert "save_it" not in (files / "library.py").read_text()


def test_usage_of_rewrite(tf_migrate, files):
    ran = tf_migrate("rewrite", "-", "--verify")
    assert (ran.code, "stdin cannot be run; name a file" in ran.errors) == (2, True)
    ran = tf_migrate("rewrite", "a.py", "--verify-args", "x")
    assert (ran.code, "is for --verify" in ran.errors) == (2, True)
    ran = tf_migrate("rewrite", "a.py", "--verify", "--verify-args", "'x")
    assert (ran.code, "No closing quotation" in ran.errors) == (2, True)


def test_a_dirty_work_tree_is_refused_before_anything_is_run(tf_migrate, repository, toy_engine):
    (repository.top / "s.py").write_text("simple_save(1)\n")
    repository.commit()
    (repository.top / "s.py").write_text("simple_save(2)\n")
    ran = tf_migrate("rewrite", "s.py", "--verify", "--write")
    assert ran.code == 2
    assert "uncommitted changes" in ran.errors
    assert "running" not in ran.errors
