"""The edits for a graph that is imported and not run: it gets a `tf.Graph` where it had a session or none."""

from __future__ import annotations

import ast

from migrate.source.loaded.roles import DEFAULT_GRAPH, IMPORTS, Origin, Origins, Role, graph_argument
from migrate.source.loaded.uses import Usage, Use
from migrate.source.strategies.frozen.added import refuse_state, wrapped_texts
from migrate.source.strategies.frozen.alone_reader import AloneCode
from migrate.source.strategies.frozen.alone_writers import AloneWriters
from migrate.source.strategies.frozen.ops import added_ops
from migrate.source.strategies.loading.dropped_config import dropped_config
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_HANDS_ON = frozenset({Usage.RETURNED, Usage.OTHER})


class AloneEdits(AloneWriters):
    """Makes the edits for one import.

    Attributes:
        handed_on: Whether the graph goes to code that is not in this file.
    """

    def __init__(self, view: ModuleView, code: AloneCode, call: ast.Call) -> None:
        """Makes them.

        Args:
            view: The module.
            code: Its graphs.
            call: The import.

        Raises:
            Unprovable: Something may run the graph, or adds to it.
        """
        super().__init__(view, code)
        self.handed_on = False
        graph = code.graph_of(call)
        self.functions.add(self.places.function_of(call))
        if isinstance(graph, Origin):
            self._uses(graph)
        else:
            self.handed_on = True
            self._refuse_sessions(call)
        if graph == DEFAULT_GRAPH:
            self._default(call)
        self._writers()
        for op in added_ops(code, self.functions):
            if not self._is_of_graph(op):
                continue
            if graph == DEFAULT_GRAPH or self.contexts.graphs_at(op) != {graph} or not self._is_entered(op):
                raise Unprovable(ELSEWHERE, "ops are added to the graph, or run beside it", op)
            refuse_state(view.statement(op), code)
        code.refuse_code(self.functions)
        self.changes.statements |= wrapped_texts(self._graphs, self._in_graphs, self.roles)
        self.changes.expressions |= self._texts

    def _is_of_graph(self, op: ast.expr) -> bool:
        """Whether an operation may be one of the graph: of its functions, or of tensors that these make."""
        made = {origin.node for node in ast.walk(op) if isinstance(node, ast.expr) for origin in self._origins(node)}
        functions = {self.places.function_of(node) for node in (op, *made) if node is not None}
        return bool(functions & self.functions)

    def _origins(self, node: ast.expr) -> Origins:
        return self.roles.of(node) if node in self.places.scope_of else frozenset()

    def _uses(self, graph: Origin) -> None:
        """What is done with a graph, and with the sessions that are made for it."""
        mine = [use for use in self.code.uses if self.code.mine(use, graph)]
        for use in mine:
            if self.code.graphs(use) != {graph}:
                raise Unprovable(
                    ELSEWHERE, f"a {_what(use)} that is used may be another than the frozen one", use.value
                )
            self.functions.add(self.places.function_of(use.value))
            self._use(use)
        for session in self.code.sessions:
            graphs = self.contexts.graph_of(Origin(Role.SESSION, session))
            if graph in graphs or self.places.function_of(session) in self.functions:
                self._idle(session, graph)
            elif any(other.role is not Role.GRAPH for other in graphs):
                raise Unprovable(ELSEWHERE, "a session may run the graph", session)

    def _use(self, use: Use) -> None:
        if use.role is Role.SESSION:
            return
        parent = self.places.parents[use.value]
        attribute = use.usage is Usage.KEPT and isinstance(parent, ast.Assign) and _is_attribute(parent)
        is_read = isinstance(parent, ast.Attribute) or self._is_writer(use)
        if attribute or (use.usage in _HANDS_ON and not is_read):
            self.handed_on = True

    def _refuse_sessions(self, call: ast.Call) -> None:
        for session in self.code.sessions:
            if self.places.function_of(session) in self.functions:
                raise Unprovable(ELSEWHERE, "a session may run the graph", call)

    # ---- sessions --------------------------------------------------------------------------------------------

    def _idle(self, session: ast.Call, graph: Origin) -> None:
        """`with tf.Session() as sess:` where nothing is run becomes a `with` for the graph."""
        with_ = self.code.idle(session)
        function = self.places.function_of(with_)
        self.functions.add(function)
        given = graph_argument(session)
        variable = with_.items[0].optional_vars
        if given is not None and not self._makes(given):
            text = self.view.text_of(given)
            header = f"with {text}.as_default():"
        else:
            if given is None and graph == DEFAULT_GRAPH:
                self._refuse_repeated(with_)
            text = self._free(function)
            header = f"with {self.view.tf}.Graph().as_default():"
        named = False
        for use in self.code.uses:
            if use.role is not Role.SESSION or use.usage is not Usage.GRAPH_OF:
                continue
            if any(origin.node is session for origin in self.roles.of(use.value)):
                assert isinstance(use.node, ast.Attribute)
                self._graph_text(use.node, text)
                named = True
        if named and header.startswith(f"with {self.view.tf}.Graph"):
            header = f"{header[:-1]} as {text}:"
        assert variable is None or isinstance(variable, ast.Name)
        self.changes.statements[with_] = (header,)
        for statement in dropped_config(self.places, self.view.symbols, [session]):
            self.changes.statements[statement] = ()

    def _graph_text(self, node: ast.Attribute, text: str) -> None:
        """`sess.graph`; as a statement `sess.graph.as_default()` it does nothing, and goes."""
        match self.places.parents[node]:
            case ast.Attribute(attr="as_default") as method:
                statement = self.view.statement(method)
                if isinstance(statement, ast.Expr):
                    self.changes.statements[statement] = ()
                    return
        self._texts[node] = text

    def _makes(self, graph: ast.expr) -> bool:
        return isinstance(graph, ast.Call) and self.roles.symbol(graph.func) == "Graph"

    def _free(self, function: ast.AST) -> str:
        used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        used |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
        return "graph" if "graph" not in used else self.view.free("graph")

    def _refuse_repeated(self, node: ast.AST) -> None:
        """In the default graph, what is imported again lies beside what was there."""
        while node in self.places.parents:
            node = self.places.parents[node]
            if isinstance(node, _LOOPS):
                raise Unprovable(CONTROL_FLOW, "the default graph is filled in a loop", node)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                callers = self.places.callers(node)
                if len(callers) > 1 or self.places.escapes(node):
                    raise Unprovable(CONTROL_FLOW, "the default graph is filled several times", node)
                for caller in callers:
                    self._refuse_repeated(caller.call)
                return

    # ---- the default graph -----------------------------------------------------------------------------------

    def _default(self, call: ast.Call) -> None:
        """An import into the default graph: the whole use of that is in one function."""
        if len(self.functions) != 1:
            raise Unprovable(ELSEWHERE, "several functions share the default graph", call)
        others = [
            node
            for _, node in self.places.nodes
            if isinstance(node, ast.Call)
            and node is not call
            and self.roles.symbol(node.func) in IMPORTS
            and self.contexts.graphs_at(node) == {DEFAULT_GRAPH}
        ]
        if others:
            raise Unprovable(CONTROL_FLOW, "two GraphDefs are imported into one graph", call)
        (function,) = self.functions
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and not self._draws(function):
            raise Unprovable(ELSEWHERE, "what runs the graph is not in this file", call)
        if self._is_entered(call):
            return
        self._refuse_repeated(call)
        variable = self._default_variable(function, call)
        self._in_graph(self.view.statement(call), variable)

    def _default_variable(self, function: ast.AST, call: ast.Call) -> str:
        """The variable in `graph = tf.get_default_graph()`, which becomes a graph."""
        found: list[ast.Name] = []
        for _, node in self.places.nodes:
            if isinstance(node, ast.Call) and self.roles.symbol(node.func) == "get_default_graph":
                parent = self.places.parents[node]
                match parent:
                    case ast.Assign(targets=[ast.Name() as target]) if self.places.function_of(node) is function:
                        found.append(target)
                        self._texts[node] = f"{self.view.tf}.Graph()"
                        continue
                raise Unprovable(ELSEWHERE, "what runs the graph is not in this file", node)
        place = self.places.place(found[0]) if len(found) == 1 else None
        if place is None or len(self.places.given(place)) != 1 or found[0].lineno > call.lineno:
            raise Unprovable(ELSEWHERE, "what runs the graph is not in this file", call)
        return found[0].id


def _what(use: Use) -> str:
    return "graph" if use.role is Role.GRAPH else "session"


def _is_attribute(statement: ast.Assign) -> bool:
    return any(isinstance(target, ast.Attribute) for target in statement.targets)
