"""Functions of a module that are called in code which moves into a `tf.function`: plain steps of known operations."""

from __future__ import annotations

import ast

from migrate.source.emit.respell import Names, Respeller
from migrate.source.emit.spelling import Home
from migrate.source.kinds import Kind
from migrate.source.unprovable import ELSEWHERE, SIDE_EFFECTS, Unprovable
from migrate.source.view import ModuleView

NOT_SAVED = frozenset({"Print", "py_func", "py_function", "numpy_function", "import_graph_def", "load_op_library",
                       "cond", "while_loop", "case"})  # fmt: skip
"""Operations that are refused, beside those of random numbers."""
_STATEMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Pass)
_BUILTINS = frozenset({"enumerate", "float", "int", "len", "list", "range", "tuple", "zip"})
_METHODS = frozenset({"as_list", "get_shape", "set_shape"})


class MovedFunctions:
    """The functions that moved code calls.

    Attributes:
        expressions: The calls of TensorFlow in them -> their text with TF2's names.
    """

    def __init__(self, view: ModuleView, respeller: Respeller) -> None:
        """Takes a module.

        Args:
            view: The module.
            respeller: What gives its code TF2's names.
        """
        self._view = view
        self._respeller = respeller
        self._seen: set[ast.FunctionDef] = set()
        self.expressions: dict[ast.expr, str] = {}

    def take(self, function: ast.FunctionDef) -> None:
        """Reads a function.

        Args:
            function: The function.

        Raises:
            Unprovable: It does more than to compute tensors of tensors.
        """
        if function in self._seen:
            return
        self._seen.add(function)
        if function.decorator_list:
            raise Unprovable(ELSEWHERE, f"'{function.name}' is decorated", function)
        for statement in function.body:
            docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            shaped = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
            if not (docstring or shaped or isinstance(statement, _STATEMENTS)):
                raise Unprovable(ELSEWHERE, f"'{function.name}' does more than to compute tensors", statement)
            if not docstring:
                self._read(statement, function)

    def _read(self, node: ast.AST, function: ast.FunctionDef) -> None:
        scope = self._view.symbols.scope_of(function)
        match node:
            case ast.Lambda() | ast.Await() | ast.Yield() | ast.YieldFrom() | ast.NamedExpr():
                raise Unprovable(ELSEWHERE, f"'{function.name}' does more than to compute tensors", node)
            case ast.Compare(ops=ops) if any(isinstance(op, (ast.Eq, ast.NotEq)) for op in ops):
                raise Unprovable(ELSEWHERE, f"'{function.name}' compares what may be tensors", node)
            case ast.Call(func=called):
                name = self._view.symbols.resolve(called, scope)
                local = self._view.symbols.function(called, scope)
                if name is not None:
                    self._operation(node, name, function)
                    return
                if local is not None:
                    self.take(local)
                elif not _is_known(called):
                    raise Unprovable(ELSEWHERE, f"'{function.name}' calls {ast.unparse(called)}", node)
        for child in ast.iter_child_nodes(node):
            self._read(child, function)

    def _operation(self, call: ast.Call, name: str, function: ast.FunctionDef) -> None:
        kinds = self._view.kinds(self._view.symbols.scope_of(function))
        if name in NOT_SAVED or name.startswith("random"):
            raise Unprovable(SIDE_EFFECTS, f"it computes with tf.{name}", call)
        if kinds.of(call) not in (Kind.TENSOR, Kind.CONFIG):
            raise Unprovable(ELSEWHERE, f"it computes with tf.{name}, which is more than an operation", call)
        self.expressions[call] = self._respeller.expression(call, Names(Home.MODEL), kinds)
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            before = dict(self.expressions)
            local = self._view.symbols.function(argument, self._view.symbols.scope_of(function))
            if local is not None:
                self.take(local)
            else:
                self._read(argument, function)
            if local is None:
                # The text of the call has its arguments in it.
                self.expressions = before


def _is_known(function: ast.expr) -> bool:
    match function:
        case ast.Name(id=name):
            return name in _BUILTINS
        case ast.Attribute(attr=method):
            return method in _METHODS
    return False
