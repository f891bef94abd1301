"""Which graphs a module gets from MetaGraphDefs and SavedModels, and what gives their variables their values."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.loaded.roles import DEFAULT_GRAPH, IMPORTS, Origins, Role
from migrate.source.strategies.frozen.reader import FrozenCode, LoadedGraph
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, NOT_STATIC, Unprovable

META_GRAPHS = frozenset({"train.import_meta_graph"})
SAVED_MODELS = frozenset({"saved_model.loader.load", "saved_model.load"})

IMPORT_PARAMETERS = ("meta_graph_or_file", "clear_devices", "import_scope", "graph")
LOAD_PARAMETERS = ("sess", "tags", "export_dir")
RESTORE_PARAMETERS = ("sess", "save_path")


@dataclass(slots=True, eq=False)
class RestoredGraph(LoadedGraph):
    """A graph with variables from a file.

    Attributes:
        restore: The call that restores the variables; None where the loader does that, too.
    """

    restore: ast.Call | None = None

    @property
    def valued(self) -> ast.Call:
        """The call after which the variables have their values."""
        return self.restore or self.call


class RestoredCode(FrozenCode):
    """The graphs of a module that come with variables."""

    def _graphs(self) -> list[LoadedGraph]:
        found: list[LoadedGraph] = []
        frozen: list[ast.Call] = []
        for _, node in self.places.nodes:
            if not isinstance(node, ast.Call):
                continue
            name = self.roles.symbol(node.func)
            if name in IMPORTS:
                frozen.append(node)
            if name not in META_GRAPHS and not (name in SAVED_MODELS and loads_into_session(node)):
                continue
            given = arguments(node, IMPORT_PARAMETERS if name in META_GRAPHS else LOAD_PARAMETERS)
            restore = self._restore(node, given) if name in META_GRAPHS else None
            origins = self._filled(node, given)
            if len(origins) != 1:
                raise Unprovable(ELSEWHERE, "it is not sure which graph is loaded", node)
            (origin,) = origins
            if origin.role is not Role.GRAPH or (origin != DEFAULT_GRAPH and not isinstance(origin.node, ast.Call)):
                raise Unprovable(ELSEWHERE, "the graph it is loaded into comes from elsewhere", node)
            if any(graph.origin == origin for graph in found):
                raise Unprovable(CONTROL_FLOW, "two models are loaded into one graph", node)
            statement, function = self.view.statement(node), self.places.function_of(node)
            found.append(RestoredGraph(origin, node, statement, function, restore=restore))
        for call in frozen:
            if any(graph.origin in self.contexts.graphs_at(call) for graph in found):
                raise Unprovable(CONTROL_FLOW, "a GraphDef is imported into the same graph, too", call)
        return sorted(found, key=lambda graph: graph.call.lineno)

    def _filled(self, call: ast.Call, given: dict[str, ast.expr]) -> Origins:
        """The graphs that a call may load into."""
        if "sess" in given:
            made = [origin for origin in self.roles.of(given["sess"]) if origin.role is Role.SESSION]
            if not made or not self.roles.is_only(given["sess"], Role.SESSION):
                raise Unprovable(ELSEWHERE, "the session it is loaded into comes from elsewhere", call)
            return frozenset().union(*(self.contexts.graph_of(origin) for origin in made))
        if "graph" in given:
            return self.contexts.resolved(given["graph"])
        return self.contexts.graphs_at(call)

    def _restore(self, call: ast.Call, given: dict[str, ast.expr]) -> ast.Call:
        """The one call that restores a MetaGraphDef's variables."""
        if Role.META_GRAPH in self.roles.roles(given["meta_graph_or_file"]):
            raise Unprovable(ELSEWHERE, "the MetaGraphDef is not read from a file", call)
        found: list[ast.Call] = []
        for _, node in self.places.nodes:
            if not isinstance(node, ast.expr) or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
                continue
            if not any(origin.node is call for origin in self.roles.of(node)):
                continue
            parent = self.places.parents[node]
            match parent:
                case ast.Assign(targets=[ast.Name() | ast.Attribute()]) if node is call:
                    continue
                case ast.Attribute(attr="restore"):
                    outer = self.places.parents[parent]
                    if isinstance(outer, ast.Call) and self.roles.is_only(node, Role.SAVER):
                        found.append(outer)
                        continue
            raise Unprovable(ELSEWHERE, "the saver of the MetaGraphDef does more than restore", node)
        if not found:
            raise Unprovable(ELSEWHERE, "nothing in this file restores its variables", call)
        if len(found) != 1:
            raise Unprovable(NOT_STATIC, "its variables are restored more than once", call)
        (restore,) = found
        arguments(restore, RESTORE_PARAMETERS)
        if not isinstance(self.places.parents[restore], ast.Expr):
            raise Unprovable(NOT_STATIC, "the restore stands in an expression", restore)
        if self.places.function_of(restore) is not self.places.function_of(call) or restore.lineno < call.lineno:
            raise Unprovable(ELSEWHERE, "the MetaGraphDef is imported in one function and restored in another", call)
        self._refuse_branches(call, restore)
        return restore

    def _refuse_branches(self, call: ast.Call, restore: ast.Call) -> None:
        """What is imported is restored, and only once."""
        outer = {call, *self._around(call)}
        for around in [self.view.statement(restore), *self._around(self.view.statement(restore))]:
            if isinstance(around, (ast.If, ast.For, ast.While, ast.Try)) and around not in outer:
                raise Unprovable(CONTROL_FLOW, "the variables are restored in a branch or loop", restore)
        for around in outer:
            if isinstance(around, ast.Try):
                raise Unprovable(CONTROL_FLOW, "the import stands in a try statement, and its errors change", call)

    def _around(self, node: ast.AST) -> list[ast.AST]:
        """The nodes around one, up to its function."""
        found: list[ast.AST] = []
        while node in self.places.parents and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node = self.places.parents[node]
            found.append(node)
        return found


def loads_into_session(call: ast.Call) -> bool:
    """Whether a `tf.saved_model.load` is TF1's; TF2's has the same name, and takes no session."""
    names = {keyword.arg for keyword in call.keywords}
    return "sess" in names or (
        len(call.args) > 1 and len(call.args) + len(call.keywords) > 2 and "options" not in names
    )


def arguments(call: ast.Call, parameters: tuple[str, ...]) -> dict[str, ast.expr]:
    """The arguments of a call by name, where they are written out.

    Raises:
        Unprovable: There are others.
    """
    if any(isinstance(argument, ast.Starred) for argument in call.args) or len(call.args) > len(parameters):
        raise Unprovable(NOT_STATIC, "the arguments of the call are not written out", call)
    found = dict(zip(parameters, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg not in parameters:
            raise Unprovable(NOT_STATIC, f"the call has options ({keyword.arg or '**'})", call)
        found[keyword.arg] = keyword.value
    needed = {"meta_graph_or_file"} if parameters is IMPORT_PARAMETERS else set(parameters)
    if needed - found.keys():
        raise Unprovable(NOT_STATIC, "the call lacks arguments", call)
    return found
