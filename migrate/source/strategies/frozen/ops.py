"""Ops that a module makes beside a frozen graph: behind it, before it, or for themselves."""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import Protocol

from migrate.source.kinds import DTYPE_NAMES
from migrate.source.loaded.places import Places
from migrate.source.loaded.roles import IMPORTS, MAKERS, Role, Roles
from migrate.source.view import ModuleView


class ReadCode(Protocol):
    """A module of which it is known what is put where, and what that is."""

    view: ModuleView
    places: Places
    roles: Roles


INITIALIZERS = frozenset({
    "global_variables_initializer", "initialize_all_variables", "local_variables_initializer",
    "initialize_local_variables", "tables_initializer", "initialize_all_tables", "initializers.tables_initializer",
    "initializers.global_variables",
})  # fmt: skip
"""What a frozen graph has no need of: its collections are empty."""

WRITERS = frozenset({"summary.FileWriter"})
"""What draws a graph for TensorBoard; TF2 makes it where a graph is the default one."""

TABLE_INITIALIZERS = frozenset({"tables_initializer", "initialize_all_tables", "initializers.tables_initializer"})
"""What fills lookup tables."""

_ON_GRAPH_DEFS = ("python.tools.", "graph_util.")

_NO_OPS = frozenset({"get_default_graph", "get_default_session", "reset_default_graph", "GraphDef", "NodeDef"})


def is_initializer(fetch: ast.expr, places: Places, roles: Roles) -> bool:
    """Whether a fetch is an op that initializes variables or tables."""
    match fetch:
        case ast.Call(args=args, keywords=[]) if roles.symbol(fetch.func) == "group":
            return bool(args) and all(is_initializer(argument, places, roles) for argument in args)
        case ast.Call():
            return roles.symbol(fetch.func) in INITIALIZERS
        case ast.Name():
            place = places.place(fetch)
            given = places.given(place) if place is not None else []
            return bool(given) and all(
                isinstance(one.value, (ast.Call, ast.List, ast.Tuple)) and not one.path
                and is_initializer(one.value, places, roles)
                for one in given
            )  # fmt: skip
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return bool(elements) and all(is_initializer(element, places, roles) for element in elements)
    return False


def added_ops(code: ReadCode, touched: Collection[ast.AST]) -> list[ast.expr]:
    """The expressions that add an op to a graph: of tensors anywhere, of anything in some functions.

    Args:
        code: The module.
        touched: The functions in which every op counts.
    """
    found: list[ast.expr] = []
    roles = code.roles
    for _, node in code.places.nodes:
        match node:
            case ast.Call():
                name = roles.symbol(node.func)
                if name is None or not makes_op(name, code):
                    continue
                arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
                of_tensors = any(Role.TENSOR in roles.roles(argument) for argument in arguments)
                if of_tensors or code.places.function_of(node) in touched:
                    found.append(node)
            case ast.BinOp(left=left, right=right):
                if any(roles.is_only(operand, Role.TENSOR) and not _is_container(operand) for operand in (left, right)):
                    found.append(node)
            case ast.UnaryOp(op=ast.USub() | ast.Invert(), operand=operand) if roles.is_only(operand, Role.TENSOR):
                found.append(node)
            case ast.Compare(left=left, ops=[ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()], comparators=[right]):
                if any(roles.is_only(operand, Role.TENSOR) for operand in (left, right)):
                    found.append(node)
            case ast.Subscript(value=base, ctx=ast.Load()) if _slices_tensor(node, base, roles):
                found.append(node)
    return found


def _slices_tensor(node: ast.Subscript, base: ast.expr, roles: Roles) -> bool:
    """Whether a subscript takes a part of a tensor, and no element of a container of tensors."""
    if not roles.is_only(base, Role.TENSOR) or _holds_containers(base, roles.places):
        return False
    if any(isinstance(part, (ast.Slice, ast.Tuple)) or _is_ellipsis(part) for part in ast.walk(node.slice)):
        return True
    made = [origin.node for origin in roles.of(base)]
    return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int) and all(
        isinstance(call, ast.Call) and not _gives_several(call) for call in made
    )  # fmt: skip


def _holds_containers(base: ast.expr, places: Places) -> bool:
    """Whether all that is ever put into a variable or attribute is a list of tensors, or another container."""
    place = places.place(base) if isinstance(base, (ast.Name, ast.Attribute)) else None
    given = places.given(place) if place is not None else []
    return bool(given) and all(
        one.value is not None and not (one.path or one.element or one.added) and _is_container(one.value)
        for one in given
    )


def _is_ellipsis(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _gives_several(call: ast.Call) -> bool:
    """Whether a call may give a list of tensors; only a lookup of one is known not to."""
    return not (isinstance(call.func, ast.Attribute) and call.func.attr == "get_tensor_by_name")


def makes_op(name: str, code: ReadCode) -> bool:
    """Whether calling a TensorFlow symbol makes an op."""
    if name in _NO_OPS or name in MAKERS or name in IMPORTS or name in INITIALIZERS or name in DTYPE_NAMES:
        return False
    if name.startswith(_ON_GRAPH_DEFS):
        return False
    last = name.rpartition(".")[2]
    if last[:1].isupper() and last != "Variable":
        return False
    return code.view.kinds(code.view.symbols.module).tensorflow_in_helper(name)


def _is_container(node: ast.expr) -> bool:
    return isinstance(node, (ast.List, ast.Tuple, ast.Dict, ast.ListComp, ast.DictComp))
