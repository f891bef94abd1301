"""Copies the rest of a model: variables, assets, assets.extra and whatever else lies in its directory."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from migrate.restore.undo_file import NAME as UNDO
from migrate.signatures.fingerprint import NAME as FINGERPRINT

if TYPE_CHECKING:
    from pathlib import Path

_VARIABLES = "variables"


def copy_rest(source: Path, target: Path) -> None:
    """Copies all but the model's own file, its fingerprint and what undoes changes.

    Variables become hard links where the file system can: TensorFlow never writes into these files, it replaces
    them. Everything else may be edited in place, so that it is copied. Symbolic links become what they point to.

    Args:
        source: The model's directory.
        target: Another directory; it exists.

    Raises:
        OSError: Something cannot be read or written.
    """
    own = {"saved_model.pb", "saved_model.pbtxt", FINGERPRINT, UNDO}
    for child in sorted(source.iterdir()):
        if child.name in own or child.name.startswith("."):
            continue
        if child.is_dir():
            copy = _link if child.name == _VARIABLES else shutil.copy2
            shutil.copytree(child, target / child.name, copy_function=copy, ignore=shutil.ignore_patterns(".*"))
        else:
            shutil.copy2(child, target / child.name)


def _link(source: str, target: str) -> None:
    try:
        os.link(os.path.realpath(source), target)
    except OSError:
        shutil.copy2(source, target)
