"""The session of Keras in a module: what is done with it, and what can go because Keras 3 needs none."""

from __future__ import annotations

import ast

from migrate.source.candidates import Candidate
from migrate.source.strategies.keras.initializers import Initializers
from migrate.source.strategies.keras.names import NO_KERAS_MODEL, keras_name
from migrate.source.strategies.keras.other_files import OtherFiles
from migrate.source.strategies.keras.phases import drop_phases
from migrate.source.strategies.keras.session_kinds import GRAPHS, SESSIONS, SessionKinds
from migrate.source.strategies.keras.uses import Uses, Variable
from migrate.source.symbols import Assigned, Bound, Scope
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, MODE, SESSION_AFTER, Unprovable
from migrate.source.view import ModuleView

_SESSION_CALLS = frozenset({"backend.get_session", "backend.set_session", "backend.set_learning_phase",
                            "backend.learning_phase", "backend.manual_variable_initialization"})  # fmt: skip
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

    def clear(self, model: ast.expr, model_line: int | None, others: OtherFiles) -> None:
        """Marks all that only the session needs as gone; the statements of the export are already.

        Args:
            model: The model.
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
        initializers = Initializers(self.view, self.candidate, self.uses, self._names)
        for statement in initializers.idle(model, self.model_line):
            self._drop(statement)
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
            raise Unprovable(ELSEWHERE, NO_KERAS_MODEL, self.session)

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
