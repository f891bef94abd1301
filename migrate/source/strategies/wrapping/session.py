"""The session of an export: what it does, and the edits by which a wrapped graph takes its place."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import ClassVar

from migrate.source.changes import Changes
from migrate.source.strategies.wrapping.exports import Export
from migrate.source.strategies.wrapping.nodes import nodes_of, only_value, reached
from migrate.source.strategies.wrapping.session_calls import initializes, is_saver, is_tensor, is_tried, restored_path
from migrate.source.symbols import Scope
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, SESSION_AFTER, Unprovable
from migrate.source.view import ModuleView

CLASS_MARK = "\0"
"""Stands for the class's name, which is not made before all is known."""
_OTHER_USE = "the session does more than to initialize, restore and export"


@dataclass(slots=True, eq=False)
class SessionCode:
    """A session that is made in the function that exports it.

    Attributes:
        view: The module.
        scope: The function, or the module.
        name: Its name.
        call: What makes it.
        statement: The assignment, or the `with`.
        graph: The graph it is given, if it is.
        exports: The exports of it.
        helpers: Functions of the file that it is passed to.
        restores: Whether a checkpoint is restored.
        initializes: Whether variables get their initial values.
        live: Whether the session stays, for what else it does.
    """

    view: ModuleView
    scope: Scope
    name: str
    call: ast.Call
    statement: ast.Assign | ast.With
    graph: ast.expr | None
    exports: list[Export] = field(default_factory=list)
    helpers: list[Scope] = field(default_factory=list)
    restores: bool = False
    initializes: bool = False
    live: ClassVar[bool] = False
    whole: ClassVar[bool] = False
    """Whether it is all the sessions of a program."""

    def scopes(self) -> list[Scope]:
        """The functions that may build some of the graph, or the module."""
        return list(reached(self.scope, self.view.symbols))

    def used(self) -> list[ast.stmt]:
        """Further statements that need the graph to be the default one."""
        return []

    def changes(self, model: str) -> Changes:
        """The edits, but for the graph around and the class.

        Args:
            model: The name of the wrapped graph.

        Raises:
            Unprovable: The session is used for something else.
        """
        changes = Changes()
        done: set[ast.AST] = set()
        for export in self.exports:
            changes.statements |= export.gone_texts(self.view)
            changes.statements |= self._saved(export, model)
            done |= {node for one in (export.statement, *export.gone) for node in ast.walk(one)}
            self._refuse_inside(export)
            self._drop_init_ops(export, changes, done)
        self._uses(self.scope, self.name, model, changes, done)
        self._default_runs(model, changes)
        self._made(model, changes)
        return changes

    def _saved(self, export: Export, model: str) -> dict[ast.stmt, tuple[str, ...]]:
        """The save, and what takes the path that it returns."""
        text, view = export.text(model, self.view), self.view
        if export.path is None:
            return {export.statement: (text,)}
        use = "return " if isinstance(export.path, ast.Return) else f"{view.text_of(export.path.targets[0])} = "
        if _follows(export.path, export.statement, view):
            return {export.statement: (), export.path: (use + text,)}
        name = view.free("saved_path")
        return {export.statement: (f"{name} = {text}",), export.path: (use + name,)}

    def _refuse_inside(self, export: Export) -> None:
        """The arguments of an export may ask the session for its graph, and for no more."""
        for node in ast.walk(export.statement):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and f"{self.name}." in node.value:
                raise Unprovable(SESSION_AFTER, "a string looks like the session", node)
            if isinstance(node, ast.Name) and node.id == self.name and node is not export.session:
                match self.view.parents[node]:
                    case ast.Attribute(attr="graph"):
                        continue
                raise Unprovable(SESSION_AFTER, _OTHER_USE, node)

    # ---- uses ------------------------------------------------------------------------------------------------

    def _uses(self, scope: Scope, name: str, model: str, changes: Changes, done: set[ast.AST]) -> None:
        for around, node in nodes_of(scope, self.view.symbols, inner=True):
            if isinstance(node, ast.Name) and node.id == name and node not in done and around.owner(name) is scope:
                if isinstance(node.ctx, ast.Store):
                    continue
                if around is not scope:
                    raise Unprovable(ELSEWHERE, "an inner function uses the session", node)
                self._use(node, scope, model, changes)

    def _use(self, node: ast.Name, scope: Scope, model: str, changes: Changes) -> None:
        view = self.view
        parent, statement = view.parents[node], view.statement(node)
        own = scope is self.scope
        match parent, statement:
            case ast.Attribute(attr="graph"), _:
                changes.expressions[node] = model
            case ast.Attribute(attr="run"), ast.Expr(value=ast.Call(func=function, args=[operations], keywords=[])):
                if function is not parent or not initializes(operations, scope, view.symbols):
                    raise Unprovable(SESSION_AFTER, _OTHER_USE, node)
                self.initializes = True
                changes.expressions[node] = model
            case ast.Attribute(attr="close"), ast.Expr(value=ast.Call(func=function, args=[], keywords=[])) if (
                function is parent and own
            ):
                changes.statements[statement] = ()
            case ast.Attribute(attr="as_default"), ast.With(items=[item]) if own and _called(item) is parent:
                if item.optional_vars is not None:
                    raise Unprovable(SESSION_AFTER, "the session has two names", node)
                changes.unwrapped.add(statement)
            case ast.withitem(optional_vars=None), ast.With(items=[_]) if own:
                self._entered(statement, model, changes)
            case ((ast.Call() | ast.keyword()), _):
                call = parent if isinstance(parent, ast.Call) else view.parents[parent]
                assert isinstance(call, ast.Call)
                self._argument(node, call, scope, model, changes)
            case _:
                raise Unprovable(SESSION_AFTER, _OTHER_USE, node)

    def _entered(self, statement: ast.stmt, model: str, changes: Changes) -> None:
        """`with sess:` makes its graph the default one, too."""
        if self.graph is None:
            changes.unwrapped.add(statement)
        elif isinstance(self.graph, ast.Call):
            # It makes another graph each time.
            changes.statements[statement] = (f"with {model}.graph.as_default():",)
        else:
            changes.statements[statement] = (f"with {self.view.text_of(self.graph)}.as_default():",)

    def _argument(self, node: ast.Name, call: ast.Call, scope: Scope, model: str, changes: Changes) -> None:
        """`saver.restore(sess, path)`, and `helper(sess, ...)`."""
        view = self.view
        statement = view.statement(call)
        match call.func:
            case ast.Attribute(value=saver, attr="restore") if is_saver(saver, scope, view.symbols):
                path = restored_path(node, call)
                if not isinstance(statement, ast.Expr) or statement.value is not call or path is None:
                    raise Unprovable(SESSION_AFTER, _OTHER_USE, node)
                if is_tried(statement, view):
                    raise Unprovable(CONTROL_FLOW, "what is restored depends on an exception", call)
                self.restores = True
                text = f"{model}.restore({view.text_of(saver)}, {view.text_of(path)})"
                changes.expressions[call] = " ".join(text.split()) if "\n" in text and "'" * 3 not in text else text
                return
        function = view.symbols.function(call.func, scope) if isinstance(call.func, ast.Name) else None
        if function is None or scope is not self.scope or node not in [*call.args, *(k.value for k in call.keywords)]:
            raise Unprovable(SESSION_AFTER, _OTHER_USE, node)
        self._helper(node, call, function, changes)
        changes.expressions[node] = model

    def _helper(self, node: ast.Name, call: ast.Call, function: ast.FunctionDef, changes: Changes) -> None:
        """A function of the file that is given the session."""
        view = self.view
        given = function.args
        if given.vararg or given.kwarg or given.posonlyargs or function.decorator_list:
            raise Unprovable(ELSEWHERE, f"{function.name} takes the session in a way that is not plain", node)
        if node in call.args:
            position = call.args.index(node)
            if position >= len(given.args) or any(isinstance(one, ast.Starred) for one in call.args):
                raise Unprovable(ELSEWHERE, f"{function.name} takes the session in a way that is not plain", node)
            parameter = given.args[position].arg
        else:
            parameter = next(k.arg for k in call.keywords if k.value is node) or ""
        scope = view.symbols.scope_of(function)
        uses = [
            other
            for around in (view.symbols.module,)
            for where, other in nodes_of(around, view.symbols, inner=True)
            if isinstance(other, ast.Name)
            and other.id == function.name
            and view.symbols.function(other, where) is function
        ]
        if len(uses) != 1:
            raise Unprovable(ELSEWHERE, f"{function.name} may be given other sessions, too", call)
        if len(scope.bindings.get(parameter, [])) != 1:
            raise Unprovable(ELSEWHERE, f"{function.name} gives its session another meaning", function)
        self.helpers.append(scope)
        self._uses(scope, parameter, parameter, changes, set())

    def _default_runs(self, model: str, changes: Changes) -> None:
        """`init.run()`, in the session that a `with` makes the default one."""
        for _, node in nodes_of(self.scope, self.view.symbols):
            match node:
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=op, attr="run"), args=[], keywords=[]) as call):
                    if initializes(op, self.scope, self.view.symbols):
                        self.initializes = True
                        changes.expressions[call] = f"{model}.run({self.view.text_of(op)})"
                        continue
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="run")) if is_tensor(
                    name, self.scope, self.view.symbols
                ):
                    raise Unprovable(SESSION_AFTER, _OTHER_USE, node)

    # ---- what it is ------------------------------------------------------------------------------------------

    def _made(self, model: str, changes: Changes) -> None:
        view = self.view
        given = self.graph is not None and not (isinstance(self.statement, ast.With))
        text = f"{model} = {CLASS_MARK}({view.text_of(self.graph) if given and self.graph is not None else ''})"
        if isinstance(self.statement, ast.Assign):
            changes.statements[self.statement] = (text,)
            return
        items: list[str] = []
        for item in self.statement.items:
            if item.context_expr is self.call:
                if self.graph is not None and not self._is_entered(items):
                    items.append(f"{view.text_of(self.graph)}.as_default()")
                continue
            name = f" as {view.text_of(item.optional_vars)}" if item.optional_vars is not None else ""
            items.append(view.text_of(item.context_expr) + name)
        first = self.statement.body[0]
        changes.above[first] = (text, *changes.above.get(first, ()))
        if items:
            changes.statements[self.statement] = (f"with {', '.join(items)}:",)
        else:
            changes.unwrapped.add(self.statement)

    def _is_entered(self, items: list[str]) -> bool:
        """Whether the same `with` has entered the session's graph before."""
        if not isinstance(self.graph, ast.Name):
            return False
        name = self.graph.id
        return any(item.startswith(f"{name}.as_default()") or item.endswith(f" as {name}") for item in items)

    def _drop_init_ops(self, export: Export, changes: Changes, done: set[ast.AST]) -> None:
        for node in export.init_ops:
            if not isinstance(node, ast.Name):
                continue
            value = only_value(node.id, self.scope)
            reads = [
                one
                for _, one in nodes_of(self.scope, self.view.symbols, inner=True)
                if isinstance(one, ast.Name) and one.id == node.id and isinstance(one.ctx, ast.Load)
            ]
            if value is not None and all(one in done for one in reads):
                changes.statements[self.view.statement(value)] = ()
                done |= set(ast.walk(self.view.statement(value)))


def _follows(statement: ast.stmt, other: ast.stmt, view: ModuleView) -> bool:
    """Whether a statement is the next one after another, in the same block."""
    body: list[ast.stmt] = getattr(view.parents[statement], "body", [])
    return other in body and statement in body and body.index(statement) == body.index(other) + 1


def _called(item: ast.withitem) -> ast.expr | None:
    return item.context_expr.func if isinstance(item.context_expr, ast.Call) else None
