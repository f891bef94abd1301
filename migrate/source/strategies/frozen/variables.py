"""Variables that hold a session, or a graph once more, and give way to the graph's own."""

from __future__ import annotations

import ast

from migrate.source.loaded.places import Attribute, Given, Place, Variable
from migrate.source.loaded.roles import Role, graph_argument
from migrate.source.loaded.uses import Usage
from migrate.source.strategies.frozen.names import FrozenNames
from migrate.source.strategies.frozen.reader import Home, LoadedGraph


class FrozenVariables(FrozenNames):
    """Finds the variables of one module."""

    def _find_replaced(self) -> None:
        """Variables that hold a session, or the same graph under another name, give way to the graph's own."""
        homes: dict[Place, list[tuple[Given, Home]]] = {}
        for graph in self.code.graphs:
            for session in graph.sessions:
                home = self._session_home(session, graph)
                place = self._target(session)
                if place is not None and home is not None:
                    self._put(place, session, home, homes)
        for use in self.code.uses:
            if use.usage is Usage.ENTER and isinstance(use.node, ast.withitem) and use.role is Role.GRAPH:
                found = self._only(self.contexts.resolved(use.value))
                target = use.node.optional_vars
                if found is not None and found.home is not None and isinstance(target, ast.Name):
                    place = self.places.place(target)
                    if place is not None and place != found.home.place:
                        self._put(place, use.node.context_expr, found.home, homes)
        for place, pairs in homes.items():
            if (
                len(pairs) == len([one for one in self.places.given(place) if not self._is_idle(one)])
                and len({home.place for _, home in pairs}) == 1
            ):
                home = pairs[0][1]
                if place == home.place or self._sees(place, home):
                    self._replaced[place] = home

    def _is_idle(self, given: Given) -> bool:
        """Whether it is a session of the default graph, which has nothing to run."""
        return given.value in self.code.other_sessions and not given.path and not given.entered

    def _put(self, place: Place, value: ast.expr, home: Home, homes: dict[Place, list[tuple[Given, Home]]]) -> None:
        for given in self.places.given(place):
            if given.value is value and not given.path:
                homes.setdefault(place, []).append((given, home))

    def _session_home(self, session: ast.Call, graph: LoadedGraph) -> Home | None:
        """Where the code at a session finds its graph: in the argument it was made with, or the graph's home."""
        given = graph_argument(session) or self._entered(session)
        if isinstance(given, (ast.Name, ast.Attribute)) and Role.GRAPH in self.roles.roles(given):
            place = self.places.place(given)
            given_there = [one for one in self.places.given(place) if not _is_none(one)] if place is not None else []
            if isinstance(place, Attribute) and len(given_there) <= 1:
                return Home(place)
            if isinstance(place, Variable) and len(given_there) <= 1:
                return Home(place, (place.scope,))
            if place is not None and graph.home is not None and place == graph.home.place:
                return graph.home
            return None
        return graph.home

    def _target(self, session: ast.Call) -> Place | None:
        match self.places.parents[session]:
            case ast.Assign(targets=[ast.Name() | ast.Attribute() as target]):
                return self.places.place(target)
            case ast.withitem(optional_vars=ast.Name() as target):
                return self.places.place(target)
        return None

    def _sees(self, place: Place, home: Home) -> bool:
        """Whether the home is seen wherever a variable is read."""
        for _, node in self.places.nodes:
            if not isinstance(node, (ast.Name, ast.Attribute)) or isinstance(node.ctx, ast.Store):
                continue
            if self.places.place(node) == place:
                if self.code.text(home, node) is None or isinstance(node.ctx, ast.Del):
                    return False
            elif (
                isinstance(place, Attribute)
                and isinstance(node, ast.Attribute)
                and node.attr == place.name
                and Role.SESSION in self.roles.roles(node)
                and self.places.place(node) is None
            ):
                return False
        if isinstance(place, Variable) and isinstance(place.scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments = place.scope.args
            return place.name not in [a.arg for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]
        return True


def _is_none(given: Given) -> bool:
    return isinstance(given.value, ast.Constant) and given.value.value is None
