"""All changes of a run as one mail for `git am`."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from migrate.errors import MigrateError
from migrate.places import source_root, work_tree
from migrate.report.diff import patch_name, unified_diff
from migrate.report.mail import AUTHOR, SUBJECT, changes, mail
from migrate.results import Result
from migrate.write import bytes_of


def mail_of(results: Sequence[Result]) -> tuple[bytes, list[Result]]:
    """Makes a mail of the changes. Files are named relative to their git work tree, as git wants it.

    Args:
        results: The results.

    Returns:
        The mail, empty where nothing changes; and the results, with an error where a file has changed since.

    Raises:
        MigrateError: The files are in several git work trees.
    """
    # A patch changes no symbolic links, but what they lead to.
    places = {result.path: Path(os.path.realpath(result.path)) for result in results if result.changed}
    root = Path(os.path.realpath(_root(places.values())))
    given: list[Result] = []
    mailed: list[Result] = []
    diff = b""
    for result in results:
        if result.changed:
            try:
                before, after = bytes_of(result)
            except (MigrateError, OSError) as error:
                result = replace(result, after=result.before, error=str(error))
            else:
                place = str(places[result.path])
                diff += unified_diff(before, after, place, root)
                mailed.append(replace(result, path=patch_name(place, root)))
        given.append(result)
    return mail(AUTHOR, SUBJECT, changes(mailed), diff) if mailed else b"", given


def _root(places: Collection[Path]) -> Path:
    trees = {work_tree(place): place for place in places}
    if len(trees) > 1:
        one, other = list(trees.values())[:2]
        raise MigrateError(f"{one} and {other} are in different git work trees; make one patch for each")
    return source_root(places)
