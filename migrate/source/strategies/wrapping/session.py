"""The session of an export: what it does, and the edits by which a wrapped graph takes its place."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import ClassVar

from migrate.source.candidates import EXPORTS, Candidate
from migrate.source.changes import Changes
from migrate.source.strategies.wrapping.exports import Export, read_export
from migrate.source.strategies.wrapping.nodes import nodes_of, only_value, reached
from migrate.source.symbols import Assigned, Bound, Scope
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, SESSION_AFTER, Unprovable
from migrate.source.view import ModuleView

_INITS = frozenset({
    "global_variables_initializer", "initialize_all_variables", "initializers.global_variables",
    "local_variables_initializer", "initialize_local_variables", "initializers.local_variables",
    "tables_initializer", "initialize_all_tables", "initializers.tables_initializer",
    "variables_initializer", "initialize_variables", "initializers.variables",
})  # fmt: skip
_SAVERS = frozenset({"train.Saver", "train.import_meta_graph"})
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
                if function is not parent or not self._initializes(operations, scope):
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
                self._entered(statement, changes)
            case ((ast.Call() | ast.keyword()), _):
                call = parent if isinstance(parent, ast.Call) else view.parents[parent]
                assert isinstance(call, ast.Call)
                self._argument(node, call, scope, model, changes)
            case _:
                raise Unprovable(SESSION_AFTER, _OTHER_USE, node)

    def _entered(self, statement: ast.stmt, changes: Changes) -> None:
        """`with sess:` makes its graph the default one, too."""
        if self.graph is None:
            changes.unwrapped.add(statement)
        else:
            changes.statements[statement] = (f"with {self.view.text_of(self.graph)}.as_default():",)

    def _argument(self, node: ast.Name, call: ast.Call, scope: Scope, model: str, changes: Changes) -> None:
        """`saver.restore(sess, path)`, and `helper(sess, ...)`."""
        view = self.view
        statement = view.statement(call)
        match call.func:
            case ast.Attribute(value=saver, attr="restore") if self._is_saver(saver, scope):
                path = self._path(node, call)
                if not isinstance(statement, ast.Expr) or statement.value is not call or path is None:
                    raise Unprovable(SESSION_AFTER, _OTHER_USE, node)
                if self._tried(statement):
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
                    if self._initializes(op, self.scope):
                        self.initializes = True
                        changes.expressions[call] = f"{model}.run({self.view.text_of(op)})"
                        continue
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="run")) if self._is_tensor(name):
                    raise Unprovable(SESSION_AFTER, _OTHER_USE, node)

    def _is_tensor(self, name: str) -> bool:
        """Whether a name is something that a function of TensorFlow made, or a method of it."""
        value = only_value(name, self.scope)
        while isinstance(value, (ast.Call, ast.Attribute)):
            resolved = self.view.symbols.resolve(value, self.scope)
            if resolved is not None:
                return not resolved.startswith(("Session", "InteractiveSession"))
            value = value.func if isinstance(value, ast.Call) else value.value
        return False

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
                if self.graph is not None:
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

    def _initializes(self, node: ast.expr, scope: Scope) -> bool:
        match node:
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                return bool(elements) and all(self._initializes(element, scope) for element in elements)
            case ast.Name(id=name):
                value = only_value(name, scope)
                return value is not None and self._initializes(value, scope)
            case ast.Call(func=function, args=arguments):
                name = self.view.symbols.resolve(function, scope) or ""
                return name in _INITS or (name == "group" and all(self._initializes(one, scope) for one in arguments))
            case ast.Attribute(attr="initializer"):
                return True
        return False

    def _is_saver(self, node: ast.expr, scope: Scope) -> bool:
        if isinstance(node, ast.Name):
            owner = scope.owner(node.id)
            bound = owner.bindings[node.id] if owner is not None else []
            values = [one.value for one in bound if isinstance(one, Assigned) and isinstance(one.node, ast.Assign)]
            plain = bool(values) and len(values) == len(bound)
            return plain and all(isinstance(value, ast.Call) and self._is_saver(value, scope) for value in values)
        return isinstance(node, ast.Call) and self.view.symbols.resolve(node.func, scope) in _SAVERS

    def _path(self, node: ast.Name, call: ast.Call) -> ast.expr | None:
        """What a restore reads."""
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        match call.args:
            case [session, path] if session is node and not named:
                return path
            case [session] if session is node and set(named) == {"save_path"}:
                return named["save_path"]
            case [] if set(named) == {"sess", "save_path"} and named["sess"] is node:
                return named["save_path"]
        return None

    def _tried(self, statement: ast.stmt) -> bool:
        node: ast.AST = statement
        while node in self.view.parents and not isinstance(node, ast.FunctionDef):
            node = self.view.parents[node]
            if isinstance(node, ast.Try):
                return True
        return False

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


CLASS_MARK = "\0"
"""Stands for the class's name, which is not made before all is known."""


def read_session(candidate: Candidate, view: ModuleView) -> SessionCode:
    """The session of an export, and all exports of it.

    Raises:
        Unprovable: It is not made in the function that exports it, or cannot be read.
    """
    scope = candidate.scope
    if isinstance(scope.node, ast.ClassDef):
        raise Unprovable(CONTROL_FLOW, "the export stands in a class body", candidate.call)
    exports = read_export(candidate, view)
    export = exports[0]
    if not isinstance(export.session, ast.Name):
        raise Unprovable(ELSEWHERE, f"the session {ast.unparse(export.session)} comes from elsewhere", export.session)
    name = export.session.id
    bindings = scope.bindings.get(name, [])
    if len(bindings) != 1 or scope.owner(name) is not scope:
        raise Unprovable(ELSEWHERE, f"the session {name} comes from elsewhere", export.session)
    call, statement = constructed(bindings[0], name)
    kind = view.symbols.resolve(call.func, scope) if call is not None else None
    if call is None or kind not in ("Session", "InteractiveSession"):
        raise Unprovable(ELSEWHERE, f"the session {name} comes from elsewhere", export.session)
    graph = next((keyword.value for keyword in call.keywords if keyword.arg == "graph"), None)
    unusual = call.args or any(keyword.arg not in ("graph", "config") for keyword in call.keywords)
    if unusual or (kind == "InteractiveSession" and (graph is not None or isinstance(statement, ast.With))):
        raise Unprovable(ELSEWHERE, "the session is made in an unusual way", call)
    assert isinstance(statement, (ast.Assign, ast.With))
    if graph is not None and is_default(graph, scope, view):
        graph = None
    code = SessionCode(view, scope, name, call, statement, graph, exports)
    for other in view.candidates:
        if other is not candidate and other.kind in EXPORTS and other.scope is scope:
            code.exports += read_export(other, view)
    refuse_other_sessions(code)
    return code


def refuse_other_sessions(code: SessionCode) -> None:
    """Refuses exports of a function that are of different sessions.

    Raises:
        Unprovable: There are some.
    """
    for export in code.exports:
        if not (isinstance(export.session, ast.Name) and export.session.id == code.name):
            raise Unprovable(ELSEWHERE, "the same function exports another session", export.candidate.call)


def is_default(graph: ast.expr, scope: Scope, view: ModuleView) -> bool:
    """Whether a graph is the default one, by `tf.get_default_graph()`."""
    value = only_value(graph.id, scope) if isinstance(graph, ast.Name) else graph
    return isinstance(value, ast.Call) and view.symbols.resolve(value.func, scope) == "get_default_graph"


def constructed(binding: object, name: str) -> tuple[ast.Call | None, ast.stmt | None]:
    """The call that a name is bound to, and the assignment or the `with` that binds it."""
    match binding:
        case Assigned(value=ast.Call() as call, node=ast.Assign(targets=[ast.Name()]) as statement):
            return call, statement
        case Assigned(value=ast.Call() as call, node=ast.With() as statement):
            return call, statement
        case Bound(node=ast.With() as statement):
            for item in statement.items:
                match item:
                    case ast.withitem(context_expr=ast.Call() as call, optional_vars=ast.Name(id=bound)):
                        if bound == name:
                            return call, statement
    return None, None


def _follows(statement: ast.stmt, other: ast.stmt, view: ModuleView) -> bool:
    """Whether a statement is the next one after another, in the same block."""
    body: list[ast.stmt] = getattr(view.parents[statement], "body", [])
    return other in body and statement in body and body.index(statement) == body.index(other) + 1


def _called(item: ast.withitem) -> ast.expr | None:
    return item.context_expr.func if isinstance(item.context_expr, ast.Call) else None
