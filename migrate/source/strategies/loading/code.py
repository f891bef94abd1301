"""Session code over graphs that are loaded by one call: the edits that put an object in the place of the session.

Tensors become their names (or, for a signature, their keys), which is all that the object needs to know them by.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from migrate.source.changes import Changes
from migrate.source.loaded.contexts import Contexts
from migrate.source.loaded.places import Place, Places, Variable
from migrate.source.loaded.roles import Role, Roles, graph_argument
from migrate.source.loaded.runs import Run, feed_keys, read_run
from migrate.source.loaded.uses import Usage, Use, uses
from migrate.source.strategies.loading.drops import drop_sessions
from migrate.source.strategies.loading.fetches import refuse_foreign
from migrate.source.strategies.loading.names import ObjectNames
from migrate.source.strategies.loading.tensors import INFO_LOOKUP, TensorTexts, tensor_uses
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, MODE, Unprovable
from migrate.source.view import ModuleView

_READS = frozenset({"as_graph_def", "get_operations", "get_all_collection_keys", "graph_def_versions"})
"""What tells something about a graph, and changes nothing."""
_INITIALIZERS = frozenset({"global_variables_initializer", "initialize_all_variables", "local_variables_initializer"})
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module | ast.ClassDef


class LoadingCode:
    """The sessions of a module that run loaded graphs.

    Attributes:
        places: What is put where.
        roles: What the values are.
        names: What the object is called.
        sessions: The calls that make the sessions.
        functions: The functions that use them.
        runs: What they compute.
        changes: The edits, as far as they are known.
        handled: The nodes of which it is known what becomes of them.
    """

    def __init__(self, view: ModuleView, names: tuple[str, ...]) -> None:
        """Reads a module.

        Args:
            view: The module.
            names: What the object may be called, best first.
        """
        self.view = view
        self.places = Places(view.symbols)
        self.roles = Roles(self.places)
        self.sessions: set[ast.Call] = set()
        self.functions: set[Function] = set()
        self.runs: list[Run] = []
        self.changes = Changes()
        self.handled: set[ast.AST] = set()
        self._graphs_read: list[ast.expr] = []
        self.names = ObjectNames(view, self.places, names)

    # ---- reading ---------------------------------------------------------------------------------------------

    def load(self, call: ast.Call, session: ast.expr) -> None:
        """Takes note of a call that loads into a session.

        Raises:
            Unprovable: The session comes from elsewhere.
        """
        session = self.session(session)
        origins = {origin for origin in self.roles.of(session) if origin.role is not Role.NOTHING}
        found = {origin.node for origin in origins if isinstance(origin.node, ast.Call)}
        place = self.places.place(session)
        if len(origins) != 1 or len(found) != 1 or place is None or not self.roles.is_only(session, Role.SESSION):
            raise Unprovable(ELSEWHERE, "the session it is loaded into comes from elsewhere", call)
        if isinstance(place, Variable) and isinstance(place.scope, ast.ClassDef):
            raise Unprovable(ELSEWHERE, "the session is an attribute of the class itself", call)
        (made,) = found
        assert isinstance(made, ast.Call)
        self._refuse_arguments(made)
        if made in self.sessions:
            raise Unprovable(CONTROL_FLOW, "two graphs are loaded into one session", call)
        if not any(self._holds_session(given.value, made) for given in self.places.given(place)):
            raise Unprovable(ELSEWHERE, "the session is made in one function and loaded into in another", call)
        self.sessions.add(made)

    def _refuse_arguments(self, made: ast.Call) -> None:
        """A session elsewhere, or for a graph that is not only the loaded one."""
        target = made.args[0] if made.args else next((k.value for k in made.keywords if k.arg == "target"), None)
        if target is not None and not (isinstance(target, ast.Constant) and not target.value):
            raise Unprovable(ELSEWHERE, "the session runs on a server", made)
        if any(isinstance(argument, ast.Starred) for argument in made.args) or any(
            k.arg is None for k in made.keywords
        ):
            raise Unprovable(ELSEWHERE, "the arguments of the session are not written out", made)
        graph = graph_argument(made)
        if graph is not None and not self.roles.is_only(graph, Role.GRAPH):
            raise Unprovable(ELSEWHERE, "the graph of the session comes from elsewhere", made)

    def _holds_session(self, value: ast.expr | None, made: ast.Call) -> bool:
        match value:
            case ast.Call(func=ast.Attribute(value=ast.Call() as inner, attr="as_default")):
                return inner is made
        return value is made

    def read(self, known: set[ast.AST]) -> None:
        """Finds all that is done with the sessions and their graphs.

        Args:
            known: The calls that load, and what they take.

        Raises:
            Unprovable: Where it is not understood.
        """
        self.handled |= known
        found = uses(self.places, self.roles)
        mine = [use for use in found if use.role is Role.SESSION and self.is_mine(use.value)]
        self.functions = {self.places.function_of(node) for node in (*self.sessions, *known, *(u.value for u in mine))}
        self.functions |= self._that_use_graphs(found)
        for use in found:
            if use.role is Role.SESSION and (use in mine or self.places.function_of(use.value) in self.functions):
                self._session_use(use, mine=use in mine)
        for use in found:
            if use.role is Role.GRAPH and self.places.function_of(use.value) in self.functions:
                self._graph_use(use)

    def _that_use_graphs(self, found: list[Use]) -> set[Function]:
        """The functions that use the graphs of the sessions."""
        graphs = [use for use in found if use.role is Role.GRAPH]
        mine = {
            origin.node
            for use in graphs
            if self.places.function_of(use.value) in self.functions
            for origin in self.roles.of(use.value)
            if origin.role is Role.GRAPH and origin.node is not None
        }
        return {
            self.places.function_of(use.value)
            for use in graphs
            if any(origin.node in mine for origin in self.roles.of(use.value))
        }

    def is_mine(self, node: ast.expr) -> bool:
        """Whether an expression may be one of the sessions."""
        return any(origin.node in self.sessions for origin in self.roles.of(node))

    def _session_use(self, use: Use, *, mine: bool) -> None:
        if not mine:
            raise Unprovable(MODE, "the same function has another session", use.value)
        # What a helper returns may be a session among other things.
        several = isinstance(use.value, ast.Call) and bool(self.places.callees(use.value))
        for origin in self.roles.of(use.value):
            if origin.node not in self.sessions and origin.role is not Role.NOTHING:
                if origin.role is Role.SESSION or not several:
                    raise Unprovable(ELSEWHERE, "it is not sure which session this is", use.value)
        match use.usage:
            case Usage.RUN:
                self.runs.append(read_run(use))
            case Usage.CLOSE | Usage.ENTER | Usage.GRAPH_OF | Usage.KEPT | Usage.TESTED | Usage.RETURNED:
                pass
            case Usage.PASSED if use.node not in self.handled:
                pass
            case _ if use.node not in self.handled and not self._is_default_of_eval(use.value):
                raise Unprovable(ELSEWHERE, "the session is used for something else, too", use.value)

    def _is_default_of_eval(self, node: ast.expr) -> bool:
        """`tensor.eval(session=sess)`."""
        keyword = self.places.parents[node]
        match keyword:
            case ast.keyword(arg="session"):
                call = self.places.parents[keyword]
                return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "eval"
        return False

    def _graph_use(self, use: Use) -> None:
        parent = self.places.parents[use.value]
        is_read = isinstance(parent, ast.Attribute) and parent.attr in _READS
        if is_read or (use.usage in (Usage.RETURNED, Usage.PASSED) and use.node not in self.handled):
            self._graphs_read.append(use.value)
        elif self._is_never_entered(parent):
            pass
        elif use.usage in (Usage.OTHER, Usage.GRAPH_DEF, Usage.RETURNED, Usage.PASSED) and use.node not in self.handled:
            if not self._is_for_lookup(parent):
                raise Unprovable(ELSEWHERE, "the graph is used for something else, too", use.value)
        self.handled |= set(ast.walk(use.value))

    def _is_never_entered(self, parent: ast.AST) -> bool:
        """Whether `x = graph.as_default()` stands there, and no `with x:`: that does nothing."""
        match self.places.parents.get(self.places.parents.get(parent, parent)):
            case ast.Assign(targets=[ast.Name() as target]) if isinstance(parent, ast.Attribute):
                if parent.attr == "as_default":
                    return not any(
                        isinstance(node, ast.withitem)
                        and isinstance(node.context_expr, ast.Name)
                        and self.places.place(node.context_expr) == self.places.place(target)
                        for _, node in self.places.nodes
                    )
        return False

    def _is_for_lookup(self, parent: ast.AST) -> bool:
        """Whether a graph's parent gets a tensor or a collection of it, which becomes a name."""
        match parent:
            case ast.Attribute(attr="get_collection"):
                return True
            case ast.Call(func=function):
                return (self.roles.symbol(function) or "").endswith(INFO_LOOKUP)
        return False

    def _edit_reads(self, graph_text: Callable[[ast.expr], str | None]) -> None:
        """The graphs that the code looks into."""
        for graph in self._graphs_read:
            text = graph_text(graph)
            if text is None and (unread := self._unread(graph)) is not None:
                self.changes.statements[unread] = ()
                self.handled |= set(ast.walk(unread))
                continue
            if text is None:
                raise Unprovable(ELSEWHERE, "the graph is used where the loaded model is not at hand", graph)
            self.changes.expressions[graph] = text

    # ---- the object in the place of a session ------

    def object_near(self, node: ast.expr) -> str | None:
        """How a function spells the object, after it is there; None where the function has no session."""
        function = self.places.function_of(node)
        for call in self.made_by or self.value_calls:
            assert isinstance(call, ast.Call)
            if self.places.function_of(call) is function and call.lineno > node.lineno:
                return None
        found = {
            self.names.text(inner)
            for inner in self.nodes(function)
            if isinstance(inner, (ast.Name, ast.Attribute)) and isinstance(inner.ctx, ast.Load) and self.is_mine(inner)
        }
        return found.pop() if len(found) == 1 else None

    def replace(self, statement: ast.stmt, text: str) -> None:
        """Puts another statement in the place of one."""
        self.changes.statements[statement] = (text,)
        self.handled |= set(ast.walk(statement))

    def has_config(self) -> bool:
        """Whether a session is made with settings."""
        return any(
            keyword.arg == "config" and not _is_none(keyword.value)
            for call in self.sessions
            for keyword in call.keywords
        ) or any(len(call.args) > 2 for call in self.sessions)

    def reads(self, call: ast.Call) -> bool:
        """Whether what a call returns is read somewhere."""
        return any(
            isinstance(node, (ast.Name, ast.Attribute))
            and isinstance(node.ctx, ast.Load)
            and any(origin.node is call for origin in self.roles.of(node))
            for _, node in self.places.nodes
        )

    # ---- edits -----------------------------------------------------------------------------------------------

    def _unread(self, graph: ast.expr) -> ast.stmt | None:
        """The statement that keeps something about a graph which nothing reads."""
        statement = self.view.statement(graph)
        match statement:
            case ast.Assign(targets=[ast.Name() as target], value=ast.Call(func=ast.Attribute(value=base))) if (
                base is graph
            ):
                place = self.places.place(target)
                reads = (
                    isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and self.places.place(node) == place
                    for _, node in self.places.nodes
                )
                return statement if isinstance(place, Variable) and not any(reads) else None
        return None

    def edit(self, tensors: TensorTexts, graph_text: Callable[[ast.expr], str | None] = lambda _: None) -> None:
        """Makes the edits, but for the calls that load.

        Args:
            tensors: What becomes of the lookups of tensors.
            graph_text: How the new code spells the graph at a place; None where it has none.

        Raises:
            Unprovable: Where something cannot be put otherwise.
        """
        self.changes.expressions.update(tensors.texts)
        self.handled |= tensors.handled
        self._edit_reads(graph_text)
        calls = {run.call for run in self.runs}
        for node in tensor_uses(self.places, self.roles, self.functions, self.handled, calls, tensors.told):
            raise Unprovable(ELSEWHERE, "a tensor of the loaded graph is used otherwise than in a run", node)
        for run in self.runs:
            self._run(run)
        self._rename()
        drop_sessions(self)

    def _run(self, run: Run) -> None:
        if run.extra or run.fetches is None:
            raise Unprovable(ELSEWHERE, "a run has options, or its arguments are not written out", run.call)
        if self._initializes(run):
            statement = self.view.statement(run.call)
            self.changes.statements[statement] = ()
            self.handled |= set(ast.walk(statement))
            return
        refuse_foreign(run.fetches, self.places, self.roles)
        if run.feed is not None:
            for key in feed_keys(run.feed, self.places) or [run.feed]:
                refuse_foreign(key, self.places, self.roles)
        assert isinstance(run.call.func, ast.Attribute)
        self.changes.expressions[run.call.func] = self.call_text(run.session)

    def call_text(self, session: ast.expr) -> str:
        """What is called in the place of `sess.run`."""
        return f"{self.names.text(self.session(session))}.run"

    def session(self, node: ast.expr) -> ast.expr:
        """The variable of a session; `tf.get_default_session()` is the one that a `with` statement around it enters."""
        if isinstance(node, ast.Call) and self.roles.symbol(node.func) == "get_default_session":
            return Contexts(self.places, self.roles).session_at(node) or node
        return node

    def _initializes(self, run: Run) -> bool:
        """Whether a run initializes variables before the graph is loaded, or before they are restored."""
        match run.fetches:
            case ast.Call(func=function) if self.roles.symbol(function) in _INITIALIZERS:
                pass
            case _:
                return False
        if not isinstance(self.places.parents[run.call], ast.Expr) or not self.loads_after(run.call):
            raise Unprovable(CONTROL_FLOW, "variables are initialized after they are loaded", run.call)
        return True

    def loads_after(self, node: ast.AST) -> bool:
        """Whether all that gives variables their values comes after a node, in its own block."""
        statement = self.view.statement(node)
        block = self._block(statement)
        later = {inner for other in block[block.index(statement) + 1 :] for inner in ast.walk(other)}
        return bool(self.value_calls) and self.value_calls <= later

    value_calls: frozenset[ast.AST] = frozenset()
    """The calls that give variables their values."""
    made_by: frozenset[ast.AST] = frozenset()
    """The calls that make the object, where those are others."""

    def _block(self, statement: ast.stmt) -> list[ast.stmt]:
        parent = self.places.parents[statement]
        for field in ("body", "orelse", "finalbody"):
            block = getattr(parent, field, [])
            if isinstance(block, list) and statement in block:
                return block
        return [statement]

    def _rename(self) -> None:
        """The variables and attributes that held a session."""
        for place in dict.fromkeys(self._session_places()):
            new = self.names.name(place)
            self._rename_globals(place, new)
            if new == place.name:
                continue
            for node in self._holds(place):
                parent = self.places.parents[node]
                if node not in self.handled and not (
                    isinstance(parent, ast.Attribute) and parent in self.changes.expressions
                ):
                    self.changes.expressions[node] = self.names.text(node)

    def _holds(self, place: Place) -> list[ast.expr]:
        """Every expression that reads or writes a place."""
        return [
            node
            for _, node in self.places.nodes
            if isinstance(node, (ast.Name, ast.Attribute)) and self.names.place(node) == place
        ]

    def _session_places(self) -> Iterator[Place]:
        for _, node in self.places.nodes:
            if isinstance(node, (ast.Name, ast.Attribute)) and self.is_mine(node):
                place = self.names.place(node)
                if place is not None:
                    yield place

    def _rename_globals(self, place: Place, new: str) -> None:
        if not isinstance(place, Variable) or not isinstance(place.scope, ast.Module) or new == place.name:
            return
        for node in ast.walk(self.view.tree):
            if isinstance(node, ast.Global) and place.name in node.names:
                names = [new if name == place.name else name for name in node.names]
                self.changes.statements[node] = (f"global {', '.join(names)}",)

    def nodes(self, function: ast.AST) -> Iterator[ast.AST]:
        """The nodes of a function, without functions in it."""
        pending: list[ast.AST] = list(ast.iter_child_nodes(function))
        while pending:
            node = pending.pop()
            yield node
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                pending += ast.iter_child_nodes(node)


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
