"""What a command may load: TensorFlow takes seconds, and who does not need it must not pay for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("tensorflow", "keras", "numpy")
PROBE = """
import sys
from migrate.cli.main import main
code = main(sys.argv[1:])
sys.stdout.flush()
print("LOADED", *sys.modules, file=sys.stderr)
sys.exit(code)
"""


def loaded(*args: str, cwd=None) -> set[str]:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", PROBE, *args]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=env, check=True)
    return set(done.stderr.rsplit("LOADED", 1)[1].split())


@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["rewrite", "--help"],
        ["review", "--help"],
        ["verify", "--help"],
        ["inspect", "--help"],
        ["--version"],
    ],
)
def test_help_loads_next_to_nothing(args):
    unwanted = {*HEAVY, "libcst", "networkx", "google", "rich", "pathspec", "textual", "jinja2", "migrate.engine"}
    assert not loaded(*args) & unwanted


def test_rewrite_never_loads_tensorflow(tmp_path):
    (tmp_path / "export.py").write_text(
        "import tensorflow as tf\n"
        "x = tf.placeholder(tf.float32, [None, 2], name='x')\n"
        "y = tf.multiply(x, 2.0)\n"
        "with tf.Session() as sess:\n"
        "    tf.saved_model.simple_save(sess, '/tmp/model', inputs={'x': x}, outputs={'y': y})\n"
    )
    assert not loaded("rewrite", ".", cwd=tmp_path) & set(HEAVY)


def test_decisions_are_carried_out_without_a_screen_or_tensorflow(tmp_path):
    (tmp_path / ".tf-migrate").mkdir()
    (tmp_path / ".tf-migrate" / "review.json").write_text('{"version": 1, "files": []}')
    assert not loaded("review", ".", "--accepted-only", cwd=tmp_path) & {*HEAVY, "textual", "jinja2"}


@pytest.mark.parametrize("args", [[], ["--json"], ["--svg", "model.svg"], ["--html", "model.html"]])
def test_inspect_never_loads_tensorflow(args, tmp_path):
    model = Path(__file__).parents[1] / "fixtures" / "models" / "lookup_assets" / "golden"
    names = loaded("inspect", str(model), *args, cwd=tmp_path)
    assert not names & {*HEAVY, "libcst"}
    if "--html" not in args:
        assert "jinja2" not in names
    if args:
        assert "rich" not in names


def test_rules_load_no_engine():
    assert not loaded("rules") & {*HEAVY, "libcst", "networkx"}


def test_importing_the_package_loads_nothing():
    code = "import migrate, sys; print(*(name for name in sys.modules if name.startswith('migrate.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_public_names_are_there():
    import migrate

    assert {"Level", "Result", "Settings", "rewrite_paths", "rewrite_source", "verify_models"} <= set(dir(migrate))
    for name in migrate.__all__:
        assert getattr(migrate, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = migrate.nonsense
