"""Runs of initializers in the session of Keras that change nothing of what is exported.

Above all models there is nothing to initialize, and where all weights are read afterwards, none of the initial values
is left. A Keras model has no tables.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator

from migrate.source.candidates import Candidate
from migrate.source.strategies.keras.names import keras_name
from migrate.source.strategies.keras.phases import in_loop
from migrate.source.strategies.keras.uses import Uses, Variable
from migrate.source.symbols import Assigned
from migrate.source.view import ModuleView

_VARIABLES = frozenset({"global_variables_initializer", "initialize_all_variables", "initializers.global_variables"})
_OTHERS = frozenset({"initialize_all_tables", "initializers.local_variables", "initializers.tables_initializer",
                     "local_variables_initializer", "tables_initializer"})  # fmt: skip
"""What a Keras model has none of, but for the counts of its metrics, which begin anew with each call."""


class Initializers:
    """Finds such runs."""

    def __init__(self, view: ModuleView, candidate: Candidate, uses: Uses, names: set[Variable]) -> None:
        """Takes an export.

        Args:
            view: The module.
            candidate: The export.
            uses: The names of the module.
            names: The names that sessions of Keras go by.
        """
        self._view = view
        self._candidate = candidate
        self._uses = uses
        self._names = names

    def idle(self, model: ast.expr, model_line: int | None) -> Iterator[ast.stmt]:
        """The statements, in the function of the export.

        Args:
            model: The model that is exported.
            model_line: Where the function of the export makes it; None where it comes from elsewhere.
        """
        first = min((node.lineno for node in self._models()), default=model_line)
        for node in self._uses.nodes(ast.Expr):
            assert isinstance(node, ast.Expr)
            match node.value:
                case ast.Call(func=ast.Attribute(value=base, attr="run"), args=[what], keywords=[]):
                    if self._uses.scopes[node] is not self._candidate.scope or not self._is_session(base):
                        continue
                    kinds = self._kinds(what)
                    if not kinds or in_loop(node, self._view):
                        continue
                    above = model_line is not None and first is not None and node.lineno < first
                    # What is not above all models may serve another export.
                    alone = len(self._view.candidates) == 1
                    if above or (alone and (kinds <= _OTHERS or self._is_overwritten(node, model))):
                        yield from (node, *self._named(what))

    def _is_session(self, node: ast.expr) -> bool:
        """Whether an expression is the session of Keras, by a name or as it is asked for."""
        if isinstance(node, ast.Name):
            return self._uses.variable(node) in self._names
        if not isinstance(node, ast.Call):
            return False
        return keras_name(node.func, self._uses.scopes[node], self._view.symbols) == "backend.get_session"

    def _kinds(self, node: ast.expr) -> set[str]:
        """What a session runs, if that is nothing but initializers."""
        found: set[str] = set()
        match node:
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                kinds = [self._kinds(part) for part in parts]
                return set().union(*kinds) if kinds and all(kinds) else set()
            case ast.Name():
                made = self._assigned(node)
                return self._kinds(made.value) if made is not None else set()
            case ast.Call(func=function, args=parts, keywords=[]):
                name = self._view.symbols.resolve(function, self._uses.scopes[node]) or ""
                if name == "group" and parts:
                    return self._kinds(ast.List(parts))
                if name in _VARIABLES | _OTHERS and not parts:
                    found.add(name)
        return found

    def _assigned(self, node: ast.Name) -> ast.Assign | None:
        """The only statement that sets a name, in the function of the export."""
        variable = self._uses.variable(node)
        match variable[0].bindings[variable[1]] if variable is not None else []:
            case [Assigned(node=ast.Assign(targets=[ast.Name()]) as made)]:
                return made if self._uses.scopes[made] is self._candidate.scope else None
        return None

    def _named(self, what: ast.expr) -> Iterator[ast.stmt]:
        """The statement that gave the initializer a name, where only this run reads it."""
        variable = self._uses.variable(what) if isinstance(what, ast.Name) else None
        made = self._assigned(what) if isinstance(what, ast.Name) else None
        if variable is not None and made is not None and list(self._uses.loads(variable)) == [what]:
            yield made

    def _is_overwritten(self, run: ast.Expr, model: ast.expr) -> bool:
        """Whether all weights of the only model that is exported are read below, in the same block."""
        text = ast.unparse(model)
        parent = self._view.parents[run]
        blocks = [block for _, block in ast.iter_fields(parent) if isinstance(block, list) and run in block]
        for other in blocks[0] if blocks else []:
            if not run.lineno < other.lineno < self._candidate.call.lineno:
                continue
            match other:
                case ast.Expr(
                    value=ast.Call(
                        func=ast.Attribute(value=base, attr="load_weights" | "set_weights"), args=[_], keywords=[]
                    )
                ) if ast.unparse(base) == text:
                    return True
        return False

    def _models(self) -> Iterator[ast.Call]:
        """Calls in the function of the export that may make a model or its layers; all but those known to do else."""
        for node in self._uses.nodes(ast.Call):
            assert isinstance(node, ast.Call)
            if self._uses.scopes[node] is not self._candidate.scope or self._uses.is_gone(node):
                continue
            if isinstance(node.func, ast.Attribute) and self._is_session(node.func.value):
                continue
            name = keras_name(node.func, self._uses.scopes[node], self._view.symbols)
            if name is None and (
                self._view.symbols.qualified(node.func, self._uses.scopes[node]) is not None
                or self._is_plain(node.func)
            ):
                continue
            if name is None or not name.startswith("backend."):
                if self._names.isdisjoint(
                    {self._uses.variable(n) for n in ast.walk(node.func) if isinstance(n, ast.Name)}
                ):
                    yield node

    def _is_plain(self, function: ast.expr) -> bool:
        """Whether a function is a builtin, or a method of an object that a module of Python's own made."""
        base = function
        while isinstance(base, ast.Attribute):
            base = base.value
        if isinstance(base, ast.Call):
            # `argparse.ArgumentParser().parse_args()`
            return self._of_python(base)
        if not isinstance(base, ast.Name):
            return False
        variable = self._uses.variable(base)
        if variable is None:
            return hasattr(builtins, base.id)
        bindings = variable[0].bindings[variable[1]]
        made = [binding.value for binding in bindings if isinstance(binding, Assigned)]
        return function is not base and len(made) == len(bindings) and all(
            isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and self._of_python(value)) for value in made
        )  # fmt: skip

    def _of_python(self, call: ast.Call) -> bool:
        qualified = self._view.symbols.qualified(call.func, self._uses.scopes[call]) or ""
        return qualified.partition(".")[0] in sys.stdlib_module_names
