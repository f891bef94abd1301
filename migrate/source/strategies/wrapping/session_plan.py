"""The plan for the exports of a session, whose graph has its place."""

from __future__ import annotations

import ast

from migrate.results import Level
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.sites import SignatureSource
from migrate.source.strategies.bridge_notes import notes as session_notes
from migrate.source.strategies.freezing.strategies import keep_freezing
from migrate.source.strategies.loading.vanishing import missing_names as vanishing
from migrate.source.strategies.site_plan import SitePlan
from migrate.source.strategies.wrapping.added_class import add_class, has_class, saving_of
from migrate.source.strategies.wrapping.batches import makes_batches, refuse_unfed_batches
from migrate.source.strategies.wrapping.class_text import CLASS
from migrate.source.strategies.wrapping.config import config_statements
from migrate.source.strategies.wrapping.early_shapes import head_of, reads_dimensions_early
from migrate.source.strategies.wrapping.keys import NOTE as KEY_NOTE
from migrate.source.strategies.wrapping.limits import refuse_code
from migrate.source.strategies.wrapping.module_graph import made_in_module, module_scopes
from migrate.source.strategies.wrapping.modules import read_modules
from migrate.source.strategies.wrapping.nodes import original_scopes
from migrate.source.strategies.wrapping.place import Place
from migrate.source.strategies.wrapping.seeds_and_resets import (
    drop_resets,
    refuse_resets,
    refuse_resets_at_load,
    refuse_seeds,
)
from migrate.source.strategies.wrapping.session import CLASS_MARK, SessionCode
from migrate.source.strategies.wrapping.traits import (
    changes_state,
    fills_tables,
    imports_meta_graphs,
    loads_models,
    makes_tables,
    reads_dimensions,
)
from migrate.source.symbols import Scope
from migrate.source.unprovable import ELSEWHERE, SIDE_EFFECTS, Unprovable
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
    scopes = graph_scopes(code)
    refuse_code(scopes, code.call, view.symbols, live=code.live)
    refuse_names_of_variables(view.symbols)
    refuse_unfed_batches(code)
    refuse_resets(code, scopes)
    modules = read_modules(view)
    rule = PROGRAM_RULE if code.whole else LIVE_RULE if code.live else RULE
    notes = [*((rule, note) for note in modules.notes), *missing_in_graph(view)]
    notes += [(rule, KEY_NOTE)] if any(export.other_keys for export in code.exports) else []
    notes += [(TAGS, _TAGS)] if any(export.tags is not None for export in code.exports) else []
    notes += [(rule, _EMPTY)] if any(export.maybe for export in code.exports) else []
    model = view.free("wrapped")
    changes = code.changes(model)
    refuse_resets_at_load(code, scopes)
    refuse_seeds(code, scopes)
    every = original_scopes(view.symbols)
    references = modules.references or imports_meta_graphs(view.symbols, every)
    # Nobody says here whether a MetaGraphDef has tables.
    tables = modules.tables or makes_tables(view.symbols, every) or (references and fills_tables(view.symbols, every))
    batches = not references and makes_batches(scopes, view.symbols)
    saving = saving_of(code, tables=tables, references=references, batches=batches)
    if references and changes_state(view.symbols, scopes):
        raise Unprovable(SIDE_EFFECTS, "the graph code changes variables that come from a MetaGraphDef", candidate.call)
    shared = has_class(code, saving)
    name = CLASS if shared else view.defined(CLASS, (saving, code.live))
    for texts in (changes.statements, changes.above):
        for node, lines in texts.items():
            texts[node] = tuple(line.replace(CLASS_MARK, name) for line in lines)
    start = put_in_place(code, place, scopes, changes, dimensions=modules.dimensions)
    if not shared:
        add_class(name, saving, code, changes)
    put_shapes_early(code, start, scopes, changes)
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


def graph_scopes(code: SessionCode) -> list[Scope]:
    """The functions that may build some of a session's graph, and the module where it does.

    Args:
        code: The session.
    """
    scopes, made = code.scopes(), made_in_module(code)
    return scopes if made is None else [*scopes, *(one for one in module_scopes(code, made) if one not in scopes)]


def put_in_place(
    code: SessionCode,
    place: Place,
    scopes: list[Scope],
    changes: Changes,
    *,
    dimensions: bool,
) -> ast.stmt:
    """Adds the edits around the code that builds a graph: what its `with` says, what comes first there, what goes.

    Args:
        code: The session.
        place: Where the graph is built.
        scopes: The functions that may build some of it.
        changes: Gets the edits.
        dimensions: Whether another module reads the `.value` of dimensions.

    Returns:
        The statement that comes first in the graph, or makes it.
    """
    view, made = code.view, made_in_module(code)
    if not place.entered:
        # All of the graph is built in the session's own block.
        changes.unwrapped.discard(code.statement)
        changes.statements[code.statement] = (_header(code),)
    if not code.live:
        for statement in config_statements(code.call, code.scope, view):
            changes.statements[statement] = ()
    for scope in {
        id(one): one for one in (code.scope, *scopes) if code.whole or one.node in (code.scope.node, view.tree)
    }.values():
        drop_resets(scope, view, changes)
    # Functions of TF2's control flow would have the same names in the graph and in the one that is wrapped.
    switches = [f"{view.tf}.compat.v1.disable_control_flow_v2()"]
    start = made or (place.first.body[0] if isinstance(place.first, ast.With) else place.first)
    early = reads_dimensions_early(code, start, scopes)
    if not early and (dimensions or reads_dimensions(scopes, view.symbols)):
        switches.append(_shapes(view))
    changes.above[start] = (*switches, *changes.above.get(start, ()))
    return start


def put_shapes_early(code: SessionCode, start: ast.stmt, scopes: list[Scope], changes: Changes) -> None:
    """Switches TF1's shapes on at the head of the file, in front of all that is added there, where code needs them early.

    Args:
        code: The session.
        start: The statement that comes first in the graph.
        scopes: The functions that may build some of it.
        changes: Gets the edit.
    """
    if reads_dimensions_early(code, start, scopes):
        head = head_of(code.view)
        changes.above[head] = (_shapes(code.view), *changes.above.get(head, ()))


def _shapes(view: ModuleView) -> str:
    return f"{view.tf}.compat.v1.disable_v2_tensorshape()"


def _header(code: SessionCode) -> str:
    assert isinstance(code.statement, ast.With)
    texts: list[str] = []
    for item in code.statement.items:
        if code.live or item.context_expr is not code.call:
            name = f" as {code.view.text_of(item.optional_vars)}" if code.live and item.optional_vars else ""
            texts.append(code.view.text_of(item.context_expr) + name)
    return f"with {', '.join([f'{code.view.tf}.Graph().as_default()', *texts])}:"


def missing_in_graph(view: ModuleView) -> list[tuple[str, str]]:
    """What session code lacks under TF2, code that builds a graph of its own lacks too.

    Args:
        view: The module.
    """
    return [note for note in session_notes(view) if "no graph is built in this file" not in note[1]]


def _signatures(candidate: Candidate, view: ModuleView) -> tuple[SignatureSource, ...]:
    try:
        return view.export_site(candidate).signatures
    except Unprovable:
        return ()
