"""MetaGraphs that are restored and frozen: their values come from the object that stands for the session.

`tf.graph_util.convert_variables_to_constants` asks its session for the values of the variables and does the rest on
GraphDefs. The class that runs MetaGraphDefs without a session (TFM202) gives these values as well.
"""

from __future__ import annotations

import ast

from migrate.results import Level
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.strategies.bridge_limits import refuse_quantization
from migrate.source.strategies.bridge_notes import gone_notes
from migrate.source.strategies.freezing.loaded import FREEZE_IMPORTS, Freezing, loads_frozen, of_load
from migrate.source.strategies.loading.meta_graph import MetaGraphCode, meta_graph_arguments, uuid_name
from migrate.source.strategies.loading.numpy_name import numpy_name
from migrate.source.strategies.loading.tensors import name_texts
from migrate.source.strategies.loading.text import freeze_helper, meta_graph_helper
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.unprovable import ELSEWHERE, Inapplicable
from migrate.source.view import ModuleView

RULE = "TFM212"
_CONFIG = "the session's config is dropped: TensorFlow 2 sets devices and threads for the whole process"


def plan_meta_graph(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of the MetaGraphs that a function restores and freezes.

    Raises:
        Unprovable: Where it does something else with them.
    """
    if candidate.kind is not SiteKind.FREEZE:
        return of_load(candidate, view, plan_meta_graph)
    if "import_meta_graph" not in view.text:
        raise Inapplicable(ELSEWHERE, "the graph that is frozen is not imported", candidate.call)
    refuse_quantization(view)
    code = _Code(view, ("model", "meta_graph"))
    imports = loads_frozen(candidate, code, "train.import_meta_graph", code.restored_into)
    if not imports:
        raise Inapplicable(ELSEWHERE, "the graph that is frozen is not imported", candidate.call)
    code.read_imports(imports)
    clears = any("clear_devices" in meta_graph_arguments(call) for call in imports)
    helper, function = view.defined("RestoredGraph", clears), view.defined("freeze_variables", code.lists)
    code.edit_imports(helper)
    code.edit(name_texts(view, code.places, code.roles, code.functions, code.graph_text), code.graph_text)
    code.freeze(function)
    np, np_import = numpy_name(view)
    uuid, uuid_import = uuid_name(view)
    text = meta_graph_helper(helper, view.tf, np, uuid, clear_devices=clears, kept=True)
    first = min((view.top_level(call) for call in imports), key=lambda node: node.lineno)
    changes = Changes(
        code.changes.statements,
        code.changes.expressions,
        code.changes.unwrapped,
        {first: (text, freeze_helper(function, view.tf, lists=code.lists))},
        (*uuid_import, *np_import, *FREEZE_IMPORTS),
    )
    return SitePlan(
        RULE,
        Level.WRAPPED,
        "restores the MetaGraphDef in wrap_function, and freezes it with the values of its variables there",
        changes,
        proved=("all that is frozen is the imported graph, with the values that are restored here",),
        notes=(*(((RULE, _CONFIG),) if code.has_config() else ()), *gone_notes(view)),
        regions=frozenset(code.functions),
        covers=code.covers(candidate, imports),
    )


class _Code(Freezing, MetaGraphCode):
    """The session code of a function, read for the MetaGraphDefs that it freezes."""

    def restored_into(self, load: ast.Call) -> list[ast.expr]:
        """The sessions that a MetaGraphDef is restored into."""
        return [
            node.args[0]
            for _, node in self.places.nodes
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "restore"
            and node.args
            and any(origin.node is load for origin in self.roles.of(node.func.value))
        ]

    def graph_text(self, node: ast.expr) -> str | None:
        """What stands for the graph at a place."""
        return self.object_text(node) or super().graph_text(node)


FREEZE_META_GRAPH = Strategy(
    "freeze_meta_graph", Level.WRAPPED, frozenset({SiteKind.FREEZE, SiteKind.META_GRAPH}), plan_meta_graph
)
