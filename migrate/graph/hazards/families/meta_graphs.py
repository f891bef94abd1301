"""Other MetaGraphs in the file."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.graph.hazards.context import Context
from migrate.graph.hazards.registry import family
from migrate.graph.inspection import Hazard, HazardKind, Severity


@family
def other_meta_graphs(context: Context) -> Iterator[Hazard]:
    """A SavedModel of TF2 has one MetaGraph."""
    sets = list(context.view.source.tag_sets)
    if context.view.tags in sets:
        sets.remove(context.view.tags)
    if sets:
        tags = " and ".join(f"`{','.join(each)}`" for each in sets)
        yield Hazard(
            HazardKind.OTHER_META_GRAPH,
            Severity.CHANGES,
            "",
            "",
            f"The model has {'another MetaGraph' if len(sets) == 1 else 'other MetaGraphs'}, tagged {tags}, which the "
            f"result of converting this one does not have.",
            "Convert each into a model of its own with --tags.",
            count=len(sets),
        )
