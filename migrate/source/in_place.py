"""Which objects are changed in place, under whatever name?"""

from __future__ import annotations

import ast
from collections.abc import Callable

from migrate.source.flow import Definition, Merge, Parameter, Region, Step, Value
from migrate.source.kinds import Kind, Kinds, calls, header
from migrate.source.known_calls import BUILTINS, HARMLESS_METHODS, ITERATES, METHODS, NUMPY_CHANGES, NUMPY_VIEWS, VIEWS
from migrate.source.symbols import Symbols
from migrate.source.syntax import walk


class InPlace:
    """Answers for the values of one region."""

    def __init__(self, kinds: Kinds, pure_function: Callable[[ast.FunctionDef], bool]) -> None:
        """Reads nothing yet.

        Args:
            kinds: The kinds of the region.
            pure_function: Whether a function of the file only computes a value.
        """
        self.kinds = kinds
        self.region: Region = kinds.region
        self._pure_function = pure_function

    def changed(self, value: Value, after: int = -1) -> bool:
        """Whether the object behind a value may be changed in place, by a step behind a given place."""
        if isinstance(self.region.scope.node, ast.Module) and declared_global(value.name, self.region.symbols):
            return True
        if isinstance(value, Definition) and self._is_number(value.expression) and not self._relatives(value):
            return False
        same = {value}
        pending: list[Value] = [value]
        while pending:
            for other in self._relatives(pending.pop()):
                if other not in same:
                    same.add(other)
                    pending.append(other)
        return any(self._changes(step, same) for step in self.region.steps if step.index > after)

    def _is_number(self, node: ast.expr | None) -> bool:
        """Whether a value is a number or a text, which nothing changes in place."""
        match node:
            case ast.Constant():
                return True
            case ast.Call(func=ast.Name(id="len" | "int" | "float" | "str" as name)):
                return self.region.scope.owner(name) is None
        return _is_size(node)

    def _relatives(self, value: Value) -> list[Value]:
        """Other names and other times of the same object: aliases, views, and what changes in place made of it."""
        found: list[Value] = [*self._aliases(value), *self._viewed(value)]
        found += [made for step in self.region.steps for made in step.writes if made.previous is value]
        if isinstance(value, Definition) and value.previous is not None:
            found.append(value.previous)
        if isinstance(value, Merge):
            found += [item for item in value.inputs if isinstance(item, Definition) and item.previous is not None]
        return found

    def _changes(self, step: Step, values: set[Value]) -> bool:
        if any(made.previous in values for made in step.writes):
            return True
        for value in values & set(step.reads):
            if self._sets_part(step, value):
                return True
            if any(self._may_change(call, value) for part in header(step) for call in calls(part)):
                return True
        return False

    def _sets_part(self, step: Step, value: Value) -> bool:
        """`value[0] = 1` and `value.a = 1`, also where the value is somebody else's."""
        for part in header(step):
            for node in walk(part):
                if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del)):
                    base: ast.expr = node
                    while isinstance(base, (ast.Subscript, ast.Attribute)):
                        base = base.value
                    if self._is(base, value):
                        return True
        return False

    def _viewed(self, value: Value) -> list[Value]:
        """The objects that a value is another name for, a part or a view of."""
        if not isinstance(value, Definition) or not value.known:
            return []
        node = self._root(value.expression)
        source = self.region.value_of.get(node) if isinstance(node, ast.Name) else None
        return (
            [source] if isinstance(source, (Definition, Parameter)) and self.kinds.value(source) is Kind.PYTHON else []
        )

    def _aliases(self, value: Value) -> list[Definition]:
        """Names for the same object, or for a part or view of it."""
        return [
            made
            for step in self.region.steps
            for made in step.writes
            if made is not value and made.previous is None and self._is(self._root(made.expression), value)
        ]

    def _root(self, node: ast.expr | None) -> ast.expr | None:
        """The object that an expression is, or is a part or a view of."""
        while True:
            if _is_size(node):
                return None
            match node:
                case ast.Subscript(value=inner) | ast.Attribute(value=inner):
                    node = inner
                case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in VIEWS and self._is_array(inner):
                    node = inner
                case ast.Call(func=ast.Attribute(attr=name), args=[inner, *_]) if name in VIEWS | NUMPY_VIEWS:
                    if self.region.symbols.qualified(node.func, self.region.scope) != f"numpy.{name}":
                        return None
                    node = inner
                case _:
                    return node

    def _is_array(self, node: ast.expr) -> bool:
        """Whether an expression is an object that has methods, no module."""
        return self.region.symbols.qualified(node, self.region.scope) is None

    def _may_change(self, call: ast.Call, value: Value) -> bool:
        """Whether a call may change an object that it is given."""
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if isinstance(call.func, ast.Attribute) and self._is(call.func.value, value):
            return call.func.attr not in METHODS and call.func.attr not in HARMLESS_METHODS
        if not any(self._is(argument, value) for argument in arguments) or self.kinds.symbol(call) is not None:
            return False
        if self.region.symbols.qualified(call.func, self.region.scope) in ITERATES:
            return False
        if isinstance(call.func, ast.Name):
            if call.func.id in BUILTINS | {"print"} and self.region.scope.owner(call.func.id) is None:
                return False
            local = self.region.function(call.func)
            return local is None or not (self._pure_function(local) or self._leaves_alone(local))
        qualified = self.region.symbols.qualified(call.func, self.region.scope) or ""
        head, _, last = qualified.rpartition(".")
        if head == "numpy":
            return last in NUMPY_CHANGES
        if head in ("os.path", "math", "json", "pprint", "logging", "os"):
            return False
        if isinstance(call.func, ast.Attribute):
            # What a session or a tensor is fed it only reads; a list may be told to hold it.
            return self.kinds.of(call.func.value) is Kind.PYTHON and call.func.attr not in METHODS | {
                "append",
                "run",
            }
        return True

    def _leaves_alone(self, function: ast.FunctionDef) -> bool:
        """Whether a function of this file changes none of its arguments, as far as its own text tells."""
        names = {argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]}
        for node in walk(function):
            target: ast.expr | None = None
            if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del)):
                target = node.value
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                target = node.func.value if node.func.attr not in METHODS | HARMLESS_METHODS else None
            elif isinstance(node, ast.AugAssign):
                target = node.target
            while isinstance(target, (ast.Attribute, ast.Subscript)):
                target = target.value
            if isinstance(target, ast.Name) and target.id in names and not _is_tensor_method(node):
                return False
        return True

    def _is(self, node: ast.expr | None, value: Value) -> bool:
        return isinstance(node, ast.Name) and self.region.value_of.get(node) is value

    def handed_on(self, value: Value) -> bool:
        """Whether another name for a container is used to change it, or unknown code is given it."""
        if any(self.changed(alias) for alias in self._aliases(value)):
            return True
        return any(
            value in step.reads
            and any(self._may_change(call, value) for part in header(step) for call in calls(part))
            and not any(made.previous is value for made in step.writes)
            for step in self.region.steps
        )


def declared_global(name: str, symbols: Symbols) -> bool:
    """Whether a function of the file sets a name of the module."""
    return any(name in scope.globals for scope in symbols.scopes())


def _is_size(node: ast.AST | None) -> bool:
    """Whether an expression is an element of a shape, a number that nothing changes."""
    match node:
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=index):
            return isinstance(index, (ast.Constant, ast.UnaryOp))
    return False


def _is_tensor_method(node: ast.AST) -> bool:
    """`x.get_shape()` and the like, which change nothing."""
    match node:
        case ast.Call(func=ast.Attribute(attr="get_shape" | "as_list" | "assign" | "read_value" | "lookup" | "eval")):
            return True
    return False
