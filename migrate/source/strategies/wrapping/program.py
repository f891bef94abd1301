"""The half-way wrapped strategy for programs: their sessions stay, wherever they are made, and exports leave them.

An object keeps its session, a helper makes it, a function is given it: then no one function has the graph, the session
and the export. What they have in common is the default graph of the program. That becomes a `tf.Graph` of its own,
around what the program runs; graphs that the code makes itself stay as they are.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from migrate.results import Level
from migrate.source.candidates import EXPORTS, LOADS, Candidate, SiteKind
from migrate.source.changes import Changes, merged
from migrate.source.emit.changed import emit_eager
from migrate.source.strategies.bridge_limits import refuse_what_cannot_be_saved
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.strategies.wrapping.attributes import function_of
from migrate.source.strategies.wrapping.enclosing import enclosed
from migrate.source.strategies.wrapping.entries import Entry, entered_functions, entries_of, is_entered, open_code
from migrate.source.strategies.wrapping.exports import Export, read_export
from migrate.source.strategies.wrapping.graph_code import same_functions, unfed_of
from migrate.source.strategies.wrapping.limits import refuse_early_tensors, refuse_mixed_names
from migrate.source.strategies.wrapping.live import LiveSession, with_loop_note
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.strategies.wrapping.place import Place
from migrate.source.strategies.wrapping.read_session import constructed, refuse_other_graphs
from migrate.source.strategies.wrapping.resets import Anew, with_new_graphs
from migrate.source.strategies.wrapping.session_plan import PROGRAM_RULE, planned
from migrate.source.symbols import Imported, Scope
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, SIDE_EFFECTS, Unprovable
from migrate.source.view import ModuleView

_OUTSIDE = (
    "the export may stand outside of the graph that its session runs: TensorFlow 1 wrote the default graph then, and now "
    "the graph of the session is written"
)
_OTHER = LOADS | {SiteKind.PREDICTOR, SiteKind.FREEZE}


@dataclass(slots=True, eq=False)
class Program(LiveSession):
    """All sessions of a program; its scope is the module.

    Attributes:
        alone: Whether nothing makes a graph around all that runs.
    """

    alone: bool = False
    whole: ClassVar[bool] = True

    def scopes(self) -> list[Scope]:
        """All functions but those with a site of another kind, which is rewritten on its own, or not at all."""
        other = {one.scope.node for one in self.view.candidates if one.kind in _OTHER}
        symbols = self.view.symbols
        functions = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef)
        return [one for one in symbols.scopes() if isinstance(one.node, functions) and one.node not in other]

    def changes(self, model: str) -> Changes:
        """The edits, but for the graph around and the class.

        Args:
            model: The name of the graph that is saved.
        """
        several: list[Changes] = []
        for export in self.exports:
            scope = function_of(export.statement, self.view)
            one = LiveSession(self.view, scope, "", self.call, self.statement, None, [export])
            changes = LiveSession.changes(one, model)
            if self.alone and not is_entered(export.statement, entered_functions(self.view), self.view):
                if export.path is not None:
                    raise Unprovable(CONTROL_FLOW, "its path is used outside of its graph", export.path)
                # Signatures are only made in graphs.
                taken, saved = changes.statements[export.statement]
                inside = "\n\t" + saved.replace("\n", "\n\t")
                changes.statements[export.statement] = (taken, f"with {model}.graph.as_default():{inside}")
            several.append(changes)
        return merged(several)


def plan_program(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of all exports of a program, whose sessions stay.

    Raises:
        Unprovable: The file is no program that runs them, or a graph cannot be built or saved under TF2.
    """
    view.refuse_declared(candidate)
    outer = view
    anew = with_new_graphs(view)
    view = anew.view
    candidate = view.candidates[outer.candidates.index(candidate)]
    for one in view.candidates:
        if one.kind in EXPORTS:
            refuse_what_cannot_be_saved(one, view)
    refuse_mixed_names(view)
    refuse_threads(view)
    refuse_early_tensors(view)
    code = _code(candidate, view, alone=False)
    notes = tuple(note for one in view.candidates if one.kind in EXPORTS for note in unfed_of(one, view))
    functions = [function_of(export.statement, view) for export in code.exports]
    plan = in_program(candidate, outer, anew, functions, {export.statement for export in code.exports}, _planned)
    if open_code(view, {export.statement for export in code.exports}) is None:
        entered = entered_functions(view)
        if not all(is_entered(export.statement, entered, view) for export in code.exports):
            notes = (*notes, (PROGRAM_RULE, _OUTSIDE))
    return replace(plan, notes=(*plan.notes, *notes))


class PlanAt(Protocol):
    """Plans a program whose graphs have their places."""

    def __call__(self, candidate: Candidate, view: ModuleView, graphs: list[ast.stmt], *, alone: bool) -> SitePlan:
        """The plan.

        Args:
            candidate: A site of the program.
            view: The module, with a `with` around what the program runs.
            graphs: The statements that make graphs.
            alone: Whether the file makes all of its graphs itself.
        """


def in_program(
    candidate: Candidate,
    outer: ModuleView,
    anew: Anew,
    functions: list[Scope],
    own: set[ast.stmt],
    plan_at: PlanAt,
) -> SitePlan:
    """Plans a program with a graph around what it runs, unless it makes all of its graphs itself.

    Args:
        candidate: A site of it.
        outer: The module as it is.
        anew: The module with a new graph for each reset, and its candidate.
        functions: What must be run by the program.
        own: Statements that get a graph of their own.
        plan_at: Makes the plan.

    Raises:
        Unprovable: The file is no program that runs these functions.
    """
    view = anew.view
    entries: list[Entry] = []
    if open_code(view, own) is not None:
        entries = entries_of(functions, view, anew.name)
    if not entries:
        return plan_at(candidate, view, _graphs(view), alone=True)
    made = f"{view.tf}.Graph()"
    name = anew.name or (view.free("graph") if len(entries) > 1 else made)
    opening = f"with {name}.as_default():"
    pieces = [(entry.first, entry.last, opening) for entry in entries]
    if name != made:
        pieces[0] = (entries[0].first, entries[0].last, f"{name} = {made}\n{opening}")
    text = enclosed(pieces, view)
    inner = ModuleView(text, ast.parse(text), view.path, view.settings)
    line = entries[0].first.lineno + (name != made)
    around = next(node for node in ast.walk(inner.tree) if isinstance(node, ast.With) and node.lineno == line)
    moved = inner.candidates[view.candidates.index(candidate)]
    plan = plan_at(moved, inner, [around], alone=False)
    whole = emit_eager(inner.index, inner.symbols, plan.changes, inner.tensorflow, inner.skipped)
    return replace(
        plan,
        changes=Changes(whole=whole),
        covers=tuple(outer.candidates[inner.candidates.index(one)] for one in plan.covers),
        regions=same_functions(plan.regions, inner, outer),
    )


def _planned(candidate: Candidate, view: ModuleView, graphs: list[ast.stmt], *, alone: bool) -> SitePlan:
    """The plan, with what must run before a graph is built at each place where one is made."""
    code = _code(candidate, view, alone=alone)
    first, *others = graphs
    plan = with_loop_note(planned(candidate, code, Place(first, first, entered=True, fresh=True)), view)
    return at_each_graph(plan, first, others)


def at_each_graph(plan: SitePlan, first: ast.stmt, others: list[ast.stmt]) -> SitePlan:
    """A plan with what comes first in one graph in the others, too.

    Args:
        plan: The plan.
        first: The statement that makes the first graph.
        others: Those that make the others.
    """
    start = first.body[0] if isinstance(first, ast.With) else first
    for other in others:
        below = other.body[0] if isinstance(other, ast.With) else other
        plan.changes.above[below] = (*plan.changes.above[start], *plan.changes.above.get(below, ()))
    return plan


def _code(candidate: Candidate, view: ModuleView, *, alone: bool) -> Program:
    """All exports of a module, as those of one session."""
    exports: list[Export] = []
    for one in view.candidates:
        if one.kind in EXPORTS:
            if isinstance(one.scope.node, ast.ClassDef):
                raise Unprovable(CONTROL_FLOW, "the export stands in a class body", one.call)
            for export in read_export(one, view):
                if not is_plain_session(export.session, function_of(export.statement, view), view):
                    reason = f"the session {ast.unparse(export.session)} comes from elsewhere"
                    raise Unprovable(ELSEWHERE, reason, export.session)
                _refuse_other_graph(export, view)
                exports.append(export)
    statement = next(export.statement for export in exports if export.candidate is candidate)
    assert isinstance(statement, ast.stmt)
    return Program(view, view.symbols.module, "", candidate.call, statement, None, exports, alone=alone)  # type: ignore[arg-type]


def _refuse_other_graph(export: Export, view: ModuleView) -> None:
    """Refuses an export of a session that its function makes, where another graph is the default one."""
    scope = function_of(export.statement, view)
    if not isinstance(export.session, ast.Name) or scope.owner(export.session.id) is not scope:
        return
    name = export.session.id
    for binding in scope.bindings[name]:
        call, statement = constructed(binding, name)
        if call is not None and isinstance(statement, ast.With) and export.statement in ast.walk(statement):
            graph = next((keyword.value for keyword in call.keywords if keyword.arg == "graph"), None)
            refuse_other_graphs(LiveSession(view, scope, name, call, statement, graph, [export]))


def is_plain_session(session: ast.expr, scope: Scope, view: ModuleView) -> bool:
    """Whether reading a session again gives the same one, and it is one of the program's own.

    Args:
        session: The session.
        scope: Where it stands.
        view: The module.
    """
    while isinstance(session, ast.Attribute):
        session = session.value
    if isinstance(session, ast.Call):
        return view.symbols.resolve(session.func, scope) == "get_default_session"
    if not isinstance(session, ast.Name):
        return False
    owner = scope.owner(session.id)
    bindings = owner.bindings[session.id] if owner is not None else []
    return not any(isinstance(one, Imported) or isinstance(one.node, ast.ImportFrom) for one in bindings)


def _graphs(view: ModuleView) -> list[ast.stmt]:
    """The statements that make a graph."""
    symbols = view.symbols
    found = [
        view.statement(node)
        for scope, node in nodes_of(symbols.module, symbols, inner=True)
        if isinstance(node, ast.Call) and symbols.resolve(node.func, scope) == "Graph"
    ]
    if not found:
        raise Unprovable(ELSEWHERE, "the graph is built somewhere else")
    return sorted(found, key=lambda one: one.lineno)


def refuse_threads(view: ModuleView) -> None:
    """Refuses a program of threads: each begins with the default graph of the process.

    Args:
        view: The module.

    Raises:
        Unprovable: It starts one.
    """
    for _, node in nodes_of(view.symbols.module, view.symbols, inner=True):
        if isinstance(node, ast.ClassDef):
            if any(ast.unparse(base).rpartition(".")[2] in ("Thread", "Process") for base in node.bases):
                raise Unprovable(SIDE_EFFECTS, "a class of the file is a thread, which does not share the graph", node)
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            if called in ("Thread", "ThreadPool", "ThreadPoolExecutor", "Process", "Pool"):
                raise Unprovable(
                    SIDE_EFFECTS, "the file starts threads or processes, which do not share the graph", node
                )


PROGRAM = Strategy("program", Level.WRAPPED, EXPORTS, plan_program)
"""The exports of a program, as calls that save wrapped graphs; its sessions stay in one graph."""
