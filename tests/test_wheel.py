"""Builds the wheel, installs it into an empty environment, and runs it there: the rules must be inside."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TOP = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=TOP, check=True, capture_output=True)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The commands of an environment that has the wheel and, by a path file, its dependencies."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=True)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(home / "bin/python"),
        "install",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*pip, "--quiet", str(wheel)], check=True, capture_output=True)
    (site,) = home.glob("lib/python*/site-packages")
    # Path files there are not read in turn: an editable install of this checkout stays out.
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return home / "bin"


def run(installed: Path, *args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [installed / "tf-migrate", *args],
        cwd=installed,
        input=stdin,
        capture_output=True,
        check=False,
        env={},
    )


def test_the_wheel_holds_the_rules_and_nothing_of_the_tests(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    rules = {f"migrate/rules/{file.name}" for file in (TOP / "rules").glob("*.toml")}
    assert rules
    assert rules < names
    assert "migrate/py.typed" in names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"migrate"}


def test_it_runs_from_there(installed):
    code = "import migrate; print(migrate.__file__)"
    where = subprocess.run([installed / "python", "-c", code], cwd=installed, capture_output=True, text=True, env={})
    assert where.stdout.startswith(str(installed.parent))


def test_the_rules_are_found(installed):
    listed = run(installed, "rules")
    assert listed.returncode == 0, listed.stderr
    assert len(listed.stdout.splitlines()) == len(list((TOP / "rules").glob("*.toml")))
    first = listed.stdout.split()[0].decode()
    assert run(installed, "explain", first).returncode == 0


def test_it_rewrites(installed):
    code = (
        b"import tensorflow as tf\n\n"
        b"x = tf.placeholder(tf.float32, [None, 2], name='x')\n"
        b"y = tf.multiply(x, 2.0)\n"
        b"with tf.Session() as sess:\n"
        b"    tf.saved_model.simple_save(sess, '/tmp/model', inputs={'x': x}, outputs={'y': y})\n"
    )
    done = run(installed, "rewrite", "-", stdin=code)
    assert done.returncode == 0, done.stderr
    assert b"tf.saved_model.save(" in done.stdout
    assert b"native" in done.stderr
