"""The page as a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.report.files import write_report
from migrate.report.proof_page.page import render_page
from migrate.report.proof_page.versions import these_versions

if TYPE_CHECKING:
    from migrate.report.proof_page.asked import Asked
    from migrate.verify.results import Comparison
    from migrate.verify.scripts.results import ScriptComparison


def require_place(path: Path) -> None:
    """Says what is wrong with the place of the page before anything is run for it.

    Raises:
        MigrateError: `path` is a directory, or lies in none, or in one that may not be written to.
    """
    parent = Path(os.path.realpath(path)).parent
    if path.is_dir():
        raise MigrateError(f"{path}: is a directory; name the file of the page")
    if not parent.is_dir():
        raise MigrateError(f"{path}: cannot write it: there is no directory {parent}")
    if not path.exists() and not os.access(parent, os.W_OK):
        raise MigrateError(f"{path}: cannot write it: {parent} may not be written to")


def write_page(path: Path, comparison: Comparison | ScriptComparison, asked: Asked) -> None:
    """Writes the page whole or not at all.

    Args:
        path: Of the file; an old one is replaced.
        comparison: What was found.
        asked: What it was made from.

    Raises:
        MigrateError: It cannot be written.
    """
    write_report(path, render_page(comparison, asked, these_versions()))
