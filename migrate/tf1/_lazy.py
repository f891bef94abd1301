"""Modules of a package that are imported when they are first asked for, as attributes of it."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any


def subpackages(package: str, path: Iterable[str]) -> tuple[list[str], Callable[[str], Any]]:
    """The public modules in a package's directory, and a `__getattr__` for it that imports them.

    They are looked for and not listed, so that a new one needs nothing but its file or directory.
    """
    names = sorted(found.name for found in pkgutil.iter_modules(path) if not found.name.startswith("_"))

    def attribute(name: str) -> Any:
        if name in names:
            return import_module(f"{package}.{name}")
        if name.startswith("_"):
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        raise AttributeError(
            f"{package}.{name} is not there: migrate.tf1 has what TensorFlow 2 has no longer, and of that what it can "
            "do exactly as TensorFlow 1 did (docs/tf1.md)"
        )

    return names, attribute
