"""Names that are bound anew in each `with` statement that mentions them: as good as a name of its own for each."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Sequence

from migrate.source.symbols import Scope
from migrate.source.syntax import walk

Splits = dict[tuple[ast.AST, str], list[ast.With]]


def split_names(nodes: Iterable[tuple[Scope, ast.AST]]) -> Splits:
    """The names that are split, by scope and name, with the statements that have one of their own.

    All that mention such a name are `with` statements of the body of the scope, and each binds it before it reads it.

    Args:
        nodes: All nodes of the module with their scopes.
    """
    names: dict[tuple[ast.AST, str], list[tuple[Scope, ast.Name]]] = defaultdict(list)
    blocks: dict[ast.AST, ast.With] = {}
    for scope, node in nodes:
        if isinstance(node, ast.Name) and (owner := scope.owner(node.id)) is not None:
            names[owner.node, node.id].append((scope, node))
        elif isinstance(node, ast.With) and node in getattr(scope.node, "body", ()):
            blocks |= dict.fromkeys(walk(node), node)
    found: Splits = {}
    for (owner_node, name), mentions in names.items():
        own = {blocks.get(node) for scope, node in mentions if scope.node is owner_node}
        if len(own) < 2 or any(scope.node is not owner_node for scope, _ in mentions):
            continue
        if all(block is not None and binds_first(name, block) for block in own):
            found[owner_node, name] = [block for block in own if block is not None]
    return found


def block_around(node: ast.AST, blocks: Sequence[ast.With]) -> ast.With | None:
    """That of some statements in which a node stands."""
    return next((block for block in blocks if any(inner is node for inner in walk(block))), None)


def binds_first(name: str, block: ast.With) -> bool:
    """Whether a statement binds a name before anything in it reads it."""
    for item in block.items:
        if _mentions(item.context_expr, name):
            return False
        if item.optional_vars is not None and _mentions(item.optional_vars, name):
            return isinstance(item.optional_vars, (ast.Name, ast.Tuple))
    for statement in block.body:
        match statement:
            case _ if not _mentions(statement, name):
                continue
            case ast.With():
                return binds_first(name, statement)
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                return target == name and not _mentions(value, name)
        return False
    return False


def _mentions(tree: ast.AST, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in walk(tree))
