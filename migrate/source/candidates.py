"""Finds the calls of a module that may be sites, before anything else is known about them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from migrate.source import api
from migrate.source.kinds import BUILDERS, SIMPLE_SAVES
from migrate.source.own_blocks import block_of
from migrate.source.symbols import Assigned, Bound, Imported, Scope, ScopeNode, Symbols
from migrate.source.syntax import walk


class SiteKind(StrEnum):
    """What a site does; the values stand in reports."""

    BUILDER = "builder"
    """Makes a SavedModelBuilder."""
    SIMPLE_SAVE = "simple_save"
    FROZEN_GRAPH = "frozen_graph"
    """Imports a GraphDef read from a file, and runs it."""
    META_GRAPH = "meta_graph"
    """Imports a MetaGraphDef, and runs it."""
    LOADER = "loader"
    """Loads a SavedModel into a session."""
    PREDICTOR = "predictor"
    """`tf.contrib.predictor.from_saved_model`."""
    FREEZE = "freeze"
    """Turns variables into constants."""
    SESSION_BUNDLE = "session_bundle"
    """Makes an Exporter of SessionBundles, the format before the SavedModel."""
    EXPORT_CALL = "export_call"
    """Calls a function of another module of the tree, which exports the session it is given."""


EXPORTS = frozenset({SiteKind.BUILDER, SiteKind.SIMPLE_SAVE})
"""The kinds that write a SavedModel."""

LOADS = frozenset({SiteKind.FROZEN_GRAPH, SiteKind.META_GRAPH, SiteKind.LOADER})
"""The kinds that get a graph from a file; where an export follows, they are part of its site."""

_KINDS: dict[str, SiteKind] = {
    **dict.fromkeys(BUILDERS, SiteKind.BUILDER),
    **dict.fromkeys(SIMPLE_SAVES, SiteKind.SIMPLE_SAVE),
    "import_graph_def": SiteKind.FROZEN_GRAPH,
    "saved_model.loader.load": SiteKind.LOADER,
    "contrib.predictor.from_saved_model": SiteKind.PREDICTOR,
    "train.import_meta_graph": SiteKind.META_GRAPH,
    "contrib.session_bundle.exporter.Exporter": SiteKind.SESSION_BUNDLE,
    "graph_util.convert_variables_to_constants": SiteKind.FREEZE,
    "python.tools.freeze_graph.freeze_graph": SiteKind.FREEZE,
    "tools.graph_transforms.TransformGraph": SiteKind.FREEZE,
}

_SERVING_EXPORTER = "tensorflow_serving.session_bundle.exporter.Exporter"
"""Where TensorFlow Serving had it before TensorFlow."""
_PARSERS = frozenset({"ParseFromString", "MergeFromString", "FromString", "Merge", "Parse"})
"""Methods that fill a GraphDef from bytes or text."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A call that may be a site.

    Attributes:
        kind: What it does.
        call: The call.
        scope: The function, class or module it stands in, comprehensions and lambdas aside.
        starred: The module whose `import *` seems to bring TensorFlow's name, where nothing else binds it.
    """

    kind: SiteKind
    call: ast.Call
    scope: Scope
    starred: str | None = None


def candidates(symbols: Symbols) -> list[Candidate]:
    """Every candidate of a module, in the order of the source.

    What loads a graph is none where the same function exports or freezes: then it is a part of that site, unless it has
    a graph of its own.
    """
    found: list[Candidate] = []
    for scope, call in symbols.calls():
        kind = _KINDS.get(symbols.resolve(call.func, scope) or "")
        if kind is None and symbols.qualified(call.func, scope) == _SERVING_EXPORTER:
            kind = SiteKind.SESSION_BUNDLE
        if kind is SiteKind.FREEZE and any(keyword.arg == "variable_names_denylist" for keyword in call.keywords):
            # That is TF2's name of it: a rewrite has called TF2's tool.
            continue
        if kind is not None and (kind is not SiteKind.LOADER or _gets_session(call)):
            found.append(Candidate(kind, call, region_scope(scope)))
        elif kind is None and (starred := _starred(call.func, scope, symbols)) is not None:
            found.append(Candidate(starred[0], call, region_scope(scope), starred[1]))
    if any(candidate.kind is SiteKind.FROZEN_GRAPH for candidate in found):
        elsewhere = not_from_file(symbols)
        found = [c for c in found if c.kind is not SiteKind.FROZEN_GRAPH or c.call not in elsewhere]
    if any(candidate.kind is SiteKind.META_GRAPH for candidate in found):
        wrapped = _wrapped(symbols)
        found = [c for c in found if c.kind is not SiteKind.META_GRAPH or c.call not in wrapped]
    if any(candidate.kind is SiteKind.BUILDER for candidate in found):
        idle = _idle_builders(symbols)
        found = [c for c in found if c.call not in idle]
    leaving = [candidate for candidate in found if candidate.kind in EXPORTS | {SiteKind.FREEZE}]
    exporting = {candidate.scope.node for candidate in leaving}
    rewritten = _rewritten(symbols) if any(candidate.kind in LOADS for candidate in found) else set()
    kept = [
        one
        for one in found
        if one.kind not in LOADS
        or one.scope.node not in exporting | rewritten
        or (one.scope.node not in rewritten and _is_apart(one, leaving, symbols))
    ]
    return sorted(kept, key=lambda candidate: (candidate.call.lineno, candidate.call.col_offset))


def _is_apart(load: Candidate, leaving: Sequence[Candidate], symbols: Symbols) -> bool:
    """Whether what is loaded stands in a graph of its own, of which nothing is exported."""
    block = block_of(load.call, load.scope, symbols)
    if block is None:
        return False
    inside = set(walk(block))
    # A builder that was opened elsewhere may be given the graph here.
    added = any(isinstance(node, ast.Attribute) and node.attr.startswith("add_meta_graph") for node in inside)
    return not added and not any(one.call in inside for one in leaving)


def _idle_builders(symbols: Symbols) -> set[ast.expr]:
    """Values of names that nothing reads: a builder among them writes nothing."""
    found: set[ast.expr] = set()
    for scope in symbols.scopes():
        if scope is symbols.module or isinstance(scope.node, ast.ClassDef):
            continue
        values = {
            name: bindings[0].value
            for name, bindings in scope.bindings.items()
            if len(bindings) == 1 and isinstance(bindings[0], Assigned) and isinstance(bindings[0].value, ast.Call)
        }
        if any(symbols.resolve(value.func, scope) in BUILDERS for value in values.values()):
            names = (node for node in ast.walk(scope.node) if isinstance(node, ast.Name))
            read = {node.id for node in names if not isinstance(node.ctx, ast.Store)}
            found |= {value for name, value in values.items() if name not in read}
    return found


def region_scope(scope: Scope) -> Scope:
    """The scope itself, or the next one around a lambda or comprehension."""
    while isinstance(scope.node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        assert scope.parent is not None
        scope = scope.parent
    return scope


def _starred(function: ast.expr, scope: Scope, symbols: Symbols) -> tuple[SiteKind, str] | None:
    """What an export is, whose `tf` can only come from `from module import *`, and the module."""
    if "*" not in symbols.module.bindings:
        return None
    spelled, _, rest = ast.unparse(function).partition(".") if isinstance(function, ast.Attribute) else ("", "", "")
    kind = _KINDS.get(api.canonical(f"tensorflow.{rest}") or "") if spelled in ("tf", "tensorflow") else None
    if kind not in EXPORTS or kind is None or scope.owner(spelled) is not None:
        return None
    for binding in symbols.module.bindings["*"]:
        if isinstance(binding, (Imported, Bound)) and isinstance(binding.node, ast.ImportFrom):
            return kind, "." * binding.node.level + (binding.node.module or "")
    return None


def _gets_session(call: ast.Call) -> bool:
    """Whether a `tf.saved_model.load` is TF1's, which loads into a session; TF2's has the same name."""
    names = {keyword.arg for keyword in call.keywords}
    return (
        "sess" in names
        or (bool(call.args) and "export_dir" in names)
        or (len(call.args) > 1 and len(call.args) + len(call.keywords) > 2 and "options" not in names)
    )


def not_from_file(symbols: Symbols) -> set[ast.AST]:
    """What lies in functions that `wrap_function` gets; everything, in a module that parses no GraphDef."""
    nodes = list(walk(symbols.tree))
    if not any(isinstance(node, ast.Attribute) and node.attr in _PARSERS for node in nodes):
        return set(nodes)
    return _wrapped(symbols)


def _wrapped(symbols: Symbols) -> set[ast.AST]:
    """What lies in functions that `wrap_function` gets: TF2's way to import a graph."""
    found: set[ast.AST] = set()
    for scope, call in symbols.calls():
        if symbols.resolve(call.func, scope) == "wrap_function" and call.args:
            name = ast.unparse(call.args[0]).rpartition(".")[2]
            found |= set(walk(call.args[0]))
            for node in walk(symbols.tree):
                if isinstance(node, ast.FunctionDef) and node.name == name:
                    found |= set(walk(node))
    return found


def _rewritten(symbols: Symbols) -> set[ScopeNode]:
    """The functions that export by the bridge, or by what a rewrite defined in the module around `wrap_function`."""
    wraps = {
        definition
        for definition in symbols.tree.body
        if isinstance(definition, (ast.FunctionDef, ast.ClassDef))
        for node in walk(definition)
        if isinstance(node, ast.Attribute) and node.attr == "wrap_function"
    }
    found = set[ScopeNode]()
    for scope, call in symbols.calls():
        bridged = (symbols.qualified(call.func, scope) or "").startswith("migrate.bridge.")
        if bridged or _defined(call.func, scope) in wraps:
            found.add(region_scope(scope).node)
    helpers = set[ScopeNode]()
    for scope, call in symbols.calls():
        made = _defined(call.func, scope)
        if region_scope(scope).node in found and isinstance(made, ast.FunctionDef) and not _has_session(made):
            # It makes the graph that is exported.
            helpers.add(made)
    return found | helpers


def _has_session(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr.endswith("Session") for node in walk(function))


def _defined(function: ast.expr, scope: Scope) -> ast.AST | None:
    """The definition in the module that a name means."""
    owner = scope.owner(function.id) if isinstance(function, ast.Name) else None
    match owner.bindings[function.id] if owner is not None and isinstance(function, ast.Name) else []:
        case [Bound(node=definition)]:
            return definition
    return None
