"""What is put where in a module: into variables, attributes and parameters, whatever the order.

Nothing here knows about TensorFlow. A place is a name of a scope, or an attribute of a family of classes (a class
and those of this file that it inherits from, or that inherit from it).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from migrate.source.loaded.split_names import Splits, block_around, split_names
from migrate.source.symbols import Bound, Scope, Symbols, parameters

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_OPENS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef,
          ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)  # fmt: skip
_ADDING = frozenset({"append", "add", "insert", "setdefault"})


@dataclass(frozen=True, slots=True)
class Variable:
    """A name of a scope; of one of its statements, where each that mentions it binds it anew."""

    scope: ast.AST
    name: str
    block: ast.With | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the instances of a family of classes, which is named by one of its classes."""

    family: ast.ClassDef
    name: str


Place = Variable | Attribute


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Something that is put into a place.

    Attributes:
        value: The expression it comes from; None where there is none (an import, a definition, a deletion).
        scope: Of the expression.
        statement: The statement that does it; the function for a default.
        path: Position in a tuple target, empty for a plain one.
        entered: Whether it is what a `with` statement gives for the expression.
        element: Whether it is an element of the expression (a loop's target).
        added: Whether it is put into the container that the place holds.
    """

    value: ast.expr | None
    scope: Scope
    statement: ast.AST
    path: tuple[int, ...] = ()
    entered: bool = False
    element: bool = False
    added: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Caller:
    """A call of a function of this file; `bound` where its first parameter is the instance."""

    call: ast.Call
    scope: Scope
    bound: bool


class Places:
    """Every place of a module, and all that is put there."""

    def __init__(self, symbols: Symbols) -> None:
        """Reads a module.

        Args:
            symbols: Its names.
        """
        self.symbols = symbols
        self.nodes: list[tuple[Scope, ast.AST]] = list(_nodes(symbols))
        self.scope_of: dict[ast.AST, Scope] = {node: scope for scope, node in self.nodes}
        self.parents: dict[ast.AST, ast.AST] = {
            child: node for _, node in self.nodes for child in ast.iter_child_nodes(node)
        }
        self.classes: list[ast.ClassDef] = [node for _, node in self.nodes if isinstance(node, ast.ClassDef)]
        self.functions: list[_Function] = [
            node for _, node in self.nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        ]

    # ---- places ----------------------------------------------------------------------------------------------

    def place(self, node: ast.expr) -> Place | None:
        """The place that an expression reads or writes; None where it is no name, and no attribute known here."""
        scope = self.scope_of[node]
        if isinstance(node, ast.Name):
            owner = scope.owner(node.id)
            if owner is None:
                return None
            blocks = self._splits.get((owner.node, node.id), ())
            return Variable(owner.node, node.id, block_around(node, blocks))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner_class = self.instance(node.value)
            if owner_class is not None:
                return Attribute(self.families[owner_class], node.attr)
        return None

    def given(self, place: Place) -> list[Given]:
        """All that is put into a place, in the order of the source."""
        return self._given.get(place, [])

    def attributes(self, name: str) -> list[Attribute]:
        """The attributes of that name, of any class of the file."""
        return [place for place in self._given if isinstance(place, Attribute) and place.name == name]

    def instance(self, node: ast.Name) -> ast.ClassDef | None:
        """The class whose instance a name means because it is the first parameter of a method (`self`)."""
        owner = self.scope_of[node].owner(node.id)
        if owner is None or not isinstance(owner.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        if owner.parent is None or not isinstance(owner.parent.node, ast.ClassDef) or _is_static(owner.node):
            return None
        first = next(iter([*owner.node.args.posonlyargs, *owner.node.args.args]), None)
        match owner.bindings[node.id]:
            case [Bound(node=bound)] if bound is first:
                return owner.parent.node
        return None

    @cached_property
    def families(self) -> dict[ast.ClassDef, ast.ClassDef]:
        """For each class the class that names its family."""
        family = {node: node for node in self.classes}

        def root(node: ast.ClassDef) -> ast.ClassDef:
            while family[node] is not node:
                node = family[node]
            return node

        by_name = {node.name: node for node in self.classes}
        for node in self.classes:
            for base in node.bases:
                if isinstance(base, ast.Name) and base.id in by_name:
                    family[root(node)] = root(by_name[base.id])
        return {node: root(node) for node in self.classes}

    # ---- functions -------------------------------------------------------------------------------------------

    def callees(self, call: ast.Call) -> list[_Function]:
        """The functions of this file that a call may run."""
        scope = self.scope_of[call]
        function = self.symbols.function(call.func, scope)
        if function is not None:
            return [function]
        match call.func:
            case ast.Attribute(value=ast.Name() | ast.Attribute() as base) if self._is_session(base):
                # `sess.run` is no call of a method that is called `run`, too.
                return []
            case ast.Attribute(value=ast.Name() as base, attr=method):
                owner = self.instance(base)
                if owner is not None:
                    return self._methods(method, self.families[owner])
                if self.symbols.qualified(call.func, scope) is None:
                    return self._methods(method, None)
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=method):
                return self._methods(method, None)
            case ast.Attribute(attr=method):
                if self.symbols.qualified(call.func, scope) is None:
                    return self._methods(method, None)
            case ast.Name(id=name):
                made = self._class(name, scope)
                if made is not None:
                    return self._methods("__init__", self.families[made])
        return []

    def properties(self, place: Attribute) -> list[_Function]:
        """The properties that an attribute may be."""
        return [method for method in self._methods(place.name, place.family) if _is_property(method)]

    def _is_session(self, node: ast.Name | ast.Attribute) -> bool:
        """Whether a name or what is put there says that it is a session."""
        if "sess" in (node.id if isinstance(node, ast.Name) else node.attr).lower():
            return True
        place = self.place(node)
        return place is not None and any(
            isinstance(given.value, ast.Call)
            and (self.symbols.resolve(given.value.func, given.scope) or "").endswith("Session")
            for given in self.given(place)
        )

    def callers(self, function: _Function) -> list[Caller]:
        """The calls in this file that may run a function."""
        return self._callers.get(function, [])

    def escapes(self, function: _Function) -> bool:
        """Whether a function is passed on somewhere, so that it may be called with anything."""
        return function.name in self._passed

    def argument(self, caller: Caller, function: _Function, name: str) -> ast.expr | None:
        """What a call gives for a parameter; None where it leaves it out, or where that cannot be told."""
        for keyword in caller.call.keywords:
            if keyword.arg == name:
                return keyword.value
        names = [parameter.arg for parameter in [*function.args.posonlyargs, *function.args.args]]
        if name not in names:
            return None
        position = names.index(name) - caller.bound
        if any(isinstance(argument, ast.Starred) for argument in caller.call.args[: position + 1]):
            return None
        return caller.call.args[position] if 0 <= position < len(caller.call.args) else None

    def function_of(self, node: ast.AST) -> _Function | ast.Module | ast.ClassDef:
        """The function, class or module whose body holds a node (lambdas and comprehensions aside)."""
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                return node
        assert isinstance(node, ast.Module)
        return node

    def returns(self, function: _Function) -> list[ast.expr]:
        """What the return statements of a function return."""
        return self._returns.get(function, [])

    def _methods(self, name: str, family: ast.ClassDef | None) -> list[_Function]:
        found = [node for node in self._named.get(name, []) if isinstance(self.parents[node], ast.ClassDef)]
        return [node for node in found if family is None or self.families[self.parents[node]] is family]  # type: ignore[index]

    def _class(self, name: str, scope: Scope) -> ast.ClassDef | None:
        owner = scope.owner(name)
        if owner is None:
            return None
        match owner.bindings[name]:
            case [Bound(node=ast.ClassDef() as found)]:
                return found
        return None

    @cached_property
    def _returns(self) -> dict[ast.AST, list[ast.expr]]:
        found: dict[ast.AST, list[ast.expr]] = {}
        for _, node in self.nodes:
            if isinstance(node, ast.Return) and node.value is not None:
                found.setdefault(self.function_of(node), []).append(node.value)
        return found

    @cached_property
    def _named(self) -> dict[str, list[_Function]]:
        found: dict[str, list[_Function]] = {}
        for function in self.functions:
            found.setdefault(function.name, []).append(function)
        return found

    @cached_property
    def _callers(self) -> dict[_Function, list[Caller]]:
        found: dict[_Function, list[Caller]] = {}
        for scope, node in self.nodes:
            if isinstance(node, ast.Call):
                for function in self.callees(node):
                    is_method = isinstance(self.parents[function], ast.ClassDef)
                    found.setdefault(function, []).append(Caller(node, scope, is_method and not _is_static(function)))
        return found

    @cached_property
    def _passed(self) -> set[str]:
        found: set[str] = set()
        for _, node in self.nodes:
            if not isinstance(node, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
                continue
            parent = self.parents[node]
            if isinstance(parent, ast.Call) and parent.func is node:
                continue
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name in self._named:
                found.add(name)
        return found

    @cached_property
    def _splits(self) -> Splits:
        return split_names(self.nodes)

    # ---- what is put where -----------------------------------------------------------------------------------

    @cached_property
    def _given(self) -> dict[Place, list[Given]]:
        found: dict[Place, list[Given]] = {}

        def put(target: ast.expr, given: Given) -> None:
            match target:
                case ast.Tuple(elts=elements) | ast.List(elts=elements):
                    for position, element in enumerate(elements):
                        plain = element.value if isinstance(element, ast.Starred) else element
                        put(plain, _inside(given, position))
                    return
                case ast.Subscript(value=container):
                    place = self.place(container)
                    given = Given(given.value, given.scope, given.statement, given.path, added=True)
                case _:
                    place = self.place(target)
            if place is not None:
                found.setdefault(place, []).append(given)

        for scope, node in self.nodes:
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        put(target, Given(value, scope, node))
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    put(target, Given(value, scope, node))
                case ast.AugAssign(target=target, value=value):
                    put(target, Given(value, scope, node, added=True))
                case ast.NamedExpr(target=target, value=value):
                    put(target, Given(value, scope, node))
                case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                    put(target, Given(value, scope, node, element=True))
                case ast.comprehension(target=target, iter=value):
                    put(target, Given(value, scope, node, element=True))
                case ast.With(items=items) | ast.AsyncWith(items=items):
                    for item in items:
                        if item.optional_vars is not None:
                            put(item.optional_vars, Given(item.context_expr, scope, node, entered=True))
                case ast.Call(func=ast.Attribute(value=container, attr=method), args=[*_, value]) if method in _ADDING:
                    place = self.place(container)
                    if place is not None:
                        found.setdefault(place, []).append(Given(value, scope, node, added=True))
        for owner in self.classes:
            # What the body of a class binds is an attribute of its instances, too.
            for place, given in list(found.items()):
                if isinstance(place, Variable) and place.scope is owner:
                    found.setdefault(Attribute(self.families[owner], place.name), []).extend(given)
        return found


def _inside(given: Given, position: int) -> Given:
    """What a tuple target's element is given."""
    match given.value:
        case ast.Tuple(elts=elements) | ast.List(elts=elements) if (
            not given.path
            and not given.element
            and position < len(elements)
            and not any(isinstance(element, ast.Starred) for element in elements)
        ):
            return Given(elements[position], given.scope, given.statement)
    return Given(given.value, given.scope, given.statement, (*given.path, position), given.entered, given.element)


def _is_property(function: _Function) -> bool:
    return any(ast.unparse(node).rpartition(".")[2].endswith("property") for node in function.decorator_list)


def _is_static(function: _Function) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "staticmethod" for node in function.decorator_list)


def _nodes(symbols: Symbols) -> Iterator[tuple[Scope, ast.AST]]:
    """Every node of a module with the scope its names are looked up in."""
    pending: list[tuple[Scope, ast.AST]] = [(symbols.module, symbols.tree)]
    while pending:
        scope, node = pending.pop()
        yield scope, node
        outer: list[ast.AST] = []
        inner = scope
        if isinstance(node, _OPENS):
            inner = symbols.scope_of(node)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                outer = [*node.decorator_list, *parameters(node.args)]
            elif isinstance(node, ast.ClassDef):
                outer = [*node.decorator_list, *node.bases, *node.keywords]
        if isinstance(node, ast.arguments):
            # Defaults belong to the scope around the function.
            assert scope.parent is not None
            children = list(ast.iter_child_nodes(node))
            defaults = {*node.defaults, *(default for default in node.kw_defaults if default is not None)}
            pending += [(scope.parent if child in defaults else scope, child) for child in reversed(children)]
            continue
        children = list(ast.iter_child_nodes(node))
        pending += [(scope if child in outer else inner, child) for child in reversed(children)]
