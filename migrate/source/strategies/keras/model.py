"""The strategy for Keras models: a `tf.function` over the model for each signature; the session goes.

TF1 code saves a Keras model by the session of Keras, `K.get_session()`, with the model's own tensors as inputs and
outputs. Keras holds the values in TF2, too, so all it takes is a function that calls the model. Applies wherever the
model comes from.
"""

from __future__ import annotations

import ast

from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate, SiteKind
from migrate.source.flow import Definition
from migrate.source.site_reader import read_site
from migrate.source.sites import ExportSite, SignatureSource
from migrate.source.strategies.keras.changes import KerasChanges
from migrate.source.strategies.keras.computed import Computation, read_computation
from migrate.source.strategies.keras.dead import drop_dead
from migrate.source.strategies.keras.elsewhere import (
    files_of_layers,
    is_given,
    is_loaded,
    keeps_unseen_state,
    refuse_layers,
    refuse_phases,
)
from migrate.source.strategies.keras.equal_layers import spell_layers
from migrate.source.strategies.keras.failing_files import failing_files
from migrate.source.strategies.keras.free_keys import shown
from migrate.source.strategies.keras.imports import import_changes
from migrate.source.strategies.keras.keys import NamedEnds, named_ends
from migrate.source.strategies.keras.layers import Layers
from migrate.source.strategies.keras.moved import Moved
from migrate.source.strategies.keras.names import keras_name
from migrate.source.strategies.keras.optimizers import CHANGED, LEFT, ROWS, optimizer_changes
from migrate.source.strategies.keras.other_files import other_files
from migrate.source.strategies.keras.phases import comments_stay
from migrate.source.strategies.keras.same_model import model_line, refuse_other_model
from migrate.source.strategies.keras.sessions import KerasSession
from migrate.source.strategies.keras.spelled_layers import LOADED, spelled_layers
from migrate.source.strategies.keras.tensors import ModelTensor, model_tensor
from migrate.source.strategies.keras.uses import Uses
from migrate.source.strategies.site_plan import Mode, SitePlan, Strategy
from migrate.source.strategies.wrapping.traits import refuse_dimension_none
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, INIT_OP, NOT_STATIC, SESSION_AFTER, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM005"
TAGS = "TFM015"
_TAGS = "the tags are set after the save, which always writes the one tag serve"
_CONFIGURED = "the settings of the session go with it; tf.config has them for GPUs, threads and placement"
_TABLES = frozenset({"tables_initializer", "initialize_all_tables", "initializers.tables_initializer", "no_op"})


def plan_keras(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of one export of a Keras model.

    Args:
        candidate: The export.
        view: Its module.

    Raises:
        Unprovable: Where it is something else, or more, than a Keras model that is saved.
    """
    uses = Uses(view)
    layers = Layers(uses)
    read = _read(candidate, view)
    session = KerasSession(view, candidate, uses, read.session)
    session.refuse_other()
    refuse_dimension_none(view.tree)
    named = named_ends(read, layers)
    site = named.site
    computed = _computed(site, named, layers, view)
    tensors = _tensors(site, named, computed)
    model = next(iter(tensors.values())).model
    refuse_other_model(site, tensors, model)
    _refuse_places(site, view)
    _refuse_init_ops(site)
    others = other_files(view)
    loaded = is_loaded(model, site.region, layers)
    files = files_of_layers(others, given=is_given(model, site.region), loaded=loaded)
    refuse_layers(files, candidate.call)
    phase = refuse_phases(others, uses, candidate.call)
    checked = keeps_unseen_state(files, uses, others, model, site.region)
    written = KerasChanges(view, candidate, named, tensors, model, layers, uses, computed, checked=checked)
    uses.gone |= {site.opened.node, *(step.node for step in site.added), site.saved.node}
    uses.gone |= {step.node for one in computed.values() for step in one.steps}
    uses.moved |= {call for one in computed.values() for call in one.calls}
    uses.alive |= written.kept_expressions().union(*(one.kept for one in computed.values()))
    session.clear(model, model_line(model, site.region), others)
    spelled = spell_layers(layers)
    drop_dead(uses, candidate.scope)
    _refuse_other_uses(computed, uses)
    session.refuse_leftovers()
    printed = _refuse_leftovers(site, uses, model)
    changes = written.changes()
    changes.statements |= {node: text for one in computed.values() for node, text in one.tables.values()}
    changes.statements |= import_changes(uses)
    gone = {node for node in uses.gone if isinstance(node, ast.stmt)} - changes.statements.keys()
    changes.statements |= {node: () for node in gone if not _inside(node, gone | changes.statements.keys(), view)}
    changes.unwrapped |= session.unwrapped
    changes.commented |= {phase for phase in session.phases if comments_stay(phase, view)}
    _refuse_blocks(computed, session, view)
    changes.expressions |= printed
    for computation in computed.values():
        changes.expressions |= computation.expressions
    layer_notes = spelled_layers(spelled, layers, uses, changes)
    optimizers, left = optimizer_changes(uses)
    changes.expressions |= optimizers
    moved = Moved(uses)
    changes.expressions = moved.expressions | changes.expressions
    failing = moved.note()
    notes = [(RULE, LOADED)] if layers.loads() is not None else []
    notes += [(RULE, failing)] if failing is not None else []
    notes += [(RULE, phase)] if phase is not None else []
    elsewhere = failing_files(others)
    notes += [(RULE, elsewhere)] if elsewhere is not None else []
    notes += [(RULE, _CONFIGURED)] if session.configured() else []
    notes += [(RULE, note) for note in layer_notes]
    adam = any(".Adam(" in text for text in optimizers.values())
    looks_up = any(name == "Embedding" for name, _ in layers.calls())
    notes += [(RULE, ROWS if adam and looks_up else CHANGED)] if optimizers else []
    notes += [(RULE, LEFT)] if left else []
    notes += [(TAGS, _TAGS)] if site.tags is not None else []
    return SitePlan(
        RULE,
        Level.NATIVE,
        "becomes one tf.function a signature that calls the Keras model, saved with tf.saved_model.save",
        changes,
        Mode.EAGER,
        proved=(
            "every signature takes the model's inputs and returns tensors of the same model",
            "the session of Keras holds the model and does nothing else",
        ),
        notes=tuple(notes),
        signatures=tuple(shown(signature) for signature in site.signatures),
        regions=frozenset(session.owners),
    )


def _read(candidate: Candidate, view: ModuleView) -> ExportSite:
    """The export, whose keys may be the names of tensors."""
    try:
        return view.export_site(candidate)
    except Unprovable as reason:
        if reason.rule != NOT_STATIC:
            raise
    return read_site(candidate, view.kinds(candidate.scope), run_time_keys=True)


def _computed(
    site: ExportSite, named: NamedEnds, layers: Layers, view: ModuleView
) -> dict[SignatureSource, Computation]:
    """What signatures compute beside calling the model."""
    found: dict[SignatureSource, Computation] = {}
    for signature in site.signatures:
        if signature not in named.at_run_time:
            computation = read_computation(signature, site, layers, view)
            if computation is not None:
                found[signature] = computation
    return found


def _refuse_other_uses(computed: dict[SignatureSource, Computation], uses: Uses) -> None:
    """What moves into a function must not be read anywhere else."""
    for computation in computed.values():
        for step in computation.steps:
            for definition in step.writes:
                owner = uses.scopes[step.node].owner(definition.name)
                if (
                    owner is None
                    or len(owner.bindings[definition.name]) > 1
                    or not uses.unread((owner, definition.name))
                ):
                    reason = f"'{definition.name}' is used for more than the export"
                    raise Unprovable(SESSION_AFTER, reason, step.node)


def _refuse_blocks(computed: dict[SignatureSource, Computation], session: KerasSession, view: ModuleView) -> None:
    """Statements that move out of a `with` which stays, such as a name scope."""
    for computation in computed.values():
        for step in computation.steps:
            current: ast.AST | None = step.node
            while current is not None:
                if isinstance(current, (ast.With, ast.AsyncWith)) and current not in session.unwrapped:
                    raise Unprovable(CONTROL_FLOW, "what it computes stands in a with statement", step.node)
                current = view.parents.get(current)


def _tensors(
    site: ExportSite, named: NamedEnds, computed: dict[SignatureSource, Computation]
) -> dict[ast.expr, ModelTensor]:
    """The tensor of the model behind each input and output."""
    found: dict[ast.expr, ModelTensor] = {}
    for signature in site.signatures:
        if signature in computed:
            found |= computed[signature].tensors
        for endpoint in (*signature.inputs, *signature.outputs) if signature not in computed else ():
            tensor = model_tensor(endpoint.tensor, site.region)
            whole = tensor is not None and tensor.attribute in ("inputs", "outputs") and tensor.index is None
            if (
                tensor is None
                or tensor.is_input != (endpoint in signature.inputs)
                or (whole and signature not in named.at_run_time)
            ):
                what = ast.unparse(endpoint.tensor)
                raise Unprovable(ELSEWHERE, f"{what} is no input or output of a Keras model", endpoint.tensor)
            found[endpoint.tensor] = tensor
        if not signature.method_name:
            text = f"the signature '{signature.key}' has no method name; TF2 always writes one"
            raise Unprovable(NOT_STATIC, text, site.call)
        if not signature.inputs or not signature.outputs:
            raise Unprovable(NOT_STATIC, f"the signature '{signature.key}' has no inputs, or no outputs", site.call)
    return found


# ---- what stands around ----------------------------------------------------------------------------------------------


def _refuse_places(site: ExportSite, view: ModuleView) -> None:
    """The steps of an export must follow each other, whatever stands around them."""
    places = {
        tuple((b.step, b.name) for b in step.branches if not isinstance(b.step.node, (ast.With, ast.AsyncWith)))
        for step in (site.opened, *site.added, site.saved)
    }
    if len(places) > 1:
        raise Unprovable(CONTROL_FLOW, "the steps of the export stand in different branches", site.call)
    for node in ast.walk(site.region.scope.node):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("exec", "eval"):
            raise Unprovable(NOT_STATIC, f"{node.func.id}() may read or set any name", node)
    nodes = {step.node for step in (site.opened, *site.added, site.saved)}
    if any(isinstance(view.parents.get(node), (ast.Lambda,)) for node in nodes):
        raise Unprovable(CONTROL_FLOW, "the export stands in a lambda", site.call)


def _refuse_init_ops(site: ExportSite) -> None:
    """An init op may initialize tables, of which a Keras model has none."""
    pending = list(site.init_ops)
    while pending:
        node = pending.pop()
        match node:
            case ast.Constant(value=None):
                continue
            case ast.Name():
                value = site.region.value_of.get(node)
                if isinstance(value, Definition) and value.known and value.previous is None and value.expression:
                    pending.append(value.expression)
                    continue
            case ast.Call(args=arguments):
                name = site.region.resolve(node.func)
                if name == "group":
                    pending += arguments
                    continue
                if name in _TABLES:
                    continue
        raise Unprovable(INIT_OP, f"its init op runs {ast.unparse(node)}, which TF2 does not run when it loads", node)
    for node in site.assets:
        if not (isinstance(node, ast.Call) and (site.region.resolve(node.func) or "").endswith("get_collection")):
            raise Unprovable(NOT_STATIC, f"its assets ({ast.unparse(node)}) cannot be read", node)


def _refuse_leftovers(site: ExportSite, uses: Uses, model: ast.expr) -> dict[ast.expr, str]:
    """Code beside the export that takes the model's tensors for those of a graph; the new text of names to look at."""
    printed: dict[ast.expr, str] = {}
    text = ast.unparse(model)
    # What makes the signatures of another export goes with that.
    alone = sum(one.scope.node is site.region.scope.node for one in uses.view.candidates) == 1
    for node in ast.walk(site.region.scope.node):
        if node not in uses.scopes or uses.is_gone(node):
            continue
        match node:
            case ast.Attribute(value=ast.Attribute() | ast.Subscript() as base, attr="op" | "graph" | "eval"):
                tensor = model_tensor(base, site.region)
                if tensor is not None and ast.unparse(tensor.model) == text:
                    named = uses.view.parents[node]
                    if not (isinstance(named, ast.Attribute) and named.attr == "name" and _is_printed(node, uses)):
                        raise Unprovable(ELSEWHERE, f"{ast.unparse(node)} is a part of a TF1 graph", node)
                    printed[named] = f"{uses.view.text_of(base)}.name"
            case ast.Call(func=function):
                if site.region.symbols.resolve(function, uses.scopes[node]) is None:
                    continue
                if keras_name(function, uses.scopes[node], site.region.symbols) is not None:
                    continue
                given: list[ast.AST] = [*node.args, *(keyword.value for keyword in node.keywords)]
                if alone:
                    given = [part for argument in given for part in ast.walk(argument)]
                for part in given:
                    tensor = model_tensor(part, site.region) if isinstance(part, ast.expr) else None
                    if tensor is not None and ast.unparse(tensor.model) == text:
                        what = ast.unparse(function)
                        raise Unprovable(ELSEWHERE, f"{what} computes with a tensor of the model", node)
    return printed


def _is_printed(node: ast.AST, uses: Uses) -> bool:
    """Whether something stands in a statement that only prints."""
    match uses.view.statement(node):
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=given, keywords=[])):
            calls = [part for one in given for part in ast.walk(one) if isinstance(part, ast.Call)]
            return not calls and uses.view.symbols.module.owner("print") is None
    return False


def _inside(node: ast.AST, gone: set[ast.AST] | set[ast.stmt], view: ModuleView) -> bool:
    """Whether a statement around a node goes, too."""
    current = view.parents.get(node)
    while current is not None:
        if current in gone:
            return True
        current = view.parents.get(current)
    return False


KERAS_MODEL = Strategy(
    "keras_model", Level.NATIVE, frozenset(EXPORTS & {SiteKind.BUILDER, SiteKind.SIMPLE_SAVE}), plan_keras
)
