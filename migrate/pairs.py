"""Loaders and exporters of one tree: which names of tensors a loader looks for, that a new export does not have."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from migrate.places import absolute
from migrate.results import Finding, Level, Result, Site
from migrate.source.python2.convert import readable
from migrate.source.tree import tree_top

_BY_NAME = "TFM203"
"""The rule of loaders that prune the graph of a model by names."""
_EXPORTS = frozenset({"builder", "simple_save"})


def with_vanishing_names(results: Iterable[Result], root: str) -> Iterator[Result]:
    """The results, with a finding for each loader by name whose tree also exports models with TensorFlow 2.

    Args:
        results: Of any files; those of one work tree belong together.
        root: The directory of the settings.
    """
    known = list(results)
    exporters: dict[Path, str] = {}
    for result in known:
        if any(site.kind in _EXPORTS and site.level is not Level.FLAGGED for site in result.sites):
            exporters.setdefault(_top(result.path, root), result.path)
    for result in known:
        exporter = exporters.get(_top(result.path, root)) if any(map(_is_by_name, result.sites)) else None
        yield _told(result, exporter) if exporter is not None else result


def _is_by_name(site: Site) -> bool:
    return site.rule == _BY_NAME


def _told(result: Result, exporter: str) -> Result:
    from migrate.source.strategies.loading.vanishing import listed, names_looked_for

    names = names_looked_for(ast.parse(readable(result.before)))
    what = f"has no {listed(names)}" if names else "has no tensors by name"
    text = (
        f"a model that {exporter} exports with TensorFlow 2 {what}: load that by its signature; or keep this session "
        "(--level bridged), and let tf-migrate restore MODEL --tensor-names --from ORIGINAL put the names back"
    )

    def told(site: Site) -> Site:
        if not _is_by_name(site):
            return site
        found = Finding(_BY_NAME, site.line, site.column, text, site.level, place=site.place)
        return replace(site, findings=(*site.findings, found))

    return replace(result, sites=tuple(map(told, result.sites)))


@lru_cache(maxsize=4096)
def _top(path: str, root: str) -> Path:
    return tree_top(Path(absolute(path)).parent, root)
