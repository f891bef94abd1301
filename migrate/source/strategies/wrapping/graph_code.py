"""The wrapped strategy for graphs that code builds: the code stays, and its session goes.

What cannot be translated operation by operation (model functions of other modules, classes, signature maps made at
run time, tensors fetched by name) builds its graph as before, through `tensorflow.compat.v1`, in a `tf.Graph` of its
own. A small class takes the place of the session: it imports that graph with `tf.compat.v1.wrap_function`, which
makes TF2's variables of its variables, sets them by the operations that the session ran (initializers, restores),
and saves the signatures as functions pruned from it.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.results import Level
from migrate.source import api
from migrate.source.arguments import bind
from migrate.source.candidates import EXPORTS, Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.emit.changed import emit_eager
from migrate.source.emit.helpers import HELPER_IMPORTS, HELPERS, RESTORE_METHOD_NAMES, SET_METHOD_NAMES
from migrate.source.sites import PREDICT, SignatureSource
from migrate.source.strategies.bridge_limits import refuse_what_cannot_be_saved
from migrate.source.strategies.bridge_notes import notes as missing_names
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.strategies.wrapping.class_text import CLASS, class_text
from migrate.source.strategies.wrapping.config import config_statements
from migrate.source.strategies.wrapping.foreign import refuse_foreign_tensors, refuse_parts_elsewhere
from migrate.source.strategies.wrapping.limits import refuse_code, refuse_mixed_names
from migrate.source.strategies.wrapping.modules import module_notes
from migrate.source.strategies.wrapping.nodes import nodes_of, reached
from migrate.source.strategies.wrapping.place import Place, find_place, in_graph
from migrate.source.strategies.wrapping.session import CLASS_MARK, SessionCode, read_session
from migrate.source.symbols import Scope
from migrate.source.unprovable import VARIABLE, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM206"
_CONTEXT = "from tensorflow.python.eager import context"
_PROVED = (
    "the session is made here, and does no more than to initialize, to restore and to export",
    "all code of this file that builds the graph has the same names under tf.compat.v1",
)


def plan_graph_code(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of the exports of one session.

    Raises:
        Unprovable: The session does something else, or the graph cannot be built or saved under TF2.
    """
    view.refuse_declared(candidate)
    refuse_what_cannot_be_saved(candidate, view)
    code = read_session(candidate, view)
    refuse_mixed_names(view)
    refuse_foreign_tensors(code)
    refuse_parts_elsewhere(code)
    place = find_place(code)
    if place.entered or place.is_only(code.statement):
        return _planned(candidate, code, place)
    text = in_graph(place, view)
    inner = ModuleView(text, ast.parse(text), view.path, view.settings)
    moved = inner.candidates[view.candidates.index(candidate)]
    code = read_session(moved, inner)
    plan = _planned(moved, code, find_place(code))
    whole = emit_eager(inner.index, inner.symbols, plan.changes, inner.tensorflow, inner.skipped)
    return replace(
        plan,
        changes=Changes(whole=whole),
        covers=tuple(view.candidates[inner.candidates.index(one)] for one in plan.covers),
        regions=_same_functions(plan.regions, inner, view),
    )


def _planned(candidate: Candidate, code: SessionCode, place: Place) -> SitePlan:
    view = code.view
    scopes = reached(code.scope, view.symbols)
    refuse_code(scopes, code.call, view.symbols)
    _refuse_resets(code, scopes)
    notes = [*((RULE, note) for note in module_notes(view)), *_missing(view)]
    model = view.free("wrapped")
    changes = code.changes(model)
    _refuse_seeds(code, scopes)
    if not place.entered:
        # All of the graph is built in the session's own block.
        changes.unwrapped.discard(code.statement)
        changes.statements[code.statement] = (_header(code),)
    name = view.free(CLASS)
    for texts in (changes.statements, changes.above):
        for node, lines in texts.items():
            texts[node] = tuple(line.replace(CLASS_MARK, name) for line in lines)
    for statement in config_statements(code.call, code.scope, view):
        changes.statements[statement] = ()
    _drop_resets(code, changes)
    # Functions of TF2's control flow would have the same names in the graph and in the one that is wrapped.
    switch = f"{view.tf}.compat.v1.disable_control_flow_v2()"
    first = place.first.body[0] if isinstance(place.first, ast.With) else place.first
    changes.above[first] = (switch, *changes.above.get(first, ()))
    _add_class(name, code, changes)
    regions = frozenset(scope.node for scope in [*scopes, *code.helpers])
    covered = [export.candidate for export in code.exports]
    covered += [one for one in view.candidates if one.kind is SiteKind.FROZEN_GRAPH and one.scope.node in regions]
    return SitePlan(
        RULE,
        Level.WRAPPED,
        "the code that builds the graph stays, in a tf.Graph; its session becomes an object over "
        "tf.compat.v1.wrap_function, whose signatures are saved with tf.saved_model.save",
        changes,
        proved=_PROVED,
        notes=tuple(notes),
        signatures=_signatures(candidate, view),
        regions=regions,
        covers=tuple(one for one in covered if one is not candidate),
    )


def _header(code: SessionCode) -> str:
    assert isinstance(code.statement, ast.With)
    others = [item for item in code.statement.items if item.context_expr is not code.call]
    texts = [code.view.text_of(item.context_expr) for item in others]
    return f"with {', '.join([f'{code.view.tf}.Graph().as_default()', *texts])}:"


def _add_class(name: str, code: SessionCode, changes: Changes) -> None:
    """The class, and what it needs, above the statement of the module that exports."""
    view = code.view
    bound = any("context" in scope.bindings for scope in view.symbols.scopes())
    context = "eager_context" if bound else "context"
    imports = [f"{_CONTEXT} as {context}" if bound else _CONTEXT]
    setter: str | None = None
    texts: list[str] = []
    if not _is_all_predict(view):
        taken = any("migrate" in scope.bindings for scope in view.symbols.scopes())
        setter = SET_METHOD_NAMES if view.settings.depend_on_migrate and not taken else RESTORE_METHOD_NAMES
        imports += HELPER_IMPORTS.get(setter, [])
        if setter in HELPERS:
            texts.append(HELPERS[setter].replace("TF", view.tf))
    texts.append(class_text(name, view.tf, context, setter))
    top = view.top_level(code.statement)
    node = code.scope.node
    if isinstance(node, ast.Module):
        top = view.top_level(find_place(code).first)
    changes.above[top] = (*texts, *changes.above.get(top, ()))
    changes.imports = (*changes.imports, *imports)


def _is_all_predict(view: ModuleView) -> bool:
    """Whether each SignatureDef that the file makes is for predict, and it makes those that it exports."""
    made = False
    for scope, node in nodes_of(view.symbols.module, view.symbols, inner=True):
        if not isinstance(node, ast.Call):
            continue
        name = (view.symbols.resolve(node.func, scope) or "").rpartition(".")[2]
        if name in ("predict_signature_def", "simple_save"):
            made = True
        elif name == "build_signature_def":
            made = True
            try:
                method = bind(node, ("inputs", "outputs", "method_name", "defaults"), required=0)[2]
            except Unprovable:
                return False
            known = view.symbols.resolve(method, scope) if method is not None else None
            value = method.value if isinstance(method, ast.Constant) else api.constant_value(known) if known else None
            if value != PREDICT:
                return False
        elif name in ("classification_signature_def", "regression_signature_def"):
            return False
    return made


def _refuse_resets(code: SessionCode, scopes: list[Scope]) -> None:
    """The default graph cannot be reset inside of a `with` that makes it the default one."""
    for scope in scopes:
        for around, node in nodes_of(scope, code.view.symbols):
            if isinstance(node, ast.Call) and code.view.symbols.resolve(node.func, around) == "reset_default_graph":
                if scope is not code.scope:
                    raise Unprovable(VARIABLE, "a helper resets the default graph", node)


def _refuse_seeds(code: SessionCode, scopes: list[Scope]) -> None:
    """A graph's seed gives each operation its own by its number, and TF2's graphs have other numbers."""
    if code.restores:
        return
    for scope in scopes:
        for around, node in nodes_of(scope, code.view.symbols):
            if isinstance(node, ast.Call) and code.view.symbols.resolve(node.func, around) in (
                "set_random_seed",
                "random.set_random_seed",
            ):
                raise Unprovable(VARIABLE, "initial values depend on the seed of the graph", node)


def _drop_resets(code: SessionCode, changes: Changes) -> None:
    """`tf.reset_default_graph()`: nothing is in the default graph."""
    for around, node in nodes_of(code.scope, code.view.symbols):
        match node:
            case ast.Expr(value=ast.Call(func=function)):
                if code.view.symbols.resolve(function, around) == "reset_default_graph":
                    changes.statements[node] = ()


def _missing(view: ModuleView) -> list[tuple[str, str]]:
    """What session code lacks under TF2, this code lacks too."""
    return [note for note in missing_names(view) if "no graph is built in this file" not in note[1]]


def _signatures(candidate: Candidate, view: ModuleView) -> tuple[SignatureSource, ...]:
    try:
        return view.export_site(candidate).signatures
    except Unprovable:
        return ()


def _same_functions(regions: frozenset[ast.AST], inner: ModuleView, view: ModuleView) -> frozenset[ast.AST]:
    """The functions of the text as it was that are those of the text with another `with`."""
    now, before = _functions(inner), _functions(view)
    same: dict[ast.AST, ast.AST] = dict(zip(now, before, strict=True))
    return frozenset(
        view.tree if node is inner.tree else same[node] for node in regions if node in same or node is inner.tree
    )


def _functions(view: ModuleView) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda]:
    found = [node for node in view.parents if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


GRAPH_CODE = Strategy("graph_code", Level.WRAPPED, EXPORTS, plan_graph_code)
