"""What becomes of the uses and runs of a graph that comes with variables."""

from __future__ import annotations

import ast

from migrate.source.loaded.places import Given
from migrate.source.loaded.roles import Role
from migrate.source.loaded.runs import Run
from migrate.source.loaded.uses import Usage, Use
from migrate.source.strategies.frozen.edits import FrozenEdits
from migrate.source.strategies.frozen.ops import INITIALIZERS, is_initializer
from migrate.source.strategies.restored.reader import RestoredCode, RestoredGraph
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
        self.restored = [graph for graph in code.graphs if isinstance(graph, RestoredGraph)]

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
