"""The wrapped strategy for graphs that code builds: the code stays, and its session goes.

What cannot be translated operation by operation (model functions of other modules, classes, signature maps made at
run time, tensors fetched by name) builds its graph as before, through `tensorflow.compat.v1`, in a `tf.Graph` of its
own. A small class takes the place of the session: it imports that graph with `tf.compat.v1.wrap_function`, which
makes TF2's variables of its variables, sets them by the operations that the session ran (initializers, restores),
and saves the signatures as functions pruned from it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace

from migrate.results import Level
from migrate.source import api
from migrate.source.arguments import bind
from migrate.source.candidates import EXPORTS, Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.emit.changed import emit_eager
from migrate.source.emit.helpers import (
    HELPER_IMPORTS,
    HELPERS,
    RESTORE_INPUT_KEYS,
    RESTORE_METHOD_NAMES,
    RESTORE_TAGS,
    SAVE_AS_TEXT,
    SET_METHOD_NAMES,
)
from migrate.source.sites import PREDICT, SignatureSource
from migrate.source.strategies.bridge_limits import refuse_what_cannot_be_saved
from migrate.source.strategies.bridge_notes import notes as missing_names
from migrate.source.strategies.freezing.strategies import keep_freezing
from migrate.source.strategies.loading.vanishing import missing_names as vanishing
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.strategies.unfed import unfed_notes
from migrate.source.strategies.wrapping.batches import makes_batches, refuse_unfed_batches
from migrate.source.strategies.wrapping.class_text import CLASS, Saving, class_text
from migrate.source.strategies.wrapping.config import config_statements
from migrate.source.strategies.wrapping.entries import comes_first
from migrate.source.strategies.wrapping.first_values import first_values_are_constant
from migrate.source.strategies.wrapping.foreign import refuse_foreign_tensors, refuse_parts_elsewhere
from migrate.source.strategies.wrapping.keys import HELPER as KEY_HELPER
from migrate.source.strategies.wrapping.keys import IMPORT as KEY_IMPORT
from migrate.source.strategies.wrapping.keys import NOTE as KEY_NOTE
from migrate.source.strategies.wrapping.limits import (
    changes_state,
    fills_tables,
    imports_meta_graphs,
    loads_models,
    makes_tables,
    reads_dimensions,
    refuse_code,
    refuse_early_tensors,
    refuse_mixed_names,
)
from migrate.source.strategies.wrapping.live_class import of_live_session
from migrate.source.strategies.wrapping.module_graph import made_in_module, module_scopes, with_module_graph
from migrate.source.strategies.wrapping.modules import read_modules
from migrate.source.strategies.wrapping.nodes import nodes_of, original_scopes
from migrate.source.strategies.wrapping.place import Place, find_place, in_graph, refuse_more
from migrate.source.strategies.wrapping.session import CLASS_MARK, SessionCode, read_session
from migrate.source.strategies.wrapping.table_text import CLASS as TABLE_CLASS
from migrate.source.strategies.wrapping.table_text import IMPORT as UUID_IMPORT
from migrate.source.strategies.wrapping.table_text import table_class
from migrate.source.symbols import Scope
from migrate.source.unprovable import ELSEWHERE, INIT_OP, SIDE_EFFECTS, VARIABLE, Inapplicable, Unprovable
from migrate.source.variable_names import refuse_names_of_variables
from migrate.source.view import ModuleView

_IMPORTS = frozenset({SiteKind.FROZEN_GRAPH, SiteKind.META_GRAPH})
_IN_SESSIONS = frozenset({SiteKind.LOADER, SiteKind.FREEZE})
"""What sessions do that stay."""
RULE = "TFM206"
LIVE_RULE = "TFM207"
PROGRAM_RULE = "TFM209"
TAGS = "TFM015"
_TAGS = "the tags are set after the save, which always writes the one tag serve"
_EMPTY = (
    "where the condition or the loop around the MetaGraph never adds it, the builder wrote a SavedModel without any "
    "graph, which cannot be loaded; nothing is written there now"
)
_CONTEXT = "from tensorflow.python.eager import context"
_MESSAGE = (
    "the code that builds the graph stays, in a tf.Graph; its session becomes an object over "
    "tf.compat.v1.wrap_function, whose signatures are saved with tf.saved_model.save"
)
_LIVE_MESSAGE = (
    "the session stays, with a tf.Graph of its own; the export takes its graph and the values that it holds, as an "
    "object over tf.compat.v1.wrap_function, whose signatures are saved with tf.saved_model.save"
)
_LIVE_PROVED = (
    "the session is made here, and its variables are read where they were saved",
    "all code of this file that builds or runs the graph has the same names under tf.compat.v1",
)
_PROVED = (
    "the session is made here, and does no more than to initialize, to restore and to export",
    "all code of this file that builds the graph has the same names under tf.compat.v1",
)


def plan_graph_code(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of the exports of one session, which goes.

    Raises:
        Unprovable: The session does something else, or the graph cannot be built or saved under TF2.
    """
    return plan_session(candidate, view, read_session)


def plan_session(
    candidate: Candidate, view: ModuleView, read: Callable[[Candidate, ModuleView], SessionCode]
) -> SitePlan:
    """Plans the rewrite of the exports of one session.

    Args:
        candidate: One of them.
        view: The module.
        read: Reads the session.

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
            plan = planned(candidate, code, place)
            return replace(plan, notes=(*plan.notes, *unfed))
        text = in_graph(place, view)
    else:
        refuse_foreign_tensors(code)
    inner = ModuleView(text, ast.parse(text), view.path, view.settings)
    moved = inner.candidates[view.candidates.index(candidate)]
    code = read(moved, inner)
    plan = planned(moved, code, find_place(code))
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


def planned(candidate: Candidate, code: SessionCode, place: Place) -> SitePlan:
    """The plan for the exports of a session, whose graph has its place.

    Args:
        candidate: One of the exports.
        code: The session.
        place: Where the graph is built.

    Raises:
        Unprovable: The graph cannot be built or saved under TF2.
    """
    view = code.view
    for export in code.exports:
        if export.candidate.call.lineno in view.skipped:
            raise Unprovable(ELSEWHERE, "an export of the same session is to stay", export.candidate.call)
    scopes = code.scopes()
    made = made_in_module(code)
    if made is not None:
        scopes += [scope for scope in module_scopes(code, made) if scope not in scopes]
    refuse_code(scopes, code.call, view.symbols, live=code.live)
    refuse_names_of_variables(view.symbols)
    refuse_unfed_batches(code)
    _refuse_resets(code, scopes)
    modules = read_modules(view)
    rule = PROGRAM_RULE if code.whole else LIVE_RULE if code.live else RULE
    notes = [*((rule, note) for note in modules.notes), *_missing(view)]
    notes += [(rule, KEY_NOTE)] if any(export.other_keys for export in code.exports) else []
    notes += [(TAGS, _TAGS)] if any(export.tags is not None for export in code.exports) else []
    notes += [(rule, _EMPTY)] if any(export.maybe for export in code.exports) else []
    model = view.free("wrapped")
    changes = code.changes(model)
    _refuse_resets_at_load(code, scopes)
    _refuse_seeds(code, scopes)
    if not place.entered:
        # All of the graph is built in the session's own block.
        changes.unwrapped.discard(code.statement)
        changes.statements[code.statement] = (_header(code),)
    every = original_scopes(view.symbols)
    references = modules.references or imports_meta_graphs(view.symbols, every)
    # Nobody says here whether a MetaGraphDef has tables.
    tables = modules.tables or makes_tables(view.symbols, every) or (references and fills_tables(view.symbols, every))
    batches = not references and makes_batches(scopes, view.symbols)
    saving = saving_of(code, tables=tables, references=references, batches=batches)
    if references and changes_state(view.symbols, scopes):
        raise Unprovable(SIDE_EFFECTS, "the graph code changes variables that come from a MetaGraphDef", candidate.call)
    shared = _has_class(code, saving)
    name = CLASS if shared else view.defined(CLASS, (saving, code.live))
    for texts in (changes.statements, changes.above):
        for node, lines in texts.items():
            texts[node] = tuple(line.replace(CLASS_MARK, name) for line in lines)
    if not code.live:
        for statement in config_statements(code.call, code.scope, view):
            changes.statements[statement] = ()
    for scope in {
        id(one): one for one in (code.scope, *scopes) if code.whole or one.node in (code.scope.node, view.tree)
    }.values():
        _drop_resets(scope, view, changes)
    # Functions of TF2's control flow would have the same names in the graph and in the one that is wrapped.
    switches = [f"{view.tf}.compat.v1.disable_control_flow_v2()"]
    if modules.dimensions or reads_dimensions(scopes, view.symbols):
        switches.append(f"{view.tf}.compat.v1.disable_v2_tensorshape()")
    first = made or (place.first.body[0] if isinstance(place.first, ast.With) else place.first)
    changes.above[first] = (*switches, *changes.above.get(first, ()))
    if not shared:
        _add_class(name, saving, code, changes)
    regions = frozenset(scope.node for scope in [*scopes, *code.helpers])
    covered = [export.candidate for export in code.exports]
    kinds = _IMPORTS | _IN_SESSIONS if code.live else _IMPORTS
    covered += [one for one in view.candidates if one.kind in kinds and one.scope.node in regions]
    keep_freezing(covered, changes, view)
    notes += vanishing(view, rule) if code.live and loads_models(view.symbols, scopes) else ()
    return SitePlan(
        rule,
        Level.WRAPPED,
        _LIVE_MESSAGE if code.live else _MESSAGE,
        changes,
        proved=_LIVE_PROVED if code.live else _PROVED,
        notes=tuple(notes),
        signatures=_signatures(candidate, view),
        regions=regions,
        covers=tuple(one for one in covered if one is not candidate),
    )


def _header(code: SessionCode) -> str:
    assert isinstance(code.statement, ast.With)
    texts: list[str] = []
    for item in code.statement.items:
        if code.live or item.context_expr is not code.call:
            name = f" as {code.view.text_of(item.optional_vars)}" if code.live and item.optional_vars else ""
            texts.append(code.view.text_of(item.context_expr) + name)
    return f"with {', '.join([f'{code.view.tf}.Graph().as_default()', *texts])}:"


def _add_class(name: str, saving: Saving, code: SessionCode, changes: Changes) -> None:
    """The class, and what it needs, above the statement of the module that exports."""
    view = code.view
    texts, imports = _class_texts(name, saving, code)
    top = view.top_level(code.statement)
    if code.whole:
        top = min((view.top_level(export.statement) for export in code.exports), key=lambda one: one.lineno)
    elif isinstance(code.scope.node, ast.Module):
        top = view.top_level(find_place(code).first)
    changes.above[top] = (*texts, *changes.above.get(top, ()))
    changes.imports = (*changes.imports, *imports)


def _class_texts(name: str, saving: Saving, code: SessionCode) -> tuple[list[str], list[str]]:
    """The text of the class and of the functions that it needs, and their imports."""
    view = code.view
    bound = any("context" in scope.bindings for scope in view.symbols.scopes()) and _CONTEXT not in view.text
    context = "eager_context" if bound else "context"
    imports = [f"{_CONTEXT} as {context}" if bound else _CONTEXT]
    helpers = [saving.setter] if saving.setter is not None else []
    helpers += [RESTORE_INPUT_KEYS] if saving.keys else []
    helpers += [RESTORE_TAGS] if saving.tags is not False else []
    helpers += [SAVE_AS_TEXT] if saving.text else []
    texts = [HELPERS[helper].replace("TF", view.tf) for helper in helpers if helper in HELPERS]
    imports += [line for helper in helpers for line in HELPER_IMPORTS.get(helper, [])]
    if saving.keys:
        texts.append(KEY_HELPER.replace("TF", view.tf))
        imports.append(KEY_IMPORT)
    if saving.tables is not None:
        taken = any("uuid" in scope.bindings for scope in view.symbols.scopes())
        uuid = "table_uuid" if taken else "uuid"
        imports.append(f"{UUID_IMPORT} as {uuid}" if taken else UUID_IMPORT)
        texts.append(table_class(saving.tables, view.tf, uuid))
    text = class_text(name, view.tf, context, saving)
    texts.append(of_live_session(text, view.tf) if code.live else text)
    return texts, imports


def _has_class(code: SessionCode, saving: Saving) -> bool:
    """Whether the module has that class already, because another export of it is wrapped."""
    tree = code.view.tree
    if not any(isinstance(node, ast.ClassDef) and node.name == CLASS for node in tree.body):
        return False
    texts, _ = _class_texts(CLASS, saving, code)
    wanted = {ast.dump(ast.parse(re.sub(r"[\t\v]", "    ", text)).body[0]) for text in texts}
    return wanted <= {ast.dump(node) for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}


def saving_of(code: SessionCode, *, tables: bool = False, references: bool = False, batches: bool = False) -> Saving:
    """What the class's `save` does beside saving."""
    view = code.view
    setter: str | None = None
    if not _is_all_predict(view):
        taken = any("migrate" in scope.bindings for scope in view.symbols.scopes())
        setter = SET_METHOD_NAMES if view.settings.depend_on_migrate and not taken else RESTORE_METHOD_NAMES
    tagged = {export.tags is not None for export in code.exports}
    assets = any(export.assets is not None for export in code.exports)
    return Saving(
        setter,
        keys=any(export.other_keys for export in code.exports),
        tags=None if len(tagged) > 1 else tagged == {True},
        text=any(export.as_text is not None for export in code.exports),
        path=any(export.path is not None for export in code.exports),
        assigned=changes_state(view.symbols),
        tables=view.defined(TABLE_CLASS, ()) if tables or assets else None,
        assets=assets,
        references=references,
        batches=batches,
    )


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
                if code.whole:
                    if not comes_first(code.view.statement(node), code.view):
                        raise Unprovable(VARIABLE, "the program resets the default graph when it has begun", node)
                elif scope not in (code.scope, code.view.symbols.module):
                    raise Unprovable(VARIABLE, "a helper resets the default graph", node)
                elif _is_repeated(node, scope, code.view):
                    raise Unprovable(VARIABLE, "a loop resets the default graph", node)


def _is_repeated(node: ast.AST, scope: Scope, view: ModuleView) -> bool:
    while node is not scope.node and node in view.parents:
        node = view.parents[node]
        if isinstance(node, (ast.For, ast.While)):
            return True
    return False


def _refuse_resets_at_load(code: SessionCode, scopes: list[Scope]) -> None:
    """A model that initializes its variables when it is loaded has their first values, whatever the session held."""
    for export in code.exports:
        if export.resets is None:
            continue
        changed = code.live or code.restores or not first_values_are_constant(scopes, code.view)
        if changed or not code.initializes:
            raise Unprovable(
                INIT_OP, "all variables get their first values whenever the model is loaded", export.resets
            )


def _refuse_seeds(code: SessionCode, scopes: list[Scope]) -> None:
    """A graph's seed gives each operation its own by its number, and TF2's graphs have other numbers."""
    if code.restores or (code.live and _trains(scopes, code)):
        return
    for scope in scopes:
        for around, node in nodes_of(scope, code.view.symbols):
            if isinstance(node, ast.Call) and code.view.symbols.resolve(node.func, around) in (
                "set_random_seed",
                "random.set_random_seed",
            ):
                raise Unprovable(VARIABLE, "initial values depend on the seed of the graph", node)


def _trains(scopes: list[Scope], code: SessionCode) -> bool:
    """Whether variables get other values than their first ones."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in ("minimize", "apply_gradients", "restore")
        for scope in scopes
        for _, node in nodes_of(scope, code.view.symbols)
    )


def _drop_resets(scope: Scope, view: ModuleView, changes: Changes) -> None:
    """`tf.reset_default_graph()`: nothing is in the default graph."""
    for around, node in nodes_of(scope, view.symbols):
        match node:
            case ast.Expr(value=ast.Call(func=function)):
                if view.symbols.resolve(function, around) == "reset_default_graph":
                    changes.statements[node] = ()


def _missing(view: ModuleView) -> list[tuple[str, str]]:
    """What session code lacks under TF2, this code lacks too."""
    return [note for note in missing_names(view) if "no graph is built in this file" not in note[1]]


def unfed_of(candidate: Candidate, view: ModuleView) -> tuple[tuple[str, str], ...]:
    """What is to be said of placeholders that an export needs and its signatures do not feed."""
    try:
        site = view.export_site(candidate)
    except Unprovable:
        return ()
    return unfed_notes(site, RULE, "tf.saved_model.save does not take it")


def _signatures(candidate: Candidate, view: ModuleView) -> tuple[SignatureSource, ...]:
    try:
        return view.export_site(candidate).signatures
    except Unprovable:
        return ()


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
