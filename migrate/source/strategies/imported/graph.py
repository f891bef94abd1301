"""The wrapped strategy for graphs without variables: what is imported or made of plain operations.

Such a graph needs no session to be exported, whatever the rest of the file does with others. The code that builds it
stays, in the `tf.Graph` that it has, and a function saves it: it imports the graph's GraphDef with
`tf.compat.v1.wrap_function` and prunes one function from it for each signature. That works under the behaviour of
TensorFlow 2 as well as under that of TensorFlow 1, so session code beside it may stay.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate, SiteKind
from migrate.source.mode import graph_code
from migrate.source.sites import SignatureSource
from migrate.source.strategies.bridge_limits import refuse_other_formats
from migrate.source.strategies.bridge_notes import notes as missing_names
from migrate.source.strategies.imported.limits import refuse_state
from migrate.source.strategies.imported.reader import read_imported
from migrate.source.strategies.imported.session import ImportedSession
from migrate.source.strategies.imported.tensors import refuse_other_tensors
from migrate.source.strategies.imported.text import SAVE, SIGNATURE, functions_text
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.strategies.wrapping.added_class import saving_of
from migrate.source.strategies.wrapping.class_text import Saving
from migrate.source.strategies.wrapping.config import config_statements
from migrate.source.strategies.wrapping.foreign import refuse_foreign_tensors
from migrate.source.strategies.wrapping.keys import NOTE as KEY_NOTE
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.strategies.wrapping.saving_helpers import saving_helpers
from migrate.source.strategies.wrapping.traits import reads_dimensions
from migrate.source.unprovable import CONTROL_FLOW, INIT_OP, MODE, SESSION_AFTER, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM210"
_TAGS = ("TFM015", "the tags are set after the save, which always writes the one tag serve")
_CONTEXT = "from tensorflow.python.eager import context"
_MESSAGE = (
    "the graph has no variables and needs no session: a function imports it with tf.compat.v1.wrap_function, and saves "
    "its signatures with tf.saved_model.save"
)
_STAYS = (
    "the graph has no variables, and its session stays for what else it does: a function imports the graph with "
    "tf.compat.v1.wrap_function, and saves its signatures with tf.saved_model.save"
)
_PROVED = ("all that builds the graph stands here: GraphDefs and operations without state",)


def plan_imported(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of the exports of one session, for TF2's own behaviour.

    Raises:
        Unprovable: The session does something else, the graph may have variables, or needs TF1's behaviour.
    """
    view.refuse_declared(candidate)
    refuse_other_formats(candidate, view)
    code = read_imported(candidate, view)
    if code.around is None and code.graph is None:
        raise Unprovable(MODE, "the graph is built in the default one, which TF2 does not have", code.call)
    loops, called = refuse_state(code)
    refuse_other_tensors(code, called)
    others = {scope.node for scope in view.symbols.scopes()} - {code.scope.node}
    # A session beside the graph goes.
    rest = graph_code(view.symbols, others, but=code.call if code.inside else None)
    if rest is not None:
        raise Unprovable(MODE, "other code beside it needs the default graph", rest)
    plan = _planned(candidate, code, Mode.EAGER, called)
    # Functions of TF2's control flow would have the same names in the graph and in the one that is wrapped.
    switches = [f"{view.tf}.compat.v1.disable_control_flow_v2()"] if loops else []
    functions = [scope for scope in view.symbols.scopes() if scope.node in called]
    if reads_dimensions([code.scope, *functions], view.symbols):
        switches.append(f"{view.tf}.compat.v1.disable_v2_tensorshape()")
    if switches:
        first = code.around or code.statement
        plan.changes.above[first] = (*plan.changes.above.get(first, ()), *switches)
    return plan


def plan_in_session_code(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the same for a file whose session code stays.

    Raises:
        Unprovable: The session does something else, or the graph may have variables.
    """
    view.refuse_declared(candidate)
    refuse_other_formats(candidate, view)
    if view.tensorflow.add:
        raise Unprovable(CONTROL_FLOW, "the file has no name for TensorFlow as a whole", candidate.call)
    code = read_imported(candidate, view.in_session_code())
    _, called = refuse_state(code)
    refuse_other_tensors(code, called)
    if code.around is None and code.graph is None:
        refuse_foreign_tensors(code)
    stays = graph_code(view.symbols, (), entered=True) is not None
    return _planned(candidate, code, Mode.GRAPH if stays else Mode.ANY, called)


def _planned(candidate: Candidate, code: ImportedSession, mode: Mode, called: set[ast.AST]) -> SitePlan:
    view = code.view
    if any(export.assets is not None for export in code.exports):
        raise Unprovable(INIT_OP, "it says which files go along", candidate.call)
    saving = replace(saving_of(code), assigned=False)
    save = view.defined(SAVE, saving)
    try:
        changes = code.changes(save)
    except Unprovable as reason:
        if mode is Mode.EAGER or reason.rule != SESSION_AFTER:
            raise
        changes, message = code.staying(save), _STAYS
    else:
        message = _MESSAGE
        for statement in config_statements(code.call, code.scope, view):
            changes.statements[statement] = ()
    texts, imports = _functions(save, code, saving)
    node = code.around or code.statement if isinstance(code.scope.node, ast.Module) else code.statement
    top = view.top_level(node)
    changes.above[top] = (*texts, *changes.above.get(top, ()))
    changes.imports = imports
    notes = [(RULE, KEY_NOTE)] if saving.keys else []
    notes += [_TAGS] if saving.tags is not False else []
    if mode is not Mode.EAGER:
        notes += [note for note in missing_names(view) if "no graph is built in this file" not in note[1]]
    return SitePlan(
        RULE,
        Level.WRAPPED,
        message,
        changes,
        mode,
        proved=_PROVED,
        notes=tuple(notes),
        signatures=_signatures(candidate, view),
        regions=frozenset(called),
        covers=_covered(candidate, code, called),
    )


def _functions(save: str, code: ImportedSession, saving: Saving) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The functions that a file brings along, and their imports."""
    view = code.view
    bound = any("context" in scope.bindings for scope in view.symbols.scopes())
    context = "eager_context" if bound else "context"
    imports = [f"{_CONTEXT} as {context}" if bound else _CONTEXT]
    texts, needed = saving_helpers(saving, view.tf)
    imports += needed
    signature = view.defined(SIGNATURE, saving)
    texts += functions_text(save, signature, view.tf, context, saving)
    return tuple(texts), tuple(imports)


def _covered(candidate: Candidate, code: ImportedSession, called: set[ast.AST]) -> tuple[Candidate, ...]:
    """The other exports of the session, and GraphDefs that are imported in its code, and nowhere else."""
    roots = [*code.roots, code.scope.node] if code.maker is not None else code.roots
    inside = {node for root in roots for node in ast.walk(root)}
    symbols = code.view.symbols
    elsewhere = {
        symbols.function(node.func, scope)
        for scope, node in nodes_of(symbols.module, symbols, inner=True)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node not in inside
    }
    found = [export.candidate for export in code.exports]
    for one in code.view.candidates:
        if one.kind is SiteKind.FROZEN_GRAPH and one.scope.node in called and one.scope.node not in elsewhere:
            found.append(one)
    return tuple(one for one in found if one is not candidate)


def _signatures(candidate: Candidate, view: ModuleView) -> tuple[SignatureSource, ...]:
    try:
        return view.export_site(candidate).signatures
    except Unprovable:
        return ()


IMPORTED_GRAPH = Strategy("imported_graph", Level.WRAPPED, EXPORTS, plan_imported)
IMPORTED_IN_SESSION_CODE = Strategy("imported_graph", Level.WRAPPED, EXPORTS, plan_in_session_code)
