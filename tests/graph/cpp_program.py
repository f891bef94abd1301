"""C++ programs on the shared libraries of the TensorFlow wheel: real clients that are not Python."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from migrate.protos import tensorflow_directory

_COMPILER = shutil.which("g++")
_SOURCE = Path(__file__).with_name("cpp_programs.cc")
# The usual linker takes three times as long for libraries of this size.
_LINKER = next((f"-fuse-ld={name}" for name in ("lld", "gold") if shutil.which(f"ld.{name}")), None)
_LIBRARIES = ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2")

needs_cpp = pytest.mark.skipif(
    _COMPILER is None or not all((tensorflow_directory() / library).exists() for library in _LIBRARIES),
    reason="there is no g++, or TensorFlow has no C++ library here",
)


def compiled(source: Path, factory: pytest.TempPathFactory) -> Path:
    """The program of a source file, linked with the wheel's libraries; all are compiled once, for all processes of a run."""
    directory = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        directory = directory.parent
    program, named = directory / _SOURCE.stem, directory / source.stem
    with (directory / f"{_SOURCE.stem}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            _compile(program)
        if not named.exists():
            named.symlink_to(program)
    return named


def _compile(program: Path) -> None:
    directory = tensorflow_directory()
    libraries = [f"-l:{library}" for library in _LIBRARIES]
    # The wheel's libraries want a CUDA that nobody calls; the linker shall not look for it.
    flags = [
        *filter(None, [_LINKER]),
        "-Wl,--no-as-needed",
        *libraries,
        "-Wl,--allow-shlib-undefined",
        f"-Wl,-rpath,{directory}",
    ]
    command = [str(_COMPILER), "-std=c++17", "-O0", "-w", "-isystem", directory / "include", _SOURCE, "-o", program]
    done = subprocess.run([*command, "-L", directory, *flags], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
