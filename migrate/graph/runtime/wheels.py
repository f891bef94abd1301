"""Reads op lists out of TensorFlow's wheels: each in the Python it was built for, without installing it.

Only `remake.py` needs this. A wheel is downloaded, its shared libraries are unpacked, one of them is asked
through the C API (`TF_GetAllOpList` of tensorflow/c/c_api.h), and both are deleted again.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from migrate.errors import MigrateError

# Runs in Pythons as old as 3.7. The library is opened lazily: it asks for symbols of a Python that never come up.
_ASK = """
import ctypes, os, sys
class Buffer(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_size_t), ("deallocator", ctypes.c_void_p)]
library = ctypes.CDLL(sys.argv[1], mode=os.RTLD_LAZY | os.RTLD_GLOBAL)
library.TF_GetAllOpList.restype = ctypes.POINTER(Buffer)
buffer = library.TF_GetAllOpList().contents
with open(sys.argv[2], "wb") as file:
    file.write(ctypes.string_at(buffer.data, buffer.length))
    file.flush()
os._exit(0)
"""

_PLATFORMS = ("manylinux1", "manylinux2010", "manylinux2014", "manylinux_2_17", "manylinux_2_27")
_LIBRARIES = ("libtensorflow_cc.so.2", "_pywrap_tensorflow_internal.so")


@dataclass(frozen=True, slots=True)
class Release:
    """A release of TensorFlow that stands for its minor version.

    Attributes:
        minor: For instance `1.15`.
        version: For instance `1.15.5`.
        python: The newest Python it has a wheel for, or an older one.
        package: The distribution: `tensorflow-cpu` is smaller, but came with 2.1.
    """

    minor: str
    version: str
    python: str
    package: str = "tensorflow-cpu"


def op_list(release: Release, pythons: Path) -> bytes:
    """The serialized OpList of a release, from its wheel.

    Args:
        release: Which.
        pythons: A directory with interpreters, such as pyenv's `versions`.

    Raises:
        MigrateError: There is no such interpreter, no wheel, or no library in it.
    """
    python = next(iter(sorted(pythons.glob(f"{release.python}.*/bin/python"))), None)
    if python is None:
        raise MigrateError(f"{pythons}: no Python {release.python}")
    with tempfile.TemporaryDirectory(prefix="tf-migrate-") as name:
        folder = Path(name)
        wheel = _download(release, folder)
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder, [entry for entry in archive.namelist() if ".so" in entry.rsplit("/", 1)[-1]])
        wheel.unlink()
        found = [path for library in _LIBRARIES for path in folder.rglob(library)]
        if not found:
            raise MigrateError(f"{wheel.name}: none of {', '.join(_LIBRARIES)} is in it")
        out = folder / "ops.pb"
        subprocess.run([python, "-c", _ASK, found[0], out], check=True, stderr=subprocess.DEVNULL)
        return out.read_bytes()


def _download(release: Release, folder: Path) -> Path:
    arguments = ["download", "--no-deps", "--quiet", "--only-binary=:all:", f"--python-version={release.python}"]
    arguments += [f"--platform={platform}_x86_64" for platform in _PLATFORMS]
    requirement = f"{release.package}=={release.version}"
    ran = subprocess.run(
        [sys.executable, "-m", "pip", *arguments, "--dest", folder, requirement], capture_output=True, text=True
    )
    if ran.returncode:
        raise MigrateError(f"{requirement}: pip cannot download it: {ran.stderr.strip().splitlines()[-1:]}")
    return next(folder.glob("*.whl"))
