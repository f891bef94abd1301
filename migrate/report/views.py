"""Inspects a model and keeps its graphs, from which pictures are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.graph.analyze import inspect_meta_graph
from migrate.graph.inspection import Inspection
from migrate.graph.load import load_source, select_meta_graph
from migrate.graph.view import MetaGraphView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike


def inspect_views(
    path: str | PathLike[str],
    *,
    checkpoint: str | PathLike[str] | None = None,
    tags: Sequence[str] | None = None,
    op_libraries: Iterable[str] = (),
) -> tuple[Inspection, tuple[MetaGraphView, ...]]:
    """What `migrate.graph.analyze.inspect_model` tells, and the view of each MetaGraph, in the same order.

    Raises:
        MigrateError: The model cannot be read; the message is one line that names the file.
    """
    from migrate.graph.registry import load_op_library

    for library in op_libraries:
        load_op_library(library)
    source = load_source(path, checkpoint)
    chosen = source.meta_graphs if tags is None else (select_meta_graph(source, tags),)
    views = tuple(MetaGraphView(source, meta_graph) for meta_graph in chosen)
    inspection = Inspection(
        path=source.path,
        form=source.form,
        file_size=source.file.stat().st_size,
        checkpoint=source.checkpoint,
        meta_graphs=tuple(inspect_meta_graph(view) for view in views),
    )
    return inspection, views
