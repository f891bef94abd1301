"""Everything in a file that has to do with Keras' session: that it serves for freezing alone, and how it goes."""

from __future__ import annotations

import ast
from collections.abc import Collection

from migrate.source.changes import Changes
from migrate.source.scoped import scoped
from migrate.source.strategies.keras.dead import drop_dead
from migrate.source.strategies.keras.phases import is_phase_by_hand
from migrate.source.strategies.keras.session_kinds import SESSIONS
from migrate.source.strategies.keras.uses import Uses
from migrate.source.symbols import Assigned, Scope, ScopeNode
from migrate.source.unprovable import ELSEWHERE, NOT_STATIC, SESSION_AFTER, Unprovable
from migrate.source.view import ModuleView

_TRAINING = frozenset({"fit", "fit_generator", "train_on_batch"})
_LIBRARIES = ("keras", "tensorflow", "tf_keras")


def is_keras(name: str | None, function: str) -> bool:
    """Whether a qualified name is that of a function of Keras' backend, in any of Keras' homes."""
    if name is None:
        return False
    parts = name.split(".")
    return parts[0] in _LIBRARIES and parts[-1] == function and "backend" in "".join(parts[1:-1])


class KerasSession:
    """Keras' session in one file.

    Attributes:
        makers: Functions that only made a session for Keras.
    """

    def __init__(self, view: ModuleView) -> None:
        """Starts with nothing but the file."""
        self._view = view
        self._accepted: set[ast.AST] = set()
        self._frozen: set[ast.AST] = set()
        self._derived: set[tuple[ScopeNode, str]] = set()
        self._gone: set[ast.stmt] = set()
        self._unwrapped: set[ast.stmt] = set()
        self._written: list[ast.expr] = []
        self._is_set = False
        self.makers: list[ast.FunctionDef] = []

    def used_by(self, call: ast.Call, scope: Scope, session: ast.expr, graph_def: ast.expr | None) -> None:
        """Takes note of what a call freezes.

        Args:
            call: The call.
            scope: Where it stands.
            session: Its session.
            graph_def: The graph it is given; None where it takes the session's.

        Raises:
            Unprovable: It is not Keras' session, or not its graph.
        """
        self._frozen.add(call)
        for node in (session, graph_def):
            if node is not None and not self._of_keras(node, scope):
                what = "session" if node is session else "graph"
                raise Unprovable(ELSEWHERE, f"the {what} {ast.unparse(node)} is not Keras'", node)

    def _of_keras(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is Keras' session, or its graph or GraphDef."""
        match node:
            case ast.Name(id=name):
                return self._variable(name, scope)
            case ast.Attribute(value=base, attr="graph" | "graph_def"):
                return self._of_keras(base, scope)
            case ast.Call(func=ast.Attribute(value=base, attr="as_graph_def"), args=[]):
                if self._view.symbols.resolve(base, scope) is None:
                    return self._of_keras(base, scope)
            case ast.Call(func=function, args=[inner], keywords=[]):
                # There are no such nodes in what takes its place.
                tidy = self._view.symbols.resolve(function, scope) == "graph_util.remove_training_nodes"
                return tidy and self._of_keras(inner, scope)
            case ast.Call(func=function, args=[], keywords=[]):
                if is_keras(self._view.symbols.qualified(function, scope), "get_session"):
                    self._accepted.add(node)
                    return True
                return self._view.symbols.resolve(function, scope) == "get_default_graph"
        return False

    def _variable(self, name: str, scope: Scope) -> bool:
        owner = scope.owner(name)
        if owner is None:
            return False
        if (owner.node, name) in self._derived:
            return True
        stored = [
            other
            for other, inner in scoped(self._view.symbols)
            if isinstance(other, ast.Name) and other.id == name and not isinstance(other.ctx, ast.Load)
            if inner.owner(name) is owner
        ]
        if len(stored) != 1 or len(owner.bindings[name]) != 1:
            return False
        statement = self._view.statement(stored[0])
        self._derived.add((owner.node, name))
        match statement:
            case ast.Assign(targets=[ast.Name()], value=value) if self._of_keras(value, owner):
                self._gone.add(statement)
                return True
            case ast.With(items=[ast.withitem(context_expr=value)]) if self._of_keras(value, owner):
                self._unwrapped.add(statement)
                return True
        return False

    def close(self, models: Collection[str]) -> None:
        """Looks for other uses of the session.

        Args:
            models: The models that are frozen.

        Raises:
            Unprovable: There is one.
        """
        symbols = self._view.symbols
        self._find_written()
        for node, scope in scoped(self._view.symbols):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and self._is_derived(node, scope):
                self._refuse_use(node)
            elif isinstance(node, ast.Call):
                name = symbols.qualified(node.func, scope)
                if is_keras(name, "get_session") and node not in self._accepted:
                    raise Unprovable(SESSION_AFTER, "Keras' session is used for more than freezing", node)
                if is_keras(name, "set_learning_phase"):
                    self._phase(node)
                elif is_keras(name, "set_session"):
                    self._set(node, scope, models)
            elif isinstance(node, ast.Attribute) and node.attr == "_LEARNING_PHASE":
                statement = self._view.statement(node)
                if not is_phase_by_hand(statement, self._view, scope) or self._trains_after(statement):
                    raise Unprovable(NOT_STATIC, "Keras' learning phase is set by hand", node)
                self._gone.add(statement)

    def _set(self, call: ast.Call, scope: Scope, models: Collection[str]) -> None:
        """`K.set_session(tf.Session(config=config))` above the model, which then lives in that session."""
        statement = self._view.statement(call)
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if not isinstance(statement, ast.Expr) or statement.value is not call or len(given) != 1:
            raise Unprovable(ELSEWHERE, "Keras is given a session", call)
        for model in models:
            name = model.partition(".")[0]
            made = [
                node
                for node, inner in scoped(self._view.symbols)
                if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) and inner is scope
            ]
            if not made or any(node.lineno < call.lineno for node in made):
                raise Unprovable(ELSEWHERE, "Keras is given a session after the model is made", call)
        self._gone.add(statement)
        self._make(given[0], call, scope)
        self._is_set = True

    def _make(self, session: ast.expr, call: ast.Call, scope: Scope) -> None:
        """Lets what makes the session go, too."""
        symbols = self._view.symbols
        match session:
            case ast.Call(func=function) if symbols.resolve(function, scope) in SESSIONS:
                return
            case ast.Call(func=ast.Name(id=name), args=[], keywords=[]):
                maker = symbols.function(session.func, scope)
                returned = [node for node in ast.walk(maker) if isinstance(node, ast.Return)] if maker else []
                if maker is not None and len(returned) == 1 and isinstance(returned[0].value, ast.Call):
                    opens = symbols.resolve(returned[0].value.func, symbols.scope_of(maker)) in SESSIONS
                    used = [
                        node for node in ast.walk(self._view.tree) if isinstance(node, ast.Name) and node.id == name
                    ]
                    if opens and len(used) == 1:
                        self._gone.add(maker)
                        self.makers.append(maker)
                        return
            case ast.Name(id=name):
                owner = scope.owner(name)
                match owner.bindings[name] if owner is not None else ():
                    case [Assigned(value=ast.Call(func=function), node=ast.Assign(targets=[ast.Name()]) as made)]:
                        if owner is not None and symbols.resolve(function, owner) in SESSIONS:
                            self._gone.add(made)
                            self._derived.add((owner.node, name))
                            return
        raise Unprovable(ELSEWHERE, "Keras is given a session", call)

    def _find_written(self) -> None:
        """`tf.train.write_graph(sess.graph.as_graph_def(), ...)`: the graph as it is, for people to read."""
        for node, scope in scoped(self._view.symbols):
            if isinstance(node, ast.Call) and node.args and self._is_writer(node.func, scope):
                graph = node.args[0]
                if not isinstance(graph, ast.Name) and self._of_keras(graph, scope):
                    self._written.append(graph)

    def _is_writer(self, function: ast.expr, scope: Scope) -> bool:
        name = self._view.symbols.resolve(function, scope) or self._view.symbols.qualified(function, scope) or ""
        return name.rpartition(".")[2] == "write_graph"

    def written(self, changes: Changes) -> list[ast.expr]:
        """The graphs that are written as they are.

        Args:
            changes: The edits of what is frozen, which has them, too.
        """
        done = {inner for node in changes.nodes() for inner in ast.walk(node)}
        return [graph for graph in self._written if graph not in done]

    def _is_derived(self, node: ast.Name, scope: Scope) -> bool:
        owner = scope.owner(node.id)
        return owner is not None and (owner.node, node.id) in self._derived

    def _refuse_use(self, node: ast.Name) -> None:
        """A variable that holds the session or its graph: its own kind, the frozen call, devices, `as_default`."""
        view = self._view
        statement = view.statement(node)
        if statement in self._gone or self._is_frozen(node):
            return
        match statement:
            case ast.With(items=[ast.withitem(context_expr=ast.Call(func=ast.Attribute(attr="as_default")))]):
                self._unwrapped.add(statement)
                return
            case ast.For(iter=ast.Attribute(value=ast.Name(), attr="node"), body=[ast.Assign() as only]):
                if isinstance(only.targets[0], ast.Attribute) and only.targets[0].attr == "device":
                    self._gone.add(statement)
                    return
        raise Unprovable(SESSION_AFTER, f"'{node.id}' is used for more than freezing", node)

    def _is_frozen(self, node: ast.AST) -> bool:
        """Whether a name stands in a call that freezes, or in the graph that another writes."""
        inside: ast.AST = node
        while not isinstance(inside, ast.stmt):
            inside = self._view.parents[inside]
            if inside in self._frozen or inside in self._written:
                return True
        return False

    def _phase(self, node: ast.Call) -> None:
        """`K.set_learning_phase(0)`: a model that is called with `training=False` needs no such thing."""
        match node.args:
            case [ast.Constant(value=0 | False)]:
                statement = self._view.statement(node)
                if self._trains_after(node):
                    raise Unprovable(NOT_STATIC, "a model is trained after Keras is set to inference", node)
                if isinstance(statement, ast.Expr) and statement.value is node:
                    self._gone.add(statement)
                    return
        raise Unprovable(NOT_STATIC, "Keras is set to another phase than inference", node)

    def _trains_after(self, call: ast.Call | ast.stmt) -> bool:
        """Whether a model is trained further down, where TF1 used its layers as in inference."""
        return any(
            isinstance(node, ast.Attribute) and node.attr in _TRAINING and node.lineno > call.lineno
            for node in ast.walk(self._view.tree)
        )

    def change(self, changes: Changes) -> None:
        """Adds the edits after which the session is gone."""
        for statement in self._gone:
            changes.statements[statement] = ()
        changes.unwrapped |= self._unwrapped
        if self._is_set:
            # The settings of the session.
            uses = Uses(self._view)
            uses.gone |= self._gone
            drop_dead(uses, self._view.symbols.module)
            changes.statements |= {node: () for node in uses.gone if isinstance(node, ast.stmt)}
