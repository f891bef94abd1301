"""SavedModels that are loaded into a session: `tf.saved_model.load`, and a signature or tensors by name.

Where all that is run comes from one signature, the new code calls the signature (native). Where the code knows tensors
by their names in the graph, it prunes the loaded graph to them, which TensorFlow 2 does for models in TF1's format
only (wrapped).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace

from migrate.results import Level
from migrate.source.candidates import EXPORTS, Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.scoped import scoped
from migrate.source.strategies.bridge_notes import gone_notes
from migrate.source.strategies.loading.code import LoadingCode
from migrate.source.strategies.loading.numpy_name import numpy_name, proto_name
from migrate.source.strategies.loading.signature import SignatureCode
from migrate.source.strategies.loading.tensors import name_texts
from migrate.source.strategies.loading.text import model_helper, signature_helper, signatures_helper
from migrate.source.strategies.loading.walked import refuse_other_names
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

BY_SIGNATURE = "TFM007"
BY_NAME = "TFM203"

_PARAMETERS = ("sess", "tags", "export_dir", "import_scope")
_CONFIG = "the session's config is dropped: TensorFlow 2 sets devices and threads for the whole process"


def plan_signature(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of a module's loaders that run signatures.

    Raises:
        Unprovable: Where they run something else, or do something else with the session.
    """
    try:
        return _plan_key(candidate, view)
    except Unprovable as reason:
        try:
            return _plan_walked(candidate, view)
        except Unprovable:
            raise reason from None


def _plan_walked(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans for code that walks through signatures, or knows their keys at run time only."""
    loads = _loads(view)
    code = LoadingCode(view, ("model", "loaded_model"))
    arguments = read_loads((call for call, _ in loads), code)
    refuse_other_names(code)
    helper = view.free("LoadedModel")
    proto, imports = proto_name(view)
    for call, _ in loads:
        given = arguments[call]
        texts = [view.text_of(given["export_dir"]), view.text_of(given["tags"])]
        edit_load(call, given, f"{helper}({', '.join(texts)})", code)
    texts_of_names = name_texts(view, code.places, code.roles, code.functions, lambda _: None)
    code.edit(texts_of_names)
    plan = _plan(
        code,
        candidate,
        loads,
        BY_SIGNATURE,
        Level.NATIVE,
        lambda np: signatures_helper(helper, view.tf, np, proto),
        imports,
    )
    message = "calls the signatures of tf.saved_model.load, found by the names that they give their tensors"
    return replace(plan, message=message, proved=("all that is fed and fetched is named by signatures", *plan.proved))


def _plan_key(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans for code that runs one signature of each model, whose key and inputs and outputs are written out."""
    loads = _loads(view)
    code = SignatureCode(view, ("predict", "run_signature", "signature_function"))
    arguments = read_loads((call for call, _ in loads), code)
    helper = view.free("load_signature")
    tensors = code.key_texts({call for call, _ in loads})
    for call, _ in loads:
        given = arguments[call]
        texts = [view.text_of(given["export_dir"]), view.text_of(given["tags"]), code.key_of(call)]
        edit_load(call, given, f"{helper}({', '.join(texts)})", code)
    code.edit(tensors)
    plan = _plan(code, candidate, loads, BY_SIGNATURE, Level.NATIVE, lambda np: signature_helper(helper, view.tf, np))
    return SitePlan(
        plan.rule,
        plan.level,
        "calls the signature of tf.saved_model.load, with arrays in and arrays out as before",
        plan.changes,
        proved=("all that is fed and fetched belongs to one signature", *plan.proved),
        notes=plan.notes,
        regions=plan.regions,
        covers=plan.covers,
    )


def _saves(view: ModuleView) -> bool:
    """Whether a module writes models as TensorFlow 2 does, as it may since an export of it was rewritten."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == "save"
        and (view.symbols.qualified(node, scope) or "").endswith(".saved_model.save")
        for node, scope in scoped(view.symbols)
    )


def plan_names(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of a module's loaders that run tensors by name.

    Raises:
        Unprovable: Where they do something else with the session.
    """
    if any(other.kind in EXPORTS for other in view.candidates) or _saves(view):
        reason = "the file also exports models, and those that TensorFlow 2 writes have no tensors by name"
        raise Unprovable(ELSEWHERE, reason, candidate.call)
    loads = _loads(view)
    code = NamesCode(view, ("model", "loaded_model"))
    arguments = read_loads((call for call, _ in loads), code)
    helper = view.free("LoadedModel")
    for call, _ in loads:
        given = arguments[call]
        texts = [view.text_of(given["export_dir"]), view.text_of(given["tags"])]
        edit_load(call, given, f"{helper}({', '.join(texts)})", code)
    proto, imports = proto_name(view) if any(_keeps_meta_graph(call, code) for call, _ in loads) else ("", ())
    code.edit(name_texts(view, code.places, code.roles, code.functions, code.graph_text), code.graph_text)
    return _plan(
        code,
        candidate,
        loads,
        BY_NAME,
        Level.WRAPPED,
        lambda np: model_helper(helper, view.tf, np, proto),
        imports,
    )


class NamesCode(LoadingCode):
    """The session code of a module, read for what it does with tensors by name."""

    def graph_text(self, node: ast.expr) -> str | None:
        """The graph at a place."""
        model = self.object_near(node)
        return f"{model}.model.graph" if model is not None else None


def _loads(view: ModuleView) -> list[tuple[ast.Call, Candidate]]:
    """All the loaders of the module, which are rewritten together."""
    loads = [(other.call, other) for other in view.candidates if other.kind is SiteKind.LOADER]
    for call, _ in loads:
        last = call.end_lineno or call.lineno
        if any(line in view.skipped for line in (0, *range(call.lineno, last + 1))):
            raise Unprovable(CONTROL_FLOW, "another loader of the file is to stay as it is", call)
    return loads


def read_loads(loads: Iterable[ast.Call], code: LoadingCode) -> dict[ast.Call, dict[str, ast.expr]]:
    """Finds all that is done with the sessions of some loaders; gives the arguments of each.

    Raises:
        Unprovable: Where that is not understood.
    """
    known: set[ast.AST] = set()
    found: dict[ast.Call, dict[str, ast.expr]] = {}
    for call in loads:
        given = _arguments(call)
        code.load(call, given["sess"])
        known |= {call, given["sess"]}
        found[call] = given
    code.value_calls = frozenset(found)
    code.read(known)
    return found


def loaded_into(call: ast.Call) -> list[ast.expr]:
    """The session that a loader gets."""
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "sess")]
    return [one for one in given if not isinstance(one, ast.Starred)]


def _arguments(call: ast.Call) -> dict[str, ast.expr]:
    if any(isinstance(argument, ast.Starred) for argument in call.args) or len(call.args) > len(_PARAMETERS):
        raise Unprovable(NOT_STATIC, "the arguments of the loader are not written out", call)
    found = dict(zip(_PARAMETERS, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg not in _PARAMETERS:
            raise Unprovable(NOT_STATIC, "the loader gets options", call)
        found[keyword.arg] = keyword.value
    if isinstance(scope := found.pop("import_scope", None), ast.expr):
        if not (isinstance(scope, ast.Constant) and not scope.value):
            raise Unprovable(NOT_STATIC, "the loader puts the model into a name scope", call)
    if len(found) < 3:
        raise Unprovable(NOT_STATIC, "the loader gets no directory", call)
    return found


def edit_load(call: ast.Call, given: dict[str, ast.expr], made: str, code: LoadingCode) -> None:
    """The statement that loads."""
    statement = code.view.statement(call)
    model = code.names.text(given["sess"])
    part: ast.AST = call
    while isinstance(code.places.parents[part], (ast.Attribute, ast.Subscript)):
        part = code.places.parents[part]
    match statement:
        case ast.Expr(value=value) if value is part:
            code.replace(statement, f"{model} = {made}")
        case ast.Assign(targets=[(ast.Name() | ast.Attribute()) as target], value=value) if value is part:
            texts = [f"{model} = {made}"]
            if _keeps_meta_graph(call, code):
                rest = code.view.text_of(value)[len(code.view.text_of(call)) :]
                texts.append(f"{code.view.text_of(target)} = {model}.meta_graph{rest}")
            code.changes.statements[statement] = tuple(texts)
            code.handled |= set(ast.walk(statement))
        case _:
            raise Unprovable(CONTROL_FLOW, "the model is loaded within an expression", call)


def _keeps_meta_graph(call: ast.Call, code: LoadingCode) -> bool:
    """Whether the MetaGraphDef that a loader returns is used."""
    if isinstance(code, SignatureCode):
        return False
    return isinstance(code.places.parents[call], (ast.Attribute, ast.Subscript)) or code.reads(call)


def _plan(
    code: LoadingCode,
    candidate: Candidate,
    loads: list[tuple[ast.Call, Candidate]],
    rule: str,
    level: Level,
    helper: Callable[[str], str],
    more: tuple[str, ...] = (),
) -> SitePlan:
    view = code.view
    np, imports = numpy_name(view)
    first = min((view.top_level(call) for call, _ in loads), key=lambda node: node.lineno)
    changes = Changes(
        code.changes.statements,
        code.changes.expressions,
        code.changes.unwrapped,
        {first: (helper(np),)},
        (*imports, *more),
    )
    if not code.runs:
        raise Unprovable(ELSEWHERE, "what the session runs is not in this file", candidate.call)
    return SitePlan(
        rule,
        level,
        "loads the model with tf.saved_model.load and prunes its graph to the tensors that are run, by name",
        changes,
        proved=("what is fed takes the dtype of its tensor, and the results are NumPy arrays, as in a session",),
        notes=(*(((rule, _CONFIG),) if code.has_config() else ()), *gone_notes(view, ("contrib.saved_model",))),
        regions=frozenset(code.functions),
        covers=tuple(other for _, other in loads if other is not candidate),
    )


_LOADERS = frozenset({SiteKind.LOADER})
LOADED_SIGNATURE = Strategy("loaded_signature", Level.NATIVE, _LOADERS, plan_signature)
LOADED_TENSORS = Strategy("loaded_tensors", Level.WRAPPED, _LOADERS, plan_names)
