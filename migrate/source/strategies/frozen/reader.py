"""Which graphs a module imports from a GraphDef, what runs them, and where each lives in the new code."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from migrate.source.candidates import not_from_file
from migrate.source.loaded.contexts import Contexts
from migrate.source.loaded.places import Attribute, Place, Places, Variable
from migrate.source.loaded.roles import DEFAULT_GRAPH, IMPORTS, SESSIONS, Origin, Role, Roles, graph_argument
from migrate.source.loaded.uses import Use, uses
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module | ast.ClassDef
_NAMES = ("graph", "frozen_graph", "imported_graph")


@dataclass(slots=True, eq=False)
class Home:
    """Where the object lives that takes the place of a graph.

    Attributes:
        place: The variable or attribute.
        scopes: For a variable, the functions that have one of that name.
        returned_by: The function that must return the object, so that its callers have it.
    """

    place: Place
    scopes: tuple[ast.AST, ...] = ()
    returned_by: ast.FunctionDef | None = None


@dataclass(slots=True, eq=False)
class LoadedGraph:
    """A graph with what one GraphDef brings into it.

    Attributes:
        origin: The call of `tf.Graph`, or the default graph.
        call: The import.
        statement: Its statement.
        function: What holds that statement.
        sessions: The calls that make sessions for just this graph.
        home: Where it lives.
    """

    origin: Origin
    call: ast.Call
    statement: ast.stmt
    function: _Function
    sessions: list[ast.Call] = field(default_factory=list)
    home: Home | None = None


class FrozenCode:
    """The frozen graphs of a module."""

    def __init__(self, view: ModuleView) -> None:
        """Reads a module.

        Raises:
            Unprovable: Where it does not say surely which graph is which.
        """
        self.view = view
        self.places = Places(view.symbols)
        self.roles = Roles(self.places)
        self.contexts = Contexts(self.places, self.roles)
        self.uses: list[Use] = uses(self.places, self.roles)
        self.other_sessions: list[ast.Call] = []
        self.graphs = self._graphs()
        self._sessions()
        for graph in self.graphs:
            graph.home = self._home(graph)

    def graph(self, origin: Origin) -> LoadedGraph | None:
        """The loaded graph of an origin."""
        return next((graph for graph in self.graphs if graph.origin == origin), None)

    # ---- graphs and sessions ---------------------------------------------------------------------------------

    def _graphs(self) -> list[LoadedGraph]:
        found: list[LoadedGraph] = []
        elsewhere = not_from_file(self.view.symbols)
        for _, node in self.places.nodes:
            if not isinstance(node, ast.Call) or self.roles.symbol(node.func) not in IMPORTS:
                continue
            if node in elsewhere:
                continue
            origins = self.contexts.graphs_at(node)
            if len(origins) != 1:
                raise Unprovable(ELSEWHERE, "it is not sure which graph the GraphDef is imported into", node)
            (origin,) = origins
            if origin.role is not Role.GRAPH or (origin != DEFAULT_GRAPH and not isinstance(origin.node, ast.Call)):
                raise Unprovable(ELSEWHERE, "the graph it is imported into comes from elsewhere", node)
            if any(graph.origin == origin for graph in found):
                raise Unprovable(CONTROL_FLOW, "two GraphDefs are imported into one graph", node)
            found.append(LoadedGraph(origin, node, self.view.statement(node), self.places.function_of(node)))
        return sorted(found, key=lambda graph: graph.call.lineno)

    def _sessions(self) -> None:
        for _, node in self.places.nodes:
            if not isinstance(node, ast.Call) or self.roles.symbol(node.func) not in SESSIONS:
                continue
            origins = self.contexts.graph_of(Origin(Role.SESSION, node))
            graphs = [graph for origin in origins if (graph := self.graph(origin)) is not None]
            if len(graphs) == 1 and len(origins) == 1:
                graphs[0].sessions.append(node)
            elif not graphs:
                self.other_sessions.append(node)
            elif len(graphs) != len(origins) or graph_argument(node) is None:
                raise Unprovable(ELSEWHERE, "a session may run another graph than the frozen one", node)

    # ---- where a graph lives ---------------------------------------------------------------------------------

    def _home(self, graph: LoadedGraph) -> Home:
        made = graph.origin.node
        if made is not None:
            place = self._named(made)
            if place is not None:
                return self._checked(Home(place), graph)
        kept = self._session_attribute(graph)
        if kept is not None:
            return Home(kept)
        if made is not None or self._seen_from(graph, graph.function):
            return self._variable(graph, [graph.function])
        return self._returned(graph)

    def _named(self, made: ast.expr) -> Place | None:
        """The variable or attribute that the code itself gives to a graph."""
        parent = self.places.parents[made]
        match parent:
            case ast.Assign(targets=[ast.Name() | ast.Attribute() as target]):
                return self.places.place(target)
            case ast.Attribute(attr="as_default"):
                item = self.places.parents[self.places.parents[parent]]
                if isinstance(item, ast.withitem) and isinstance(item.optional_vars, ast.Name):
                    return self.places.place(item.optional_vars)
        return None

    def _checked(self, home: Home, graph: LoadedGraph) -> Home:
        """A home that the function which imports can write to."""
        place = home.place
        if isinstance(place, Attribute):
            if self.instance_name(graph.call, place) is None:
                raise Unprovable(ELSEWHERE, "the graph belongs to another object", graph.call)
        elif place.scope is not graph.function and place.name not in self._globals(graph.function):
            raise Unprovable(ELSEWHERE, "the graph is made in one function and filled in another", graph.call)
        else:
            home.scopes = (place.scope,)
        return home

    def _session_attribute(self, graph: LoadedGraph) -> Attribute | None:
        """The attribute of a session, where that is all that methods share."""
        for session in graph.sessions:
            match self.places.parents[session]:
                case ast.Assign(targets=[ast.Attribute() as target]):
                    place = self.places.place(target)
                    if isinstance(place, Attribute) and self.instance_name(graph.call, place) is not None:
                        return place
        return None

    def _seen_from(self, graph: LoadedGraph, function: ast.AST) -> bool:
        """Whether all the sessions of a graph are made in a function, or in code that sees its variables."""
        return all(self._inside(session, function) for session in graph.sessions) and bool(graph.sessions)

    def _inside(self, node: ast.AST, function: ast.AST) -> bool:
        while node in self.places.parents:
            node = self.places.parents[node]
            if node is function:
                return True
        return False

    def _variable(self, graph: LoadedGraph, functions: list[_Function]) -> Home:
        """A variable of its own, or the one that the code has for the default graph."""
        if any(isinstance(function, ast.ClassDef) for function in functions):
            raise Unprovable(CONTROL_FLOW, "the graph is imported in the body of a class", graph.call)
        alias = self._alias(functions[0])
        if alias is not None and len(functions) == 1:
            return Home(alias, (alias.scope,))
        used = {
            node.id if isinstance(node, ast.Name) else node.arg
            for function in functions
            for node in ast.walk(function)
            if isinstance(node, (ast.Name, ast.arg))
        }
        used |= set(self.view.symbols.module.bindings)
        name = next((name for name in _NAMES if name not in used), None) or self.view.free("graph")
        return Home(Variable(functions[0], name), tuple(functions))

    def _alias(self, function: ast.AST) -> Variable | None:
        """The variable in `graph = tf.get_default_graph()`, or `graph = sess.graph`, if it is nothing else."""
        for _, node in self.places.nodes:
            if isinstance(node, ast.Assign) and self.is_default(node.value) and len(node.targets) == 1:
                place = self.places.place(node.targets[0]) if isinstance(node.targets[0], ast.Name) else None
                if isinstance(place, Variable) and place.scope is function and len(self.places.given(place)) == 1:
                    return place
        return None

    def is_default(self, value: ast.expr) -> bool:
        """Whether an expression is `tf.get_default_graph()` or `sess.graph`."""
        match value:
            case ast.Call():
                return self.roles.symbol(value.func) == "get_default_graph"
            case ast.Attribute(value=base, attr="graph"):
                return Role.SESSION in self.roles.roles(base)
        return False

    def _returned(self, graph: LoadedGraph) -> Home:
        """A helper that fills the default graph returns the object; its callers keep it."""
        function = graph.function
        if not isinstance(function, ast.FunctionDef) or not graph.sessions:
            raise Unprovable(ELSEWHERE, "what runs the graph is not in this file", graph.call)
        if self.places.returns(function) or not self._is_last(graph.statement, function):
            raise Unprovable(ELSEWHERE, "the graph is imported in one function and run in another", graph.call)
        callers = self.places.callers(function)
        holders = [self.places.function_of(caller.call) for caller in callers]
        plain = all(isinstance(self.places.parents[caller.call], ast.Expr) for caller in callers)
        if not callers or not plain or self.places.escapes(function):
            raise Unprovable(ELSEWHERE, "the graph is imported in one function and run in another", graph.call)
        for session in graph.sessions:
            if not any(self._inside(session, holder) for holder in holders):
                raise Unprovable(ELSEWHERE, "the graph is imported in one function and run in another", session)
        home = self._variable(graph, holders)
        home.returned_by = function
        return home

    def _is_last(self, statement: ast.stmt, function: ast.FunctionDef) -> bool:
        """Whether a function ends with a statement, `with` blocks aside."""
        node: ast.AST = statement
        while node is not function:
            parent = self.places.parents[node]
            if not isinstance(parent, (ast.With, ast.FunctionDef)) or parent.body[-1] is not node:
                return False
            node = parent
        return True

    # ---- names -----------------------------------------------------------------------------------------------

    def text(self, home: Home, node: ast.AST) -> str | None:
        """How the code at a node spells the object of a home; None where it cannot see it."""
        if isinstance(home.place, Attribute):
            name = self.instance_name(node, home.place)
            return f"{name}.{home.place.name}" if name is not None else None
        name = home.place.name
        if isinstance(node, ast.expr) and node in self.places.scope_of:
            owner = self.places.scope_of[node].owner(name)
            if owner is not None and owner.node in home.scopes:
                return name
            if owner is not None:
                return None
        inner: ast.AST = node
        while inner in self.places.parents:
            inner = self.places.parents[inner]
            if inner in home.scopes:
                return name
        return None

    def instance_name(self, node: ast.AST, place: Attribute) -> str | None:
        """The name (`self`) that a method around a node has for its instance, if it is of a family."""
        while node in self.places.parents:
            node = self.places.parents[node]
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            outer = self.places.parents[node]
            if isinstance(outer, ast.ClassDef) and self.places.families[outer] is place.family:
                arguments = [*node.args.posonlyargs, *node.args.args]
                return arguments[0].arg if arguments else None
        return None

    def _globals(self, function: ast.AST) -> set[str]:
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self.view.symbols.scope_of(function).globals
        return set()
