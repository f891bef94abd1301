"""Functions and classes that build graphs only where their callers have entered one: they work under TF2 as they did."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence

from migrate.source.symbols import ScopeNode, Symbols
from migrate.source.syntax import parents, walk

_Definition = ast.FunctionDef | ast.ClassDef


def enters_graph(node: ast.expr) -> bool:
    """Whether it is `graph.as_default()` or `tf.Session(graph=graph)`, which work under TF2 as they did."""
    match node:
        case ast.Call(func=ast.Attribute(attr="as_default")):
            return True
        case ast.Call(keywords=keywords):
            return any(keyword.arg == "graph" for keyword in keywords)
    return False


def entered_definitions(symbols: Symbols, done: Collection[ScopeNode]) -> frozenset[ast.stmt]:
    """The definitions of a module that are only called below a statement that enters a graph, or by one another.

    What nothing of the module calls, or only functions that are done, is none of them: others may call it anywhere.

    Args:
        symbols: The module's names.
        done: Functions that will have other code, with or without their calls.
    """
    around = symbols.once(entered_definitions, lambda: parents(symbols.tree))
    defined = {
        node.name: node
        for node in symbols.tree.body
        if isinstance(node, _Definition) and len(symbols.module.bindings.get(node.name, ())) == 1
    }
    users: dict[str, list[ast.AST]] = {name: [] for name in defined}
    for scope in symbols.scopes():
        for name in scope.bindings:
            if name in users and scope is not symbols.module:
                # Another thing of that name: telling the two apart is not worth it.
                users[name].append(symbols.tree)
    methods: dict[str, list[str]] = {}
    for name, node in defined.items():
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    methods.setdefault(inner.name, []).append(name)
    for used in walk(symbols.tree):
        if isinstance(used, ast.Name) and used.id in users:
            users[used.id].append(used)
        elif isinstance(used, ast.Attribute):
            for name in methods.get(used.attr, ()):
                users[name].append(used)
    inside = {below for one in done for own in _own(one) for below in walk(own)}
    found = {name for name, nodes in users.items() if any(node not in inside for node in nodes)}
    while True:
        left = {
            name for name in found if all(_is_fine(node, name, found, defined, around, done) for node in users[name])
        }
        if left == found:
            return frozenset(defined[name] for name in left)
        found = left


def _own(one: ScopeNode) -> Sequence[ast.AST]:
    """A function, or the statements of a module that are no definitions."""
    if not isinstance(one, ast.Module):
        return [one]
    return [statement for statement in one.body if not isinstance(statement, _Definition)]


def entered_names(text: str) -> frozenset[str]:
    """The names of those of a text."""
    found = entered_definitions(Symbols(ast.parse(text)), ())
    return frozenset(node.name for node in found if isinstance(node, _Definition))


def _is_fine(
    node: ast.AST,
    name: str,
    found: Collection[str],
    defined: Mapping[str, _Definition],
    around: Mapping[ast.AST, ast.AST],
    done: Collection[ScopeNode],
) -> bool:
    """Whether a use of a definition stands below a statement that enters a graph, or in a function that is fine."""
    call = around.get(node)
    # A function that is handed on may be called anywhere; what gets it as an argument here is taken to call it.
    called = isinstance(node, ast.Attribute) or (isinstance(call, ast.Call) and call.func is node)
    while node in around:
        below, node = node, around[node]
        match node:
            case ast.With(items=items) if any(enters_graph(item.context_expr) for item in items):
                return called and below not in items
            case ast.FunctionDef() | ast.Module() if node in done:
                return True
            case ast.FunctionDef() | ast.ClassDef() if defined.get(node.name) is node:
                return node.name in found or node.name == name
    return False
