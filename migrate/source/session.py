"""What do the session calls of a region do to the values that are exported?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

import networkx as nx

from migrate.source.flow import Definition, Fact, Region, Step, Value
from migrate.source.kinds import IN_GRAPH, Kind, Kinds, calls, header
from migrate.source.restores import read_restore
from migrate.source.slicing.helpers import helper_functions
from migrate.source.specs import argument_of
from migrate.source.syntax import children, walk

_INITIALIZERS_CHANGED = frozenset({"train.init_from_checkpoint", "train.warm_start"})
"""What makes the variables start from other values than their initializers say."""


class Effect(Enum):
    """What a step does with a session."""

    INIT = auto()
    """Initializes variables or tables."""
    ASSIGN = auto()
    """Sets variables to values that plain Python knows."""
    RESTORE = auto()
    """Sets variables to what a checkpoint holds under names that are known."""
    READ = auto()
    """Computes, and changes nothing."""
    CHANGE = auto()
    """Trains, restores, or does what cannot be seen."""
    CLOSE = auto()
    """Ends the session."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One `session.run(...)`, `op.run(...)`, `tensor.eval(...)` or `variable.load(...)`."""

    call: ast.Call
    fetches: ast.expr
    feed: ast.expr | None


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """A variable that a session run sets, and the Python value it gets."""

    variable: ast.expr
    value: ast.expr
    method: str = "assign"
    made: Step | None = None
    """Where the op is made, if that is not where it is run."""


class SessionUse:
    """The session calls of one region."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.region: Region = kinds.region
        self._graph: nx.DiGraph[Value] | None = None

    def runs(self, step: Step) -> Iterator[Run]:
        """The runs among the calls of a step."""
        for part in header(step):
            for call in calls(part):
                match call.func:
                    case ast.Attribute(value=owner, attr=("run" | "eval" | "load") as method):
                        kind = self.kinds.of(owner)
                        if kind is Kind.SESSION and method == "run":
                            fetches = argument_of(call, "fetches", 0)
                            if fetches is not None:
                                yield Run(call, fetches, argument_of(call, "feed_dict", 1))
                        elif kind in IN_GRAPH and method != "load":
                            yield Run(call, owner, argument_of(call, "feed_dict", 0))
                        elif kind is Kind.VARIABLE and method == "load":
                            yield Run(call, owner, None)

    def effects(self, step: Step) -> set[Effect]:
        """Everything a step does with sessions; empty where it does nothing."""
        found: set[Effect] = set()
        if self._escapes(step):
            found.add(Effect.CHANGE)
        if not found and read_restore(step, self.kinds) is not None:
            return {Effect.RESTORE}
        runs = {run.call: run for run in self.runs(step)}
        for run in runs.values():
            found |= self._run_effects(run)
        for part in header(step):
            for call in calls(part):
                if call not in runs:
                    found |= self._other_effects(call)
        if isinstance(step.node, (ast.FunctionDef, ast.ClassDef)) and any(
            self.kinds.value(value) in (Kind.SESSION, Kind.SAVER, Kind.TRAIN) for value in step.reads
        ):
            found.add(Effect.CHANGE)
        return found

    def only_runs(self, step: Step) -> bool:
        """Whether all that a step does with a session are runs that can be seen."""
        runs = {run.call for run in self.runs(step)}
        others = (call for part in header(step) for call in calls(part) if call not in runs)
        defines = isinstance(step.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        return not defines and not self._escapes(step) and not any(self._other_effects(call) for call in others)

    def _escapes(self, step: Step) -> bool:
        """Whether a method of a session is passed on (`run = sess.run`), or a nested function uses one by name."""
        for part in header(step):
            called = {call.func for call in calls(part)}
            for node in walk(part):
                if isinstance(node, (ast.Tuple, ast.List, ast.Dict, ast.Set)):
                    if any(
                        self.kinds.of(child) is Kind.SESSION for child in children(node) if isinstance(child, ast.expr)
                    ):
                        return True
                if isinstance(node, ast.Attribute) and node not in called and node.attr != "graph":
                    if self.kinds.of(node.value) is Kind.SESSION:
                        return True
        if isinstance(step.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self._uses_sessions(step.node)
        return any(
            isinstance(node, ast.Lambda) and self._uses_sessions(node) for part in header(step) for node in walk(part)
        )

    def _uses_sessions(self, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
        """Whether a function uses the region's session, whenever that is made, or the default one."""
        names = {
            made.name
            for step in self.region.steps
            for made in step.writes
            if self.kinds.value(made) in (Kind.SESSION, Kind.SAVER)
        }
        graph = {made.name for step in self.region.steps for made in step.writes if self.kinds.value(made) in IN_GRAPH}
        local = self.region.symbols.scope_of(function).bindings
        for node in walk(function):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="eval" | "run")) if name in graph:
                    # The default session's.
                    if name not in local:
                        return True
            if isinstance(node, ast.Name) and node.id in names and node.id not in local:
                return True
            if isinstance(node, ast.Attribute) and node.attr == "get_default_session":
                return True
        return False

    def _run_effects(self, run: Run) -> set[Effect]:
        if isinstance(run.call.func, ast.Attribute) and run.call.func.attr == "load":
            return {Effect.ASSIGN} if self.assignments(run) is not None else {Effect.CHANGE}
        effects: set[Effect] = set()
        for fetch in self.fetched(run.fetches):
            kind = self.kinds.of(fetch)
            if kind is Kind.INIT:
                # Fed values would be lost with the session.
                effects.add(Effect.INIT if run.feed is None else Effect.CHANGE)
            elif kind is Kind.ASSIGN:
                effects.add(Effect.ASSIGN if self.assignments(run) is not None else Effect.CHANGE)
            elif kind in (Kind.TENSOR, Kind.PLACEHOLDER, Kind.VARIABLE):
                effects.add(Effect.CHANGE if self.changes(fetch) else Effect.READ)
            else:
                effects.add(Effect.CHANGE)
        return effects or {Effect.CHANGE}

    def _other_effects(self, call: ast.Call) -> set[Effect]:
        name = self.kinds.symbol(call)
        if isinstance(call.func, ast.Attribute):
            owner = self.kinds.of(call.func.value)
            if owner is Kind.SESSION:
                if call.func.attr == "close":
                    return {Effect.CLOSE}
                if call.func.attr not in ("as_default", "graph", "list_devices"):
                    return {Effect.CHANGE}
            if owner is Kind.SAVER:
                return {Effect.CHANGE} if call.func.attr == "restore" else {Effect.READ}
            if owner is Kind.BUILDER:
                return set()
        if name is not None and (name in _INITIALIZERS_CHANGED or name.startswith("contrib.framework.")):
            return {Effect.CHANGE}
        if name is not None and name.startswith(("saved_model.", "summary.FileWriter", "train.Saver")):
            return set()
        function = self.region.function(call.func)
        if function is not None and any(self._uses_sessions(inner) for inner in helper_functions(function, self.kinds)):
            return {Effect.CHANGE}
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if any(self.kinds.of(argument) in (Kind.SESSION, Kind.SAVER) for argument in arguments):
            return {Effect.CHANGE}
        return set()

    def fetched(self, fetches: ast.expr) -> Iterator[ast.expr]:
        """The single fetches in a list, tuple or dictionary of them."""
        match fetches:
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                for element in elements:
                    yield from self.fetched(element)
            case ast.Dict(values=values):
                for value in values:
                    yield from self.fetched(value)
            case ast.Name():
                bound = self.region.value_of.get(fetches)
                if isinstance(bound, Definition) and bound.known and not bound.path and bound.previous is None:
                    if isinstance(bound.expression, (ast.List, ast.Tuple, ast.Dict)):
                        yield from self.fetched(bound.expression)
                        return
                yield fetches
            case _:
                yield fetches

    def changes(self, fetch: ast.expr) -> bool:
        """Whether computing a tensor runs an op that sets a variable."""
        if self._graph is None:
            self._graph = self.region.graph()
        if any(isinstance(node, ast.Call) and self._may_change(node) for node in walk(fetch)):
            return True
        if not isinstance(fetch, (ast.Name, ast.Call, ast.BinOp)) or (
            isinstance(fetch, ast.Name) and self._unknown(fetch)
        ):
            # An element of something, an attribute: not followed.
            return not (isinstance(fetch, (ast.Subscript, ast.Attribute)) and self._plain_element(fetch))
        for _, value in self.region.names(fetch):
            reached = {value} | (nx.descendants(self._graph, value) if value in self._graph else set())
            for found in reached:
                if self.kinds.value(found) in (Kind.ASSIGN, Kind.TRAIN):
                    return True
                if isinstance(found, Definition) and found.expression is not None:
                    inner = (child for child in walk(found.expression) if isinstance(child, ast.Call))
                    if any(self._may_change(call) for call in inner):
                        return True
                    if any(
                        isinstance(branch.step.node, ast.With) and _controlled(branch.step.node)
                        for branch in found.step.branches
                    ):
                        return True
        return False

    def _unknown(self, fetch: ast.Name) -> bool:
        """Whether a fetched name is a loop's target or the like."""
        value = self.region.value_of.get(fetch)
        return isinstance(value, Definition) and not value.known and value.previous is None

    def _plain_element(self, fetch: ast.Subscript | ast.Attribute) -> bool:
        """`parsed["x"]`: an element of a tensor or of a dictionary of tensors that ops made."""
        base: ast.expr = fetch
        while isinstance(base, (ast.Subscript, ast.Attribute)):
            base = base.value
        if not isinstance(base, ast.Name) or self._unknown(base):
            return False
        return self.kinds.of(base) in (Kind.TENSOR, Kind.PLACEHOLDER, Kind.VARIABLE) and not self.changes(base)

    def _may_change(self, call: ast.Call) -> bool:
        """Whether the op that a call makes may set a variable when it is run."""
        if self.kinds.of(call) in (Kind.ASSIGN, Kind.TRAIN):
            return True
        name = (self.kinds.symbol(call) or "").rpartition(".")[2]
        if isinstance(call.func, ast.Attribute):
            name = name or call.func.attr
        if any(word in name for word in ("assign", "scatter_", "minimize", "apply_gradients", "count_up_to")):
            return True
        given = [self.region.function(argument) for argument in [*call.args, *(k.value for k in call.keywords)]]
        if any(function is not None and self._sets_variables(function) for function in given):
            return True
        if self.kinds.symbol(call) is not None:
            return False
        function = self.region.function(call.func)
        if function is None:
            # A method of a tensor reads; code of another module does what it likes.
            return not (isinstance(call.func, ast.Attribute) and self.kinds.of(call.func.value) in IN_GRAPH) and (
                self.kinds.of(call) in IN_GRAPH
            )
        return self._sets_variables(function)

    def _sets_variables(self, function: ast.FunctionDef) -> bool:
        """Whether a function of this file may make ops that set variables, as far as its text tells."""
        text = " ".join(ast.unparse(inner) for inner in helper_functions(function, self.kinds))
        words = ("assign", "scatter_", "minimize", "apply_gradients", "global_variables", "trainable_variables")
        return any(word in text for word in words)

    def assignments(self, run: Run, step: Step | None = None) -> list[Assignment] | None:
        """The assignments a run does, if it does nothing else and their values are plain Python's.

        With `step`, the step that runs, also only if the values still mean there what they meant when the op was made.
        """
        call = run.call
        if isinstance(call.func, ast.Attribute) and call.func.attr == "load":
            value = argument_of(call, "value", 0)
            return [Assignment(run.fetches, value)] if value is not None else None
        fed = self._fed(run.feed)
        if fed is None:
            return None
        found: list[Assignment] = []
        for fetch in self.fetched(run.fetches):
            assigned = self.assigned(fetch)
            if assigned is None:
                return None
            value = assigned.value
            if isinstance(value, ast.Name):
                bound = self.region.value_of.get(value)
                if bound in fed:
                    value = fed[bound]
            if self.kinds.of(value) not in (Kind.PYTHON, Kind.CONFIG) and not self._constant(value):
                return None
            if any(isinstance(call.func, ast.Attribute) and call.func.attr in ("run", "eval") for call in calls(value)):
                # The value comes from the session itself.
                return None
            if step is not None and any(
                step.env.get(read.name, read) is not read for _, read in self.region.names(value)
            ):
                return None
            made = self.region.value_of.get(fetch) if isinstance(fetch, ast.Name) else None
            if isinstance(made, Definition) and any(
                isinstance(b.step.node, ast.With) and _controlled(b.step.node) for b in made.step.branches
            ):
                return None
            if any(isinstance(made, Definition) and other.made is made.step for other in found):
                # Fetched twice, an op still runs once.
                continue
            found.append(
                Assignment(
                    assigned.variable,
                    value,
                    assigned.method,
                    made.step if isinstance(made, Definition) else None,
                )
            )
        return found

    def _constant(self, value: ast.expr) -> bool:
        """A tensor that is a constant written on the spot: `tf.constant(x)`, `tf.zeros([3])`."""
        return (
            isinstance(value, ast.Call)
            and self.kinds.symbol(value) in ("constant", "zeros", "ones", "fill")
            and all(self.kinds.of(argument) in (Kind.PYTHON, Kind.CONFIG) for argument in value.args)
        )

    def _fed(self, feed: ast.expr | None) -> dict[Value | None, ast.expr] | None:
        if feed is None:
            return {}
        if not isinstance(feed, ast.Dict):
            return None
        fed: dict[Value | None, ast.expr] = {}
        for key, value in zip(feed.keys, feed.values, strict=True):
            if not isinstance(key, ast.Name):
                return None
            fed[self.region.value_of.get(key)] = value
        return fed

    def assigned(self, fetch: ast.expr) -> Assignment | None:
        """`v.assign(x)` or `tf.assign(v, x)`, also behind a name."""
        match fetch:
            case ast.Name():
                value = self.region.value_of.get(fetch)
                if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
                    return self.assigned(value.expression) if value.expression is not None else None
            case ast.Call(
                func=ast.Attribute(value=owner, attr=("assign" | "assign_add" | "assign_sub") as method),
                args=[value, *_],
            ):
                if self.kinds.of(owner) is Kind.VARIABLE:
                    return Assignment(owner, value, method)
        if isinstance(fetch, ast.Call) and self.kinds.symbol(fetch) in ("assign", "assign_add", "assign_sub"):
            target, given = argument_of(fetch, "ref", 0), argument_of(fetch, "value", 1)
            if target is not None and given is not None and self.kinds.of(target) is Kind.VARIABLE:
                return Assignment(target, given, str(self.kinds.symbol(fetch)))
        return None


def excluded(step: Step, region: Region, facts: tuple[Fact, ...]) -> bool:
    """Whether a step never runs where some facts hold."""
    return any(region.known(fact.test, facts) is (not fact.holds) for fact in step.facts)


def _controlled(node: ast.With) -> bool:
    return any("control_dependencies" in ast.unparse(item.context_expr) for item in node.items)
