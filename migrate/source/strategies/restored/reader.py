"""Which graphs a module gets from MetaGraphDefs and SavedModels, and what gives their variables their values."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.loaded.roles import DEFAULT_GRAPH, IMPORTS, Origins, Role
from migrate.source.strategies.frozen.reader import FrozenCode, LoadedGraph
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, NOT_STATIC, Unprovable

META_GRAPHS = frozenset({"train.import_meta_graph"})
SAVED_MODELS = frozenset({"saved_model.loader.load", "saved_model.load"})

IMPORT_PARAMETERS = ("meta_graph_or_file", "clear_devices", "import_scope", "graph")
LOAD_PARAMETERS = ("sess", "tags", "export_dir")
RESTORE_PARAMETERS = ("sess", "save_path")
_OF_CHECKPOINTS = frozenset({"max_to_keep", "keep_checkpoint_every_n_hours", "name", "sharded", "pad_step_number"})
"""Options of savers that say nothing about what is restored."""


@dataclass(slots=True, eq=False)
class RestoredGraph(LoadedGraph):
    """A graph with variables from a file.

    Attributes:
        restore: The call that restores the variables; None where the loader does that, too, or nothing does.
        saver: The call that makes the saver which restores them; None where that is the MetaGraphDef's own.
    """

    restore: ast.Call | None = None
    saver: ast.Call | None = None

    @property
    def valued(self) -> ast.Call:
        """The call after which the variables have their values."""
        return self.restore or self.call


class RestoredCode(FrozenCode):
    """The graphs of a module that come with variables."""

    def _graphs(self) -> list[LoadedGraph]:
        found: list[LoadedGraph] = []
        frozen: list[ast.Call] = []
        for _, node in self.places.nodes:
            if not isinstance(node, ast.Call):
                continue
            name = self.roles.symbol(node.func)
            if name in IMPORTS:
                frozen.append(node)
            if name not in META_GRAPHS and not (name in SAVED_MODELS and loads_into_session(node)):
                continue
            given = arguments(node, IMPORT_PARAMETERS if name in META_GRAPHS else LOAD_PARAMETERS)
            origins = self._filled(node, given)
            restore, saver = self._restore(node, given, origins) if name in META_GRAPHS else (None, None)
            if len(origins) != 1:
                raise Unprovable(ELSEWHERE, "it is not sure which graph is loaded", node)
            (origin,) = origins
            if origin.role is not Role.GRAPH or (origin != DEFAULT_GRAPH and not isinstance(origin.node, ast.Call)):
                raise Unprovable(ELSEWHERE, "the graph it is loaded into comes from elsewhere", node)
            if any(graph.origin == origin for graph in found):
                raise Unprovable(CONTROL_FLOW, "two models are loaded into one graph", node)
            statement, function = self.view.statement(node), self.places.function_of(node)
            found.append(RestoredGraph(origin, node, statement, function, restore=restore, saver=saver))
        for call in frozen:
            if any(graph.origin in self.contexts.graphs_at(call) for graph in found):
                raise Unprovable(CONTROL_FLOW, "a GraphDef is imported into the same graph, too", call)
        return sorted(found, key=lambda graph: graph.call.lineno)

    def _filled(self, call: ast.Call, given: dict[str, ast.expr]) -> Origins:
        """The graphs that a call may load into."""
        if "sess" in given:
            made = [origin for origin in self.roles.of(given["sess"]) if origin.role is Role.SESSION]
            if not made or not self.roles.is_only(given["sess"], Role.SESSION):
                raise Unprovable(ELSEWHERE, "the session it is loaded into comes from elsewhere", call)
            return frozenset().union(*(self.contexts.graph_of(origin) for origin in made))
        if "graph" in given:
            return self.contexts.resolved(given["graph"])
        return self.contexts.graphs_at(call)

    def _restore(
        self, call: ast.Call, given: dict[str, ast.expr], origins: Origins
    ) -> tuple[ast.Call | None, ast.Call | None]:
        """The one call that restores a MetaGraphDef's variables, and what makes the saver if that is another one."""
        if Role.META_GRAPH in self.roles.roles(given["meta_graph_or_file"]):
            raise Unprovable(ELSEWHERE, "the MetaGraphDef is not read from a file", call)
        found: list[ast.Call] = []
        others: dict[ast.Call, ast.Call] = {}
        for _, node in self.places.nodes:
            if not isinstance(node, ast.expr) or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
                continue
            made = self._saver(node)
            parent = self.places.parents[node]
            restore = self._restoring(node)
            if isinstance(made, ast.Call) and made is not call and restore is not None:
                if self.roles.symbol(made.func) == "train.Saver" and self._runs(restore, origins):
                    others[restore] = made
                continue
            if made is not call and not any(origin.node is call for origin in self.roles.of(node)):
                continue
            if isinstance(made, ast.Call) and made is not call:
                continue
            match parent:
                case ast.Assign(targets=[ast.Name() | ast.Attribute()]) | ast.Expr() if node is call:
                    continue
            if restore is None or made is None:
                raise Unprovable(ELSEWHERE, "the saver of the MetaGraphDef does more than restore", node)
            found.append(restore)
        if not found and not others:
            return None, None
        if len(found) + len(others) != 1:
            raise Unprovable(NOT_STATIC, "its variables are restored more than once", call)
        (restore,) = found or others
        saver = others.get(restore)
        arguments(restore, RESTORE_PARAMETERS)
        if not isinstance(self.places.parents[restore], ast.Expr):
            raise Unprovable(NOT_STATIC, "the restore stands in an expression", restore)
        for one in (restore, saver):
            if one is not None and (self.places.function_of(one) is not self.places.function_of(call)):
                raise Unprovable(
                    ELSEWHERE, "the MetaGraphDef is imported in one function and restored in another", call
                )
            if one is not None and one.lineno < call.lineno:
                raise Unprovable(ELSEWHERE, "the MetaGraphDef is imported after its saver is made", call)
            if one is not None:
                self._refuse_branches(call, one)
        if saver is not None and (saver.args or not {k.arg for k in saver.keywords} <= _OF_CHECKPOINTS):
            raise Unprovable(NOT_STATIC, "it is restored by a saver of some variables, or under other names", saver)
        return restore, saver

    def _restoring(self, node: ast.expr) -> ast.Call | None:
        """The call of `saver.restore` for the expression of a saver."""
        match self.places.parents[node]:
            case ast.Attribute(attr="restore") as parent if self.roles.is_only(node, Role.SAVER):
                outer = self.places.parents[parent]
                return outer if isinstance(outer, ast.Call) else None
        return None

    def _saver(self, node: ast.expr) -> ast.expr | None:
        """What makes the saver that an expression means; None where it is none, or that is not sure."""
        made = [origin.node for origin in self.roles.of(node) if origin.role is Role.SAVER]
        if len(made) < 2:
            return made[0] if made and self.roles.is_only(node, Role.SAVER) else None
        place = self.places.place(node) if isinstance(node, (ast.Name, ast.Attribute)) else None
        function = self.places.function_of(node)
        before = [
            given
            for given in (self.places.given(place) if place is not None else [])
            if isinstance(given.statement, ast.stmt) and given.statement.lineno < node.lineno
        ]
        if not before or any(self.places.function_of(given.statement) is not function for given in before):
            return None
        last = max(before, key=lambda given: getattr(given.statement, "lineno", 0))
        around = [one for one in self._around(last.statement) if isinstance(one, (ast.If, ast.For, ast.While, ast.Try))]
        return last.value if last.value in made and all(one in self._around(node) for one in around) else None

    def _runs(self, restore: ast.Call, origins: Origins) -> bool:
        """Whether what is restored is a session of some graphs."""
        session = arguments(restore, RESTORE_PARAMETERS)["sess"]
        made = [origin for origin in self.roles.of(session) if origin.role is Role.SESSION]
        return bool(made) and all(self.contexts.graph_of(origin) == origins for origin in made)

    def _refuse_branches(self, call: ast.Call, restore: ast.Call) -> None:
        """What is imported is restored, and only once."""
        if self.in_branch(restore, call):
            raise Unprovable(CONTROL_FLOW, "the variables are restored in a branch or loop", restore)
        for around in self._around(call):
            if isinstance(around, ast.Try):
                raise Unprovable(CONTROL_FLOW, "the import stands in a try statement, and its errors change", call)

    def in_branch(self, node: ast.AST, other: ast.AST) -> bool:
        """Whether a node runs under conditions, or in a loop, that another one does not."""
        outer = set(self._around(other))
        return any(
            isinstance(around, (ast.If, ast.For, ast.While, ast.Try)) and around not in outer
            for around in self._around(node)
        )

    def _around(self, node: ast.AST) -> list[ast.AST]:
        """The nodes around one, up to its function."""
        found: list[ast.AST] = []
        while node in self.places.parents and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node = self.places.parents[node]
            found.append(node)
        return found


def loads_into_session(call: ast.Call) -> bool:
    """Whether a `tf.saved_model.load` is TF1's; TF2's has the same name, and takes no session."""
    names = {keyword.arg for keyword in call.keywords}
    return "sess" in names or (
        len(call.args) > 1 and len(call.args) + len(call.keywords) > 2 and "options" not in names
    )


def arguments(call: ast.Call, parameters: tuple[str, ...]) -> dict[str, ast.expr]:
    """The arguments of a call by name, where they are written out.

    Raises:
        Unprovable: There are others.
    """
    if any(isinstance(argument, ast.Starred) for argument in call.args) or len(call.args) > len(parameters):
        raise Unprovable(NOT_STATIC, "the arguments of the call are not written out", call)
    found = dict(zip(parameters, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg not in parameters:
            raise Unprovable(NOT_STATIC, f"the call has options ({keyword.arg or '**'})", call)
        found[keyword.arg] = keyword.value
    needed = {"meta_graph_or_file"} if parameters is IMPORT_PARAMETERS else set(parameters)
    if needed - found.keys():
        raise Unprovable(NOT_STATIC, "the call lacks arguments", call)
    return found
