"""What becomes of the tensors of a loaded graph: their names, or their keys in a signature."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from migrate.source.loaded.places import Places
from migrate.source.loaded.roles import Role, Roles
from migrate.source.syntax import walk
from migrate.source.view import ModuleView

_HANDLES = frozenset({Role.TENSOR, Role.OPERATION})
_COLLECTING = frozenset({"append", "add", "insert", "extend", "update", "items", "values", "keys", "get", "setdefault"})
INFO_LOOKUP = "get_tensor_from_tensor_info"
"""A function that finds the tensor of a TensorInfo."""
_TELLING = {
    Role.TENSOR: frozenset({"shape", "get_shape", "dtype", "device"}),
    Role.OPERATION: frozenset({"type", "device", "node_def"}),
}
"""Attributes that say something about a tensor or operation, and lead to no other one."""
_PRINTING = frozenset({"print", "str", "repr", "type"})
_PLAIN = frozenset({"list", "tuple", "dict", "set", "len", "enumerate", "zip", "sorted", "reversed"})


@dataclass(slots=True, eq=False)
class TensorTexts:
    """The new texts of lookups.

    Attributes:
        texts: By the old expression.
        handled: The calls among them, and their parts.
        told: Tensors and operations that the code only looks into, which stay what they are.
    """

    texts: dict[ast.expr, str] = field(default_factory=dict)
    handled: set[ast.AST] = field(default_factory=set)
    told: set[ast.AST] = field(default_factory=set)

    def put(self, node: ast.expr, text: str) -> None:
        """Gives an expression its new text."""
        self.texts[node] = text
        self.handled |= set(ast.walk(node))


def name_texts(
    view: ModuleView,
    places: Places,
    roles: Roles,
    functions: Collection[ast.AST],
    graph_text: Callable[[ast.expr], str | None],
) -> TensorTexts:
    """The lookups by name in some functions, as the names.

    Args:
        view: The module.
        places: What is put where in it.
        roles: What its values are.
        functions: Where to look.
        graph_text: How the new code spells the graph at a place, for its collections.
    """
    found = TensorTexts()
    for _, node in places.nodes:
        if not isinstance(node, ast.expr) or places.function_of(node) not in functions or node in found.handled:
            continue
        told = _inspected(node, view, roles, graph_text)
        if told is not None:
            found.told.add(node)
        text = (
            told
            or _lookup(node, view, roles)
            or _collection(node, view, roles, graph_text)
            or _shape(node, view, roles, graph_text)
        )
        if text is not None:
            found.put(node, text)
    return found


def _collection(
    node: ast.expr, view: ModuleView, roles: Roles, graph_text: Callable[[ast.expr], str | None]
) -> str | None:
    """The names of the tensors of a collection, or of one of them."""
    match node:
        case ast.Subscript(value=ast.Call() as call, slice=ast.Constant(value=int())):
            assert isinstance(node, ast.Subscript)
            position = view.text_of(node.slice)
        case ast.Call() as call:
            position = ""
        case _:
            return None
    key = _only_argument(call, "key")
    if key is None or not isinstance(key, ast.Constant):
        # Variables, which the keys of tf.GraphKeys stand for, are no tensors.
        return None
    match call.func:
        case ast.Attribute(value=graph, attr="get_collection") if roles.is_only(graph, Role.GRAPH):
            pass
        case function if roles.symbol(function) != "get_collection":
            return None
    spelled = graph_text(node)
    if spelled is None:
        return None
    collection = f"{spelled}.get_collection({view.text_of(key)})"
    if position and is_text_of_collection(node, roles.places):
        return f"{collection}[{position}]"
    return f"{collection}[{position}].name" if position else f"[tensor.name for tensor in {collection}]"


def is_text_of_collection(node: ast.AST, places: Places) -> bool:
    """Whether a part of a collection is no tensor, but JSON, which the code reads."""
    parent = places.parents.get(node)
    match parent:
        case ast.Call(func=function) if function is not node:
            return places.symbols.qualified(function, places.scope_of[parent]) == "json.loads"
    return False


def _shape(node: ast.expr, view: ModuleView, roles: Roles, graph_text: Callable[[ast.expr], str | None]) -> str | None:
    """The static shape of a tensor, as a list."""
    match node:
        case ast.Call(func=ast.Attribute(value=shape, attr="as_list"), args=[], keywords=[]):
            pass
        case _:
            return None
    match shape:
        case ast.Call(func=ast.Attribute(value=tensor, attr="get_shape"), args=[], keywords=[]):
            pass
        case ast.Attribute(value=tensor, attr="shape"):
            pass
        case _:
            return None
    if not roles.is_only(tensor, Role.TENSOR):
        return None
    spelled = graph_text(node)
    name = _lookup(tensor, view, roles) or view.text_of(tensor)
    return f"{spelled}.get_tensor_by_name({name}).shape.as_list()" if spelled is not None else None


def _inspected(
    node: ast.expr, view: ModuleView, roles: Roles, graph_text: Callable[[ast.expr], str | None]
) -> str | None:
    """A tensor or operation of which the code only wants to know something."""
    role = next((role for role in _TELLING if roles.is_only(node, role)), None)
    if role is None or is_found(node, roles) or isinstance(getattr(node, "ctx", None), ast.Store):
        return None
    parent = roles.places.parents[node]
    match parent:
        case ast.Attribute(attr=attribute) if attribute in _TELLING[role]:
            if "shape" in attribute and _reads_dimensions(view):
                return None
        case ast.Call(func=ast.Name(id=name)) if name in _PRINTING and parent.func is not node:
            if not isinstance(node, (ast.Name, ast.Attribute)) or _may_hold_several(node, roles):
                return None
        case _:
            return None
    spelled = graph_text(node)
    if spelled is None:
        return None
    name = _lookup(node, view, roles) or view.text_of(node)
    method = "get_tensor_by_name" if role is Role.TENSOR else "get_operation_by_name"
    return f"{spelled}.{method}({name})"


def _reads_dimensions(view: ModuleView) -> bool:
    """Whether a module asks dimensions for their value, which are numbers under TF2's behaviour."""
    return any(isinstance(node, ast.Attribute) and node.attr in ("value", "dims") for node in walk(view.tree))


def _may_hold_several(node: ast.expr, roles: Roles) -> bool:
    """Whether a variable may hold a container of tensors."""
    return not all(
        isinstance(origin.node, ast.Call)
        and isinstance(origin.node.func, ast.Attribute)
        and origin.node.func.attr in ("get_tensor_by_name", "get_operation_by_name")
        for origin in roles.of(node)
        if origin.role is not Role.NOTHING
    ) or any(
        given.added or isinstance(given.value, (ast.List, ast.Dict, ast.Tuple, ast.ListComp, ast.DictComp))
        for place in [roles.places.place(node)]
        if place is not None
        for given in roles.places.given(place)
    )


def is_found(node: ast.expr, roles: Roles) -> bool:
    """Whether an expression is of the operations that `graph.get_operations()` gives, which stay what they are."""
    origins = [origin.node for origin in roles.of(node) if origin.role in _HANDLES]
    return bool(origins) and all(origin is not None and _leads_to_operations(origin, roles) for origin in origins)


def _leads_to_operations(node: ast.expr, roles: Roles) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="get_operations")):
            return True
        case ast.Attribute(value=base, attr="outputs" | "inputs" | "op") | ast.Subscript(value=base):
            return is_found(base, roles)
    return False


def _lookup(node: ast.expr, view: ModuleView, roles: Roles) -> str | None:
    """The name of what a lookup gives."""
    match node:
        case ast.Call(func=ast.Attribute(value=graph, attr="get_tensor_by_name" | "get_operation_by_name")):
            argument = _only_argument(node)
            if roles.is_only(graph, Role.GRAPH) and argument is not None:
                return view.text_of(argument)
        case ast.Call(func=function, args=[info, *_]) if _is_info(function, info, roles):
            return f"{view.text_of(info)}.name"
        case ast.Call(func=function, args=[meta_graph, key]) if (
            (roles.symbol(function) or "").endswith("get_signature_def_by_key")
        ) and roles.is_only(meta_graph, Role.META_GRAPH):
            return f"{view.text_of(meta_graph)}.signature_def[{view.text_of(key)}]"
        case ast.Subscript(value=ast.Attribute(value=operation, attr="outputs"), slice=ast.Constant(value=int(number))):
            if roles.is_only(operation, Role.OPERATION) and number >= 0:
                base = _lookup(operation, view, roles)
                return _with_output(operation, base, number, view)
        case ast.Attribute(value=tensor, attr="name") if roles.is_only(tensor, Role.TENSOR):
            return _lookup(tensor, view, roles) or view.text_of(tensor)
    return None


def _is_info(function: ast.expr, info: ast.expr, roles: Roles) -> bool:
    """`get_tensor_from_tensor_info(info)`, of a TensorInfo that the loaded model has."""
    name = roles.symbol(function) or ""
    return name.endswith(INFO_LOOKUP) and roles.is_only(info, Role.META_GRAPH)


def _with_output(operation: ast.expr, base: str | None, number: int, view: ModuleView) -> str:
    """The name of an output of an operation."""
    argument = _only_argument(operation) if isinstance(operation, ast.Call) else None
    text = base if base is not None else view.text_of(operation)
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and text[-1] in "'\"":
        quote = text[-1]
        if text.count(quote) == 2:
            return f"{text[:-1]}:{number}{quote}"
    simple = isinstance(argument or operation, (ast.Name, ast.Attribute, ast.Constant, ast.Call, ast.Subscript))
    return f'{text} + ":{number}"' if simple else f'({text}) + ":{number}"'


def _only_argument(call: ast.Call, name: str = "name") -> ast.expr | None:
    match call:
        case ast.Call(args=[argument], keywords=[]):
            return None if isinstance(argument, ast.Starred) else argument
        case ast.Call(args=[], keywords=[ast.keyword(arg=given, value=argument)]) if given == name:
            return argument
    return None


def tensor_uses(
    places: Places,
    roles: Roles,
    functions: Collection[ast.AST],
    handled: Collection[ast.AST],
    runs: Collection[ast.Call],
    told: Collection[ast.AST] = (),
) -> Iterator[ast.expr]:
    """The uses of tensors that a name cannot stand for.

    Args:
        places: What is put where.
        roles: What the values are.
        functions: The functions that use the graph.
        handled: Lookups.
        runs: The calls of `sess.run`.
        told: Tensors that are looked into.
    """
    for _, node in places.nodes:
        if not isinstance(node, ast.expr) or not roles.roles(node) & _HANDLES:
            continue
        if (
            node in told
            or is_text_of_collection(node, places)
            or isinstance(getattr(node, "ctx", None), ast.Store)
            or (node in handled and not _is_lookup(node, handled, places))
        ):
            continue
        mine = places.function_of(node) in functions
        if not mine and not any(origin.node in handled for origin in roles.of(node) if origin.node is not None):
            continue
        if is_found(node, roles):
            if _is_run(node, places, runs) or not (_is_plain_use(node, places, runs) or _is_told(node, places)):
                yield node
            continue
        is_made = isinstance(node, ast.Call) and node not in handled and not _gives_container(node, places)
        if is_made or not _is_plain_use(node, places, runs):
            yield node


def _is_run(node: ast.expr, places: Places, runs: Collection[ast.Call]) -> bool:
    """Whether an expression is a part of what a run gets."""
    part: ast.AST = node
    while not isinstance(part, ast.stmt):
        part = places.parents[part]
        if part in runs:
            return True
    return False


def _is_told(node: ast.expr, places: Places) -> bool:
    """Whether something is looked into, or printed."""
    parent = places.parents[node]
    match parent:
        case ast.Attribute() | ast.FormattedValue():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _PRINTING
    return False


def _is_lookup(node: ast.expr, handled: Collection[ast.AST], places: Places) -> bool:
    """Whether a node is the outermost of what a name takes the place of."""
    return places.parents[node] not in handled


def _gives_container(call: ast.Call, places: Places) -> bool:
    match call.func:
        case ast.Name(id=name):
            return name in _PLAIN or bool(places.callees(call))
        case ast.Attribute(attr=method):
            return method in _COLLECTING or bool(places.callees(call))
    return False


def _is_plain_use(node: ast.expr, places: Places, runs: Collection[ast.Call]) -> bool:
    """Whether a tensor is only kept, passed on, fetched or fed here."""
    parent = places.parents[node]
    match parent:
        case ast.Assign() | ast.AnnAssign() | ast.Return() | ast.Expr() | ast.NamedExpr():
            return True
        case ast.Tuple() | ast.List() | ast.Dict() | ast.Set() | ast.Starred() | ast.Subscript():
            return True
        case ast.IfExp() | ast.comprehension() | ast.For() | ast.ListComp() | ast.DictComp() | ast.GeneratorExp():
            return True
        case ast.Compare(ops=[ast.Is() | ast.IsNot() | ast.In() | ast.NotIn()]):
            return True
        case ast.keyword():
            outer = places.parents[parent]
            return isinstance(outer, ast.Call) and (outer in runs or bool(places.callees(outer)))
        case ast.Call(func=function) if function is not node:
            return parent in runs or _gives_container(parent, places)
        case ast.Attribute(attr=method) if isinstance(places.parents[parent], ast.Call):
            return method in _COLLECTING and not isinstance(node, ast.Call)
    return False
