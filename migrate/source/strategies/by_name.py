"""The native strategy for tensors that are fetched back by name from the graph that the same function builds.

The names in the graph are replaced by the names in the program (`migrate.source.named_tensors`), where nothing else can
have them. What results is planned as if it had always been written so.
"""

from __future__ import annotations

import ast

from migrate.choices import Choices
from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate
from migrate.source.changes import Changes
from migrate.source.named_tensors import without_lookups
from migrate.source.strategies.plan import NativePlan
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.unprovable import ELSEWHERE, Inapplicable, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM014"
HANDOVER = "TFM003"


def plan_by_name(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of an export whose tensors are fetched by name.

    Raises:
        Unprovable: It cannot be seen what has the names, or the graph cannot be rewritten.
    """
    # The module tries this strategy, and this strategy the module's native one on another text.
    from migrate.source.module import Module
    from migrate.source.units.unit import Failed

    if not isinstance(candidate.scope.node, (ast.FunctionDef, ast.Module)) or "get_" not in view.text:
        raise Inapplicable(ELSEWHERE, "it fetches no tensor by name", candidate.call)
    text = without_lookups(view, candidate.scope)
    if text is None:
        raise Inapplicable(ELSEWHERE, "it fetches no tensor by name", candidate.call)
    module = Module(view.of(text), view.settings, Choices())
    place = view.candidates.index(candidate)
    here = module.view.candidates[place].scope
    found = tuple(i for i, one in enumerate(module.view.candidates) if one.scope is here and one.kind in EXPORTS)
    unit = module.native_unit(found)
    if unit is None or not isinstance(unit.plan, NativePlan):
        raise _placed(module.reason(place), text, view.text)
    try:
        changes = Changes(whole=module.carry_out([unit]))
    except Failed as failed:
        raise _placed(failed.reason, text, view.text) from failed
    notes = [(note.rule, note.message) for note in unit.sites[0].findings]
    if unit.plan.handover:
        notes.append((HANDOVER, "the values are read from the session"))
    site = unit.sites[found.index(place)]
    return SitePlan(
        RULE,
        Level.NATIVE,
        site.message,
        changes,
        Mode.EAGER,
        proved=("every tensor that is fetched by name is the one that this function gave the name",),
        notes=tuple(notes),
        signatures=module.view.export_site(module.view.candidates[place]).signatures,
        covers=tuple(view.candidates[ordinal] for ordinal in found if ordinal != place),
    )


def _placed(reason: Unprovable, text: str, original: str) -> Unprovable:
    """A reason found in another text, with its line where the lines are the same."""
    if reason.line is None or text.count("\n") != original.count("\n"):
        return Unprovable(reason.rule, reason.reason)
    return Unprovable(reason.rule, reason.reason, ast.Pass(lineno=reason.line, col_offset=0))


BY_NAME = Strategy("by_name", Level.NATIVE, EXPORTS, plan_by_name)
