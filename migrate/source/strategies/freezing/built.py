"""Graphs that code builds and freezes: the code stays, and its session goes, or leaves no more than its values.

A graph is built as before, through `tensorflow.compat.v1`, in a `tf.Graph` of its own and with variables of TensorFlow
1's kind, so that the frozen graph has the nodes that it had. Where the session only initializes and restores, a small
class takes its place, which runs these operations with `tf.compat.v1.wrap_function`.
"""

from __future__ import annotations

import ast
import re

from migrate.results import Level
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.strategies.freezing.built_session import FREEZE_MARK, BuiltSession, read_built
from migrate.source.strategies.freezing.built_text import CLASS, MODEL, built_class
from migrate.source.strategies.freezing.loaded import FREEZE_IMPORTS
from migrate.source.strategies.freezing.references import use_references
from migrate.source.strategies.loading.meta_graph import uuid_name
from migrate.source.strategies.loading.text import freeze_helper
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.strategies.wrapping.graph_code import plan_session
from migrate.source.strategies.wrapping.limits import refuse_code
from migrate.source.strategies.wrapping.modules import Modules, read_modules
from migrate.source.strategies.wrapping.place import Place, find_place
from migrate.source.strategies.wrapping.seeds_and_resets import refuse_resets, refuse_seeds
from migrate.source.strategies.wrapping.session import CLASS_MARK, SessionCode
from migrate.source.strategies.wrapping.session_plan import (
    graph_scopes,
    missing_in_graph,
    put_in_place,
    put_shapes_early,
)
from migrate.source.strategies.wrapping.traits import imports_meta_graphs
from migrate.source.symbols import Scope
from migrate.source.unprovable import ELSEWHERE, VARIABLE, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM217"
_FUNCTION = "freeze_variables"
_CONTEXT = "from tensorflow.python.eager import context"
_MESSAGE = (
    "the code that builds the graph stays, in a tf.Graph; its session becomes an object over "
    "tf.compat.v1.wrap_function, whose values take the place of the variables"
)
_PROVED = (
    "the session is made here, and does no more than to initialize, to restore and to be frozen",
    "the graph has variables of TensorFlow 1's kind, and so the same nodes",
)


def plan_built(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of the calls that freeze one session, which goes.

    Raises:
        Unprovable: The session does something else, or the graph cannot be built under TF2.
    """
    return plan_session(candidate, view, read_built, _planned)


def _planned(candidate: Candidate, code: SessionCode, place: Place) -> SitePlan:
    assert isinstance(code, BuiltSession)
    view = code.view
    for one in code.frozen:
        if one.candidate.call.lineno in view.skipped:
            raise Unprovable(ELSEWHERE, "the same session is frozen at a line that is to stay", one.candidate.call)
    scopes = graph_scopes(code)
    refuse_code(scopes, code.call, view.symbols)
    refuse_resets(code, scopes)
    modules = read_modules(view)
    if modules.references or imports_meta_graphs(view.symbols, scopes):
        raise Unprovable(VARIABLE, "the variables of a MetaGraphDef may be of either kind", candidate.call)
    changes = code.changes(view.free(MODEL))
    refuse_seeds(code, scopes)
    put_in_graph(code, place, scopes, changes, modules)
    _add_class(code, changes)
    add_function(code, [one.candidate for one in code.frozen], changes, lists=any(one.lists for one in code.frozen))
    return SitePlan(
        RULE,
        Level.WRAPPED,
        _MESSAGE,
        changes,
        proved=_PROVED,
        notes=notes_of(RULE, modules, view),
        regions=frozenset(scope.node for scope in [*scopes, *code.helpers]),
        covers=tuple(one.candidate for one in code.frozen if one.candidate is not candidate),
    )


def put_in_graph(code: SessionCode, place: Place, scopes: list[Scope], changes: Changes, modules: Modules) -> None:
    """Adds the edits around the code that builds a graph with variables of TensorFlow 1's kind.

    Args:
        code: The session.
        place: Where the graph is built.
        scopes: The functions that may build some of it.
        changes: Gets the edits.
        modules: What the file imports.
    """
    start = put_in_place(code, place, scopes, changes, dimensions=modules.dimensions)
    use_references(start, scopes, code.view, changes)
    put_shapes_early(code, start, scopes, changes)


def notes_of(rule: str, modules: Modules, view: ModuleView) -> tuple[tuple[str, str], ...]:
    """What is to be said of the modules that a file imports, and of names that are gone.

    Args:
        rule: The rule of the plan.
        modules: What is known of the modules.
        view: The module.
    """
    return (*((rule, note) for note in modules.notes), *missing_in_graph(view))


def add_function(code: SessionCode, frozen: list[Candidate], changes: Changes, *, lists: bool) -> None:
    """Adds the function that freezes, and gives its name to the calls.

    Args:
        code: The session.
        frozen: The calls.
        changes: Gets the edits.
        lists: Whether one of them says which variables become constants.
    """
    view = code.view
    text = freeze_helper(_FUNCTION, view.tf, lists=lists)
    shared = _is_there(text, view)
    name = _FUNCTION if shared else view.defined(_FUNCTION, lists)
    for one in frozen:
        changes.expressions[one.call.func] = name
    changes.imports = (*changes.imports, *FREEZE_IMPORTS)
    if not shared:
        top = _top(code, frozen)
        changes.above[top] = (*changes.above.get(top, ()), freeze_helper(name, view.tf, lists=lists))


def _add_class(code: BuiltSession, changes: Changes) -> None:
    """Adds the class, and gives its name to what makes its object."""
    view = code.view
    bound = any("context" in scope.bindings for scope in view.symbols.scopes()) and _CONTEXT not in view.text
    context = "eager_context" if bound else "context"
    uuid, uuid_import = uuid_name(view)
    shared = _is_there(built_class(CLASS, view.tf, uuid, context), view)
    name = CLASS if shared else view.defined(CLASS, ())
    for texts in (changes.statements, changes.above):
        for node, lines in texts.items():
            texts[node] = tuple(line.replace(CLASS_MARK, name) for line in lines)
    assert all(text != FREEZE_MARK for lines in changes.statements.values() for text in lines)
    changes.imports = (*changes.imports, *uuid_import, f"{_CONTEXT} as {context}" if bound else _CONTEXT)
    if not shared:
        top = _top(code, [one.candidate for one in code.frozen])
        changes.above[top] = (built_class(name, view.tf, uuid, context), *changes.above.get(top, ()))


def _top(code: SessionCode, frozen: list[Candidate]) -> ast.stmt:
    """The statement of the module that definitions go above: nothing that needs them stands in front of it."""
    view = code.view
    nodes: list[ast.AST] = [code.statement, *(one.call for one in frozen)]
    if isinstance(code.scope.node, ast.Module) and not code.whole:
        nodes.append(find_place(code).first)
    return min((view.top_level(node) for node in nodes), key=lambda one: one.lineno)


def _is_there(text: str, view: ModuleView) -> bool:
    """Whether a definition is in the module already, because another graph of it is frozen."""
    wanted = ast.dump(ast.parse(re.sub(r"[\t\v]", "    ", text)).body[0])
    return any(ast.dump(node) == wanted for node in view.tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef)))


FREEZE_BUILT = Strategy("freeze_built", Level.WRAPPED, frozenset({SiteKind.FREEZE}), plan_built)
