"""Sessions beside a frozen graph that only compute some ops of their function: TF2 computes them where they stand."""

from __future__ import annotations

import ast

from migrate.source.api.data import table
from migrate.source.changes import Changes
from migrate.source.loaded.places import Variable
from migrate.source.loaded.roles import DEFAULT_GRAPH, Role
from migrate.source.loaded.runs import read_run
from migrate.source.loaded.uses import Usage, Use
from migrate.source.strategies.frozen.ops import is_initializer, makes_op
from migrate.source.strategies.frozen.reader import FrozenCode
from migrate.source.strategies.frozen.text import spliced
from migrate.source.unprovable import SESSION_AFTER, Unprovable

_NEED_GRAPHS = (
    "placeholder", "sparse_placeholder", "Variable", "get_variable", "variable", "train.", "data.", "layers.",
    "contrib.", "summary.", "random", "truncated_normal", "multinomial", "losses.", "metrics.", "distributions.",
    "estimator.", "keras.", "lookup.", "initializers.", "assign", "scatter_", "py_func", "get_collection", "queue.",
    "FIFOQueue", "set_random_seed", "while_loop", "cond", "nn.dropout", "image.random", "image.sample", "map_fn",
    "gradients", "import_graph_def", "get_default_graph", "control_dependencies", "group",
)  # fmt: skip
"""What does not do the same, or nothing at all, where it is computed at once."""

_GIVE_SEVERAL = frozenset({"split", "unstack", "unpack", "top_k", "meshgrid", "moments", "unique", "case", "tuple"})


def eager_session(session: ast.Call, code: FrozenCode) -> Changes:
    """The edits that compute at once what a session computed.

    Args:
        session: The call that makes it, for the default graph.
        code: The module.

    Raises:
        Unprovable: It does more than to compute ops of its function.
    """
    return _Eager(session, code).changes()


class _Eager:
    def __init__(self, session: ast.Call, code: FrozenCode) -> None:
        self._session = session
        self._code = code
        self._function = code.places.function_of(session)
        self._helpers: dict[ast.AST, bool] = {}

    def changes(self) -> Changes:
        code, changes = self._code, Changes()
        self._refuse_graph()
        parent = code.places.parents[self._session]
        match parent:
            case ast.withitem(optional_vars=ast.Name() as name):
                block = code.places.parents[parent]
                if not isinstance(block, ast.With) or len(block.items) != 1:
                    raise self._refusal(parent)
                changes.unwrapped.add(block)
            case ast.Assign(targets=[ast.Name() as name]):
                changes.statements[parent] = ()
            case _:
                raise self._refusal(self._session)
        place = code.places.place(name)
        if not isinstance(place, Variable) or place.scope is not self._function or len(code.places.given(place)) != 1:
            raise self._refusal(self._session)
        for use in code.uses:
            if use.role is Role.SESSION and self._is_place(use.value, place):
                self._use(use, changes)
        return changes

    def _is_place(self, value: ast.expr, place: Variable) -> bool:
        return isinstance(value, (ast.Name, ast.Attribute)) and self._code.places.place(value) == place

    def _refusal(self, node: ast.AST) -> Unprovable:
        return Unprovable(SESSION_AFTER, "another session runs ops of its own", node)

    def _refuse_graph(self) -> None:
        """Everything that the function builds must be there at once, and stay in it."""
        code, function = self._code, self._function
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            raise self._refusal(self._session)
        self._refuse_ops(function)
        if code.contexts.graphs_at(self._session) != {DEFAULT_GRAPH}:
            raise self._refusal(self._session)
        for returned in code.places.returns(function):
            if code.roles.roles(returned) & {Role.OP_MADE, Role.TENSOR}:
                raise self._refusal(returned)

    def _refuse_ops(self, function: ast.AST) -> None:
        """Refuses what a function makes that is no plain op."""
        code = self._code
        known = table().same | table().legacy | table().moved.keys()
        mine = {self._session, *(call for graph in code.graphs for call in (graph.origin.node, *graph.sessions))}
        for _, node in code.places.nodes:
            if not isinstance(node, ast.Call) or code.places.function_of(node) is not function:
                continue
            name = code.roles.symbol(node.func)
            if name in ("Graph", "Session", "InteractiveSession") and node not in mine:
                raise self._refusal(node)
            if name is None or not makes_op(name, code):
                continue
            if name not in known or name.startswith(_NEED_GRAPHS):
                raise Unprovable(SESSION_AFTER, "another session runs more than plain ops of its own", node)

    def _use(self, use: Use, changes: Changes) -> None:
        code = self._code
        match use.usage:
            case Usage.CLOSE:
                statement = code.places.parents[use.node]
                if not isinstance(statement, ast.Expr):
                    raise self._refusal(use.node)
                changes.statements[statement] = ()
            case Usage.RUN:
                run = read_run(use)
                if run.fetches is None or run.extra or run.feed is not None:
                    raise self._refusal(use.node)
                statement = code.places.parents[run.call]
                if is_initializer(run.fetches, code.places, code.roles) and isinstance(statement, ast.Expr):
                    changes.statements[statement] = ()
                else:
                    changes.expressions[run.call] = self._values(run.fetches)
            case _:
                raise self._refusal(use.node)

    def _values(self, fetch: ast.expr) -> str:
        match fetch:
            case ast.List(elts=elements):
                return f"[{', '.join(self._values(element) for element in elements)}]"
            case ast.Tuple(elts=elements):
                inner = ", ".join(self._values(element) for element in elements)
                return f"({inner},)" if len(elements) == 1 else f"({inner})"
        if not self._is_tensor(fetch):
            raise self._refusal(fetch)
        text = spliced(fetch, {}, self._code.view)
        return f"{text}.numpy()" if isinstance(fetch, (ast.Name, ast.Call)) else f"({text}).numpy()"

    def _is_tensor(self, node: ast.expr, function: ast.AST | None = None) -> bool:
        """Whether an expression of a function, the session's if no other, is surely one tensor."""
        code = self._code
        function = function or self._function
        match node:
            case ast.Name():
                place = code.places.place(node)
                given = code.places.given(place) if isinstance(place, Variable) else []
                if not isinstance(place, Variable) or place.scope is not function:
                    return False
                plain = [one for one in given if not (one.path or one.entered or one.element or one.added)]
                # `image = sess.run(image)`: what comes after the run is no matter.
                made = [one.value for one in plain if one.value is not None and not self._is_run(one.value)]
                return bool(made) and len(plain) == len(given) and all(self._is_tensor(v, function) for v in made)
            case ast.Call():
                name = code.roles.symbol(node.func)
                if name is None:
                    return self._makes_tensor(node)
                return makes_op(name, code) and name.rpartition(".")[2] not in _GIVE_SEVERAL
            case ast.BinOp(left=left, right=right):
                return self._is_tensor(left, function) or self._is_tensor(right, function)
        return False

    def _makes_tensor(self, call: ast.Call) -> bool:
        """Whether a call runs a function of this file that makes one tensor of plain ops."""
        code = self._code
        match code.places.callees(call):
            case [ast.FunctionDef(decorator_list=[]) as function] if function is not self._function:
                if function not in self._helpers:
                    # One that calls itself makes no plain tensor.
                    self._helpers[function] = False
                    self._refuse_ops(function)
                    returned = code.places.returns(function)
                    yields = any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(function))
                    made = all(self._is_tensor(value, function) for value in returned)
                    self._helpers[function] = bool(returned) and made and not yields
                return self._helpers[function]
        return False

    def _is_run(self, value: ast.expr) -> bool:
        return any(use.usage is Usage.RUN and use.node is value for use in self._code.uses)
