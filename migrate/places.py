"""Where paths are: made absolute without following symbolic links, so that they stay what the user typed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def absolute(path: str | Path) -> Path:
    """The absolute path without `.` and `..`; symbolic links are not resolved."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links


def common_directory(paths: Iterable[str | Path]) -> Path:
    """The directory that holds all of `paths`; a directory among them may be it itself.

    Args:
        paths: Files and directories; they need not exist.

    Returns:
        The directory, absolute; the current one where there are no paths.
    """
    places = [absolute(path) for path in paths]
    if not places:
        return Path.cwd()
    common = Path(os.path.commonpath([place if place.is_dir() else place.parent for place in places]))
    return common if common.is_dir() else common.parent
