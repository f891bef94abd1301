"""The edits that make functions with tf.Variables of graphs from MetaGraphDefs and SavedModels."""

from __future__ import annotations

import ast

from migrate.source.changes import Changes
from migrate.source.loaded.places import Given
from migrate.source.strategies.frozen.export import FrozenExport
from migrate.source.strategies.frozen.ops import TABLE_INITIALIZERS
from migrate.source.strategies.frozen.reader import LoadedGraph
from migrate.source.strategies.frozen.text import spliced
from migrate.source.strategies.restored.needs import Needs
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
    LOADER_IMPORT,
    META_GRAPH,
    SAVED_MODEL,
    SAVED_MODEL_IMPORT,
    meta_graph_class,
    saved_model_class,
)
from migrate.source.strategies.wrapping.table_text import CLASS as TABLE_CLASS
from migrate.source.strategies.wrapping.table_text import IMPORT as UUID_IMPORT
from migrate.source.strategies.wrapping.table_text import table_class
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, INIT_OP, Unprovable
from migrate.source.view import ModuleView

_OF_VARIABLES = frozenset({"train.ExponentialMovingAverage", "global_variables", "trainable_variables"})
"""What tells which variables there are, and does nothing itself."""


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
        self._saved_by = False
        self._scoped = False
        self._files = False
        self._collections: set[ast.AST] = set()
        self._fills = self._fills_tables()
        if not self.from_meta_graph:
            self._imports.append(SAVED_MODEL_IMPORT)

    # ---- what is loaded --------------------------------------------------------------------------------------

    def _bury(self, exports: list[FrozenExport]) -> None:
        super()._bury(exports)
        for export in exports:
            self._files |= bool(export.site.assets)
            self._refuse_resets(export)
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

    def _fills_tables(self) -> bool:
        """Whether the module has, or exports, what fills lookup tables."""
        return any(
            isinstance(node, ast.Call) and self.roles.symbol(node.func) in TABLE_INITIALIZERS
            for _, node in self.places.nodes
        )

    def _refuse_resets(self, export: FrozenExport) -> None:
        """A model that initializes its variables when it is loaded has their first values, whatever was restored."""
        for op in export.site.init_ops:
            for node in ast.walk(op):
                if isinstance(node, ast.Call) and (self.roles.symbol(node.func) or "").endswith("main_op.main_op"):
                    reason = "all variables get their first values whenever the model is loaded"
                    raise Unprovable(INIT_OP, reason, node)

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
        if not self.from_meta_graph:
            made = f"{home} = {self._class}({given['export_dir']}, {given['tags']})"
            self._statements[graph.statement] = (made, *self._meta_graph(graph, home))
            return
        options = given["meta_graph_or_file"]
        if "import_scope" in given:
            self._scoped = True
            options += f", import_scope={given['import_scope']}"
        made = f"{home} = {self._class}({options})"
        if graph.restore is None and graph not in self.initialized:
            raise Unprovable(ELSEWHERE, "nothing in this file restores its variables", graph.call)
        if graph.restore is not None:
            restored = self._restored(graph, home, given["save_path"])
            restoring = self.view.statement(graph.restore)
            if restoring is graph.statement:
                self._statements[restoring] = (made, *restored)
                return
            self._statements[restoring] = restored
        if not isinstance(graph.statement, ast.Assign) and self.places.parents[graph.call] is not graph.statement:
            raise Unprovable(CONTROL_FLOW, "the MetaGraphDef is imported within an expression", graph.call)
        self._statements[graph.statement] = (made,)

    def _restored(self, graph: RestoredGraph, home: str, path: str) -> tuple[str, ...]:
        """The statements that restore, maybe by a saver which the module makes in the graph."""
        if graph.saver is None:
            return (f"{home}.restore({path})",)
        assert graph.restore is not None
        assert isinstance(graph.restore.func, ast.Attribute)
        self._saved_by = True
        used = graph.restore.func.value
        if used is not graph.saver:
            self._behind[self.view.statement(graph.saver)] = home
            return (f"{home}.restore({path}, {self.view.source_of(used)})",)
        name = self.view.free("saver")
        made = f"with {home}.as_default():\n\t{name} = {self.view.text_of(graph.saver)}"
        return made, f"{home}.restore({path}, {name})"

    def _drop_savers(self) -> None:
        """Removes savers of the graph that nothing uses; they would be made outside of it.

        Raises:
            Unprovable: Something does use one.
        """
        restoring = {graph.saver for graph in self.restored}
        for _, node in self.places.nodes:
            if not isinstance(node, ast.Call) or self.roles.symbol(node.func) != "train.Saver" or node in restoring:
                continue
            if self.places.function_of(node) not in self.touched:
                continue
            match self.places.parents[node]:
                case ast.Assign(targets=[ast.Name() as target]) as statement if not self._is_read(target):
                    self._drop_with_variables(statement)
                case ast.Expr() as statement:
                    self._drop_with_variables(statement)
                case _:
                    raise Unprovable(ELSEWHERE, "a saver of the graph is used for something else", node)

    def _drop_with_variables(self, statement: ast.stmt) -> None:
        """Removes a statement, and what only found out which variables are its own."""
        self._statements[statement] = ()
        for node in ast.walk(statement):
            place = self.places.place(node) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else None
            given = self.places.given(place) if place is not None else []
            reads = [
                one
                for _, one in self.places.nodes
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load) and self.places.place(one) == place
            ]
            match given:
                case [Given(value=ast.Call(func=function), statement=ast.Assign(targets=[ast.Name()]) as made)]:
                    looks = isinstance(function, ast.Attribute) and function.attr == "variables_to_restore"
                    if not looks and self.roles.symbol(function) not in _OF_VARIABLES:
                        continue
                    if all(self._statements.get(self.view.statement(one)) == () for one in reads):
                        self._drop_with_variables(made)

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
        self._drop_savers()
        return super()._result(kept)

    def _drop_resets(self) -> None:
        """Removes `tf.reset_default_graph()`."""
        for _, node in self.places.nodes:
            match node:
                case ast.Expr(value=ast.Call(func=function)) if self.places.function_of(node) in self.touched:
                    if self.roles.symbol(function) == "reset_default_graph":
                        self._statements[node] = ()

    def _class_text(self, np: str) -> str:
        view = self.view
        # Nobody says here whether a SavedModel has tables.
        has_tables = self._fills or self._files or not self.from_meta_graph
        tables = view.free(TABLE_CLASS) if has_tables else None
        needs = Needs(
            called=self.runs,
            tables=tables,
            files=self._files,
            scoped=self._scoped,
            restored=any(graph.restore is not None for graph in self.restored),
            saved=self._saved_by,
            initialized=bool(self.initialized),
        )
        if tables is not None:
            taken = any("uuid" in scope.bindings for scope in view.symbols.scopes())
            uuid = "table_uuid" if taken else "uuid"
            self._imports.append(f"{UUID_IMPORT} as {uuid}" if taken else UUID_IMPORT)
            self._helpers.append(table_class(tables, view.tf, uuid))
            if not self.from_meta_graph:
                self._imports.append(LOADER_IMPORT)
        if self.from_meta_graph:
            return meta_graph_class(self._class, view.tf, np, needs)
        return saved_model_class(self._class, view.tf, np, needs)

    def _saved(self, _graph: str) -> str:
        return f"{_graph}.module"
