"""What a module does with its graphs and sessions."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum, auto

from migrate.source.loaded.places import Places
from migrate.source.loaded.roles import MAKERS, Role, Roles

LOOKUPS = frozenset({"get_tensor_by_name", "get_operation_by_name", "get_operations"})


class Usage(Enum):
    """What is done with a graph or a session."""

    RUN = auto()
    """`sess.run(...)`; the node is the call."""
    CLOSE = auto()
    """`sess.close()`; the node is the call."""
    ENTER = auto()
    """It stands in a `with` statement, itself or by `as_default()`; the node is the item."""
    GRAPH_OF = auto()
    """`sess.graph`; the node is the attribute."""
    LOOKUP = auto()
    """A tensor or operation of a graph is got by name; the node is the call."""
    GRAPH_DEF = auto()
    """`graph.as_graph_def()`; the node is the call."""
    RUN_BY = auto()
    """It is the graph that a session is made for; the node is the session's call."""
    FINALIZE = auto()
    """`graph.finalize()`; the node is the call."""
    NOTHING = auto()
    """`graph.as_default()` as a statement, which does nothing; the node is the call."""
    KEPT = auto()
    """It is put into a variable or an attribute, or goes out of a tuple into one."""
    PASSED = auto()
    """It is an argument of a function of this file; the node is the call."""
    RETURNED = auto()
    TESTED = auto()
    """It is compared with None, or just tested."""
    OTHER = auto()


_HANDED_ON = frozenset({Usage.KEPT, Usage.RETURNED, Usage.PASSED})


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """One use.

    Attributes:
        usage: What is done.
        role: With a graph, or with a session.
        value: The expression of the graph or session.
        node: What uses it, as `Usage` says.
    """

    usage: Usage
    role: Role
    value: ast.expr
    node: ast.AST


def uses(places: Places, roles: Roles) -> list[Use]:
    """Everything that a module does with graphs and sessions, in the order of the source.

    Where a value may be a graph or session and something else, too, its uses count.
    """
    found: list[Use] = []
    for _, node in places.nodes:
        if not isinstance(node, (ast.Name, ast.Attribute, ast.Call)):
            continue
        if not isinstance(node, ast.Call) and not isinstance(node.ctx, ast.Load):
            continue
        if isinstance(node, ast.Call) and _is_method_of(node, roles):
            # `graph.as_default()` is a use of the graph, and no graph of its own.
            continue
        parent = places.parents.get(node)
        if isinstance(parent, ast.Call) and parent.func is node:
            continue
        for role in (Role.GRAPH, Role.SESSION):
            if role in roles.roles(node):
                usage, where = _usage(node, role, places, roles)
                if usage in _HANDED_ON and isinstance(node, ast.Call) and places.callees(node):
                    # What a function of this file returns, perhaps in a tuple: its parts have uses of their own.
                    continue
                found.append(Use(usage, role, node, where))
    return found


def _is_method_of(call: ast.Call, roles: Roles) -> bool:
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "as_default"
        and bool(roles.roles(call.func.value) & {Role.GRAPH, Role.SESSION})
    )


def _usage(node: ast.expr, role: Role, places: Places, roles: Roles) -> tuple[Usage, ast.AST]:
    parent = places.parents[node]
    match parent:
        case ast.Attribute(attr=attribute):
            return _member(parent, attribute, role, places)
        case ast.withitem():
            return Usage.ENTER, parent
        case ast.keyword() | ast.Call():
            call = places.parents[parent] if isinstance(parent, ast.keyword) else parent
            if isinstance(call, ast.Call):
                return _argument(call, role, places, roles), call
        case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
            return Usage.KEPT, parent
        case ast.Return():
            return Usage.RETURNED, parent
        case ast.Tuple() | ast.List():
            outer = places.parents[parent]
            if isinstance(outer, ast.Return):
                return Usage.RETURNED, outer
            if isinstance(outer, ast.Assign):
                return Usage.KEPT, outer
        case ast.Compare(comparators=[ast.Constant(value=None)]) | ast.If() | ast.UnaryOp(op=ast.Not()):
            return Usage.TESTED, parent
        case ast.IfExp(test=test) if test is not node:
            return Usage.KEPT, parent
        case ast.Expr() if role is Role.SESSION or isinstance(node, ast.Call):
            return Usage.KEPT, parent
    return Usage.OTHER, parent


def _member(parent: ast.Attribute, attribute: str, role: Role, places: Places) -> tuple[Usage, ast.AST]:
    outer = places.parents[parent]
    called = isinstance(outer, ast.Call) and outer.func is parent
    if role is Role.SESSION and attribute == "graph" and not called:
        return Usage.GRAPH_OF, parent
    if not called:
        return Usage.OTHER, parent
    if attribute == "as_default":
        item = places.parents[outer]
        if isinstance(item, ast.withitem):
            return Usage.ENTER, item
        return (Usage.NOTHING if isinstance(item, ast.Expr) else Usage.OTHER), outer
    if role is Role.SESSION:
        return {"run": Usage.RUN, "close": Usage.CLOSE}.get(attribute, Usage.OTHER), outer
    if attribute in LOOKUPS:
        return Usage.LOOKUP, outer
    if attribute == "as_graph_def":
        return Usage.GRAPH_DEF, outer
    return (Usage.FINALIZE if attribute == "finalize" else Usage.OTHER), outer


def _argument(call: ast.Call, role: Role, places: Places, roles: Roles) -> Usage:
    name = roles.symbol(call.func)
    if name is not None:
        made = MAKERS.get(name)
        return Usage.RUN_BY if made is Role.SESSION and role is Role.GRAPH else Usage.OTHER
    return Usage.PASSED if places.callees(call) else Usage.OTHER
