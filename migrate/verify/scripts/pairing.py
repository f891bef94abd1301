"""Finds for each export of the original the export of the migrated script that stands for it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.signatures import read_meta_graphs
from migrate.verify.scripts.results import ExportKind

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from migrate.signatures import MetaGraph
    from migrate.verify.scripts.results import Export

_VERSION = re.compile(r"(?<![^/])\d+(?![^/])")


@dataclass(frozen=True, slots=True)
class Match:
    """Two exports that belong together, or one that has no other.

    Attributes:
        before: Of the original script; None where it has none.
        after: Of the migrated script; None where it has none.
        how: What they have in common.
    """

    before: Export | None
    after: Export | None
    how: str


def pair_exports(
    before: Iterable[Export], after: Iterable[Export], recorded_keys: Mapping[Export, Hashable] | None = None
) -> tuple[Match, ...]:
    """Pairs the exports of two runs.

    The same path goes first, then the same path but for version numbers, then the same signature keys, then the
    order of writing.

    Args:
        before: Of the original script, in the order of writing.
        after: Of the migrated one.
        recorded_keys: What `signature_keys` says of exports that were recorded and are no more.

    Returns:
        The pairs in the order of `before`; then what only `after` has.
    """
    first, second = list(before), list(after)
    order = {id(export): index for index, export in enumerate(first)}
    found: list[Match] = []
    known = recorded_keys or {}
    rules: tuple[tuple[str, Callable[[Export], Hashable]], ...] = (
        ("the same path", lambda export: export.name),
        ("the same path but for the version number", lambda export: _VERSION.sub("#", export.name)),
        ("the same signature keys", lambda export: known.get(export) or _signature_keys(export)),
        ("the order of writing", lambda _: ""),
    )
    for how, key in rules:
        groups: dict[Hashable, list[Export]] = defaultdict(list)
        for export in second:
            groups[key(export)].append(export)
        for export in list(first):
            others = groups[key(export)]
            if others:
                other = others.pop(0)
                _remove(first, export)
                _remove(second, other)
                found.append(Match(export, other, how))
    found += [Match(export, None, "") for export in first]
    found.sort(key=lambda match: order[id(match.before)])
    return (*found, *(Match(None, export, "") for export in second))


def _remove(exports: list[Export], export: Export) -> None:
    """Removes that very one: two may be equal."""
    del exports[next(index for index, each in enumerate(exports) if each is export)]


def _signature_keys(export: Export) -> Any:
    if export.kind is not ExportKind.SAVED_MODEL:
        return export.kind
    try:
        meta_graphs = read_meta_graphs(export.path)
    except MigrateError:
        return id(export)
    return signature_keys(meta_graphs)


def signature_keys(meta_graphs: Iterable[MetaGraph]) -> Hashable:
    """What two SavedModels with the same signature keys, by tags, have in common."""
    return frozenset((graph.tags, tuple(signature.key for signature in graph.signatures)) for graph in meta_graphs)
