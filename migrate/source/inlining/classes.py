"""Classes of a file whose objects can be read as the local names of the function that makes them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from migrate.source.inlining.body import without_docstring
from migrate.source.symbols import Symbols
from migrate.source.syntax import children, walk
from migrate.source.unprovable import ELSEWHERE, Unprovable

_PLAIN_BASES = frozenset({"object"})
_DECORATORS = frozenset({"property", "staticmethod"})


@dataclass(frozen=True, slots=True, eq=False)
class PlainClass:
    """A class of plain methods, with what it inherits from classes of the same file.

    Attributes:
        node: Its definition.
        base: The class it inherits from, if that is one of this file.
        methods: Those it defines itself.
        constants: Values of the class, which its objects share.
    """

    node: ast.ClassDef
    base: PlainClass | None
    methods: dict[str, ast.FunctionDef] = field(default_factory=dict)
    constants: dict[str, ast.expr] = field(default_factory=dict)

    def method(self, name: str) -> tuple[PlainClass, ast.FunctionDef] | None:
        """A method by name, with the class that defines it."""
        if name in self.methods:
            return self, self.methods[name]
        return self.base.method(name) if self.base is not None else None

    def constant(self, name: str) -> ast.expr | None:
        """The value of a class attribute."""
        if name in self.constants:
            return self.constants[name]
        return self.base.constant(name) if self.base is not None else None

    def lineage(self) -> list[PlainClass]:
        """The class and those it inherits from."""
        return [self, *(self.base.lineage() if self.base is not None else [])]


def plain_class(node: ast.ClassDef, symbols: Symbols) -> PlainClass:
    """Reads a class.

    Raises:
        Unprovable: Where its objects may be more than what its methods say.
    """
    name = node.name
    if node.decorator_list or node.keywords:
        raise Unprovable(ELSEWHERE, f"the class {name} has a decorator or a metaclass", node)
    base = _base(node, symbols)
    methods: dict[str, ast.FunctionDef] = {}
    constants: dict[str, ast.expr] = {}
    for statement in without_docstring(node.body):
        match statement:
            case ast.FunctionDef():
                if any(ast.unparse(d) not in _DECORATORS for d in statement.decorator_list) or (
                    statement.name in methods
                ):
                    raise Unprovable(
                        ELSEWHERE, f"{name}.{statement.name} is decorated, which may change what it does", statement
                    )
                if (
                    statement.name.startswith("__")
                    and statement.name.endswith("__")
                    and statement.name not in ("__init__", "__repr__", "__str__")
                ):
                    raise Unprovable(ELSEWHERE, f"the class {name} has the method {statement.name}", statement)
                methods[statement.name] = statement
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if _is_constant(value, target, symbols):
                constants[target] = value
            case ast.Pass():
                pass
            case _:
                raise Unprovable(ELSEWHERE, f"the body of the class {name} is more than methods", statement)
    found = PlainClass(node, base, methods, constants)
    _refuse_hidden(found, symbols)
    return found


def _is_constant(value: ast.expr, name: str, symbols: Symbols) -> bool:
    """Whether each object may have a value of its class as its own: a constant, or a list that code only looks at."""
    if isinstance(value, ast.List):
        elements = ast.Tuple(value.elts, value.ctx)
        return _is_constant(elements, name, symbols) and all(
            _looks(around, node)
            for around in symbols.nodes()
            for node in children(around)
            if isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Load)
        )
    if isinstance(value, ast.Tuple):
        return all(_is_constant(element, name, symbols) for element in value.elts)
    return isinstance(value, ast.Constant) or (
        isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub) and isinstance(value.operand, ast.Constant)
    )


def _looks(around: ast.AST, node: ast.expr) -> bool:
    """Whether what stands around a list only looks at it."""
    match around:
        case ast.For(iter=used) | ast.comprehension(iter=used) | ast.Subscript(value=used, ctx=ast.Load()):
            return used is node
        case ast.Call(func=ast.Name(id="len" | "enumerate" | "zip" | "range" | "sum" | "max" | "min" | "tuple")):
            return True
    return False


def _refuse_hidden(cls: PlainClass, symbols: Symbols) -> None:
    """An attribute with the name of a method hides it, and one of the class may change for all objects."""
    for attribute in symbols.nodes_of_kind(ast.Attribute):
        if isinstance(attribute.value, ast.Name) and not isinstance(attribute.ctx, ast.Load):
            if attribute.value.id == cls.node.name:
                raise Unprovable(ELSEWHERE, f"an attribute of the class {cls.node.name} is set", attribute)
    for one in cls.lineage():
        for node in walk(one.node):
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and cls.method(node.attr):
                raise Unprovable(ELSEWHERE, f"'{node.attr}' of {cls.node.name} is a method and an attribute", node)


def _base(node: ast.ClassDef, symbols: Symbols) -> PlainClass | None:
    match node.bases:
        case []:
            return None
        case [ast.Name(id=name)] if name in _PLAIN_BASES and name not in symbols.module.bindings:
            return None
        case [ast.Name(id=name)]:
            for binding in symbols.module.bindings.get(name, []):
                found = getattr(binding, "node", None)
                if isinstance(found, ast.ClassDef) and len(symbols.module.bindings[name]) == 1:
                    return plain_class(found, symbols)
    raise Unprovable(ELSEWHERE, f"the class {node.name} inherits from a class that is not in this file", node)
