"""Reports that are written as they are made, so that a run of any size is never in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from migrate.atomic import replace_file


def write_chunks(target: Path, chunks: Iterable[str]) -> None:
    """Writes a file in one step: whoever reads it sees what was there before, or all that is new.

    Args:
        target: The file; its directory is there.
        chunks: Its text, in order.

    Raises:
        OSError: It cannot be written; then what was there is still there.
    """
    replace_file(target, (chunk.encode("utf-8", "backslashreplace") for chunk in chunks))


def remove_leftovers(target: Path) -> None:
    """Removes what a program that was killed had begun to write of a file."""
    for leftover in target.parent.glob(f".{target.name}.*.tmp"):
        leftover.unlink(missing_ok=True)


def json_array(items: Iterable[Any], depth: int) -> Iterator[str]:
    """An array as `json.dumps` with an indent of 2 has it, element by element.

    Args:
        items: Its elements.
        depth: How many objects and arrays it stands in.
    """
    outer = "\n" + "  " * depth
    inner = outer + "  "
    before = f"[{inner}"
    for item in items:
        yield before + indented(item, depth + 1)
        before = f",{inner}"
    yield "[]" if before.startswith("[") else f"{outer}]"


def indented(value: Any, depth: int) -> str:
    """A value as JSON that stands in so many objects and arrays."""
    return json.dumps(value, indent=2).replace("\n", "\n" + "  " * depth)
