"""How new code spells the object that takes the place of a frozen graph and its sessions."""

from __future__ import annotations

import ast

from migrate.source.loaded.places import Place
from migrate.source.loaded.roles import Origin, Role, graph_argument
from migrate.source.strategies.frozen.export import FrozenExport
from migrate.source.strategies.frozen.reader import FrozenCode, Home, LoadedGraph
from migrate.source.strategies.frozen.written_class import CLASS
from migrate.source.unprovable import ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

_ARGUMENTS = ("graph_def", "input_map", "return_elements", "name", "op_dict", "producer_op_list")


class FrozenNames:
    """Knows the names of one module, and keeps what changes.

    Attributes:
        touched: The functions, classes and modules in which something of a graph or session changes.
        exports: The exports among them.
        runs: Whether something is run.
        configured: Whether sessions had settings of their own.
    """

    def __init__(self, view: ModuleView, code: FrozenCode) -> None:
        """Takes a module.

        Args:
            view: The module.
            code: Its frozen graphs.
        """
        self.view = view
        self.code = code
        self.places, self.roles, self.contexts = code.places, code.roles, code.contexts
        self.touched: set[ast.AST] = set()
        self._texts: dict[ast.expr, str] = {}
        self._statements: dict[ast.stmt, tuple[str, ...]] = {}
        self._withs: set[ast.With] = set()
        self._unwrapped: set[ast.stmt] = set()
        self._above: dict[ast.stmt, tuple[str, ...]] = {}
        self._methods: set[str] = set()
        self._elements = any(import_arguments(graph.call).get("return_elements") for graph in code.graphs)
        self._class = view.free(CLASS)
        self._replaced: dict[Place, Home] = {}
        self._buried: set[ast.AST] = set()
        self.runs = False
        self.configured = any(
            keyword.arg not in ("graph", None)
            for graph in code.graphs
            for session in graph.sessions
            for keyword in session.keywords
        )
        self._helpers: list[str] = []
        self._imports: list[str] = []
        self.exports: list[FrozenExport] = []

    def _text(self, node: ast.expr) -> str:
        """The new text of an expression that is a graph or a session."""
        text = self._value(node)
        if text is None:
            raise Unprovable(ELSEWHERE, "the graph is out of sight here", node)
        return text

    def _value(self, node: ast.expr) -> str | None:
        match node:
            case ast.Call() if Role.SESSION in self.roles.roles(node) and self.roles.symbol(node.func) is not None:
                given = graph_argument(node) or self._entered(node)
                return self._value(given) if given is not None else self._home_text(self._session_graph(node), node)
            case ast.Call() if self.roles.symbol(node.func) == "get_default_graph":
                given = self._entered(node)
                if given is not None:
                    return self._value(given)
                return self._home_text(self._only(self.contexts.graphs_at(node)), node)
            case ast.Call() if self.roles.symbol(node.func) == "Graph":
                return self._home_text(self.code.graph(Origin(Role.GRAPH, node)), node)
            case ast.Attribute(value=base, attr="graph") if Role.SESSION in self.roles.roles(base):
                return self._value(base)
            case ast.Name() | ast.Attribute():
                place = self.places.place(node)
                if place in self._replaced:
                    return self.code.text(self._replaced[place], node)
        return self.view.source_of(node)

    def _entered(self, node: ast.AST) -> ast.expr | None:
        """The graph, or session, that a `with` statement around a node makes the default one."""
        for item in self.contexts.entered(node):
            match item.context_expr:
                case ast.Call(func=ast.Attribute(value=base, attr="as_default")):
                    if self.roles.roles(base) & {Role.GRAPH, Role.SESSION}:
                        return base
                case expression if Role.SESSION in self.roles.roles(expression):
                    return expression
        return None

    def _home_text(self, graph: LoadedGraph | None, node: ast.AST) -> str | None:
        return self.code.text(graph.home, node) if graph is not None and graph.home is not None else None

    def _session_graph(self, session: ast.Call) -> LoadedGraph | None:
        return self._only(self.contexts.graph_of(Origin(Role.SESSION, session)))

    def _only(self, origins: frozenset[Origin]) -> LoadedGraph | None:
        return self.code.graph(next(iter(origins))) if len(origins) == 1 else None


def import_arguments(call: ast.Call) -> dict[str, ast.expr]:
    """The arguments of an import that say something, by name."""
    given: dict[str, ast.expr] = dict(zip(_ARGUMENTS, call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    return {
        name: value for name, value in given.items() if not (isinstance(value, ast.Constant) and value.value is None)
    }
