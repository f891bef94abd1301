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
    """Copies all but the model's own file, its fingerprint, what undoes changes, and hidden files beside them.

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
            _copy_tree(child, target / child.name)
        else:
            shutil.copy2(child, target / child.name)


def _copy_tree(source: Path, target: Path) -> None:
    try:
        shutil.copytree(source, target, copy_function=_link if source.name == _VARIABLES else shutil.copy2)
    except shutil.Error as error:
        # It goes on after a failure and tells all of them together.
        failed, _, reason = error.args[0][0]
        raise OSError(f"{failed}: {reason}") from error


def _link(source: str, target: str) -> None:
    try:
        os.link(os.path.realpath(source), target)
    except OSError:
        shutil.copy2(source, target)
