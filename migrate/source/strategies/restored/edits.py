"""The edits that make functions with tf.Variables of graphs from MetaGraphDefs and SavedModels."""

from __future__ import annotations

import ast

from migrate.source.changes import Changes
from migrate.source.loaded.roles import Role
from migrate.source.loaded.uses import Usage
from migrate.source.strategies.frozen.export import FrozenExport
from migrate.source.strategies.frozen.reader import LoadedGraph
from migrate.source.strategies.frozen.text import spliced
from migrate.source.strategies.restored.added import graph_behind, wrapped_texts
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

_SIMPLE = (ast.Assign, ast.Expr, ast.Return)


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
        self._behind: dict[ast.stmt, str] = {}
        self._collections: set[ast.AST] = set()
        self._inline: set[ast.expr] = set()
        self._tensors: list[str] = []
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
        if not isinstance(op, ast.expr):
            return None
        statement = self.view.statement(op)
        graph = graph_behind(op, self.code)
        text = self.code.text(graph.home, op) if graph is not None and graph.home is not None else None
        if graph is None:
            return None
        tensor = self._exported_by(op)
        if tensor is not None:
            self._inline.add(tensor)
            if self.places.parents[tensor] in self._buried:
                return set()
        if self._statements.get(statement) == ():
            # An initializer, of which nothing is left.
            return set()
        if self._runs(statement):
            return None
        if text is not None and isinstance(statement, _SIMPLE) and statement not in self._statements:
            self._behind[statement] = text
            return set()
        function = self.places.function_of(op)
        if text is not None or not isinstance(function, ast.FunctionDef) or self._runs(function):
            return None
        callers = [self._context(caller.call) for caller in self.places.callers(function)]
        if not callers or self.places.escapes(function) or any(found is None for found in callers):
            return None
        return set()

    def _runs(self, root: ast.AST, seen: frozenset[ast.AST] = frozenset()) -> bool:
        """Whether anything is run, loaded or exported in a part of the module, or in functions that it calls."""
        special = {use.node for use in self.code.uses if use.usage is Usage.RUN}
        special |= {graph.call for graph in self.restored} | {export.site.call for export in self.exports}
        for node in ast.walk(root):
            if node in special:
                return True
            if isinstance(node, ast.Call) and node in self.places.scope_of:
                called = [function for function in self.places.callees(node) if function not in seen]
                if any(self._runs(function, seen | set(called)) for function in called):
                    return True
        return False

    def _exported_by(self, op: ast.expr) -> ast.expr | None:
        """The tensor of a signature in whose expression an op is made."""
        for export in self.exports:
            for signature in export.site.signatures:
                for endpoint in signature.inputs + signature.outputs:
                    if op in ast.walk(endpoint.tensor):
                        return endpoint.tensor
        return None

    def _tensor_text(self, tensor: ast.expr) -> str:
        text = super()._tensor_text(tensor)
        if tensor not in self._inline:
            return text
        name = self.view.free("tensor")
        self._tensors.append(f"{name} = {text}")
        return name

    def _export(self, export: FrozenExport) -> None:
        super()._export(export)
        saved = export.site.saved.node
        if self._tensors:
            made = "\n\t".join(text.replace("\n", "\n\t") for text in self._tensors)
            block = f"with {self._text(export.site.session)}.as_default():\n\t{made}"
            self._statements[saved] = (block, *self._statements[saved])
            self._tensors = []

    def _result(self, kept: set[ast.With]) -> Changes:
        self._drop_resets()
        texts = {statement: self._statement_text(statement) for statement in self._behind}
        self._statements |= wrapped_texts(self._behind, texts, self.roles)
        return super()._result(kept)

    def _statement_text(self, statement: ast.stmt) -> str:
        assert isinstance(statement, _SIMPLE)
        assert statement.value is not None
        value = spliced(statement.value, self._texts, self.view)
        if isinstance(statement, ast.Return):
            return f"return {value}"
        return " = ".join([*(self.view.source_of(target) for target in getattr(statement, "targets", [])), value])

    def _drop_resets(self) -> None:
        """Removes `tf.reset_default_graph()`; refuses what adds an op without an expression of its own."""
        for _, node in self.places.nodes:
            match node:
                case ast.AugAssign(target=target) if self.places.function_of(node) in self.touched:
                    if isinstance(target, (ast.Name, ast.Attribute)) and Role.TENSOR in self.roles.roles(target):
                        raise Unprovable(ELSEWHERE, "a tensor is changed in place", node)
                case ast.Expr(value=ast.Call(func=function)) if self.places.function_of(node) in self.touched:
                    if self.roles.symbol(function) == "reset_default_graph":
                        self._statements[node] = ()

    def _class_text(self, np: str) -> str:
        if self.from_meta_graph:
            return meta_graph_class(self._class, self.view.tf, np, scoped=self._scoped, called=self.runs)
        return saved_model_class(self._class, self.view.tf, np, called=self.runs)

    def _saved(self, _graph: str) -> str:
        return f"{_graph}.module"
