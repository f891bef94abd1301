"""Every call that the code of a graph may come to, as far as this file says what it calls.

The proof that a graph has no variables is a positive one: what is called must be TensorFlow's, of this file, of Python,
or of a package that knows nothing of TensorFlow. All that is of this file is read, too.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from migrate.source.strategies.wrapping.building import HARMLESS
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.symbols import SCOPES, Assigned, Bound, Imported, Scope, Symbols
from migrate.source.syntax import children
from migrate.source.unprovable import ELSEWHERE, Unprovable

_OF_PYTHON = frozenset(name for kind in (str, bytes, list, dict, set, tuple) for name in dir(kind) if name[0] != "_")
_METHODS = (_OF_PYTHON - {"add", "update", "get"}) | {
    # Sessions, graphs and builders.
    "as_default", "get_tensor_by_name", "get_operation_by_name", "get_operations", "as_graph_def", "as_graph_element",
    "finalize", "get_collection", "close", "add_meta_graph_and_variables",
    # Protocol buffers.
    "ParseFromString", "SerializeToString", "CopyFrom", "MergeFrom", "HasField", "WhichOneof", "ListFields",
    # Tensors and their shapes.
    "get_shape", "set_shape", "as_list", "eval", "is_compatible_with",
    # Files, logs and arguments.
    "read", "readline", "readlines", "write", "flush", "info", "debug", "warning", "warn", "error", "add_argument",
    "parse_args",
}  # fmt: skip
"""Methods that make no variable, whatever has one of these names."""
_ANYTHING = frozenset({"exec", "eval", "compile", "__import__", "getattr", "vars", "globals", "locals"})
"""Builtins that may give any function."""

Place = tuple[Scope, ast.AST]


class Calls:
    """The calls that some code makes, and those of the file's own code that it comes to.

    Attributes:
        seen: The functions, methods and classes of the file that were read.
    """

    def __init__(self, symbols: Symbols, pending: list[Place], objects: set[str]) -> None:
        """Takes some code.

        Args:
            symbols: The module's names.
            pending: Its nodes, each with its scope.
            objects: Names that mean sessions and graphs.
        """
        self._symbols = symbols
        self._pending = pending
        self._objects = objects
        self.seen: set[ast.AST] = set()
        self._values: set[ast.expr] = set()
        self._methods: dict[str, list[ast.FunctionDef]] = {}
        for one in symbols.nodes_of_kind(ast.ClassDef):
            for node in one.body:
                if isinstance(node, ast.FunctionDef):
                    self._methods.setdefault(node.name, []).append(node)

    def of_tensorflow(self) -> Iterator[tuple[Scope, ast.Call, str]]:
        """The calls of TensorFlow, each with its name.

        Raises:
            Unprovable: Something else is called, of which nothing is known.
        """
        while self._pending:
            scope, node = self._pending.pop()
            match node:
                case ast.Name(ctx=ast.Load()):
                    self._named(node, scope)
                case ast.Attribute(ctx=ast.Load()):
                    self._attribute(node, scope)
                case ast.Call(func=function):
                    name = self._symbols.resolve(function, scope)
                    if name is not None:
                        yield scope, node, name
                    elif not self._is_known(function, scope):
                        what = ast.unparse(function)
                        raise Unprovable(ELSEWHERE, f"{what} may put variables into the graph", node)

    # ---- the code of the file --------------------------------------------------------------------------------

    def read(self, node: ast.AST) -> None:
        """Reads a function or method, too."""
        if node not in self.seen and isinstance(node, SCOPES):
            self.seen.add(node)
            self._pending += nodes_of(self._symbols.scope_of(node), self._symbols, inner=True)

    def _named(self, node: ast.Name, scope: Scope) -> None:
        """A function or class that is mentioned may be called by any way: `map(f, values)`."""
        for binding in self._bindings(node.id, scope):
            if isinstance(binding, Bound) and isinstance(binding.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.read(binding.node)
            elif isinstance(binding, Bound) and isinstance(binding.node, ast.ClassDef):
                self._class(binding.node)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> None:
        """So may a method, of whichever class of the file."""
        if isinstance(node.value, ast.Name) and node.value.id in self._objects:
            return
        if self._symbols.qualified(node, scope) is None:
            for method in self._methods.get(node.attr, ()):
                self.read(method)

    def _class(self, node: ast.ClassDef) -> None:
        """What runs when an object is made, or without being named."""
        if node in self.seen:
            return
        self.seen.add(node)
        around = self._symbols.scope_of(node)
        for base in node.bases:
            if not self._is_own(base, around):
                raise Unprovable(ELSEWHERE, f"{node.name} is derived from what is not of this file", base)
            self._pending.append((around, base))
        for child in node.body:
            unnamed = isinstance(child, ast.FunctionDef) and (child.name.startswith("__") or child.decorator_list)
            if unnamed:
                self.read(child)
            elif not isinstance(child, ast.FunctionDef):
                self._pending += _below(around, child)

    def _is_own(self, base: ast.expr, scope: Scope) -> bool:
        """Whether a class is of this file, of Python, or of a harmless package."""
        if isinstance(base, ast.Name):
            bindings = self._bindings(base.id, scope)
            if not bindings:
                return hasattr(builtins, base.id)
            if all(isinstance(one, Bound) and isinstance(one.node, ast.ClassDef) for one in bindings):
                return True
        return (self._symbols.qualified(base, scope) or "").partition(".")[0] in HARMLESS

    # ---- what is called --------------------------------------------------------------------------------------

    def _is_known(self, function: ast.expr, scope: Scope) -> bool:
        match function:
            case ast.Name(id=name):
                return self._is_known_name(name, scope)
            case ast.Attribute(value=base, attr=method):
                return self._is_known_method(base, method, scope)
            case ast.Lambda():
                return True
            case ast.Call(func=maker):
                # What TensorFlow, or a function that is read, returns.
                return not (isinstance(maker, ast.Name) and maker.id == "getattr")
        return False

    def _is_known_name(self, name: str, scope: Scope) -> bool:
        bindings = self._bindings(name, scope)
        if not bindings:
            return hasattr(builtins, name) and (name not in _ANYTHING or name == "getattr")
        for binding in bindings:
            match binding:
                case Bound(node=ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef()):
                    continue
                case Imported(qualified=qualified) if qualified.partition(".")[0] in HARMLESS:
                    continue
                case Assigned(value=ast.Lambda() | ast.Name() | ast.Attribute() | ast.Call() as value):
                    if isinstance(value, ast.Call) and not self._is_known(value, scope):
                        return False
                    self._value(value, scope.owner(name) or scope)
                case _:
                    return False
        return True

    def _is_known_method(self, base: ast.expr, method: str, scope: Scope) -> bool:
        if method in _METHODS or method in self._methods:
            return not self._is_foreign(base, scope)
        root = base
        while isinstance(root, (ast.Attribute, ast.Subscript)):
            root = root.value
        match root:
            case ast.Name(id=name) if name in self._objects:
                return True
            case ast.Name(id=name):
                return self._is_made_here(name, base is root, scope)
            case ast.Call():
                return True
        return not isinstance(root, (ast.Await, ast.IfExp, ast.NamedExpr))

    def _is_foreign(self, base: ast.expr, scope: Scope) -> bool:
        """Whether what has a method is surely of another module, which may mean anything by its name."""
        qualified = self._symbols.qualified(base, scope)
        return qualified is not None and qualified.partition(".")[0] not in HARMLESS | {"tensorflow"}

    def _is_made_here(self, name: str, itself: bool, scope: Scope) -> bool:
        """Whether a name means nothing but what code that is read makes: no parameter, and nothing of other modules."""
        bindings = self._bindings(name, scope)
        if not bindings:
            return hasattr(builtins, name)
        for binding in bindings:
            match binding:
                case Imported(qualified=qualified) if qualified.partition(".")[0] in HARMLESS:
                    continue
                case Assigned(value=value):
                    self._value(value, scope.owner(name) or scope)
                case Bound(node=ast.With() | ast.AsyncWith()) if itself:
                    # What it is entered with is called there.
                    continue
                case Bound(node=ast.ClassDef()):
                    continue
                case _:
                    return False
        return True

    def _value(self, value: ast.expr, scope: Scope) -> None:
        """Reads what a name is assigned, wherever that stands."""
        if value not in self._values:
            self._values.add(value)
            self._pending += _below(scope, value)
            for node in ast.walk(value):
                if isinstance(node, ast.Lambda):
                    self.read(node)

    def _bindings(self, name: str, scope: Scope) -> list[Assigned | Bound | Imported]:
        owner = scope.owner(name)
        return owner.bindings[name] if owner is not None else []


def _below(scope: Scope, node: ast.AST) -> Iterator[Place]:
    """The nodes of a piece of code that opens no scope of its own, with those of scopes inside of it left out."""
    pending = [node]
    while pending:
        one = pending.pop()
        if not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield scope, one
            pending += children(one)
