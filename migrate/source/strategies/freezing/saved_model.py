"""SavedModels that are loaded into a session and frozen: `tf.saved_model.load` has the values of their variables."""

from __future__ import annotations

import ast

from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.strategies.bridge_limits import refuse_quantization
from migrate.source.strategies.bridge_notes import gone_notes
from migrate.source.strategies.freezing.loaded import FREEZE_IMPORTS, Freezing, loads_frozen, of_load
from migrate.source.strategies.loading.numpy_name import numpy_name, proto_name
from migrate.source.strategies.loading.saved_model_loader import NamesCode, edit_load, loaded_into, read_loads
from migrate.source.strategies.loading.tensors import name_texts
from migrate.source.strategies.loading.text import freeze_helper, model_helper
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.unprovable import ELSEWHERE, Inapplicable, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM213"
_CONFIG = "the session's config is dropped: TensorFlow 2 sets devices and threads for the whole process"


def plan_saved_model(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of the SavedModels that a function loads and freezes.

    Raises:
        Unprovable: Where it does something else with them.
    """
    if candidate.kind is not SiteKind.FREEZE:
        return of_load(candidate, view, plan_saved_model)
    if "load" not in view.text:
        raise Inapplicable(ELSEWHERE, "the graph that is frozen is not that of a SavedModel", candidate.call)
    code = _Code(view, ("model", "loaded_model"))
    loads = loads_frozen(candidate, code, "saved_model.loader.load", loaded_into)
    if not loads:
        raise Inapplicable(ELSEWHERE, "the graph that is frozen is not that of a SavedModel", candidate.call)
    if any(other.kind in EXPORTS for other in view.candidates):
        reason = "the file also exports models, and those that TensorFlow 2 writes have no variables by name"
        raise Unprovable(ELSEWHERE, reason, candidate.call)
    refuse_quantization(view)
    arguments = read_loads(loads, code)
    proto, proto_import = proto_name(view)
    np, np_import = numpy_name(view)
    helper, function = view.defined("FrozenModel", ()), view.defined("freeze_variables", code.lists)
    for call, given in arguments.items():
        texts = [view.text_of(given["export_dir"]), view.text_of(given["tags"])]
        edit_load(call, given, f"{helper}({', '.join(texts)})", code)
    code.edit(name_texts(view, code.places, code.roles, code.functions, code.graph_text), code.graph_text)
    code.freeze(function)
    text = model_helper(helper, view.tf, np, proto, kept=True)
    first = min((view.top_level(call) for call in loads), key=lambda node: node.lineno)
    changes = Changes(
        code.changes.statements,
        code.changes.expressions,
        code.changes.unwrapped,
        {first: (text, freeze_helper(function, view.tf, lists=code.lists))},
        (*np_import, *proto_import, *FREEZE_IMPORTS),
    )
    return SitePlan(
        RULE,
        Level.WRAPPED,
        "loads the model with tf.saved_model.load, and freezes its graph with the values of its variables there",
        changes,
        proved=("all that is frozen is the graph of the model that is loaded here",),
        notes=(*(((RULE, _CONFIG),) if code.has_config() else ()), *gone_notes(view, ("contrib.saved_model",))),
        regions=frozenset(code.functions),
        covers=code.covers(candidate, loads),
    )


class _Code(Freezing, NamesCode):
    """The session code of a function, read for the SavedModels that it freezes."""

    def graph_text(self, node: ast.expr) -> str | None:
        """What stands for the graph at a place."""
        return self.object_text(node) or super().graph_text(node)


FREEZE_SAVED_MODEL = Strategy(
    "freeze_saved_model", Level.WRAPPED, frozenset({SiteKind.FREEZE, SiteKind.LOADER}), plan_saved_model
)
