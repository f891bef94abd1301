"""C++ programs on the shared libraries of the TensorFlow wheel: real clients that are not Python."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from migrate.protos import tensorflow_directory

_COMPILER = shutil.which("g++")
_LIBRARIES = ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2")

needs_cpp = pytest.mark.skipif(
    _COMPILER is None or not all((tensorflow_directory() / library).exists() for library in _LIBRARIES),
    reason="there is no g++, or TensorFlow has no C++ library here",
)


def compile_program(source: Path, program: Path) -> Path:
    """Compiles one source file, linked with the wheel's libraries."""
    directory = tensorflow_directory()
    libraries = [f"-l:{library}" for library in _LIBRARIES]
    # The wheel's libraries want a CUDA that nobody calls; the linker shall not look for it.
    flags = ["-Wl,--no-as-needed", *libraries, "-Wl,--allow-shlib-undefined", f"-Wl,-rpath,{directory}"]
    command = [str(_COMPILER), "-std=c++17", "-O0", "-w", "-isystem", directory / "include", source, "-o", program]
    done = subprocess.run([*command, "-L", directory, *flags], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return program
