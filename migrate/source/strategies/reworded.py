"""Exports that other strategies can read as soon as the program says the same in plainer words.

A session has one name (`with sess as session:`), TensorFlow one as a whole, where a file imports only parts of it, and
functions that reset the default graph have one of their own.
What results is planned by the other strategies, as if it had always been written so.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from migrate.choices import Choices
from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate
from migrate.source.changes import Changes
from migrate.source.strategies.own_graphs import with_own_graphs
from migrate.source.strategies.plainer import one_name_a_session, with_tensorflow
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.strategies.wrapping.attributes import function_of
from migrate.source.unprovable import ELSEWHERE, Inapplicable, Unprovable
from migrate.source.view import ModuleView

if TYPE_CHECKING:
    from migrate.source.module import Module
    from migrate.source.units.unit import Unit

RULE = "TFM216"
_NAMES = "it is read with one name for its session, and one for TensorFlow"
_GRAPHS = "it is read with a tf.Graph in the place of each reset of the default graph"
_PROVED = "what is read in plainer words means the same"


def plan_reworded(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of an export in plainer words, for TF2's own behaviour.

    Raises:
        Unprovable: There are none, or they do not help.
    """
    return _plan(candidate, view, _reworded(candidate, view), (Mode.EAGER, Mode.ANY), _NAMES)


def plan_in_session_code(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the same for a file whose session code stays.

    Raises:
        Unprovable: There are no plainer words, or they do not help.
    """
    return _plan(candidate, view, _reworded(candidate, view), (Mode.GRAPH, Mode.ANY), _NAMES)


def plan_with_own_graphs(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of an export in a file whose functions reset the default graph.

    Raises:
        Unprovable: There are none, or a graph of their own does not help.
    """
    text, functions = with_own_graphs(view) or (None, frozenset())
    plan = _plan(candidate, view, text, (Mode.EAGER, Mode.ANY), _GRAPHS)
    return replace(plan, regions=plan.regions | functions)


def _plan(candidate: Candidate, view: ModuleView, text: str | None, modes: tuple[Mode, ...], said: str) -> SitePlan:
    # The module tries this strategy, and this strategy a module of another text.
    from migrate.source.module import Module
    from migrate.source.units.unit import Failed

    if text is None:
        raise Inapplicable(ELSEWHERE, "it is in plain words", candidate.call)
    module = Module(view.of(text), view.settings, Choices())
    ordinal = view.candidates.index(candidate)
    if len(module.view.candidates) != len(view.candidates):
        raise Unprovable(ELSEWHERE, "the sites of the file cannot be told apart", candidate.call)
    reason: Unprovable | None = None
    for unit in _units(ordinal, module):
        if unit.mode not in modes:
            continue
        try:
            new = module.carry_out([unit])
            if module.incomplete([unit], new):
                continue
            plan = _as_planned(unit, candidate, new, module, view)
        except Failed as failed:
            reason = failed.reason
        else:
            return replace(plan, notes=(*plan.notes, (RULE, said)))
    reason = reason or module.reason(ordinal)
    raise Unprovable(reason.rule, reason.reason, _same_line(reason, text, view))


def _reworded(candidate: Candidate, view: ModuleView) -> str | None:
    """The text of a module in plainer words; None where they are plain."""
    scope = candidate.scope
    if isinstance(scope.node, ast.ClassDef):
        return None
    text = one_name_a_session(view, function_of(candidate.call, view))
    inner = view if text is None else view.of(text)
    return with_tensorflow(inner) or text


def _units(ordinal: int, module: Module) -> list[Unit]:
    """What the other strategies plan, best first."""
    from migrate.source.strategies.registry import STRATEGIES

    units = [unit for unit in module.native_units() if ordinal in unit.ordinals]
    for strategy in STRATEGIES:
        kinds = module.view.candidates[ordinal].kind in strategy.kinds
        if kinds and strategy.level in (Level.NATIVE, Level.WRAPPED) and strategy not in _OWN:
            unit = module.unit(ordinal, strategy)
            units += [unit] if unit is not None else []
    return units


def _as_planned(unit: Unit, candidate: Candidate, text: str, module: Module, view: ModuleView) -> SitePlan:
    """The plan of a unit of another text as one for the file."""
    covers = tuple(view.candidates[one] for one in unit.ordinals if view.candidates[one] is not candidate)
    if isinstance(unit.plan, SitePlan):
        regions = _same_regions(unit.plan.regions, module.view, view)
        proved = (*unit.plan.proved, _PROVED)
        return replace(unit.plan, changes=Changes(whole=text), proved=proved, regions=regions, covers=covers)
    site = unit.sites[0]
    return SitePlan(
        site.rule,
        site.level,
        site.message,
        Changes(whole=text),
        unit.mode,
        proved=(*site.proved, _PROVED),
        notes=tuple((one.rule, one.message) for one in site.findings),
        signatures=module.view.export_site(module.view.candidates[unit.ordinals[0]]).signatures,
        covers=covers,
    )


def _same_regions(regions: frozenset[ast.AST], inner: ModuleView, view: ModuleView) -> frozenset[ast.AST]:
    """The functions of the file that are those of the other text: the same ones, in the same order."""
    scopes = zip(inner.symbols.scopes(), view.symbols.scopes(), strict=True)
    same: dict[ast.AST, ast.AST] = {one.node: other.node for one, other in scopes}
    return frozenset(same[node] for node in regions if node in same)


def _same_line(reason: Unprovable, text: str, view: ModuleView) -> ast.AST | None:
    """The line of a reason in the file, where both texts have the same lines."""
    if reason.line is None or text.count("\n") != view.text.count("\n"):
        return None
    return ast.Pass(lineno=reason.line, col_offset=0)


REWORDED = Strategy("reworded", Level.WRAPPED, EXPORTS, plan_reworded)
REWORDED_SESSION = Strategy("reworded", Level.WRAPPED, EXPORTS, plan_in_session_code)
OWN_GRAPHS = Strategy("reworded", Level.WRAPPED, EXPORTS, plan_with_own_graphs)
_OWN = (REWORDED, REWORDED_SESSION, OWN_GRAPHS)
