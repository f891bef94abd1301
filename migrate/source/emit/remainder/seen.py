"""What of a graph a statement sees besides the tensors that it names."""

from __future__ import annotations

import ast

from migrate.source.flow import Step
from migrate.source.kinds import STATE, Kind, Kinds, calls, header
from migrate.source.session import SessionUse

_ALL_VARIABLES = frozenset({"global_variables", "trainable_variables", "all_variables", "local_variables",
                            "model_variables", "moving_average_variables", "Saver",
                            "report_uninitialized_variables"})  # fmt: skip
_WRITERS = frozenset({"FileWriter", "write_graph"})
_WHOLE_GRAPH = frozenset({"get_collection", "get_default_graph", "MonitoredTrainingSession", "get_losses",
                          "get_total_loss", "get_regularization_loss", "get_variable_scope"})  # fmt: skip


def seen_of_graph(step: Step, session: SessionUse) -> set[str]:
    """What of the graph a step can see, so that none of it may be taken away unnoticed.

    `graph` is all of it, at any time; `written` all of it, at this time; `variables` its variables.
    """
    kinds = session.kinds
    for run in session.runs(step):
        texts = [run.fetches, *(run.feed.keys if isinstance(run.feed, ast.Dict) else ())]
        if any(isinstance(node, ast.Constant) for text in texts if text is not None for node in ast.walk(text)):
            # It names tensors of the graph by their text.
            return {"graph"}
    seen: set[str] = set()
    for part in header(step):
        inside: set[ast.AST] = set()
        for found in calls(part):
            name = (kinds.symbol(found) or "").rpartition(".")[2]
            if name in _WRITERS:
                seen.add("written")
                inside |= set(ast.walk(found))
            elif found in inside:
                continue
            elif name in _ALL_VARIABLES:
                seen.add("variables")
            elif name in _WHOLE_GRAPH or name.startswith("merge_all"):
                if not (name == "get_collection" and "ASSET_FILEPATHS" in ast.unparse(found)):
                    seen.add("graph")
            elif name == "" and any(kinds.of(a) in (Kind.SESSION, Kind.GRAPH) for a in found.args):
                seen.add("graph")
    return seen


def makes_variables(step: Step, kinds: Kinds) -> bool:
    """Whether a step may add to the graph's variables."""
    return any(
        kinds.of(made) in STATE - {Kind.TABLE} or kinds.region.function(made.func) is not None
        for part in header(step)
        for made in calls(part)
    )
