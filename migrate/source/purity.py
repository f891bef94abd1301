"""Which plain Python may be evaluated at another place, or twice, without anybody noticing?"""

from __future__ import annotations

import ast

from migrate.source.changed_behind import changed_behind
from migrate.source.flow import Definition, Merge, Outer, Parameter, Region, Value
from migrate.source.in_place import InPlace, declared_global
from migrate.source.kinds import Kind, Kinds
from migrate.source.known_calls import BUILTINS, EXCEPTIONS, ITERATES, METHODS, NUMPY, RANDOM_STATE, does_something
from migrate.source.symbols import Assigned, Bound, Imported, Scope
from migrate.source.syntax import children, walk


class Purity:
    """Answers for the values and expressions of one region."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.region: Region = kinds.region
        self.in_place = InPlace(kinds, self.pure_function)
        self._known: dict[Value, bool] = {}
        self._functions: dict[ast.FunctionDef, bool] = {}
        self._roots: frozenset[str] | None = None

    def movable(self, value: Value) -> bool:
        """Whether the step that defines a Python value may be repeated elsewhere with the same outcome."""
        if not isinstance(value, Definition):
            return False
        if value not in self._known:
            self._known[value] = False
            self._known[value] = self._movable(value)
        return self._known[value]

    def _movable(self, value: Definition) -> bool:
        if value.expression is None or not value.known or value.previous is not None:
            return False
        if not isinstance(value.step.node, (ast.Assign, ast.AnnAssign)) or value.step.inlined is not None:
            return False
        if any(not isinstance(branch.step.node, (ast.With, ast.If)) for branch in value.step.branches):
            return False
        match value.expression:
            case (
                ast.GeneratorExp()
                | ast.Call(func=ast.Name(id="zip" | "map" | "iter" | "enumerate" | "reversed" | "filter"))
            ):
                # Used up by whoever reads it first.
                return False
        # A copy made elsewhere would miss a change.
        return not self.in_place.changed(value) and self.pure(value.expression)

    def pure(self, expression: ast.AST) -> bool:
        """Whether an expression has no effect and the same value wherever the same names mean the same."""
        match expression:
            case ast.Name():
                value = self.region.value_of.get(expression)
                if isinstance(value, Outer) and changed_behind(
                    expression, self.region.scope.node, expression, self.region
                ):
                    return False
                return value is None or self._pure_value(value)
            case ast.Attribute() | ast.Subscript() if self.unstable(expression):
                return False
            case ast.Call(func=function):
                return self._pure_call(expression, function) and all(
                    self.pure(argument)
                    for argument in [*expression.args, *(keyword.value for keyword in expression.keywords)]
                )
            case ast.Await() | ast.Yield() | ast.YieldFrom() | ast.NamedExpr():
                return False
        return all(self.pure(child) for child in children(expression))

    def unstable(self, expression: ast.Attribute | ast.Subscript) -> bool:
        """Whether an attribute or item of a module's object is set anywhere in the file (`FLAGS.x = 1`)."""
        root: ast.expr = expression
        while isinstance(root, (ast.Attribute, ast.Subscript)):
            root = root.value
        if not isinstance(root, ast.Name):
            return False
        value = self.region.value_of.get(root)
        return isinstance(value, Outer | Parameter) and root.id in self._set_roots()

    def _set_roots(self) -> frozenset[str]:
        """Names of which an attribute or item is set somewhere in the file."""
        if self._roots is None:
            found: set[str] = set()
            for node in walk(self.region.symbols.tree):
                target: ast.expr | None = None
                if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del)):
                    target = node
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    if node.func.attr in (
                        "update",
                        "setdefault",
                        "append",
                        "extend",
                        "insert",
                        "pop",
                        "clear",
                        "putenv",
                    ):
                        target = node.func.value
                elif (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id == "setattr"
                    and node.args
                ):
                    target = node.args[0]
                while isinstance(target, (ast.Attribute, ast.Subscript)):
                    target = target.value
                if isinstance(target, ast.Name):
                    found.add(target.id)
            self._roots = frozenset(found)
        return self._roots

    def impure(self, expression: ast.expr) -> bool:
        """Whether an expression must be evaluated where it stands: it has effects, or reads what may change."""
        for node in walk(expression):
            symbol = self.kinds.symbol(node) if isinstance(node, ast.Call) else None
            if symbol is not None and does_something(symbol):
                return True
            if isinstance(node, ast.Call) and symbol is None and not self._pure_call(node, node.func):
                return True
            if isinstance(node, (ast.Attribute, ast.Subscript)) and self.unstable(node):
                return True
            if isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
                return True
        return False

    def _pure_value(self, value: Value) -> bool:
        match value:
            case Outer() | Parameter():
                return True
            case Definition():
                return self.kinds.value(value) in (Kind.PYTHON, Kind.CONFIG) and self.movable(value)
            case Merge():
                return False
        return False

    def _pure_call(self, call: ast.Call, function: ast.expr) -> bool:
        symbol = self.kinds.symbol(call)
        if symbol is not None:
            return self.kinds.of(call) is Kind.CONFIG and not does_something(symbol)
        symbols, scope = self.region.symbols, self.region.scope
        if symbols.qualified(function, scope) in ITERATES:
            return True
        if isinstance(function, ast.Name):
            if function.id in BUILTINS | EXCEPTIONS and scope.owner(function.id) is None:
                return True
            local = self.region.function(function)
            return local is not None and self.pure_function(local)
        qualified = symbols.qualified(function, scope)
        if qualified is not None:
            head, _, last = qualified.rpartition(".")
            if head == "numpy":
                return last in NUMPY
            return head in ("os.path", "posixpath", "math") and last not in (
                "exists",
                "isfile",
                "isdir",
                "getsize",
            )
        if isinstance(function, ast.Attribute):
            owner = function.value
            if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Attribute):
                maker = symbols.qualified(owner.func, scope)
                if maker in RANDOM_STATE:
                    # Seeded with a constant and used at once; a generator with a name is state.
                    return bool(owner.args or owner.keywords) and all(
                        self.pure(a) for a in [*owner.args, *(k.value for k in owner.keywords)]
                    )
            return function.attr in METHODS and self.pure(owner)
        return False

    def pure_function(self, function: ast.FunctionDef) -> bool:
        """Whether a function of this file only computes a value from its arguments and the module's names."""
        if function in self._functions:
            return self._functions[function]
        self._functions[function] = False
        self._functions[function] = self._pure_function(function)
        return self._functions[function]

    def _pure_function(self, function: ast.FunctionDef) -> bool:
        symbols = self.region.symbols
        scope = symbols.scope_of(function)
        if function.decorator_list or scope.globals:
            return False
        for node in walk(function):
            match node:
                case ast.Yield() | ast.YieldFrom() | ast.Await() | ast.Lambda() | ast.ClassDef():
                    return False
                case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                    return False
                case ast.AugAssign(target=ast.Name(id=name)) if name in {
                    argument.arg for argument in function.args.args
                }:
                    # `a += b` changes a list in place.
                    return False
                case ast.Name(id=name, ctx=ast.Load()) if name not in scope.bindings:
                    if not self.stable_global(name) or declared_global(name, symbols) or name in self._set_roots():
                        return False
                case ast.Call(func=callee):
                    symbol = symbols.resolve(callee, scope)
                    if symbol is not None:
                        if self.kinds.tensorflow_in_helper(symbol) or does_something(symbol):
                            return False
                        continue
                    if isinstance(callee, ast.Name):
                        if callee.id in BUILTINS and scope.owner(callee.id) is None:
                            continue
                        local = symbols.function(callee, scope)
                        if local is not None and local is not function and self.pure_function(local):
                            continue
                        return False
                    qualified = symbols.qualified(callee, scope) or ""
                    head, _, last = qualified.rpartition(".")
                    if (head == "numpy" and last in NUMPY) or head == "os.path":
                        continue
                    if isinstance(callee, ast.Attribute) and callee.attr in METHODS:
                        continue
                    return False
        return True

    def harmless(self, call: ast.Call, scope: Scope) -> bool:
        """Whether a call of something that is not TensorFlow's, nor of this file, only computes."""
        if isinstance(call.func, ast.Name):
            return call.func.id in BUILTINS | EXCEPTIONS and scope.owner(call.func.id) is None
        qualified = self.region.symbols.qualified(call.func, scope) or ""
        head, _, last = qualified.rpartition(".")
        return (head == "numpy" and last in NUMPY) or head in ("math", "os.path")

    def stable_global(self, name: str) -> bool:
        """Whether a name of the module keeps its one meaning: a constant, an import, a function, a class."""
        bindings = self.region.symbols.module.bindings.get(name)
        if bindings is None:
            return True
        if all(isinstance(binding, Imported) for binding in bindings):
            return True
        match bindings:
            case [Bound(node=ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef())]:
                return True
            case [Assigned()]:
                return True
        return False
