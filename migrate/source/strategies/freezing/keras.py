"""The native strategy for frozen Keras models: the concrete function of the model, with constants for variables.

TF1 froze Keras' session, most of all with a function `freeze_session(session, keep_var_names, output_names)` that
everybody copied. TF2's Keras has no session; `convert_variables_to_constants_v2` freezes a function over the model.
"""

from __future__ import annotations

import ast

from migrate.results import Level
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.emit.writer import call as call_text
from migrate.source.strategies.freezing.code import IMPORTS, FreezingNames, definitions
from migrate.source.strategies.freezing.events import Work, read
from migrate.source.strategies.freezing.names import NodeNames, read_names
from migrate.source.strategies.freezing.rest import keep_outputs, moved_names, other_names, unused_imports
from migrate.source.strategies.freezing.session import KerasSession
from migrate.source.strategies.keras.elsewhere import files_of_layers, refuse_layers, refuse_phases
from migrate.source.strategies.keras.equal_layers import spell_layers
from migrate.source.strategies.keras.layers import Layers
from migrate.source.strategies.keras.other_files import other_files
from migrate.source.strategies.keras.spelled_layers import LOADED, spelled_layers
from migrate.source.strategies.keras.uses import Uses
from migrate.source.strategies.site_plan import SitePlan
from migrate.source.symbols import Assigned
from migrate.source.unprovable import ELSEWHERE, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM008"
_TIDY = frozenset({"graph_util.remove_training_nodes", "graph_util.extract_sub_graph"})
_NAMES_NOTE = (
    "nodes are called after the model's layers: where layers have no names of their own and come from no file, give "
    "them those of TensorFlow 1, since programs that run the frozen graph use its node names"
)


def plan_keras(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of all the code of a file that freezes Keras models, which share functions.

    Raises:
        Unprovable: Where it freezes something else, or the session is used for more.
    """
    work = Work(view)
    together = [one for one in view.candidates if one.kind is SiteKind.FREEZE]
    for one in together:
        read(one, work)
    sessions = KerasSession(view)
    for event in work.events:
        sessions.used_by(event.call, event.scope, event.session, event.graph_def)
    names = [read_names(event.names, event.call, event.scope, view) for event in work.events]
    sessions.close({found.model for found in names})
    return _plan(candidate, together, work, names, sessions)


def _plan(
    candidate: Candidate, together: list[Candidate], work: Work, names: list[NodeNames], sessions: KerasSession
) -> SitePlan:
    view = work.view
    called = FreezingNames(
        view.tf,
        view.free("input_node_names"),
        view.free("output_node_names"),
        view.free("freeze_model"),
        view.free("model_graph"),
    )
    changes = Changes(imports=IMPORTS)
    sessions.change(changes)
    computed = False
    for event, found in zip(work.events, names, strict=True):
        target: ast.expr = event.call
        around = view.parents[target]
        while isinstance(around, ast.Call) and target in around.args and len(around.args) == 1:
            if view.symbols.resolve(around.func, event.scope) not in _TIDY:
                break
            target, around = around, view.parents[around]
        text = found.text or f"{called.outputs}({found.model}){found.part}"
        computed |= found.text is None or found.computed is not None
        if event.wrapper is not None:
            changes.expressions[event.call] = event.wrapper.called(event.call, view, found.model, text)
        else:
            changes.expressions[target] = call_text(called.freeze, [found.model, text], depth=target.col_offset // 2)
        for statement in found.gone:
            changes.statements[statement] = ()
        if found.computed is not None:
            changes.expressions[found.computed] = f"{called.outputs}({found.model}){found.part}"
    for wrapper in work.wrappers:
        wrapper.change(changes, called.freeze)
    graphs = sessions.written(changes)
    for graph in graphs:
        changes.expressions[graph] = f"{called.graph}({_only_model(names, graph)})"
    keep_outputs(work, changes)
    uses = Uses(view)
    layers = Layers(uses)
    others = other_files(view)
    loaded = layers.loads() is not None
    refuse_layers(files_of_layers(others, given=_is_given(names, uses), loaded=loaded), candidate.call)
    phase = refuse_phases(others, uses, candidate.call)
    said = spelled_layers(spell_layers(layers), layers, uses, changes)
    said += [LOADED] if loaded else []
    said += [phase] if phase is not None else []
    computed |= other_names(work, names, called, changes)
    unused_imports(view, changes)
    failing = moved_names(view, changes)
    rows = {found.rows for found in names}
    if len(rows) > 1:
        raise Unprovable(NOT_STATIC, "model.output[i] and model.outputs[i] are frozen", candidate.call)
    texts = definitions(called, outputs=computed, rows=rows == {True}, graph=bool(graphs))
    if work.freezers:
        function = work.freezers[0].function
        changes.above[function] = (*changes.above.get(function, ()), *texts[:-1])
        changes.statements[function] = texts[-1:]
        for freezer in work.freezers[1:]:
            changes.statements[freezer.function] = ()
    else:
        place = _place(work, changes)
        changes.above[place] = (*changes.above.get(place, ()), *texts)
    return SitePlan(
        RULE,
        Level.NATIVE,
        "becomes a tf.function over the model, frozen with convert_variables_to_constants_v2",
        changes,
        proved=(
            "Keras' session is used for nothing else",
            "the model runs as in inference, and every variable becomes a constant",
        ),
        notes=tuple(
            (RULE, note) for note in (*([_NAMES_NOTE] if computed else []), *said, *([failing] if failing else []))
        ),
        regions=frozenset([*(event.scope.node for event in work.events), *work.functions(), *sessions.makers]),
        covers=tuple(one for one in together if one is not candidate),
    )


def _is_given(names: list[NodeNames], uses: Uses) -> bool:
    """Whether a model comes from those who call a function, as far as its name tells."""
    made = {
        name
        for scope in uses.view.symbols.scopes()
        for name, bindings in scope.bindings.items()
        if any(isinstance(binding, Assigned) for binding in bindings)
    }
    return not all(found.model in made for found in names)


def _only_model(names: list[NodeNames], node: ast.expr) -> str:
    """The model whose graph is written."""
    models = {found.model for found in names}
    if len(models) > 1:
        raise Unprovable(ELSEWHERE, "the graph that is written has several models", node)
    return models.pop()


def _place(work: Work, changes: Changes) -> ast.stmt:
    """Where new functions go: above the function that needs them; in a script above all that is no import."""
    view = work.view
    first = min((view.top_level(event.call) for event in work.events), key=lambda node: node.lineno)
    if isinstance(first, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return first
    body = [
        node
        for node in view.tree.body
        if not isinstance(node, (ast.Import, ast.ImportFrom)) and changes.statements.get(node) != ()
    ]
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return body[1]
    return body[0]
