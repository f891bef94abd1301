"""Calls of functions in other modules of the tree that export the session they are given.

The export itself is a site of the other module. Its caller is one, too, where it can be rewritten: it knows what is
exported. Where it cannot, it is none, and the export of the other module says all there is to say.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from migrate.source.candidates import EXPORTS, Candidate, SiteKind, candidates, region_scope
from migrate.source.scoped import scoped
from migrate.source.strategies.wrapping.nodes import nodes_of, reached
from migrate.source.symbols import Scope, Symbols
from migrate.source.tree import Made, source_tree, tree_names

_LIKELY = ("save", "export", "serv", "Save", "Export", "Serv")


def export_calls(symbols: Symbols, text: str, path: str, root: str) -> dict[Candidate, Made]:
    """The calls of a file, each with what it calls.

    Args:
        symbols: The names of the file.
        text: Its text.
        path: Where it is.
        root: The directory of the settings, if there are any.
    """
    likely = {node: _first_name(node.func) for node in symbols.nodes_of_kind(ast.Call) if _may_export(node)}
    names = tree_names(path, symbols.tree, root) if likely else set()
    if "*" not in names and names.isdisjoint(likely.values()):
        return {}
    found = source_tree(path, text, root, symbols)
    if found is None:
        return {}
    tree, own = found
    known: dict[object, bool] = {}
    calls: dict[Candidate, Made] = {}
    for node, scope in scoped(symbols):
        if not isinstance(node, ast.Call) or node not in likely:
            continue
        made = tree.chain(own, node.func, scope)
        if not isinstance(made, Made) or made.module.path == tree.file:
            continue
        if made.key not in known:
            known[made.key] = _exports_given(made)
        if known[made.key]:
            calls[Candidate(SiteKind.EXPORT_CALL, node, region_scope(scope))] = made
    return calls


def _may_export(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return any(word in name for word in _LIKELY)
    return False


def _first_name(function: ast.expr) -> str:
    """The name that a chain of attributes begins with; empty for other expressions."""
    while isinstance(function, ast.Attribute):
        function = function.value
    return function.id if isinstance(function, ast.Name) else ""


def _exports_given(made: Made) -> bool:
    """Whether a function or class exports a session that it does not make."""
    if not any(word in made.module.source.text for word in ("simple_save", "add_meta_graph_and_variables")):
        return False
    symbols = made.module.source.symbols
    scopes = {one.node for one in _scopes(made, symbols)}
    found = [one for one in candidates(symbols) if one.kind in EXPORTS and one.scope.node in scopes]
    return bool(found) and all(_is_given(session, one.scope) for one in found for session in _sessions(one, symbols))


def _scopes(made: Made, symbols: Symbols) -> Sequence[Scope]:
    match made.node:
        case ast.FunctionDef():
            return reached(symbols.scope_of(made.node), symbols)
        case ast.ClassDef(body=body):
            methods = [one for one in body if isinstance(one, ast.FunctionDef)]
            return [scope for one in methods for scope in reached(symbols.scope_of(one), symbols)]
    return []


def _sessions(candidate: Candidate, symbols: Symbols) -> Iterator[ast.expr | None]:
    """What an export is given as its session; None where that is not plain."""
    calls = [candidate.call]
    if candidate.kind is SiteKind.BUILDER:
        calls = [
            node
            for _, node in nodes_of(candidate.scope, symbols, inner=True)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "add_meta_graph_and_variables"
        ]
    if not calls:
        yield None
    for call in calls:
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        yield call.args[0] if call.args else named.get("sess", named.get("session"))


def _is_given(session: ast.expr | None, scope: Scope) -> bool:
    """Whether a session is a parameter, or an attribute of one."""
    while isinstance(session, ast.Attribute):
        session = session.value
    if not isinstance(session, ast.Name) or not isinstance(scope.node, ast.FunctionDef):
        return False
    arguments = scope.node.args
    parameters = {one.arg for one in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]}
    return session.id in parameters and len(scope.bindings.get(session.id, ())) == 1
