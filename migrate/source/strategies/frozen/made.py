"""Where graphs and sessions are made: the object comes where the GraphDef is imported."""

from __future__ import annotations

import ast

from migrate.source.loaded.places import Variable
from migrate.source.strategies.frozen.names import import_arguments
from migrate.source.strategies.frozen.reader import LoadedGraph
from migrate.source.strategies.frozen.text import spliced
from migrate.source.strategies.frozen.uses import FrozenUses
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, NOT_STATIC, Unprovable

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


class FrozenMade(FrozenUses):
    """Makes the edits of imports, graphs and sessions."""

    def _session(self, session: ast.Call) -> None:
        self.touched.add(self.places.function_of(session))
        place = self._target(session)
        parent = self.places.parents[session]
        if isinstance(parent, ast.withitem):
            if parent.optional_vars is not None and place not in self._replaced:
                block = self.places.parents[parent]
                if not isinstance(block, ast.With) or len(block.items) > 1 or place is None:
                    raise Unprovable(ELSEWHERE, "the session's graph is out of sight where it is used", session)
                self._above[block] = (f"{self.view.source_of(parent.optional_vars)} = {self._text(session)}",)
            return
        if place is not None and place in self._replaced:
            assert isinstance(parent, ast.Assign)
            self._statements[parent] = ()
            return
        if isinstance(parent, ast.Attribute):
            if isinstance(self.places.parents[parent], ast.Call):
                # `tf.Session(graph=graph).run(...)`
                self._texts[session] = self._text(session)
                return
        graph = self._session_graph(session)
        if graph is not None and graph.home is not None and graph.function is self.places.function_of(session):
            if session.lineno < graph.call.lineno:
                raise Unprovable(CONTROL_FLOW, "the session is made before the graph is there", session)
        self._texts[session] = self._text(session)

    def _made(self, graph: LoadedGraph) -> None:
        """`tf.Graph()` itself: the object is only made where the GraphDef is imported."""
        made = graph.origin.node
        if made is None:
            return
        parent = self.places.parents[made]
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
            self._statements[parent] = ()

    def _imported(self, graph: LoadedGraph) -> None:
        given = import_arguments(graph.call)
        if given.get("input_map") or given.get("op_dict") or given.get("producer_op_list"):
            raise Unprovable(NOT_STATIC, "other tensors take the place of some of the graph's", graph.call)
        if graph.call.args and isinstance(graph.call.args[-1], ast.Starred):
            raise Unprovable(NOT_STATIC, "the arguments of the import are not written out", graph.call)
        arguments = [spliced(given["graph_def"], self._texts, self.view)]
        elements = given.get("return_elements")
        if self._elements:
            arguments.append(spliced(elements, self._texts, self.view) if elements is not None else "None")
        if "name" in given:
            arguments.append(f"name={spliced(given['name'], self._texts, self.view)}")
        made = f"{self._class}({', '.join(arguments)})"
        self.touched.add(graph.function)
        assert graph.home is not None
        if graph.home.returned_by is not None:
            self._returned(graph, made)
            return
        home = self.code.text(graph.home, graph.call)
        if home is None:
            raise Unprovable(ELSEWHERE, "the graph is out of sight here", graph.call)
        self._statements[graph.statement] = (f"{home} = {made}", *self._results(graph, home, elements))

    def _results(self, graph: LoadedGraph, home: str, elements: ast.expr | None) -> list[str]:
        match graph.statement:
            case ast.Expr(value=value) if value is graph.call:
                return []
            case ast.Assign(targets=[target], value=value) if value is graph.call:
                if elements is not None:
                    return [f"{self.view.source_of(target)} = {home}.elements"]
                if isinstance(target, ast.Name) and not self._is_read(target):
                    return []
        raise Unprovable(CONTROL_FLOW, "what the import returns is used in a way that is not understood", graph.call)

    def _is_read(self, target: ast.Name) -> bool:
        place = self.places.place(target)
        return any(
            isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and self.places.place(node) == place
            for _, node in self.places.nodes
        )

    def _returned(self, graph: LoadedGraph, made: str) -> None:
        assert graph.home is not None
        assert isinstance(graph.home.place, Variable)
        assert graph.home.returned_by is not None
        self._results(graph, "", None)
        self._statements[graph.statement] = (f"return {made}",)
        for caller in self.places.callers(graph.home.returned_by):
            parent = self.places.parents[caller.call]
            assert isinstance(parent, ast.Expr)
            self.touched.add(self.places.function_of(parent))
            text = spliced(caller.call, self._texts, self.view)
            self._statements[parent] = (f"{graph.home.place.name} = {text}",)

    def _refuse_repeated(self, graph: LoadedGraph) -> None:
        """A graph that is made once is filled once."""
        around = self._loops(graph.call)
        made = self._loops(graph.origin.node) if graph.origin.node is not None else []
        if around != made:
            raise Unprovable(CONTROL_FLOW, "the GraphDef is imported in a loop, into one graph", graph.call)

        made_in = set(self._blocks(graph.origin.node)) if graph.origin.node is not None else set()
        for block in self._blocks(graph.call):
            if block not in made_in and not _has_no_other_way(block):
                raise Unprovable(CONTROL_FLOW, "the graph is filled in another way, too", graph.call)

    def _blocks(self, node: ast.AST) -> list[ast.If | ast.Try]:
        """The conditional statements around a node in its function."""
        found: list[ast.If | ast.Try] = []
        while node in self.places.parents:
            node = self.places.parents[node]
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                break
            if isinstance(node, (ast.If, ast.Try)):
                found.append(node)
        return found

    def _loops(self, node: ast.AST) -> list[ast.AST]:
        found: list[ast.AST] = []
        while node in self.places.parents:
            node = self.places.parents[node]
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                break
            if isinstance(node, _LOOPS):
                found.append(node)
        return found


def _has_no_other_way(block: ast.If | ast.Try) -> bool:
    """Whether the code behind a conditional statement only runs after its first branch."""
    if isinstance(block, ast.If):
        return not block.orelse or _leaves(block.orelse) or _leaves(block.body)
    return all(_leaves(handler.body) for handler in block.handlers)


def _leaves(body: list[ast.stmt]) -> bool:
    match body[-1]:
        case ast.Raise() | ast.Return() | ast.Continue() | ast.Break():
            return True
        case ast.Expr(value=ast.Call(func=function)):
            return ast.unparse(function) in ("sys.exit", "exit", "quit", "os._exit")
    return False
