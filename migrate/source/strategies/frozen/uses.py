"""What becomes of each use of a frozen graph, or of a session that runs it."""

from __future__ import annotations

import ast

from migrate.source.kinds import VARIABLES
from migrate.source.loaded.roles import DEFAULT_GRAPH, Role
from migrate.source.loaded.runs import Run, feed_keys, key_role, read_run
from migrate.source.loaded.uses import Usage, Use
from migrate.source.strategies.frozen.ops import is_initializer
from migrate.source.strategies.frozen.text import spliced
from migrate.source.strategies.frozen.variables import FrozenVariables
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, NOT_STATIC, SESSION_AFTER, Unprovable


class FrozenUses(FrozenVariables):
    """Makes the edits of the uses."""

    def _mine(self, use: Use) -> bool:
        if use.role is Role.GRAPH:
            origins = self.contexts.resolved(use.value)
        else:
            made = [origin for origin in self.roles.of(use.value) if origin.role is Role.SESSION]
            origins = frozenset().union(*(self.contexts.graph_of(origin) for origin in made))
        mine = [origin for origin in origins if self.code.graph(origin) is not None]
        if not mine:
            return False
        # The default graph, if nothing is imported there, is empty: no run of the tensors can mean it.
        origins = frozenset(mine) | (origins - {DEFAULT_GRAPH})
        other = {origin.role for origin in self.roles.of(use.value)} & {Role.OTHER, Role.OP_MADE}
        if len(mine) != len(origins) or other:
            what = "graph" if use.role is Role.GRAPH else "session"
            raise Unprovable(ELSEWHERE, f"a {what} that is used may be another than the frozen one", use.value)
        return True

    def _use(self, use: Use) -> None:
        if use.value in self._buried or not self._mine(use):
            return
        self.touched.add(self.places.function_of(use.value))
        match use.usage:
            case Usage.RUN:
                self._run(read_run(use))
                return
            case Usage.CLOSE | Usage.FINALIZE | Usage.NOTHING:
                self._drop(use.node)
                return
            case Usage.ENTER:
                item = use.node
                parent = self.places.parents[item]
                if not isinstance(parent, ast.With):
                    raise Unprovable(CONTROL_FLOW, "a session is entered asynchronously", use.value)
                self._withs.add(parent)
            case Usage.LOOKUP | Usage.GRAPH_DEF:
                assert isinstance(use.node, ast.Call)
                assert isinstance(use.node.func, ast.Attribute)
                self._methods.add(use.node.func.attr)
            case Usage.OTHER:
                what = "graph" if use.role is Role.GRAPH else "session"
                raise Unprovable(SESSION_AFTER, f"the {what} is used for something else, too", use.value)
        if isinstance(use.value, ast.Call) and self.roles.symbol(use.value.func) in ("Graph", "Session"):
            return
        if use.usage is Usage.KEPT and isinstance(use.value, ast.Call) and use.role is Role.SESSION:
            return
        if use.usage is Usage.KEPT and self.code.is_default(use.value) and isinstance(use.node, ast.Assign):
            target = use.node.targets[0]
            homes = {graph.home.place for graph in self.code.graphs if graph.home is not None}
            if isinstance(target, ast.Name) and self.places.place(target) in {*self._replaced, *homes}:
                self._statements[use.node] = ()
                return
        text = self._text(use.value)
        if text != self.view.source_of(use.value):
            self._texts[use.value] = text

    def _drop(self, node: ast.AST) -> None:
        """Removes a call that stands for itself."""
        parent = self.places.parents[node]
        if not isinstance(parent, ast.Expr):
            raise Unprovable(SESSION_AFTER, "the session is used for something else, too", node)
        self._statements[parent] = ()

    def _run(self, run: Run) -> None:
        if run.fetches is None or run.extra:
            raise Unprovable(NOT_STATIC, "a session is run with options", run.call)
        if is_initializer(run.fetches, self.places, self.roles):
            self._refuse_variables(run.call)
            self._drop(run.call)
            self._drop_names(run.fetches)
            return
        self.runs = True
        self._texts[run.call.func] = self._text(run.session)
        self._fed(run.feed)

    def _fed(self, feed: ast.expr | None) -> None:
        """A tensor is no key of a dictionary in TF2: its name is."""
        if feed is None:
            return
        keys = feed_keys(feed, self.places)
        if keys is None:
            self._fed_anything()
            return
        for key in keys:
            match key_role(key, self.roles):
                case Role.TENSOR:
                    self._texts[key] = self._name_of(key)
                case None:
                    raise Unprovable(NOT_STATIC, "it is not sure whether a tensor or its name is fed", key)

    def _fed_anything(self) -> None:
        """Every dictionary of the module with tensors as keys gets their names: none can stay, for TF2 hashes no tensor.

        A tensor that is a key by other ways raises an error in TF2.
        """
        for _, node in self.places.nodes:
            keys: list[ast.expr] = []
            match node:
                case ast.Dict(keys=given):
                    keys = [key for key in given if key is not None]
                case ast.DictComp(key=key):
                    keys = [key]
                case ast.Assign(targets=targets):
                    keys = [target.slice for target in targets if isinstance(target, ast.Subscript)]
            for key in keys:
                if not self.roles.roles(key) & {Role.TENSOR, Role.OPERATION}:
                    continue
                if key_role(key, self.roles) is not Role.TENSOR:
                    raise Unprovable(NOT_STATIC, "it is not sure whether a tensor or its name is fed", key)
                self._texts[key] = self._name_of(key)

    def _name_of(self, key: ast.expr) -> str:
        match key:
            case ast.Call(func=ast.Attribute(attr="get_tensor_by_name"), args=[name], keywords=[]):
                return spliced(name, self._texts, self.view)
        text = spliced(key, {k: t for k, t in self._texts.items() if k is not key}, self.view)
        plain = isinstance(key, (ast.Name, ast.Attribute, ast.Subscript, ast.Call))
        return f"{text}.name" if plain else f"({text}).name"

    def _refuse_variables(self, node: ast.AST) -> None:
        for scope, call in self.places.nodes:
            if isinstance(call, ast.Call) and self.view.symbols.resolve(call.func, scope) in VARIABLES:
                raise Unprovable(ELSEWHERE, "variables are initialized beside the frozen graph", node)

    def _drop_names(self, fetch: ast.expr) -> None:
        """Removes the variables of an init op that is not run any more."""
        if isinstance(fetch, ast.Name):
            place = self.places.place(fetch)
            reads = [
                node
                for _, node in self.places.nodes
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and self.places.place(node) == place
            ]
            if place is not None and len(reads) == 1:
                for given in self.places.given(place):
                    if isinstance(given.statement, ast.Assign) and len(given.statement.targets) == 1:
                        self._statements[given.statement] = ()
