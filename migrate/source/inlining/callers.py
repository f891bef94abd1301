"""Where a function of a file is called from, if that is one function only."""

from __future__ import annotations

import ast

from migrate.source.inlining.paths import Path, definition_at, path_of
from migrate.source.inlining.text import Source
from migrate.source.strategies.wrapping.building import call_builds
from migrate.source.symbols import Assigned, Binding
from migrate.source.syntax import walk

_SESSIONS = ("Session", "InteractiveSession")


def caller(source: Source, path: Path) -> Path | None:
    """The function that calls another, or makes the object whose method it is; None where that is not one function.

    Args:
        source: The module.
        path: The function that is called, by names from the outside in.
    """
    if not path:
        return None
    node = definition_at(source.tree, path)
    around = source.function_around(node)
    name = around.name if isinstance(around, ast.ClassDef) else path[-1]
    if isinstance(around, ast.ClassDef):
        name = _most_derived(source, around)
    calls = [found for _, found in source.symbols.calls() if isinstance(found.func, ast.Name) and found.func.id == name]
    if not calls or not (_takes_arguments(node, around) or _reads_module(source, node)):
        return None
    places = {source.function_around(call) for call in calls}
    if len(places) > 1:
        return None
    (place,) = places
    if place is node or isinstance(place, (ast.AsyncFunctionDef, ast.ClassDef)):
        return None
    return path_of(source, place)


def _takes_arguments(node: ast.AST, around: ast.AST) -> bool:
    """Whether the caller may know more: it gives arguments, or holds the object."""
    return isinstance(around, ast.ClassDef) or (
        isinstance(node, ast.FunctionDef) and bool(node.args.args or node.args.kwonlyargs)
    )


def _reads_module(source: Source, node: ast.AST) -> bool:
    """Whether a function reads values that the module makes with TensorFlow, which may be tensors, or a session."""
    if not isinstance(node, ast.FunctionDef):
        return False
    module = source.symbols.module
    made = {name for name, bindings in module.bindings.items() if any(_is_made(one, source) for one in bindings)}
    return bool(made) and any(
        name.id in made and scope.owner(name.id) is module
        for name, scope in source.names(node, source.symbols.scope_of(node))
    )


def _is_made(binding: Binding, source: Source) -> bool:
    if not isinstance(binding, Assigned) or binding.value is None:
        return False
    symbols = source.symbols
    calls = [node for node in walk(binding.value) if isinstance(node, ast.Call)]
    return any(
        symbols.resolve(call.func, symbols.module) in _SESSIONS or call_builds(call, symbols.module, symbols)
        for call in calls
    )


def _most_derived(source: Source, node: ast.ClassDef) -> str:
    """The class of the file that nothing inherits from, below a class with one line of heirs."""
    name = node.name
    while True:
        heirs = [
            other.name
            for other in source.tree.body
            if isinstance(other, ast.ClassDef)
            and any(isinstance(base, ast.Name) and base.id == name for base in other.bases)
        ]
        if len(heirs) != 1:
            return name
        name = heirs[0]
