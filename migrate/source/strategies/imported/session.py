"""A session that exports a graph without variables, and the edits by which it goes."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.changes import Changes
from migrate.source.strategies.wrapping.exports import Export
from migrate.source.strategies.wrapping.nodes import nodes_of, only_value
from migrate.source.strategies.wrapping.session import SessionCode
from migrate.source.strategies.wrapping.session_calls import initializes
from migrate.source.symbols import Scope
from migrate.source.unprovable import ELSEWHERE, SESSION_AFTER, Unprovable

_ASKED = frozenset({"as_default", "get_tensor_by_name", "get_operation_by_name", "get_operations", "as_graph_def",
                    "as_graph_element", "finalize", "version", "get_collection"})  # fmt: skip
_NAMES = ("graph", "exported_graph", "saved_graph")


@dataclass(slots=True, eq=False)
class ImportedSession(SessionCode):
    """A session that does no more than to export its graph.

    Attributes:
        around: The `with` that makes a graph the default one around the session, if there is one.
        named: How the graph is called where it is saved; empty before the edits are made.
        maker: The function of the file that makes and returns the graph, where one does.
        inside: Whether that graph is entered in the session's own block, so that it is another than the session's.
    """

    around: ast.With | None = None
    named: str = ""
    maker: ast.FunctionDef | None = None
    inside: bool = False

    @property
    def roots(self) -> list[ast.AST]:
        """The code that builds the graph."""
        if self.around is None and self.graph is None:
            return [self.scope.node]
        found: list[ast.AST] = [self.around or self.statement]
        for name in {*self.names, self.name}:
            found += [node for _, node in nodes_of(self.scope, self.view.symbols) if _enters(node, name)]
        return found

    def refuse_other_uses(self) -> None:
        """The graph may be entered and asked, but not given to other code.

        Raises:
            Unprovable: It is.
        """
        for name in self.names:
            for _, node in nodes_of(self.scope, self.view.symbols, inner=True):
                if not (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)):
                    continue
                parent = self.view.parents[node]
                asked = isinstance(parent, ast.Attribute) and parent.attr in _ASKED
                if not asked and not (isinstance(parent, ast.keyword) and self.view.parents[parent] is self.call):
                    raise Unprovable(ELSEWHERE, "the graph is given to other code, too", node)

    def refuse_other_default(self, export: Export) -> None:
        """What TensorFlow 1 exports is the default graph, which may be another one than the session's.

        Raises:
            Unprovable: It is entered between the session and the export.
        """
        node: ast.AST = export.statement
        while node is not self.scope.node and node not in (self.around, self.statement):
            node = self.view.parents[node]
            for item in node.items if isinstance(node, ast.With) else []:
                match item.context_expr:
                    case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="as_default")):
                        if name in {*self.names, self.name}:
                            continue
                    case ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name(id=name), attr="graph"))):
                        if name == self.name:
                            continue
                    case _ if not ast.unparse(item.context_expr).endswith(".as_default()"):
                        continue
                if item.context_expr is not self.call and node not in (self.around, self.statement):
                    raise Unprovable(ELSEWHERE, "another graph may be the default one at the export", item.context_expr)

    @property
    def names(self) -> set[str]:
        """The names of the graph."""
        found = {self.graph.id} if isinstance(self.graph, ast.Name) else set()
        for item in self.around.items if self.around is not None else []:
            match item:
                case ast.withitem(context_expr=ast.Call(func=ast.Attribute(value=graph, attr="as_default"))):
                    found |= {one.id for one in (graph, item.optional_vars) if isinstance(one, ast.Name)}
        return found

    def changes(self, model: str) -> Changes:
        """The edits, but for the functions that save.

        Args:
            model: What the function that saves is called.

        Raises:
            Unprovable: The session is used for something else.
        """
        changes = Changes()
        self._refuse_its_own()
        self._enter(changes)
        done: set[ast.AST] = {node for item in self._items() for node in ast.walk(item)}
        for export in self.exports:
            changes.statements |= dict.fromkeys(export.gone, ())
            changes.statements |= self._saved(export, model)
            done |= {node for one in (export.statement, *export.gone) for node in ast.walk(one)}
            self._refuse_inside(export)
            self._drop_init_ops(export, changes, done)
        self._uses(self.scope, self.name, self.named, changes, done)
        return changes

    def staying(self, model: str) -> Changes:
        """The edits where the session stays, for what else it does.

        Args:
            model: What the function that saves is called.
        """
        changes = Changes()
        self._refuse_its_own()
        self.named = self._name(changes) if self.inside else f"{self.name}.graph"
        for export in self.exports:
            changes.statements |= dict.fromkeys(export.gone, ())
            changes.statements |= self._saved(export, model)
            done = {node for one in (export.statement, *export.gone) for node in ast.walk(one)}
            self._drop_init_ops(export, changes, done)
        return changes

    def _refuse_its_own(self) -> None:
        """Where another graph is exported than the session's, nothing of the session's may be part of it."""
        for export in self.exports if self.inside else ():
            for node in ast.walk(export.statement):
                if isinstance(node, ast.Name) and node.id == self.name and node is not export.session:
                    raise Unprovable(ELSEWHERE, "another graph is the default one at the export", node)

    # ---- the parts -------------------------------------------------------------------------------------------

    def _saved(self, export: Export, model: str) -> dict[ast.stmt, tuple[str, ...]]:
        mark = "\1"
        found = SessionCode._saved(self, export, mark)
        return {statement: tuple(self._call(text, mark, model) for text in texts) for statement, texts in found.items()}

    def _call(self, text: str, mark: str, model: str) -> str:
        """`model.save(...)` as a call of a function that gets the graph."""
        text = text.replace(f"{mark}.save(\n\v", f"{model}(\n\v{self.named},\n\v")
        return text.replace(f"{mark}.save(", f"{model}({self.named}, ").replace(f"{mark}.graph", self.named)

    def _uses(self, scope: Scope, name: str, model: str, changes: Changes, done: set[ast.AST]) -> None:
        inside = set(ast.walk(self.statement)) if isinstance(self.statement, ast.With) else None
        several = len(scope.bindings[name]) > 1
        for around, node in nodes_of(scope, self.view.symbols, inner=True):
            if not (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)):
                continue
            if node in done or around.owner(name) is not scope or (several and inside and node not in inside):
                continue
            if around is not scope:
                raise Unprovable(ELSEWHERE, "an inner function uses the session", node)
            self._use(node, scope, model, changes)

    def _use(self, node: ast.Name, scope: Scope, model: str, changes: Changes) -> None:
        parent, statement = self.view.parents[node], self.view.statement(node)
        match parent, statement:
            case ast.Attribute(attr="graph"), _ if not self.inside:
                assert isinstance(parent, ast.Attribute)
                changes.expressions[parent] = model
            case ast.Attribute(attr="run"), ast.Expr(value=ast.Call(func=function, args=[operations], keywords=[])):
                if function is not parent or not initializes(operations, scope, self.view.symbols):
                    raise Unprovable(SESSION_AFTER, "the session does more than to export", node)
                changes.statements[statement] = ()
                self._drop_initializer(operations, changes)
            case ast.Attribute(attr="close"), ast.Expr(value=ast.Call(func=function, args=[], keywords=[])):
                if function is not parent:
                    raise Unprovable(SESSION_AFTER, "the session does more than to export", node)
                changes.statements[statement] = ()
            case ast.Attribute(attr="as_default"), ast.With(items=[ast.withitem(ast.Call(func=function), None)]):
                if function is not parent:
                    raise Unprovable(SESSION_AFTER, "the session does more than to export", node)
                changes.statements[statement] = (f"with {model}.as_default():",)
            case _:
                raise Unprovable(SESSION_AFTER, "the session does more than to export", node)

    def _drop_initializer(self, operations: ast.expr, changes: Changes) -> None:
        """The variable of an initializer that is not run any more."""
        if isinstance(operations, ast.Name):
            value = only_value(operations.id, self.scope)
            reads = [
                one
                for _, one in nodes_of(self.scope, self.view.symbols, inner=True)
                if isinstance(one, ast.Name) and one.id == operations.id and isinstance(one.ctx, ast.Load)
            ]
            if value is not None and len(reads) == 1:
                changes.statements[self.view.statement(value)] = ()

    # ---- the graph -------------------------------------------------------------------------------------------

    def _items(self) -> list[ast.withitem]:
        """What of a `with` statement is the session."""
        items = self.statement.items if isinstance(self.statement, ast.With) else []
        return [item for item in items if item.context_expr is self.call]

    def _enter(self, changes: Changes) -> None:
        """The graph gets a name, and is entered without a session."""
        view = self.view
        self.named = self._name(changes)
        if isinstance(self.statement, ast.Assign):
            changes.statements[self.statement] = ()
            return
        items: list[str] = []
        for item in self.statement.items:
            if item.context_expr is not self.call:
                items.append(self._item(item))
            elif self.graph is not None and self.around is None:
                name = "" if isinstance(self.graph, ast.Name) else f" as {self.named}"
                items.append(f"{view.text_of(self.graph)}.as_default(){name}")
        if items:
            changes.statements[self.statement] = (f"with {', '.join(items)}:",)
        else:
            changes.unwrapped.add(self.statement)

    def _name(self, changes: Changes) -> str:
        """How the graph is called where it is saved."""
        view = self.view
        if self.around is not None:
            for item in self.around.items:
                match item:
                    case ast.withitem(context_expr=ast.Call(func=ast.Attribute(value=graph, attr="as_default"))):
                        if isinstance(item.optional_vars, ast.Name):
                            return item.optional_vars.id
                        if isinstance(graph, ast.Name):
                            return graph.id
                        name = self._free()
                        if self.around is not self.statement:
                            items = [self._item(one, name if one is item else "") for one in self.around.items]
                            changes.statements[self.around] = (f"with {', '.join(items)}:",)
                        return name
        if isinstance(self.graph, ast.Name):
            return self.graph.id
        return self._free() if self.graph is not None else f"{view.tf}.compat.v1.get_default_graph()"

    def _item(self, item: ast.withitem, name: str = "") -> str:
        if not name and self.around is self.statement and self.around is not None and item.optional_vars is None:
            match item.context_expr:
                case ast.Call(func=ast.Attribute(value=ast.Call(), attr="as_default")):
                    name = self.named
        if item.optional_vars is not None:
            name = self.view.text_of(item.optional_vars)
        return self.view.text_of(item.context_expr) + (f" as {name}" if name else "")

    def _free(self) -> str:
        node = self.scope.node
        used = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        used |= {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
        used |= set(self.view.symbols.module.bindings)
        return next((name for name in _NAMES if name not in used), None) or self.view.free(_NAMES[0])


def _enters(node: ast.AST, name: str) -> bool:
    """Whether a node is a `with` that makes the graph of a name the default one."""
    for item in node.items if isinstance(node, ast.With) else []:
        match item.context_expr:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=entered), attr="as_default")) if entered == name:
                return True
    return False
