"""What values variables have at first, as far as the code says it."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.source.strategies.wrapping.building import call_builds
from migrate.source.strategies.wrapping.nodes import nodes_of, only_value
from migrate.source.symbols import Scope
from migrate.source.view import ModuleView

_MAKERS = ("get_variable", "get_local_variable", "layers.", "contrib.", "nn.rnn_cell.", "train.import_meta_graph")


def first_values_are_constant(scopes: Iterable[Scope], view: ModuleView) -> bool:
    """Whether code makes variables only of numbers and texts that it has in it, and nothing else makes some.

    Args:
        scopes: All its functions.
        view: The module.
    """
    for scope in scopes:
        for around, node in nodes_of(scope, view.symbols):
            if not isinstance(node, ast.Call):
                continue
            name = view.symbols.resolve(node.func, around)
            if name is None:
                if call_builds(node, around, view.symbols) and not _is_local(node.func, around, view):
                    return False
            elif name == "Variable":
                if not (node.args and _is_constant(node.args[0], around)):
                    return False
            elif name.startswith(_MAKERS):
                return False
    return True


def _is_constant(node: ast.expr, scope: Scope) -> bool:
    value = only_value(node.id, scope) if isinstance(node, ast.Name) else node
    if isinstance(value, (ast.List, ast.Tuple)):
        return all(_is_constant(element, scope) for element in value.elts)
    return isinstance(value, ast.Constant)


def _is_local(function: ast.expr, scope: Scope, view: ModuleView) -> bool:
    """Whether it is a function of the file, which is looked at for itself."""
    return isinstance(function, ast.Name) and view.symbols.function(function, scope) is not None
