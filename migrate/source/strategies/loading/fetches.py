"""What a run may fetch and feed: tensors of the loaded graph, and names of tensors."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from migrate.source.loaded.places import Places
from migrate.source.loaded.roles import Role, Roles
from migrate.source.strategies.loading.tensors import INFO_LOOKUP
from migrate.source.unprovable import ELSEWHERE, Unprovable

_LOOKUPS = frozenset({"get_tensor_by_name", "get_operation_by_name", "get_collection"})
_OF_GRAPH = frozenset({Role.TENSOR, Role.OPERATION, Role.TEXT})
_OF_NAMES = frozenset({
    "parse_args", "parse_known_args", "load", "loads", "get", "split", "format", "join", "items", "values", "keys",
    "ArgumentParser", "ConfigParser", "getenv", "OrderedDict", "defaultdict", "namedtuple", "copy",
})  # fmt: skip
"""Functions that give names of tensors, or settings with such names."""


def refuse_foreign(fetched: ast.expr, places: Places, roles: Roles) -> None:
    """Refuses what may be no tensor of the loaded graph.

    Args:
        fetched: What is fetched, or the key of a feed.
        places: What is put where in the module.
        roles: What its values are.

    Raises:
        Unprovable: With the part that may be something else.
    """
    for node in _outside_of_lookups(fetched, roles):
        if isinstance(node, ast.expr) and roles.roles(node) & {Role.OP_MADE, Role.SESSION, Role.GRAPH}:
            raise Unprovable(ELSEWHERE, "a run computes what the code adds to the loaded graph", node)
    parts: list[ast.expr] = []
    if isinstance(fetched, (ast.Tuple, ast.List)):
        parts = fetched.elts
    elif isinstance(fetched, ast.Dict):
        parts = fetched.values
    elif not roles.roles(fetched) & _OF_GRAPH and _is_made(fetched, places):
        raise Unprovable(ELSEWHERE, "it is not sure that a run computes tensors of the loaded graph", fetched)
    for part in parts:
        refuse_foreign(part, places, roles)


def _outside_of_lookups(fetched: ast.expr, roles: Roles) -> Iterator[ast.AST]:
    """The nodes of an expression; of `graph.get_tensor_by_name(...)` and the like, only the call."""
    pending: list[ast.AST] = [fetched]
    while pending:
        node = pending.pop()
        yield node
        match node:
            case ast.Call(func=ast.Attribute(value=base, attr=method)) if method in _LOOKUPS and roles.is_only(
                base, Role.GRAPH
            ):
                continue
            case ast.Call(func=function) if (roles.symbol(function) or "").endswith(INFO_LOOKUP):
                continue
        pending += ast.iter_child_nodes(node)


def _is_made(node: ast.expr, places: Places) -> bool:
    """Whether an expression belongs to what some call made, which may be anything."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        if isinstance(node, ast.Attribute) and places.place(node) is not None:
            break
        node = node.value
    if isinstance(node, ast.Call):
        return not _gives_names(node)
    place = places.place(node)
    given = places.given(place) if place is not None else []
    return any(isinstance(one.value, ast.Call) and not _gives_names(one.value) for one in given)


def _gives_names(call: ast.Call) -> bool:
    """Whether a call may give names of tensors: a function of Python, or what reads settings."""
    name = ast.unparse(call.func).rpartition(".")[2]
    return name in _OF_NAMES or (isinstance(call.func, ast.Name) and name in dir(builtins))
