"""Which plain Python may be evaluated at another place, or twice, without anybody noticing?"""

from __future__ import annotations

import ast
import builtins

from migrate.source.flow import Definition, Merge, Outer, Parameter, Region, Step, Value
from migrate.source.in_place import changed_behind
from migrate.source.kinds import Kind, Kinds, calls, header
from migrate.source.symbols import Assigned, Bound, Imported, Scope
from migrate.source.syntax import children, walk

_BUILTINS = frozenset(
    {"len", "range", "int", "float", "str", "bool", "list", "dict", "tuple", "set", "sorted", "min", "max", "sum", "abs",
     "zip", "enumerate", "reversed", "map", "round", "divmod", "bytes", "repr", "isinstance", "slice", "complex"}
)  # fmt: skip
_NUMPY = frozenset(
    {"array", "asarray", "zeros", "ones", "full", "eye", "identity", "arange", "linspace", "float32", "float64", "int32",
     "int64", "uint8", "float16", "bool_", "diag", "reshape", "transpose", "concatenate", "stack", "sqrt", "prod", "log",
     "exp", "zeros_like", "ones_like", "dtype", "sin", "cos", "power", "square", "mean", "sum"}
)  # fmt: skip
_METHODS = frozenset(
    {"astype", "reshape", "transpose", "copy", "tolist", "format", "join", "split", "strip", "lower", "upper", "items",
     "keys", "values", "get", "index", "count", "encode", "decode", "flatten", "ravel", "sum", "mean", "replace", "T"}
)  # fmt: skip
_EXCEPTIONS = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)
_HARMLESS_METHODS = frozenset({"argmax", "argmin", "max", "min", "std", "var", "dot", "tobytes", "tostring", "info", "any",
                               "all", "item", "nonzero", "round", "clip", "startswith", "endswith", "rstrip", "lstrip",
                               "randn", "rand", "normal", "uniform", "randint"})  # fmt: skip
_NUMPY_CHANGES = frozenset({"put", "place", "copyto", "fill_diagonal", "putmask", "put_along_axis"})
_ITERATES = frozenset({"six.iteritems", "six.iterkeys", "six.itervalues", "six.viewitems", "collections.OrderedDict"})
_RANDOM_STATE = frozenset({"numpy.random.RandomState", "numpy.random.default_rng"})


class Purity:
    """Answers for the values and expressions of one region."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.region: Region = kinds.region
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
        return not self.changed(value) and self.pure(value.expression)

    def changed(self, value: Value, after: int = -1) -> bool:
        """Whether the object behind a value may be changed in place, by a step behind a given place."""
        if isinstance(self.region.scope.node, ast.Module) and self.declared_global(value.name):
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
        if not isinstance(value, Definition) or not value.known or _is_size(value.expression):
            return []
        node = value.expression
        while isinstance(node, (ast.Subscript, ast.Attribute, ast.Call)):
            if isinstance(node, ast.Call):
                if not (
                    isinstance(node.func, ast.Attribute)
                    and node.func.attr in ("reshape", "transpose", "ravel", "view", "squeeze")
                ):
                    return []
                node = node.func.value
            else:
                node = node.value
        source = self.region.value_of.get(node) if isinstance(node, ast.Name) else None
        return (
            [source] if isinstance(source, (Definition, Parameter)) and self.kinds.value(source) is Kind.PYTHON else []
        )

    def _aliases(self, value: Value) -> list[Definition]:
        """Names for the same object, or for a part or view of it."""
        found: list[Definition] = []
        for step in self.region.steps:
            for made in step.writes:
                node = None if _is_size(made.expression) else made.expression
                while isinstance(node, (ast.Subscript, ast.Attribute)):
                    node = node.value
                if made is not value and made.previous is None and self._is(node, value):
                    found.append(made)
        return found

    def _may_change(self, call: ast.Call, value: Value) -> bool:
        """Whether a call may change an object that it is given."""
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if isinstance(call.func, ast.Attribute) and self._is(call.func.value, value):
            return call.func.attr not in _METHODS and call.func.attr not in _HARMLESS_METHODS
        if not any(self._is(argument, value) for argument in arguments) or self.kinds.symbol(call) is not None:
            return False
        if self.region.symbols.qualified(call.func, self.region.scope) in _ITERATES:
            return False
        if isinstance(call.func, ast.Name):
            if call.func.id in _BUILTINS | {"print"} and self.region.scope.owner(call.func.id) is None:
                return False
            local = self.region.function(call.func)
            return local is None or not (self.pure_function(local) or self._leaves_alone(local))
        qualified = self.region.symbols.qualified(call.func, self.region.scope) or ""
        head, _, last = qualified.rpartition(".")
        if head == "numpy":
            return last in _NUMPY_CHANGES
        if head in ("os.path", "math", "json", "pprint", "logging", "os"):
            return False
        if isinstance(call.func, ast.Attribute):
            # What a session or a tensor is fed it only reads; a list may be told to hold it.
            return self.kinds.of(call.func.value) is Kind.PYTHON and call.func.attr not in _METHODS | {
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
                target = node.func.value if node.func.attr not in _METHODS | _HARMLESS_METHODS else None
            elif isinstance(node, ast.AugAssign):
                target = node.target
            while isinstance(target, (ast.Attribute, ast.Subscript)):
                target = target.value
            if isinstance(target, ast.Name) and target.id in names and not _is_tensor_method(node):
                return False
        return True

    def _is(self, node: ast.expr | None, value: Value) -> bool:
        return isinstance(node, ast.Name) and self.region.value_of.get(node) is value

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

    def declared_global(self, name: str) -> bool:
        """Whether a function of the file sets a name of the module."""
        return any(name in scope.globals for scope in self.region.symbols.scopes())

    def impure(self, expression: ast.expr) -> bool:
        """Whether an expression must be evaluated where it stands: it has effects, or reads what may change."""
        for node in walk(expression):
            symbol = self.kinds.symbol(node) if isinstance(node, ast.Call) else None
            if symbol is not None and _does_something(symbol):
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
            return self.kinds.of(call) is Kind.CONFIG and not _does_something(symbol)
        symbols, scope = self.region.symbols, self.region.scope
        if symbols.qualified(function, scope) in _ITERATES:
            return True
        if isinstance(function, ast.Name):
            if function.id in _BUILTINS | _EXCEPTIONS and scope.owner(function.id) is None:
                return True
            local = self.region.function(function)
            return local is not None and self.pure_function(local)
        qualified = symbols.qualified(function, scope)
        if qualified is not None:
            head, _, last = qualified.rpartition(".")
            if head == "numpy":
                return last in _NUMPY
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
                if maker in _RANDOM_STATE:
                    # Seeded with a constant and used at once; a generator with a name is state.
                    return bool(owner.args or owner.keywords) and all(
                        self.pure(a) for a in [*owner.args, *(k.value for k in owner.keywords)]
                    )
            return function.attr in _METHODS and self.pure(owner)
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
                    if not self.stable_global(name) or self.declared_global(name) or name in self._set_roots():
                        return False
                case ast.Call(func=callee):
                    symbol = symbols.resolve(callee, scope)
                    if symbol is not None:
                        if self.kinds.tensorflow_in_helper(symbol) or _does_something(symbol):
                            return False
                        continue
                    if isinstance(callee, ast.Name):
                        if callee.id in _BUILTINS and scope.owner(callee.id) is None:
                            continue
                        local = symbols.function(callee, scope)
                        if local is not None and local is not function and self.pure_function(local):
                            continue
                        return False
                    qualified = symbols.qualified(callee, scope) or ""
                    head, _, last = qualified.rpartition(".")
                    if (head == "numpy" and last in _NUMPY) or head == "os.path":
                        continue
                    if isinstance(callee, ast.Attribute) and callee.attr in _METHODS:
                        continue
                    return False
        return True

    def harmless(self, call: ast.Call, scope: Scope) -> bool:
        """Whether a call of something that is not TensorFlow's, nor of this file, only computes."""
        if isinstance(call.func, ast.Name):
            return call.func.id in _BUILTINS | _EXCEPTIONS and scope.owner(call.func.id) is None
        qualified = self.region.symbols.qualified(call.func, scope) or ""
        head, _, last = qualified.rpartition(".")
        return (head == "numpy" and last in _NUMPY) or head in ("math", "os.path")

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


def _does_something(symbol: str) -> bool:
    """Whether a function of TensorFlow's touches files, flags, logs or a graph's collections."""
    return symbol.startswith(
        ("gfile.", "io.gfile.", "io.read", "io.write", "io.match", "logging.", "flags.", "app.", "python_io.", "summary.",
         "train.latest", "add_to_collection", "get_collection", "reset_default_graph", "set_random_seed", "python.lib.")
    )  # fmt: skip
