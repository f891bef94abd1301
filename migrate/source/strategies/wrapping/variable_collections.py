"""Variables that are not global: a SavedModel of TF1 does not hold their values."""

from __future__ import annotations

import ast

from migrate.source.strategies.wrapping.nodes import nodes_of, only_value
from migrate.source.symbols import Assigned, Scope, Symbols
from migrate.source.unprovable import VARIABLE, Unprovable

_VARIABLES = frozenset({"Variable", "get_variable", "contrib.framework.variable", "contrib.framework.model_variable"})


def refuse_collections(call: ast.Call, scope: Scope, symbols: Symbols, *, live: bool) -> None:
    """Refuses a variable of other collections than that of global ones.

    Args:
        call: What may make it.
        scope: Where it stands.
        symbols: The module's names.
        live: Whether the session stays, so that local variables may have other values than their first ones.

    Raises:
        Unprovable: It makes one, and not just to assign to it.
    """
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "collections"), None)
    if given is None:
        return
    if isinstance(given, ast.Name):
        given = only_value(given.id, scope)
    text = ast.unparse(given) if given is not None else ""
    if "GLOBAL_VARIABLES" in text or "'variables'" in text or not text:
        return
    local = "LOCAL_VARIABLES" in text
    written = isinstance(given, (ast.List, ast.Tuple)) and symbols.resolve(call.func, scope) in _VARIABLES
    if (local and live) or (written and not local and not _is_unseen(call, scope, symbols)):
        raise Unprovable(VARIABLE, "the graph code makes variables that are not global", given)


def _is_unseen(call: ast.Call, scope: Scope, symbols: Symbols) -> bool:
    """Whether a variable is only set or initialized: `unused.assign(path)`, which no signature needs."""
    for name, bindings in scope.bindings.items():
        if any(isinstance(one, Assigned) and one.value is call for one in bindings):
            nodes = [node for _, node in nodes_of(scope, symbols, inner=True)]
            reads = [n for n in nodes if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
            methods = ("assign", "initializer")
            set_ = [node.value for node in nodes if isinstance(node, ast.Attribute) and node.attr in methods]
            return all(any(node is one for one in set_) for node in reads)
    return False
