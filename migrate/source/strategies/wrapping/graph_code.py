"""The wrapped strategy for graphs that code builds: the code stays, and its session goes.

What cannot be translated operation by operation (model functions of other modules, classes, signature maps made at
run time, tensors fetched by name) builds its graph as before, through `tensorflow.compat.v1`, in a `tf.Graph` of its
own. A small class takes the place of the session: it imports that graph with `tf.compat.v1.wrap_function`, which
makes TF2's variables of its variables, sets them by the operations that the session ran (initializers, restores),
and saves the signatures as functions pruned from it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.emit.changed import emit_eager
from migrate.source.strategies.bridge_limits import refuse_what_cannot_be_saved
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.strategies.unfed import unfed_notes
from migrate.source.strategies.wrapping.enclosing import in_graph
from migrate.source.strategies.wrapping.foreign import refuse_foreign_tensors, refuse_parts_elsewhere
from migrate.source.strategies.wrapping.limits import refuse_early_tensors, refuse_mixed_names
from migrate.source.strategies.wrapping.module_graph import made_in_module, with_module_graph
from migrate.source.strategies.wrapping.place import Place, find_place, refuse_more
from migrate.source.strategies.wrapping.read_session import read_session
from migrate.source.strategies.wrapping.session import SessionCode
from migrate.source.strategies.wrapping.session_plan import RULE, planned
from migrate.source.unprovable import ELSEWHERE, Inapplicable, Unprovable
from migrate.source.view import ModuleView


def plan_graph_code(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of the exports of one session, which goes.

    Raises:
        Unprovable: The session does something else, or the graph cannot be built or saved under TF2.
    """
    return plan_session(candidate, view, read_session)


def plan_session(
    candidate: Candidate,
    view: ModuleView,
    read: Callable[[Candidate, ModuleView], SessionCode],
    plan_placed: Callable[[Candidate, SessionCode, Place], SitePlan] = planned,
) -> SitePlan:
    """Plans the rewrite of what leaves one session: its exports, or its frozen graphs.

    Args:
        candidate: One of them.
        view: The module.
        read: Reads the session.
        plan_placed: Makes the plan where the graph has its place.

    Raises:
        Unprovable: Where the session cannot be read, or the graph cannot be built or saved under TF2.
    """
    if candidate.kind is SiteKind.META_GRAPH:
        return _of_import(candidate, view, read)
    view.refuse_declared(candidate)
    refuse_what_cannot_be_saved(candidate, view)
    code = read(candidate, view)
    refuse_mixed_names(view)
    refuse_early_tensors(view)
    unfed = tuple(note for export in code.exports for note in unfed_of(export.candidate, view))
    text = with_module_graph(code)
    if text is None:
        place = find_place(code)
        refuse_more(place, code)
        if not (place.entered and place.fresh):
            refuse_foreign_tensors(code)
        if made_in_module(code) is None:
            refuse_parts_elsewhere(code)
        if not place.entered:
            _refuse_counted_names(code)
        if place.entered or place.is_only(code.statement):
            plan = plan_placed(candidate, code, place)
            return replace(plan, notes=(*plan.notes, *unfed))
        text = in_graph(place, view)
    else:
        refuse_foreign_tensors(code)
    inner = ModuleView(text, ast.parse(text), view.path, view.settings)
    moved = inner.candidates[view.candidates.index(candidate)]
    code = read(moved, inner)
    plan = plan_placed(moved, code, find_place(code))
    whole = emit_eager(inner.index, inner.symbols, plan.changes, inner.tensorflow, inner.skipped)
    return replace(
        plan,
        changes=Changes(whole=whole),
        notes=(*plan.notes, *unfed),
        covers=tuple(view.candidates[inner.candidates.index(one)] for one in plan.covers),
        regions=same_functions(plan.regions, inner, view),
    )


def _of_import(
    candidate: Candidate, view: ModuleView, read: Callable[[Candidate, ModuleView], SessionCode]
) -> SitePlan:
    """The plan of the export that takes in the import of a MetaGraphDef."""
    for export in view.candidates:
        if export.kind not in EXPORTS:
            continue
        try:
            plan = plan_session(export, view, read)
        except Unprovable:
            continue
        if candidate in plan.covers:
            return replace(plan, covers=(export, *(one for one in plan.covers if one is not candidate)))
    raise Inapplicable(ELSEWHERE, "the graph that is imported is not exported", candidate.call)


def _refuse_counted_names(code: SessionCode) -> None:
    """In the default graph, what another function builds counts up the names of this one's tensors.

    Raises:
        Unprovable: There is another one, and such names are keys.
    """
    others = [one for one in code.view.candidates if one.kind in EXPORTS and one.scope.node is not code.scope.node]
    for export in code.exports:
        if others and (export.other_keys or ".name" in export.signatures):
            reason = "its keys may be names of tensors, and another function builds in the same default graph"
            raise Unprovable(ELSEWHERE, reason, others[0].call)


def unfed_of(candidate: Candidate, view: ModuleView) -> tuple[tuple[str, str], ...]:
    """What is to be said of placeholders that an export needs and its signatures do not feed."""
    try:
        site = view.export_site(candidate)
    except Unprovable:
        return ()
    return unfed_notes(site, RULE, "tf.saved_model.save does not take it")


def same_functions(regions: frozenset[ast.AST], inner: ModuleView, view: ModuleView) -> frozenset[ast.AST]:
    """The functions of the text as it was that are those of the text with another `with`."""
    now, before = _functions(inner), _functions(view)
    same: dict[ast.AST, ast.AST] = dict(zip(now, before, strict=True))
    return frozenset(
        view.tree if node is inner.tree else same[node] for node in regions if node in same or node is inner.tree
    )


def _functions(view: ModuleView) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda]:
    found = [node for node in view.parents if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


TAKEN = EXPORTS | {SiteKind.META_GRAPH}
"""What sites the strategies for graphs that code builds take, with those that they cover."""

GRAPH_CODE = Strategy("graph_code", Level.WRAPPED, TAKEN, plan_graph_code)
