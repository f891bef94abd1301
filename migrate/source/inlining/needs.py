"""Which functions and classes of a file must be read at their calls, for a plan to see what they build?

Those that make variables, placeholders, layers, tables, sessions or exports, those that use the module's own by their
names, and those that call them. A helper that only computes tensors stays a function, which the new module calls.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from migrate.source.kinds import BUILDERS, PLACEHOLDERS, SIMPLE_SAVES, TABLES, VARIABLES
from migrate.source.symbols import Assigned, Bound, Scope, Symbols
from migrate.source.syntax import children, walk

_MAKERS = frozenset(
    {*PLACEHOLDERS, *VARIABLES, *TABLES, *BUILDERS, *SIMPLE_SAVES, "Session", "InteractiveSession", "Graph", "train.Saver",
     "global_variables_initializer", "initialize_all_variables", "tables_initializer", "local_variables_initializer"}
)  # fmt: skip
_STATE = frozenset({*PLACEHOLDERS, *VARIABLES, *TABLES})
_PACKAGES = ("layers.", "contrib.layers.", "contrib.lookup.", "contrib.rnn.", "lookup.", "nn.rnn_cell.", "keras.layers.",
             "nn.dynamic_rnn", "nn.bidirectional", "contrib.slim.")  # fmt: skip
_EXPORT_METHODS = frozenset({"add_meta_graph_and_variables", "add_meta_graph"})
_EXPORT_FUNCTIONS = ("build_tensor_info", "_signature_def")

Definition = ast.FunctionDef | ast.ClassDef


class Needs:
    """Answers for one module.

    Args:
        symbols: Its names.
        moved: Names that the module had, and one function has now: what reads them must be read in that function.
    """

    def __init__(self, symbols: Symbols, moved: Collection[str] = ()) -> None:
        self._symbols = symbols
        self.moved = moved
        self._known: dict[Definition, bool] = {}

    def inlined(self, definition: Definition) -> bool:
        """Whether a function, or a class for any of its methods, must be read where it is called."""
        if definition not in self._known:
            self._known[definition] = False
            self._known[definition] = self._builds(definition)
        return self._known[definition]

    def _builds(self, definition: Definition) -> bool:
        if isinstance(definition, ast.ClassDef):
            bases = [self.defined(base, self._symbols.module) for base in definition.bases]
            if any(base is not None and base is not definition and self.inlined(base) for base in bases):
                return True
        pending: list[tuple[ast.AST, Scope]] = [(definition, self._symbols.scope_of(definition))]
        while pending:
            node, scope = pending.pop()
            if isinstance(node, ast.Name) and node.id in self.moved and scope.owner(node.id) is None:
                return True
            if isinstance(node, ast.Call):
                name = self._symbols.resolve(node.func, scope)
                if name is not None and self.makes(name):
                    return True
                if isinstance(node.func, ast.Attribute) and node.func.attr in _EXPORT_METHODS:
                    return True
                called = self.defined(node.func, scope)
                if called is not None and called is not definition and self.inlined(called):
                    return True
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and self._is_state(node, scope):
                return True
            for child in children(node):
                inner = scope
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
                    inner = self._symbols.scope_of(child)
                pending.append((child, inner))
        return False

    def makes(self, name: str) -> bool:
        """Whether a symbol of TensorFlow makes what a plan must see."""
        return name in _MAKERS or name.startswith(_PACKAGES) or name.endswith(_EXPORT_FUNCTIONS)

    def _is_state(self, name: ast.Name, scope: Scope) -> bool:
        """Whether a name is one of the module for its variables or inputs, such as a dictionary of weights."""
        module = self._symbols.module
        if scope is module or scope.owner(name.id) is not module:
            return False
        match module.bindings[name.id]:
            case [Assigned(value=value)]:
                calls = [node for node in walk(value) if isinstance(node, ast.Call)]
                return any(
                    self._symbols.resolve(call.func, module) in _STATE
                    or ((made := self.defined(call.func, module)) is not None and self.inlined(made))
                    for call in calls
                )
        return False

    def defined(self, function: ast.expr, scope: Scope) -> Definition | None:
        """The function or class of this file that a name means, where it can mean nothing else."""
        if not isinstance(function, ast.Name):
            return None
        owner = scope.owner(function.id)
        if owner is None:
            return None
        match owner.bindings[function.id]:
            case [Bound(node=(ast.FunctionDef() | ast.ClassDef()) as found)]:
                return found
        return None


class ExportNeeds(Needs):
    """The same where only what exports must be read at its call; what builds the graph may stay where it is."""

    def makes(self, name: str) -> bool:
        """Whether a symbol of TensorFlow exports."""
        return name in BUILDERS or name in SIMPLE_SAVES


class SettingsNeeds(Needs):
    """The same, and classes that only keep settings: loops, shapes and tests may need their values."""

    def _builds(self, definition: Definition) -> bool:
        return (isinstance(definition, ast.ClassDef) and keeps_settings(definition)) or super()._builds(definition)


def keeps_settings(cls: ast.ClassDef) -> bool:
    """Whether a class is plain values, and attributes that its constructor sets one by one."""
    if cls.decorator_list or cls.keywords or any(ast.unparse(base) != "object" for base in cls.bases):
        return False
    values = 0
    for statement in cls.body:
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                continue
            case ast.Assign(targets=[ast.Name()], value=value) if not _calls(value):
                values += 1
            case ast.FunctionDef(name="__init__", body=body, decorator_list=[]):
                for inner in body:
                    match inner:
                        case ast.Expr(value=ast.Constant()) | ast.Pass():
                            continue
                        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"))]):
                            values += 1
                        case _:
                            return False
            case _:
                return False
    return values > 0


def _calls(node: ast.expr) -> bool:
    return any(isinstance(inner, (ast.Call, ast.Lambda)) for inner in walk(node))
