"""Rewrites a tree in memory and counts."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.engine import rewrite_source
from migrate.paths import rewrite_paths
from migrate.settings import Settings
from migrate.source.walk import find_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from migrate.results import Level, Result, Site

# What differs between two sites with the same reason: lines, and what the code calls things.
_LINE = re.compile(r" \(line \d+\)| on line \d+")
_NAMES = re.compile(r"'[^']*'|\[[^\]]*\]|\([^)]*\)|\b[\w.]*[_.][\w.]*(\(\))?")


@dataclass(frozen=True, slots=True)
class Survey:
    """What became of one tree.

    Attributes:
        name: What the tree is called.
        files: How many Python files it has.
        sites: All of its sites.
        changed: The files that are rewritten.
        crashes: Internal errors, a line each.
        broken: Files whose new text does not parse.
        unstable: Files that a second run would change again.
        unreadable: Files that are not Python 3, or not of their encoding.
    """

    name: str
    files: int
    sites: tuple[Site, ...]
    changed: tuple[str, ...]
    crashes: tuple[str, ...]
    broken: tuple[str, ...]
    unstable: tuple[str, ...]
    unreadable: tuple[str, ...]

    @classmethod
    def of(cls, name: str, surveys: Sequence[Survey]) -> Survey:
        """Adds up."""
        return cls(
            name,
            sum(one.files for one in surveys),
            tuple(site for one in surveys for site in one.sites),
            tuple(path for one in surveys for path in one.changed),
            tuple(said for one in surveys for said in one.crashes),
            tuple(said for one in surveys for said in one.broken),
            tuple(said for one in surveys for said in one.unstable),
            tuple(said for one in surveys for said in one.unreadable),
        )

    def by_rule(self) -> Counter[tuple[Level, str, str]]:
        """Sites by level, kind and the rule that decided the level."""
        return Counter((site.level, site.kind, site.rule) for site in self.sites)

    def by_reason(self) -> Counter[tuple[Level, str, str]]:
        """Sites by what a strategy says of them: the level it would have reached, its name, and the reason."""
        said = [{(each.level, each.strategy, general(each.reason)) for each in site.refusals} for site in self.sites]
        return Counter(reason for reasons in said for reason in reasons)


def general(reason: str) -> str:
    """A reason without the names and lines of the code that it is about."""
    return _NAMES.sub("..", _LINE.sub("", reason))


def survey(tree: Path) -> Survey:
    """Rewrites the files below `tree` in memory, and what comes out once more."""
    files = [found for found in find_files([tree]) if found.error is None]
    results = list(rewrite_paths([tree], Settings(), jobs=0))
    errors = [result for result in results if result.error is not None]
    changed = [result for result in results if result.changed]
    return Survey(
        name=tree.name,
        files=len(files),
        sites=tuple(site for result in results for site in result.sites),
        changed=tuple(result.path for result in changed),
        crashes=tuple(_said(result) for result in errors if _crashed(result)),
        broken=tuple(result.path for result in changed if not _parses(result.after)),
        unstable=tuple(result.path for result in changed if _changes_again(result)),
        unreadable=tuple(_said(result) for result in errors if not _crashed(result)),
    )


def _crashed(result: Result) -> bool:
    return (result.error or "").startswith("internal error")


def _said(result: Result) -> str:
    return f"{result.path}: {result.error}"


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _changes_again(result: Result) -> bool:
    again = rewrite_source(result.after, result.path)
    return again.changed or again.error is not None
