"""Finds the custom op libraries that were loaded into this process: TensorFlow keeps no list of them."""

from __future__ import annotations

import mmap
from pathlib import Path

from migrate.protos import tensorflow_directory

_MAPS = Path("/proc/self/maps")
_FRAMEWORK = b"libtensorflow_framework"
_REGISTERS = (b"OpDefBuilder", b"TF_RegisterOpDefinition")
"""What a library mentions that registers operations: of tensorflow/core/framework/op.h, and of c/ops.h."""


def loaded_op_libraries(maps: Path = _MAPS) -> tuple[str, ...]:
    """The shared libraries in this process that need TensorFlow and register operations, in order of their paths.

    Args:
        maps: The kernel's list of what is mapped into this process. Only Linux has one; elsewhere none is found.
    """
    try:
        lines = maps.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ()
    own = str(tensorflow_directory().resolve())
    # Address, permissions, offset, device, inode, path.
    paths = {fields[5] for line in lines if len(fields := line.split(maxsplit=5)) == 6}
    libraries = sorted(path for path in paths if ".so" in path and not path.startswith(f"{own}/"))
    return tuple(path for path in libraries if _registers_ops(Path(path)))


def _registers_ops(library: Path) -> bool:
    try:
        with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return data.find(_FRAMEWORK) >= 0 and any(data.find(name) >= 0 for name in _REGISTERS)
    except (OSError, ValueError):
        return False
