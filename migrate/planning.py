"""The proposals for a whole tree, without anybody who decides about them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.settings import Settings

if TYPE_CHECKING:
    from migrate.engine import Planned


def plan_paths(paths: Iterable[str | Path], settings: Settings, *, jobs: int = 1) -> tuple[Planned, ...]:
    """Plans the rewrite of the Python files under `paths` in memory; nothing is written.

    Args:
        paths: Files and directories.
        settings: What to do.
        jobs: How many processes to use; 0 for one for every CPU.

    Returns:
        What `rewrite_paths` yields, each with its proposals.

    Raises:
        MigrateError: A setting is not valid.
    """
    from migrate.choices import Choices
    from migrate.engine import Planned
    from migrate.review.tree import Tree

    tree = Tree(paths, settings)
    for _ in tree.read(jobs=jobs):
        pass
    tree.settle(lambda _: Choices())
    planned = {path: file.planned for path, file in tree.files.items()}
    planned |= {path: Planned(result) for path, result in tree.followers.items()}
    return tuple(planned[str(one.path)] for one in tree.programs.found if str(one.path) in planned)
