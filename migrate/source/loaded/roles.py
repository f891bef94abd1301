"""What a value of a module may be, where a graph comes from a file: a graph, a session, a tensor?

The answer does not look at the order of statements: a variable may be all that is ever put into it. That is enough
here, because such code uses a name for one thing; where it does not, the answer has several roles.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from migrate.source.api.data import table
from migrate.source.loaded.places import Given, Place, Places, Variable

SESSIONS = frozenset({"Session", "InteractiveSession"})
IMPORTS = frozenset({"import_graph_def", "graph_util.import_graph_def"})


class Role(Enum):
    """What a value may be."""

    GRAPH = auto()
    SESSION = auto()
    TENSOR = auto()
    """A tensor of a graph."""
    OPERATION = auto()
    SAVER = auto()
    GRAPH_DEF = auto()
    META_GRAPH = auto()
    """A MetaGraphDef, or a part of one."""
    OP_MADE = auto()
    """What a TensorFlow function returned: a tensor in a graph, or plain Python."""
    TEXT = auto()
    """A string."""
    NOTHING = auto()
    """None."""
    OTHER = auto()


@dataclass(frozen=True, slots=True, eq=True)
class Origin:
    """A role, and the expression that makes the value; None for the default graph and for what is from outside."""

    role: Role
    node: ast.expr | None = None


DEFAULT_GRAPH = Origin(Role.GRAPH)
OTHER = Origin(Role.OTHER)

Origins = frozenset[Origin]
_NONE: Origins = frozenset()
_Key = tuple[object, tuple[int, ...]]
_DEEPEST = 3
"""How many positions of nested tuples are told apart."""

MAKERS: Mapping[str, Role] = {
    "Graph": Role.GRAPH,
    **dict.fromkeys(SESSIONS, Role.SESSION),
    "train.Saver": Role.SAVER,
    "train.import_meta_graph": Role.SAVER,
    "GraphDef": Role.GRAPH_DEF,
    "saved_model.loader.load": Role.META_GRAPH,
    "saved_model.load": Role.META_GRAPH,
}
"""TensorFlow calls that make a thing of a role."""


class Roles:
    """Tells what the values of a module may be."""

    def __init__(self, places: Places) -> None:
        """Makes it for a module.

        Args:
            places: What is put where in it.
        """
        self.places = places
        self.symbols = places.symbols
        self._known: dict[_Key, Origins] = {}
        self._round: dict[_Key, Origins] = {}
        self._before: dict[_Key, Origins] = {}
        self._active: set[_Key] = set()
        self._circular = False

    def of(self, node: ast.expr, path: tuple[int, ...] = ()) -> Origins:
        """What an expression of the module may be, or the part of it at a position of a tuple."""
        path = path[:_DEEPEST]
        return self._once((node, path), lambda: self._of(node, path))

    def roles(self, node: ast.expr) -> frozenset[Role]:
        """The roles of an expression, `None` aside."""
        found = frozenset(origin.role for origin in self.of(node))
        # Nothing at all is known about an imported name; inside of a circle the answer is still to come.
        return found - {Role.NOTHING} if found or self._active else frozenset({Role.OTHER})

    def is_only(self, node: ast.expr, *roles: Role) -> bool:
        """Whether an expression has some of these roles, and no other."""
        found = self.roles(node)
        return bool(found) and found <= set(roles)

    def symbol(self, node: ast.expr) -> str | None:
        """The canonical TF1 name of an expression."""
        return self.symbols.resolve(node, self.places.scope_of[node])

    def place(self, place: Place, path: tuple[int, ...] = ()) -> Origins:
        """What a variable or attribute may hold."""
        path = path[:_DEEPEST]
        return self._once((place, path), lambda: self._place(place, path))

    # ---- expressions -----------------------------------------------------------------------------------------

    def _once(self, key: _Key, compute: Callable[[], Origins]) -> Origins:
        """The answer to a question, which may lead back to itself.

        In a circle the answer of the round before counts, nothing in the first, until a round changes nothing.
        """
        if key in self._known:
            return self._known[key]
        if key in self._round:
            return self._round[key]
        if key in self._active:
            self._circular = True
            return self._before.get(key, _NONE)
        if self._active:
            return self._compute(key, compute)
        while True:
            self._round, self._circular = {}, False
            found = self._compute(key, compute)
            if not self._circular or self._round == self._before:
                break
            self._before = self._round
        self._known |= self._round
        self._round, self._before = {}, {}
        return found

    def _compute(self, key: _Key, compute: Callable[[], Origins]) -> Origins:
        self._active.add(key)
        found = compute()
        self._active.discard(key)
        self._round[key] = found
        return found

    def _of(self, node: ast.expr, path: tuple[int, ...]) -> Origins:
        match node:
            case ast.Constant(value=None):
                return frozenset({Origin(Role.NOTHING, node)})
            case ast.Constant(value=str()) | ast.JoinedStr():
                return frozenset({Origin(Role.TEXT, node)})
            case ast.Name() | ast.Attribute():
                return self._read(node, path)
            case ast.Call():
                return self._call(node, path)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                if path and path[0] < len(elements) and not any(isinstance(e, ast.Starred) for e in elements):
                    return self.of(elements[path[0]], path[1:])
                return self._union([e.value if isinstance(e, ast.Starred) else e for e in elements])
            case ast.Set(elts=elements):
                return self._union(elements)
            case ast.Dict(values=values):
                return self._union(values)
            case ast.Subscript(value=base, slice=ast.Constant(value=int(position))) if position >= 0:
                if self._is_tensor(base):
                    return frozenset({Origin(Role.TENSOR, node)})
                return self.of(base, (position, *path))
            case ast.Subscript(value=base):
                return self._element(self.of(base), node)
            case ast.ListComp(elt=value) | ast.SetComp(elt=value) | ast.GeneratorExp(elt=value):
                return self.of(value)
            case ast.DictComp(value=value):
                return self.of(value)
            case ast.IfExp(body=body, orelse=orelse):
                return self.of(body, path) | self.of(orelse, path)
            case ast.BoolOp(values=values):
                return self._union(values)
            case ast.NamedExpr(value=value):
                return self.of(value, path)
            case ast.BinOp(left=left, right=right):
                return self._computed([left, right], node)
            case ast.UnaryOp(operand=operand):
                return self._computed([operand], node)
            case ast.Compare(left=left, ops=[ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()], comparators=[right]):
                made = self._computed([left, right], node)
                return made if made == {Origin(Role.TENSOR, node)} else frozenset({OTHER})
        return frozenset({OTHER})

    def _union(self, nodes: list[ast.expr]) -> Origins:
        return frozenset().union(*(self.of(node) for node in nodes)) if nodes else frozenset({OTHER})

    def _computed(self, operands: list[ast.expr], node: ast.expr) -> Origins:
        """Arithmetic gives a tensor of tensors, a string of strings."""
        roles = frozenset(origin.role for operand in operands for origin in self.of(operand))
        if Role.TENSOR in roles:
            return frozenset({Origin(Role.TENSOR, node)})
        if Role.OP_MADE in roles:
            return frozenset({Origin(Role.OP_MADE, node)})
        return frozenset({Origin(Role.TEXT, node)}) if Role.TEXT in roles else frozenset({OTHER})

    def _element(self, origins: Origins, node: ast.expr) -> Origins:
        roles = {origin.role for origin in origins}
        if roles & {Role.META_GRAPH}:
            return frozenset({Origin(Role.META_GRAPH, node)})
        return origins

    def _is_tensor(self, node: ast.expr) -> bool:
        """Whether an expression is surely one tensor, no container of them."""
        return isinstance(node, ast.Call) and self.roles(node) == {Role.TENSOR} and not _gives_list(node)

    def _read(self, node: ast.Name | ast.Attribute, path: tuple[int, ...]) -> Origins:
        place = self.places.place(node)
        if place is not None:
            return self.place(place, path)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, path)
        return frozenset({OTHER})

    def _attribute(self, node: ast.Attribute, path: tuple[int, ...]) -> Origins:
        if self.symbol(node) is not None or self.symbols.qualified(node, self.places.scope_of[node]) is not None:
            return frozenset({OTHER})
        base = self.of(node.value)
        roles = {origin.role for origin in base}
        if Role.SESSION in roles and node.attr == "graph":
            return frozenset(origin for session in base for origin in self._graph_of(session, node))
        if Role.OPERATION in roles and node.attr in ("outputs", "inputs"):
            return frozenset({Origin(Role.TENSOR, node)})
        if Role.TENSOR in roles:
            return self._tensor_attribute(node)
        if Role.META_GRAPH in roles:
            return frozenset({Origin(Role.TEXT if node.attr == "name" else Role.META_GRAPH, node)})
        named = self.places.attributes(node.attr)
        if named:
            return frozenset().union(*(self.place(place, path) for place in named))
        return frozenset({OTHER})

    def _tensor_attribute(self, node: ast.Attribute) -> Origins:
        match node.attr:
            case "name":
                return frozenset({Origin(Role.TEXT, node)})
            case "op":
                return frozenset({Origin(Role.OPERATION, node)})
            case "graph":
                return frozenset({OTHER, Origin(Role.GRAPH, node)})
        return frozenset({OTHER})

    def _graph_of(self, session: Origin, node: ast.Attribute) -> Origins:
        """The graph of a session, as far as its own call says; else `contexts.py` finds it by the node."""
        if session.role is not Role.SESSION or not isinstance(session.node, ast.Call):
            return _NONE
        given = graph_argument(session.node)
        return self.of(given) if given is not None else frozenset({Origin(Role.GRAPH, node)})

    # ---- places ----------------------------------------------------------------------------------------------

    def _place(self, place: Place, path: tuple[int, ...]) -> Origins:
        found: set[Origin] = set()
        for given in self.places.given(place):
            found |= self._given(given, path)
        if isinstance(place, Variable):
            found |= self._parameter(place, path)
        else:
            for method in self.places.properties(place):
                for returned in self.places.returns(method):
                    found |= self.of(returned, path)
        return frozenset(found)

    def _given(self, given: Given, path: tuple[int, ...]) -> Origins:
        if given.value is None:
            return frozenset({OTHER})
        if given.entered:
            return self._entered(given.value)
        if given.element:
            return self._element(self.of(given.value), given.value)
        if given.added:
            return self.of(given.value, given.path)
        if isinstance(given.value, (ast.List, ast.Dict)) and not _elements(given.value):
            # An empty container says nothing about what it will hold.
            return _NONE
        return self.of(given.value, (*given.path, *path))

    def _entered(self, value: ast.expr) -> Origins:
        """What `with VALUE as x` puts into x."""
        match value:
            case ast.Call(func=ast.Attribute(value=base, attr="as_default")):
                return self.of(base)
        return self.of(value)

    def _parameter(self, place: Variable, path: tuple[int, ...]) -> Origins:
        function = place.scope
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return frozenset({OTHER}) if isinstance(function, ast.Lambda) else _NONE
        arguments = function.args
        plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        names = [parameter.arg for parameter in plain]
        if place.name not in names:
            rest = [parameter.arg for parameter in (arguments.vararg, arguments.kwarg) if parameter is not None]
            return frozenset({OTHER}) if place.name in rest else _NONE
        callers = self.places.callers(function)
        found: set[Origin] = set()
        if not callers or self.places.escapes(function):
            found.add(OTHER)
        default = _default(arguments, place.name)
        for caller in callers:
            argument = self.places.argument(caller, function, place.name)
            if argument is not None:
                found |= self.of(argument, path)
            elif default is None:
                found.add(OTHER)
        if default is not None:
            found |= self.of(default, path)
        return frozenset(found)

    # ---- calls -----------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call, path: tuple[int, ...]) -> Origins:
        name = self.symbol(node.func)
        if name is not None:
            return self._tensorflow(name, node)
        match node.func:
            case ast.Attribute(value=base, attr=method):
                answer = self._method(node, base, method)
                if answer is not None:
                    return answer
            case ast.Name(id="list" | "tuple" | "sorted" | "dict" | "set" | "iter" | "next" | "reversed"):
                return self._union(node.args) if node.args else frozenset({OTHER})
            case ast.Name(id="str"):
                return frozenset({Origin(Role.TEXT, node)})
        functions = self.places.callees(node)
        returned = [value for function in functions for value in self.places.returns(function)]
        if not returned:
            return frozenset({OTHER})
        return frozenset().union(*(self.of(value, path) for value in returned))

    def _tensorflow(self, name: str, node: ast.Call) -> Origins:
        if name in MAKERS:
            return frozenset({Origin(MAKERS[name], node)})
        if name == "get_default_graph":
            # Which graph that is depends on where it stands (see contexts.py).
            return frozenset({Origin(Role.GRAPH, node)})
        if name == "get_default_session":
            return self._default_session(node)
        if name == "get_collection":
            return frozenset({Origin(Role.TENSOR, node)})
        if name.endswith("get_signature_def_by_key"):
            return frozenset({Origin(Role.META_GRAPH, node)})
        if name.endswith("get_tensor_from_tensor_info"):
            return frozenset({Origin(Role.TENSOR, node)})
        if name in IMPORTS:
            return frozenset({Origin(Role.TENSOR, node), Origin(Role.OPERATION, node)})
        last = name.rpartition(".")[2]
        if last in ("read_file_to_string", "latest_checkpoint"):
            return frozenset({OTHER})
        if last.endswith(("GFile", "FastGFile")) or last[:1].isupper():
            return frozenset({OTHER})
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(self._has_tensor(argument) for argument in arguments):
            return frozenset({Origin(Role.TENSOR, node)})
        known = table()
        if name in ("placeholder", "placeholder_with_default"):
            return frozenset({Origin(Role.TENSOR, node)})
        return frozenset({Origin(Role.OP_MADE, node)}) if name in known.same | known.legacy else frozenset({OTHER})

    def _default_session(self, node: ast.AST) -> Origins:
        """The session that a `with` statement of its function makes the default one."""
        while node in self.places.parents and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            child, node = node, self.places.parents[node]
            if not isinstance(node, ast.With) or not isinstance(child, ast.stmt):
                continue
            for item in reversed(node.items):
                match item.context_expr:
                    case ast.Call(func=ast.Attribute(value=base, attr="as_default")):
                        entered = base
                    case entered:
                        pass
                if Role.SESSION in self.roles(entered):
                    return self.of(entered)
        return frozenset({OTHER})

    def _has_tensor(self, node: ast.expr) -> bool:
        return Role.TENSOR in self.roles(node)

    def _method(self, node: ast.Call, base: ast.expr, method: str) -> Origins | None:
        roles = self.roles(base)
        if Role.GRAPH in roles:
            match method:
                case "get_tensor_by_name" | "get_collection":
                    return frozenset({Origin(Role.TENSOR, node)})
                case "get_operation_by_name" | "get_operations":
                    return frozenset({Origin(Role.OPERATION, node)})
                case "as_default":
                    return self.of(base)
                case "as_graph_element":
                    return frozenset({Origin(Role.TENSOR, node), Origin(Role.OPERATION, node)})
        if Role.SESSION in roles:
            return self.of(base) if method == "as_default" else frozenset({OTHER})
        if Role.META_GRAPH in roles:
            return frozenset({Origin(Role.META_GRAPH, node)})
        if Role.TEXT in roles and method in ("format", "join", "replace", "strip"):
            return frozenset({Origin(Role.TEXT, node)})
        if method in ("values", "items", "get", "pop", "copy") and roles & {Role.TENSOR, Role.OPERATION, Role.TEXT}:
            return self.of(base)
        return None


def graph_argument(session: ast.Call) -> ast.expr | None:
    """The graph that the call of a session class names."""
    for keyword in session.keywords:
        if keyword.arg == "graph":
            return None if isinstance(keyword.value, ast.Constant) else keyword.value
    if len(session.args) > 1 and not isinstance(session.args[1], ast.Constant):
        return session.args[1]
    return None


def _default(arguments: ast.arguments, name: str) -> ast.expr | None:
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = list(zip(reversed(positional), reversed(arguments.defaults), strict=False))
    pairs += [(p, d) for p, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
    return next((default for parameter, default in pairs if parameter.arg == name), None)


def _elements(node: ast.List | ast.Dict) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.List) else node.values


def _gives_list(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in (
        "get_operations",
        "get_collection",
        "values",
        "import_graph_def",
    )
