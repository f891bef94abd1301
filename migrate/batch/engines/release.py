"""Which release of this package runs, down to its bytes: another one may give other results."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

# The rules lie elsewhere in a checkout; they are told to people only.
_LEFT = ("__pycache__", "rules")
_OTHERS = ("fissix", "libcst", "networkx", "pathspec")


@cache
def release() -> str:
    """This package, Python, and the packages that results depend on."""
    code = hashlib.sha256()
    for file in sorted(_files(resources.files("migrate")), key=str):
        code.update(file.read_bytes())
    python = ".".join(map(str, sys.version_info[:2]))
    others = ", ".join(f"{name} {_version(name)}" for name in _OTHERS)
    return f"tf-migrate {_version('tf-migrate')} ({code.hexdigest()[:8]}) with Python {python}, {others}"


def _files(directory: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for entry in directory.iterdir():
        if entry.is_dir():
            if entry.name not in _LEFT:
                found += _files(entry)
        elif entry.name.endswith((".py", ".json", ".toml")):
            found.append(entry)
    return found


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "of unknown version"
