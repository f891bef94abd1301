"""Which names do files of a tree set in modules they import: `config.SIZE = args.size`?"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

from migrate.source.walk import SKIPPED

# As text, which is far faster than parsing. What an object is given counts, too: that costs a level, but is never wrong.
_SET = re.compile(rb"\.(\w+)[ \t]*(?:[-+*/|]|//)?=(?!=)")
_NO_MODULE = re.compile(rb"(?:self|cls)(?:\.|$)")
_IMPORT = re.compile(rb"^[ \t]*(?:import|from)[ \t]+([^#\r\n(]*\([^)]*\)|[^#\r\n]+)", re.MULTILINE)
_WORD = re.compile(rb"\w+")
_CHAIN = frozenset(byte for byte in range(256) if byte == ord(".") or re.fullmatch(rb"\w", bytes([byte])))
_MOST_FILES = 6000
_MOST_BYTES = 60_000_000


@lru_cache(maxsize=8)
def _settings(top: Path) -> tuple[tuple[frozenset[bytes], frozenset[bytes]], ...] | None:
    """Of each file that sets attributes: their names, and the words of its imports; None for too large a tree."""
    found: list[tuple[frozenset[bytes], frozenset[bytes]]] = []
    files = size = 0
    for directory, below, inside in os.walk(top):
        below[:] = [name for name in below if name not in SKIPPED]
        for name in inside:
            if not name.endswith(".py"):
                continue
            try:
                data = Path(directory, name).read_bytes()
            except OSError:
                continue
            files, size = files + 1, size + len(data)
            if files > _MOST_FILES or size > _MOST_BYTES:
                return None
            names = _names(data)
            if names:
                found.append((names, frozenset(_WORD.findall(b" ".join(_IMPORT.findall(data))))))
    return tuple(found)


def _names(data: bytes) -> frozenset[bytes]:
    """The attributes that a file sets of anything that has a name of its own, but `self` and `cls`."""
    # What stands before the last dot is looked at afterwards: a search that starts with the dot is far faster.
    found: set[bytes] = set()
    for match in _SET.finditer(data):
        if match[1] in found:
            continue
        end = start = match.start()
        while start and data[start - 1] in _CHAIN:
            start -= 1
        chain = data[start:end]
        if chain and b"" not in chain.split(b".") and not _NO_MODULE.match(chain):
            found.add(match[1])
    return frozenset(found)


def set_in_tree(top: Path, module: str, name: str) -> bool:
    """Whether a file of a tree may set a name in a module that it imports; also where the tree is too large to tell.

    Args:
        top: The directory of the tree.
        module: The last name of the module.
        name: The name.
    """
    files = _settings(top)
    if files is None:
        return True
    return any(name.encode() in names and module.encode() in words for names, words in files)
