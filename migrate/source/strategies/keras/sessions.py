"""The session of Keras in a module: what is done with it, and what can go because Keras 3 needs none."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator

from migrate.source.candidates import Candidate
from migrate.source.strategies.keras.names import keras_name
from migrate.source.strategies.keras.other_files import OtherFiles
from migrate.source.strategies.keras.phases import drop_phases, in_loop
from migrate.source.strategies.keras.session_kinds import GRAPHS, SESSIONS, SessionKinds
from migrate.source.strategies.keras.uses import Uses, Variable
from migrate.source.symbols import Assigned, Bound, Scope
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, MODE, SESSION_AFTER, Unprovable
from migrate.source.view import ModuleView

_SESSION_CALLS = frozenset({"backend.get_session", "backend.set_session", "backend.set_learning_phase",
                            "backend.learning_phase", "backend.manual_variable_initialization"})  # fmt: skip
_INITIALIZERS = frozenset({"global_variables_initializer", "initialize_all_variables", "tables_initializer"})
_NEEDS_SESSION = SESSIONS | GRAPHS | {
    "placeholder", "placeholder_with_default", "sparse_placeholder", "get_variable", "train.Saver", "assign",
    "global_variables_initializer", "local_variables_initializer", "tables_initializer", "get_default_session",
    "train.MonitoredTrainingSession", "import_graph_def", "reset_default_graph", "summary.FileWriter",
}  # fmt: skip


class KerasSession:
    """The session behind an export, and all that has to do with it in the module.

    Attributes:
        unwrapped: `with` statements of which only the bodies stay.
        owners: The functions, or the module, that lost code.
        phases: The statements that set the learning phase.
    """

    def __init__(self, view: ModuleView, candidate: Candidate, uses: Uses, session: ast.expr) -> None:
        """Takes an export.

        Args:
            view: The module.
            candidate: The export.
            uses: The names of the module.
            session: The session that the export is given.
        """
        self.view = view
        self.candidate = candidate
        self.uses = uses
        self.session = session
        self.model_line: int | None = None
        self.unwrapped: set[ast.stmt] = set()
        self.owners: set[ast.AST] = set()
        self.phases: list[ast.stmt] = []
        self._names: set[Variable] = set()
        self._kinds = SessionKinds(view, uses)

    def clear(self, model_line: int | None, others: OtherFiles) -> None:
        """Marks all that only the session needs as gone; the statements of the export are already.

        Args:
            model_line: Where the function of the export makes the model; None where it comes from elsewhere.
            others: The other files of its program.

        Raises:
            Unprovable: The session does more than to hold the model.
        """
        self.model_line = model_line
        self.phases = drop_phases(
            self.view,
            self.candidate,
            self.uses,
            made_here=model_line is not None,
            others=[file.uses for file in others.files],
            names=others.names,
        )
        for statement in self.phases:
            self._owned(statement)
        self._names |= self._keras_names()
        for node in self._calls("backend.set_session"):
            between = (self.model_line or 0) < node.lineno < self.candidate.call.lineno
            if self.uses.scopes[node] is self.candidate.scope and between:
                raise Unprovable(ELSEWHERE, "the session may be another than that which has the model's weights", node)
            self._drop(self._statement(node, "set_session is part of a larger expression"))
        self._withs()
        self._early_initializers()
        for variable in self._names:
            self._drop_variable(variable)
        self._resets()

    # ---- whose session it is -----------------------------------------------------------------------------------

    def refuse_other(self) -> None:
        """Looks whether the session is that of Keras.

        Raises:
            Unprovable: It is not, or not surely.
        """
        if not self._is_keras(self.session):
            raise Unprovable(ELSEWHERE, "it exports no Keras model with the session of Keras", self.session)

    def _is_keras(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Call):
            return self._keras(node) == "backend.get_session"
        if not isinstance(node, ast.Name) or self._kinds.kind(node) != "session":
            return False
        variable = self.uses.variable(node)
        assert variable is not None
        return self._gets_keras(variable) or self._is_set(variable, node)

    def _gets_keras(self, variable: Variable) -> bool:
        """Whether a name always has the session that Keras gives."""
        sources = [self._kinds.source(binding, variable[1]) for binding in variable[0].bindings[variable[1]]]
        return all(
            source is not None
            and any(
                self._keras(call) == "backend.get_session" for call in ast.walk(source) if isinstance(call, ast.Call)
            )
            for source in sources
        )

    def _is_set(self, variable: Variable, node: ast.expr) -> bool:
        """Whether a session was given to Keras, above the export and above the model."""
        for call in self._calls("backend.set_session"):
            given = self._argument(call)
            if isinstance(given, ast.Name) and self.uses.variable(given) == variable and call.lineno < node.lineno:
                return True
        return False

    # ---- what goes ---------------------------------------------------------------------------------------------

    def _keras_names(self) -> set[Variable]:
        """The names that sessions of Keras go by."""
        nodes: list[ast.expr | None] = [self.session, *map(self._argument, self._calls("backend.set_session"))]
        found = {self.uses.variable(node) for node in nodes if isinstance(node, ast.Name)}
        for call in self._calls("backend.get_session"):
            match self.view.parents.get(call):
                case ast.Assign(targets=[ast.Name() as target]):
                    found.add(self.uses.variable(target))
                case ast.withitem(optional_vars=ast.Name() as target):
                    found.add(self.uses.variable(target))
        return {variable for variable in found if variable is not None}

    def _withs(self) -> None:
        for node in self.uses.nodes(ast.With):
            assert isinstance(node, ast.With)
            kinds = [self._kinds.entered(item.context_expr) for item in node.items]
            if not any(kinds) or not self._concerns(node):
                continue
            if not all(kinds):
                raise Unprovable(CONTROL_FLOW, "the session is entered together with something else", node)
            self.unwrapped.add(node)
            self.uses.gone |= set(node.items)
            self._owned(node)
            for item in node.items:
                for part in (item.context_expr, item.optional_vars):
                    for name in ast.walk(part) if part is not None else ():
                        variable = self.uses.variable(name) if isinstance(name, ast.Name) else None
                        if isinstance(name, ast.Name) and variable is not None and self._kinds.kind(name) is not None:
                            self._names.add(variable)

    def _concerns(self, node: ast.With) -> bool:
        """Whether a `with` stands around or beside the export, or enters the session of Keras."""
        if self.uses.scopes[node] is self.candidate.scope:
            return True
        for part in [part for item in node.items for part in ast.walk(item.context_expr)]:
            if isinstance(part, ast.Call) and self._keras(part) == "backend.get_session":
                return True
            if isinstance(part, ast.Name) and self.uses.variable(part) in self._names:
                return True
        return False

    def _early_initializers(self) -> None:
        """`sess.run(tf.global_variables_initializer())` above all models initializes nothing."""
        if self.model_line is None:
            return
        first = min((node.lineno for node in self._models()), default=self.model_line)
        for node in self.uses.nodes(ast.Expr):
            assert isinstance(node, ast.Expr)
            match node.value:
                case ast.Call(func=ast.Attribute(value=ast.Name() as base, attr="run"), args=[ast.Call() as init]):
                    if (
                        self.uses.variable(base) not in self._names
                        or self.uses.scopes[node] is not self.candidate.scope
                    ):
                        continue
                    name = self.view.symbols.resolve(init.func, self.uses.scopes[init])
                    if name in _INITIALIZERS and node.lineno < first and not in_loop(node, self.view):
                        self._drop(node)

    def _models(self) -> Iterator[ast.Call]:
        """Calls in the function of the export that may make a model or its layers; all but those known to do else."""
        for node in self.uses.nodes(ast.Call):
            assert isinstance(node, ast.Call)
            if self.uses.scopes[node] is not self.candidate.scope or self.uses.is_gone(node):
                continue
            name = keras_name(node.func, self.uses.scopes[node], self.view.symbols)
            if name is None and (
                self.view.symbols.qualified(node.func, self.uses.scopes[node]) is not None or self._is_plain(node.func)
            ):
                continue
            if name is None or not name.startswith("backend."):
                if self._names.isdisjoint(
                    {self.uses.variable(n) for n in ast.walk(node.func) if isinstance(n, ast.Name)}
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
        variable = self.uses.variable(base)
        if variable is None:
            return hasattr(builtins, base.id)
        bindings = variable[0].bindings[variable[1]]
        made = [binding.value for binding in bindings if isinstance(binding, Assigned)]
        return function is not base and len(made) == len(bindings) and all(
            isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and self._of_python(value)) for value in made
        )  # fmt: skip

    def _of_python(self, call: ast.Call) -> bool:
        qualified = self.view.symbols.qualified(call.func, self.uses.scopes[call]) or ""
        return qualified.partition(".")[0] in sys.stdlib_module_names

    def _drop_variable(self, variable: Variable) -> None:
        """A name of the session or its graph, with all its uses."""
        if any(variable[1] in scope.globals for scope in self.view.symbols.scopes()):
            raise Unprovable(ELSEWHERE, f"the session '{variable[1]}' is a global that functions set", self.session)
        for node in self.uses.loads(variable):
            match self.view.parents.get(node):
                case ast.Attribute(attr="close") as method:
                    call = self.view.parents.get(method)
                    statement = self.view.parents.get(call) if isinstance(call, ast.Call) else None
                    if isinstance(statement, ast.Expr):
                        self._drop(statement)
            if self.uses.is_gone(node) or self._other_site(node):
                continue
            raise Unprovable(SESSION_AFTER, f"the session '{variable[1]}' is used for more than the export", node)
        for binding in variable[0].bindings[variable[1]]:
            match binding:
                case Assigned(node=ast.Assign(targets=[ast.Name()]) as statement):
                    self._drop(statement)
                case Bound(node=ast.With()) | Assigned():
                    pass
                case _:
                    raise Unprovable(ELSEWHERE, f"the session '{variable[1]}' comes from elsewhere", self.session)

    def _resets(self) -> None:
        for node in self.uses.nodes(ast.Call):
            assert isinstance(node, ast.Call)
            scope = self.uses.scopes[node]
            if self.view.symbols.resolve(node.func, scope) == "reset_default_graph" and (
                scope is self.candidate.scope or scope.node in self.owners
            ):
                statement = self.view.parents.get(node)
                if isinstance(statement, ast.Expr):
                    self._drop(statement)

    def _other_site(self, node: ast.AST) -> bool:
        """Whether something stands in another call that may be rewritten."""
        calls = {candidate.call for candidate in self.view.candidates if candidate is not self.candidate}
        current: ast.AST | None = node
        while current is not None:
            if current in calls or _adds_graph(current):
                return True
            current = self.view.parents.get(current)
        return False

    def configured(self) -> bool:
        """Whether a session that goes has settings of its own."""
        return any(
            self.view.symbols.resolve(node.func, self.uses.scopes[node]) in SESSIONS
            and any(keyword.arg == "config" for keyword in node.keywords)
            and self.uses.is_gone(node)
            for node in self.uses.nodes(ast.Call)
            if isinstance(node, ast.Call)
        )

    # ---- what must not be left ---------------------------------------------------------------------------------

    def refuse_leftovers(self) -> None:
        """Looks for code that still needs a session.

        Raises:
            Unprovable: There is some.
        """
        for node in self.uses.nodes(ast.Call):
            assert isinstance(node, ast.Call)
            if self.uses.is_gone(node):
                continue
            if self._keras(node) in _SESSION_CALLS and not self._other_site(node):
                raise Unprovable(SESSION_AFTER, "other code of the file uses the session of Keras", node)
            scope = self.uses.scopes[node]
            if scope is not self.candidate.scope and scope.node not in self.owners:
                continue
            if self.view.symbols.resolve(node.func, scope) in _NEEDS_SESSION and not self._other_site(node):
                raise Unprovable(MODE, "the code around it builds or runs a TF1 graph, too", node)

    # ---- small things ------------------------------------------------------------------------------------------

    def _keras(self, call: ast.Call) -> str | None:
        return keras_name(call.func, self.uses.scopes[call], self.view.symbols)

    def _calls(self, name: str) -> list[ast.Call]:
        return [node for node in self.uses.nodes(ast.Call) if isinstance(node, ast.Call) and self._keras(node) == name]

    def _argument(self, call: ast.Call) -> ast.expr | None:
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        return given[0] if len(given) == 1 else None

    def _statement(self, call: ast.Call, otherwise: str) -> ast.stmt:
        statement = self.view.parents.get(call)
        if not isinstance(statement, ast.Expr):
            raise Unprovable(CONTROL_FLOW, otherwise, call)
        return statement

    def _drop(self, statement: ast.stmt) -> None:
        self.uses.gone.add(statement)
        self._owned(statement)

    def _owned(self, statement: ast.stmt) -> None:
        scope: Scope = self.uses.scopes[statement]
        self.owners.add(scope.node)


def _adds_graph(node: ast.AST) -> bool:
    """Whether a call hands a session to a builder, which is a site of its own."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == ("add_meta_graph_and_variables")
    )
