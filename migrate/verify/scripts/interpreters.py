"""Finds a Python with TensorFlow 1. TensorFlow itself is not imported, here or there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.verify.scripts.results import Interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PROBE_SECONDS = 30
_OLDEST = (3, 5)
_NAMES = ("python3.7", "python3.6", "python3.5", "python3", "python")
# Runs on any Python: metadata directories say which TensorFlow there is, whatever they call the distribution.
_PROBE = r"""
import json, os, re, sys
pattern = re.compile(r"(?i)^(tensorflow|tensorflow[_-](gpu|cpu|intel|rocm|aarch64|macos|mkl|base)|intel[_-]tensorflow"
                     r"|tf[_-]nightly([_-](gpu|cpu))?)-(\d[^-]*?)(-py[\d.]+)?\.(dist|egg)-info$")
version = None
for folder in sys.path:
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        continue
    if version is None and (os.path.isdir(os.path.join(folder, "tensorflow"))
                            or os.path.isdir(os.path.join(folder, "tensorflow_core"))):
        for name in names:
            match = pattern.match(name)
            if match:
                version = match.group(5)
print(json.dumps([sys.executable, list(sys.version_info[:3]), version]))
"""


def tensorflow1(given: str | os.PathLike[str] | None = None, environment: Mapping[str, str] | None = None) -> (
    Interpreter | None
):  # fmt: skip
    """The interpreter that runs the original script.

    Args:
        given: What the user named; else the variable TF1_PYTHON says it; else it is looked for on PATH and where
            pyenv, conda and virtualenv keep theirs.
        environment: In place of this process's.

    Returns:
        The first that has TensorFlow 1; one that was named may have another version. None where none was found.

    Raises:
        MigrateError: The interpreter that was named does not run, is too old, or has no TensorFlow.
    """
    environment = os.environ if environment is None else environment
    named, where = (os.fspath(given), "--tf1-python") if given else (environment.get("TF1_PYTHON"), "TF1_PYTHON")
    if named:
        return _named(named, where)
    for path in _candidates(environment):
        found = probe(path)
        if found is not None and found.tensorflow.startswith("1."):
            return found
    return None


def own_interpreter() -> Interpreter:
    """The Python that runs this, which has TensorFlow 2.

    Raises:
        MigrateError: It has no TensorFlow.
    """
    found = probe(Path(sys.executable))
    if found is None:
        raise MigrateError(f"{sys.executable}: TensorFlow is not installed in this Python; pip install tensorflow")
    return found


def probe(path: Path) -> Interpreter | None:
    """The interpreter at a path with its versions; None where it does not run, is too old, or has no TensorFlow."""
    answer = _ask(path)
    if answer is None:
        return None
    executable, version, tensorflow = answer
    if tensorflow is None or version < _OLDEST:
        return None
    return Interpreter(Path(executable), ".".join(map(str, version)), tensorflow)


def _named(named: str, where: str) -> Interpreter:
    path = Path(named).expanduser()
    answer = _ask(path)
    if answer is None:
        raise MigrateError(f"{named}: this Python does not run; correct {where}")
    _, version, tensorflow = answer
    if version < _OLDEST:
        raise MigrateError(f"{named}: Python {'.'.join(map(str, version))} is too old; {where} needs 3.5 or later")
    if tensorflow is None:
        raise MigrateError(f"{named}: TensorFlow is not installed in this Python; correct {where}")
    found = probe(path)
    assert found is not None
    return found


def _ask(path: Path) -> tuple[str, tuple[int, ...], str | None] | None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run(
            [os.fspath(path), "-c", _PROBE],
            capture_output=True, text=True, timeout=_PROBE_SECONDS, env=environment, stdin=subprocess.DEVNULL,
            check=True, cwd="/",
        )  # fmt: skip
        executable, version, tensorflow = json.loads(done.stdout.splitlines()[-1])
        return str(executable), tuple(version), tensorflow
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    """Pythons that may have TensorFlow 1, each once. Those of environments must have its metadata."""
    seen = set()
    for path in (*_on_path(environment), *_in_environments(environment)):
        if path not in seen and os.access(path, os.X_OK):
            seen.add(path)
            yield path


def _on_path(environment: Mapping[str, str]) -> Iterator[Path]:
    for folder in environment.get("PATH", os.defpath).split(os.pathsep):
        for name in _NAMES if folder else ():
            yield Path(folder) / name


def _in_environments(environment: Mapping[str, str]) -> Iterator[Path]:
    home = Path(environment.get("HOME") or Path.home())
    conda = environment.get("CONDA_EXE")
    parents = [
        Path(environment.get("PYENV_ROOT") or home / ".pyenv") / "versions",
        Path(environment.get("WORKON_HOME") or home / ".virtualenvs"),
        *(home / name for name in (".local/share/virtualenvs", ".cache/pypoetry/virtualenvs", ".conda/envs")),
        *(
            root / "envs"
            for root in (
                *(home / name for name in ("miniconda3", "anaconda3", "miniforge3", "mambaforge")),
                *([Path(conda).parents[1]] if conda else []),
                Path("/opt/conda"),
                Path("/opt/miniconda3"),
            )
        ),
        home,
        Path.cwd(),
    ]
    for parent in parents:
        for metadata in sorted(_glob(parent)):
            prefix = metadata.parents[3]
            yield prefix / "bin" / "python"


def _glob(parent: Path) -> list[Path]:
    try:
        found = parent.glob("*/lib/python3.[567]/site-packages/tensorflow*-1.*-info")
        return [path for path in found if re.search(r"-1\.\d+", path.name)]
    except OSError:
        return []
