"""The edits that make functions with tf.Variables of graphs from MetaGraphDefs and SavedModels."""

from __future__ import annotations

import ast

from migrate.source.changes import Changes
from migrate.source.strategies.frozen.export import FrozenExport
from migrate.source.strategies.frozen.reader import LoadedGraph
from migrate.source.strategies.frozen.text import spliced
from migrate.source.strategies.restored.reader import (
    IMPORT_PARAMETERS,
    LOAD_PARAMETERS,
    META_GRAPHS,
    RESTORE_PARAMETERS,
    RestoredCode,
    RestoredGraph,
    arguments,
)
from migrate.source.strategies.restored.runs import RestoredRuns
from migrate.source.strategies.restored.written_class import (
    META_GRAPH,
    SAVED_MODEL,
    SAVED_MODEL_IMPORT,
    meta_graph_class,
    saved_model_class,
)
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, INIT_OP, Unprovable
from migrate.source.view import ModuleView


class RestoredEdits(RestoredRuns):
    """Makes the edits of one module."""

    def __init__(self, view: ModuleView, code: RestoredCode) -> None:
        """Takes a module.

        Args:
            view: The module.
            code: Its graphs.

        Raises:
            Unprovable: It has graphs of both kinds.
        """
        super().__init__(view, code)
        kinds = {self.roles.symbol(graph.call.func) in META_GRAPHS for graph in self.restored}
        if len(kinds) > 1:
            raise Unprovable(ELSEWHERE, "the file loads MetaGraphDefs and SavedModels", self.restored[-1].call)
        (self.from_meta_graph,) = kinds
        self._class = view.free(META_GRAPH if self.from_meta_graph else SAVED_MODEL)
        self._elements = False
        self._scoped = False
        self._collections: set[ast.AST] = set()
        if not self.from_meta_graph:
            self._imports.append(SAVED_MODEL_IMPORT)

    # ---- what is loaded --------------------------------------------------------------------------------------

    def _bury(self, exports: list[FrozenExport]) -> None:
        super()._bury(exports)
        for export in exports:
            if export.site.assets:
                raise Unprovable(INIT_OP, "files are exported beside the graph", export.site.assets[0])
        for graph in self.restored:
            given = self._given(graph)
            for call in filter(None, (graph.call, graph.restore)):
                self._buried |= set(ast.walk(call))
            self._buried -= {node for value in given.values() for node in ast.walk(value)}
        self._find_collections()

    def _given(self, graph: RestoredGraph) -> dict[str, ast.expr]:
        """What the new calls take over from those that load."""
        given = arguments(graph.call, IMPORT_PARAMETERS if self.from_meta_graph else LOAD_PARAMETERS)
        for name in ("sess", "graph", "clear_devices"):
            given.pop(name, None)
        if graph.restore is not None:
            given["save_path"] = arguments(graph.restore, RESTORE_PARAMETERS)["save_path"]
        scope = given.get("import_scope")
        if isinstance(scope, ast.Constant) and not scope.value:
            del given["import_scope"]
        return given

    def _find_collections(self) -> None:
        """`tf.get_collection`, which asks the default graph."""
        for _, node in self.places.nodes:
            if not isinstance(node, ast.Call) or node in self._buried:
                continue
            if self.roles.symbol(node.func) == "get_collection":
                graph = self._only(self.contexts.graphs_at(node))
                text = self._home_text(graph, node)
                if text is not None:
                    self._texts[node.func] = f"{text}.get_collection"
                    self._collections.add(node)

    def _imported(self, graph: LoadedGraph) -> None:
        assert isinstance(graph, RestoredGraph)
        assert graph.home is not None
        home = self.code.text(graph.home, graph.call)
        if home is None or graph.home.returned_by is not None:
            raise Unprovable(ELSEWHERE, "the graph is loaded in one function and run in another", graph.call)
        self.touched.add(graph.function)
        given = {name: spliced(value, self._texts, self.view) for name, value in self._given(graph).items()}
        if graph.restore is None:
            made = f"{home} = {self._class}({given['export_dir']}, {given['tags']})"
            self._statements[graph.statement] = (made, *self._meta_graph(graph, home))
            return
        options = given["meta_graph_or_file"]
        if "import_scope" in given:
            self._scoped = True
            options += f", import_scope={given['import_scope']}"
        made, restored = f"{home} = {self._class}({options})", f"{home}.restore({given['save_path']})"
        restoring = self.view.statement(graph.restore)
        if restoring is graph.statement:
            self._statements[restoring] = (made, restored)
            return
        if not isinstance(graph.statement, ast.Assign):
            raise Unprovable(CONTROL_FLOW, "the MetaGraphDef is imported within an expression", graph.call)
        self._statements[graph.statement] = (made,)
        self._statements[restoring] = (restored,)

    def _meta_graph(self, graph: RestoredGraph, home: str) -> list[str]:
        """What the loader returns, where that is used."""
        match graph.statement:
            case ast.Expr(value=value) if value is graph.call:
                return []
            case ast.Assign(targets=[ast.Name() | ast.Attribute() as target], value=value) if value is graph.call:
                if isinstance(target, ast.Name) and not self._is_read(target):
                    return []
                return [f"{self.view.source_of(target)} = {home}.meta_graph"]
        raise Unprovable(CONTROL_FLOW, "the model is loaded within an expression", graph.call)

    def _session(self, session: ast.Call) -> None:
        graph = self._session_graph(session)
        before = graph is not None and session.lineno < graph.call.lineno
        if before and self._target(session) not in self._replaced and self._target(session) is not None:
            raise Unprovable(CONTROL_FLOW, "the session is made before the graph is there", session)
        super()._session(session)

    def _context(self, op: ast.AST) -> set[ast.With] | None:
        """No block stays: a statement that adds ops gets one of its own, in which nothing is run."""
        if op in self._collections:
            return set()
        return self._behind_graph(op)

    def _result(self, kept: set[ast.With]) -> Changes:
        self._drop_resets()
        return super()._result(kept)

    def _drop_resets(self) -> None:
        """Removes `tf.reset_default_graph()`."""
        for _, node in self.places.nodes:
            match node:
                case ast.Expr(value=ast.Call(func=function)) if self.places.function_of(node) in self.touched:
                    if self.roles.symbol(function) == "reset_default_graph":
                        self._statements[node] = ()

    def _class_text(self, np: str) -> str:
        if self.from_meta_graph:
            return meta_graph_class(self._class, self.view.tf, np, scoped=self._scoped, called=self.runs)
        return saved_model_class(self._class, self.view.tf, np, called=self.runs)

    def _saved(self, _graph: str) -> str:
        return f"{_graph}.module"
