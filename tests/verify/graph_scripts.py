"""Scripts without TensorFlow that export graphs: the module `graphs`, which they import."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "import os, sys\nfrom graphs import draw, save\n"


def write_graphs(directory: Path, template: bytes) -> None:
    """Writes the module.

    Its `save(path, w)` writes the template, a frozen graph with `[0, 1]` in it once, with `[w, w + 1]` in place of
    that. Its `draw()` is what is random: another number in each run, and never by chance about the same as before.

    Args:
        directory: Of the scripts.
        template: The serialized GraphDef.
    """
    drawn = str(directory / "drawn")
    (directory / "graphs.py").write_text(f"""
import os
import struct

TEMPLATE = {template!r}

def save(path, w=0.0):
    old, new = struct.pack("<2f", 0.0, 1.0), struct.pack("<2f", w, w + 1)
    assert TEMPLATE.count(old) == 1
    with open(path, "wb") as file:
        file.write(TEMPLATE.replace(old, new))

def draw():
    # The sandbox does not hear of what is written through the system, and leaves it there.
    file = os.open({drawn!r}, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.write(file, b".")
    return float(os.fstat(file).st_size)
""")
