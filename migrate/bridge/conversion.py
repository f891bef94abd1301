"""Converts the TF1 SavedModel of a session: what both ways, in this process and in another, have in common."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.errors import MigrateError


@dataclass(frozen=True, slots=True)
class Task:
    """A conversion, in values that can be handed to another process.

    Attributes:
        source: The TF1 SavedModel.
        out: Where the TF2 one goes; it is known to be empty, or to be replaced.
        tags: Of the MetaGraph.
        verify: Whether to compare the two.
        op_libraries: Libraries with custom operations that the caller named.
        found_libraries: Those that were found in the caller's process; they may be of no use.
    """

    source: str
    out: str
    tags: tuple[str, ...]
    verify: bool
    op_libraries: tuple[str, ...]
    found_libraries: tuple[str, ...]


def convert(task: Task) -> tuple[str, ...]:
    """Does a task; returns what a user should know about the result, a sentence each.

    Raises:
        MigrateError: It cannot be converted, or does not answer as the session does.
    """
    from migrate.graph.convert import convert_model
    from migrate.graph.hazards import find_hazards
    from migrate.graph.inspection import HazardKind, Severity
    from migrate.graph.load import load_source, select_meta_graph
    from migrate.graph.registry import runtime_ops
    from migrate.graph.view import MetaGraphView
    from migrate.report.verification import render_text

    runtime_ops.cache_clear()  # The program may have loaded op libraries since it was filled.
    source = load_source(task.source)
    view = MetaGraphView(source, select_meta_graph(source))
    for hazard in find_hazards(view):
        if hazard.kind is HazardKind.PYTHON_FUNCTION and hazard.severity is Severity.BLOCKS:
            raise MigrateError(f"{source.path}: node {hazard.node} ({hazard.op}): {hazard.message} {hazard.remedy}")
    # Whoever saves a graph trusts it: it is the program's own.
    conversion = convert_model(task.source, task.out, overwrite=True, trust=True, verify=task.verify)
    if conversion.out is None and conversion.comparison is not None:
        raise MigrateError(
            f"the TF2 model does not answer as the session does, and was not kept\n{render_text(conversion.comparison)}"
        )
    return conversion.notes
