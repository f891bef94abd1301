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


def work_tree(path: str | Path) -> Path | None:
    """The git work tree that holds a file or directory, told by its `.git`; None where there is none."""
    place = absolute(path)
    return next((above for above in (place, *place.parents) if (above / ".git").exists()), None)


def source_root(paths: Iterable[str | Path]) -> Path:
    """The directory that others know the sources by: the git work tree, else the current directory, else what holds all.

    Args:
        paths: Files and directories.

    Returns:
        The directory, absolute.
    """
    common = common_directory(paths)
    tree = work_tree(common)
    if tree is not None:
        return tree
    return Path.cwd() if common.is_relative_to(Path.cwd()) else common


def relative_to(path: str | Path, root: Path) -> Path:
    """The path relative to `root` where it lies below it; else absolute."""
    place = absolute(path)
    return place.relative_to(root) if place.is_relative_to(root) else place
