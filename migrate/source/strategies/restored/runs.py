"""What becomes of the uses and runs of a graph that comes with variables."""

from __future__ import annotations

import ast

from migrate.source.loaded.places import Given
from migrate.source.loaded.roles import Role
from migrate.source.loaded.runs import Run
from migrate.source.loaded.uses import Usage, Use
from migrate.source.strategies.frozen.edits import FrozenEdits
from migrate.source.strategies.frozen.ops import INITIALIZERS, is_initializer
from migrate.source.strategies.restored.reader import META_GRAPHS, RestoredCode, RestoredGraph
from migrate.source.unprovable import SESSION_AFTER, Unprovable
from migrate.source.view import ModuleView

_OF_VARIABLES = INITIALIZERS - {
    "tables_initializer", "initialize_all_tables", "initializers.tables_initializer", "local_variables_initializer",
    "initialize_local_variables",
}  # fmt: skip


class RestoredRuns(FrozenEdits):
    """Makes the edits of the uses."""

    def __init__(self, view: ModuleView, code: RestoredCode) -> None:
        """Takes a module.

        Args:
            view: The module.
            code: Its graphs.
        """
        super().__init__(view, code)
        self.code: RestoredCode = code
        self.restored = [graph for graph in code.graphs if isinstance(graph, RestoredGraph)]
        self.initialized: set[RestoredGraph] = set()

    def _is_idle(self, given: Given) -> bool:
        """Also None, which the code only puts there until it has a session."""
        if super()._is_idle(given):
            return True
        match given:
            case Given(value=ast.Constant(value=None), statement=ast.Assign(targets=[target]), path=()):
                place = self.places.place(target)
                return place is not None and not any(
                    use.usage is Usage.TESTED and self.places.place(use.value) == place
                    for use in self.code.uses
                    if isinstance(use.value, (ast.Name, ast.Attribute))
                )
        return False

    def _use(self, use: Use) -> None:
        method = isinstance(self.places.parents.get(use.value), ast.Attribute)
        if use.usage is Usage.OTHER and use.role is Role.GRAPH and method:
            # The object is a graph.
            if use.value not in self._buried and self._mine(use):
                self.touched.add(self.places.function_of(use.value))
                self._texts[use.value] = self._text(use.value)
            return
        super()._use(use)

    def _run(self, run: Run) -> None:
        if run.fetches is not None and is_initializer(run.fetches, self.places, self.roles):
            first = self._first_values(run) if self._initializes_variables(run.fetches) else None
            if first is not None:
                self.initialized.add(first)
                self.touched.add(first.function)
                self._statements[self.view.statement(run.call)] = (f"{self._text(run.session)}.initialize()",)
                self._drop_names(run.fetches)
                return
            if self._initializes_variables(run.fetches) and not self._precedes(run):
                raise Unprovable(SESSION_AFTER, "variables are initialized after they are restored", run.call)
            self._drop(run.call)
            self._drop_names(run.fetches)
            return
        if run.fetches is not None:
            for fetch in self._flat(run.fetches):
                named = isinstance(fetch, ast.Constant) and ":" not in str(fetch.value)
                if named or self.roles.roles(fetch) & {Role.OPERATION, Role.OP_MADE}:
                    raise Unprovable(SESSION_AFTER, "an operation is run, which may change variables", fetch)
        super()._run(run)

    def _first_values(self, run: Run) -> RestoredGraph | None:
        """The graph whose variables get their first values by a run, where nothing restores them."""
        sessions = [origin for origin in self.roles.of(run.session) if origin.role is Role.SESSION]
        found = {self.code.graph(origin) for session in sessions for origin in self.contexts.graph_of(session)}
        graph = found.pop() if len(found) == 1 else None
        if not isinstance(graph, RestoredGraph) or self.valued(graph) or graph in self.initialized:
            return None
        plain = isinstance(self.places.parents[run.call], ast.Expr) and not self.code.in_branch(run.call, graph.call)
        later = self.places.function_of(run.call) is graph.function and run.call.lineno > graph.call.lineno
        return graph if plain and later else None

    def valued(self, graph: RestoredGraph) -> bool:
        """Whether the variables of a graph come with values, from a SavedModel or a checkpoint."""
        return graph.restore is not None or self.roles.symbol(graph.call.func) not in META_GRAPHS

    def _flat(self, fetches: ast.expr) -> list[ast.expr]:
        match fetches:
            case ast.List(elts=values) | ast.Tuple(elts=values) | ast.Dict(values=values):
                return [inner for value in values for inner in self._flat(value)]
        return [fetches]

    def _initializes_variables(self, fetch: ast.expr) -> bool:
        match fetch:
            case ast.Call(args=args) if self.roles.symbol(fetch.func) == "group":
                return any(self._initializes_variables(argument) for argument in args)
            case ast.Call():
                return self.roles.symbol(fetch.func) in _OF_VARIABLES
            case ast.Name():
                place = self.places.place(fetch)
                given = self.places.given(place) if place is not None else []
                return any(one.value is not None and self._initializes_variables(one.value) for one in given)
        return any(self._initializes_variables(element) for element in self._flat(fetch))

    def _precedes(self, run: Run) -> bool:
        """Whether all variables are restored after a run."""
        function = self.places.function_of(run.call)
        return all(
            graph.function is function
            and run.call.lineno < graph.valued.lineno
            and self._loops(run.call) == self._loops(graph.valued)
            for graph in self.restored
        )
