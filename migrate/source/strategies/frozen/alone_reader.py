"""What a module does with graphs, for those that it imports from GraphDefs and does not run."""

from __future__ import annotations

import ast
import sys

from migrate.source.loaded.contexts import Contexts
from migrate.source.loaded.places import Places
from migrate.source.loaded.roles import DEFAULT_GRAPH, SESSIONS, Origin, Origins, Role, Roles
from migrate.source.loaded.uses import Usage, Use, uses
from migrate.source.unprovable import ELSEWHERE, MODE, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module | ast.ClassDef
_IDLE = frozenset({Usage.GRAPH_OF, Usage.ENTER})
_ASKS_SESSIONS = frozenset({"get_default_session", "train.MonitoredTrainingSession", "train.Saver"})


class AloneCode:
    """The graphs and sessions of one module."""

    def __init__(self, view: ModuleView) -> None:
        """Reads a module.

        Args:
            view: The module.
        """
        self.view = view
        self.places = Places(view.symbols)
        self.roles = Roles(self.places)
        self.contexts = Contexts(self.places, self.roles)
        self.uses: list[Use] = uses(self.places, self.roles)
        self.sessions = [
            node
            for _, node in self.places.nodes
            if isinstance(node, ast.Call) and self.roles.symbol(node.func) in SESSIONS
        ]

    def graph_of(self, call: ast.Call) -> Origin | ast.arg:
        """The graph that an import fills: one that is made here, the default one, or a parameter.

        Raises:
            Unprovable: It is not sure which one.
        """
        for item in self.contexts.entered(call):
            match item.context_expr:
                case ast.Call(func=ast.Attribute(value=ast.Name() as base, attr="as_default")):
                    given = self._parameter(base, call)
                    if given is not None:
                        return given
        origins = self.contexts.graphs_at(call)
        if len(origins) != 1:
            raise Unprovable(ELSEWHERE, "it is not sure which graph the GraphDef is imported into", call)
        (origin,) = origins
        if origin.role is not Role.GRAPH or (origin != DEFAULT_GRAPH and not isinstance(origin.node, ast.Call)):
            raise Unprovable(ELSEWHERE, "the graph it is imported into comes from elsewhere", call)
        return origin

    def _parameter(self, name: ast.Name, call: ast.Call) -> ast.arg | None:
        """The parameter that a name is, of a function that only code elsewhere calls."""
        function = self.places.function_of(call)
        if not isinstance(function, ast.FunctionDef) or "sess" in name.id.lower():
            return None
        if len(self.view.symbols.scope_of(function).bindings.get(name.id, ())) != 1:
            return None
        if self.places.callers(function) or self.places.escapes(function):
            return None
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        return next((argument for argument in arguments if argument.arg == name.id), None)

    def mine(self, use: Use, graph: Origin) -> bool:
        """Whether a use may be one of a graph, or of a session for it."""
        return graph in self.graphs(use)

    def graphs(self, use: Use) -> Origins:
        """The graphs that something used may be, or run."""
        if use.role is Role.GRAPH:
            return self.contexts.resolved(use.value)
        made = [o for o in self.roles.of(use.value) if o.role is Role.SESSION and isinstance(o.node, ast.Call)]
        return frozenset().union(*(self.contexts.graph_of(origin) for origin in made))

    def idle(self, session: ast.Call) -> ast.With:
        """The `with` statement of a session that nothing is run in.

        Raises:
            Unprovable: The session is used.
        """
        item = self.places.parents[session]
        statement = self.places.parents[item]
        if not (isinstance(item, ast.withitem) and isinstance(statement, ast.With) and len(statement.items) == 1):
            raise Unprovable(ELSEWHERE, "a session may run the graph", session)
        if isinstance(item.optional_vars, ast.expr) and not isinstance(item.optional_vars, ast.Name):
            raise Unprovable(ELSEWHERE, "a session may run the graph", session)
        for use in self.uses:
            if use.role is Role.SESSION and any(origin.node is session for origin in self.roles.of(use.value)):
                if use.usage not in _IDLE or len(self.roles.of(use.value)) != 1:
                    raise Unprovable(ELSEWHERE, "a session may run the graph", use.value)
        for node in (node for part in statement.body for node in ast.walk(part)):
            if isinstance(node, ast.Call) and node in self.places.scope_of and self._may_run(node):
                raise Unprovable(ELSEWHERE, "what is called there may run the default session", node)
        return statement

    def _may_run(self, call: ast.Call) -> bool:
        """Whether a call is one of code that may ask for the default session."""
        if self.places.callees(call):
            return True
        name = self.view.symbols.qualified(call.func, self.places.scope_of[call]) or ""
        home = name.partition(".")[0]
        return "." in name and home not in sys.stdlib_module_names | {"numpy", "tensorflow"}

    def refuse_code(self, functions: set[Function]) -> None:
        """Refuses what TF2 does otherwise with graphs, or what is about sessions.

        Args:
            functions: The functions that deal with the graph.

        Raises:
            Unprovable: With the reason.
        """
        for _, node in self.places.nodes:
            if self.places.function_of(node) not in functions:
                continue
            match node:
                case ast.Call() if self.roles.symbol(node.func) in _ASKS_SESSIONS:
                    raise Unprovable(ELSEWHERE, "a session may run the graph", node)
                case ast.Call(func=ast.Attribute(value=base, attr="run" | "eval")) if not self._is_other(base):
                    raise Unprovable(ELSEWHERE, "a session may run the graph", node)
                case ast.Attribute(attr="value" | "dims", value=shape) if not self._is_proto(shape):
                    raise Unprovable(MODE, "a dimension may be asked for its value, and is a number under TF2", node)
                case ast.Dict(keys=keys):
                    self._refuse_keys([key for key in keys if key is not None])
                case ast.DictComp(key=key):
                    self._refuse_keys([key])
                case ast.Set(elts=elements):
                    self._refuse_keys(elements)
                case ast.Subscript(slice=key, ctx=ast.Store()):
                    self._refuse_keys([key])
                case ast.Compare(left=left, comparators=others, ops=[ast.Eq() | ast.NotEq() | ast.In() | ast.NotIn()]):
                    self._refuse_keys([left, *others])

    def _refuse_keys(self, nodes: list[ast.expr]) -> None:
        """TF2's tensors are compared by value, and are no keys."""
        for node in nodes:
            if Role.TENSOR in self.roles.roles(node):
                raise Unprovable(NOT_STATIC, "tensors are keys, or are compared", node)

    def _is_other(self, base: ast.expr) -> bool:
        """Whether what is run is no session: a module, such as `subprocess`."""
        return self.view.symbols.qualified(base, self.places.scope_of[base]) is not None

    def _is_proto(self, node: ast.expr) -> bool:
        """Whether an expression is surely no shape, but a part of a node's attributes."""
        return "attr[" in ast.unparse(node)
