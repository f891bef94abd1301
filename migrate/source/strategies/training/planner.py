"""Plans a module that trains itself: what a session ran in a loop are calls of its functions then."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.source.flow import LOOPS, WITHS, Definition, Step, Value
from migrate.source.kinds import Kind, Kinds, header
from migrate.source.session import Effect
from migrate.source.sites import Endpoint, ExportSite, SignatureSource
from migrate.source.slicing.cuts import Cuts, expression_key
from migrate.source.slicing.slices import Slice, Slicer
from migrate.source.slicing.state_calls import state_call
from migrate.source.specs import Shape
from migrate.source.strategies.base import merge_slices
from migrate.source.strategies.naming import identifier
from migrate.source.strategies.plan import Function, FunctionRun, Input, NativePlan, State, Training
from migrate.source.strategies.training.kept import RULE, CheckpointPlanner
from migrate.source.strategies.training.optimizers import looks_up
from migrate.source.strategies.training.runs import ReadRun
from migrate.source.unprovable import (
    CONTROL_FLOW,
    ELSEWHERE,
    NO_EQUAL,
    NOT_STATIC,
    SIDE_EFFECTS,
    VARIABLE,
    Unprovable,
)

_Pending = tuple[ReadRun, Function | None, tuple[tuple[str, ast.expr], ...], list["int | Definition | None"]]
_COLLECTED = frozenset({"get_losses", "get_total_loss", "get_regularization_loss", "get_regularization_losses",
                        "get_collection", "get_collection_ref"})  # fmt: skip
_RANDOM = ("random", "dropout", "shuffle", "truncated_normal", "multinomial")


def plan_training(sites: tuple[ExportSite, ...], kinds: Kinds, taken: Iterable[str], module: str = "") -> NativePlan:
    """Plans the rewrite of exports that share one graph, with the loop that trains it.

    Args:
        sites: Exports of one region.
        kinds: That region.
        taken: Names the module already uses, which the class must not take.
        module: The module's name, for want of a better one for the class.

    Raises:
        Unprovable: The session does more than to train in a way that is understood.
    """
    return _TrainingPlanner(sites, kinds, frozenset(taken), module).plan()


class _TrainingPlanner(CheckpointPlanner):
    def _functions(self) -> None:
        super()._functions()
        self._read_variables: list[Definition] = []
        self._pending: list[_Pending] = []
        trained = self._read_loop()
        self._refuse_collections()
        for read in self._reads:
            self._convert(read, trained)
        for _, count in self._counts:
            value = self.region.value_of.get(count)
            if not isinstance(value, Definition) or not isinstance(state_call(value, self.kinds), ast.Call):
                raise Unprovable(VARIABLE, f"'{count.id}' is not known as a variable", count)
            self._read_variables.append(value)
        self.plan_.helpers = {function for f in self.plan_.functions for function in f.slice.functions}

    def _refuse_collections(self) -> None:
        """A module has no collections: what reads them in the file would find nothing in TF2."""
        nodes = list(ast.walk(self.region.symbols.tree))
        made = [node for node in nodes if isinstance(node, ast.Call)]
        trained = self._behind_variables()
        assets = {call.func for call in made if any("ASSET_FILEPATHS" in ast.unparse(a) for a in call.args[:1])}
        for node in nodes:
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name in _COLLECTED and node not in assets and node is not trained:
                raise Unprovable(NO_EQUAL, f"{name} reads graph collections, which TF2 has not", node)

    def _behind_variables(self) -> ast.expr | None:
        """The function that says all trainable variables, where the training op is told that these are trained."""
        node = self._minimize.variables
        if node is None or not self._all(node):
            return None
        if isinstance(node, ast.Name):
            value = self.region.value_of.get(node)
            node = value.expression if isinstance(value, Definition) and value.expression is not None else node
        return node.func if isinstance(node, ast.Call) else None

    # ---- runs become calls of functions ------------------------------------------------------------------------

    def _convert(self, read: ReadRun, trained: list[ReadRun]) -> None:
        plan = self.plan_
        if not read.trains and read.single:
            eager = self._eager_run(read.run)
            if eager is not None and not isinstance(eager.fetched[0], State) and _cast(eager.fetched[0][0]):
                plan.eager_runs[read.run.call] = eager
                return
        places: list[int | Definition | None] = []
        tensors: list[ast.expr] = []
        for fetch in read.fetches:
            value = self.region.value_of.get(fetch) if isinstance(fetch, ast.Name) else None
            if fetch in read.trains:
                places.append(None)
            elif isinstance(value, Definition) and self.kinds.value(value) is Kind.VARIABLE:
                if not isinstance(state_call(value, self.kinds), ast.Call):
                    raise Unprovable(VARIABLE, f"'{value.name}' is fetched, and not known as a variable", fetch)
                places.append(value)
                self._read_variables.append(value)
            else:
                if read.trains and not isinstance(fetch, ast.Name):
                    raise Unprovable(NO_EQUAL, f"{ast.unparse(fetch)} is made while it is trained", fetch)
                places.append(-1)
                tensors.append(fetch)
        function = self._function_of(read, tensors, trained) if tensors or read.trains else None
        known = [] if function is None else [self._key(endpoint.tensor) for endpoint in function.outputs]
        fetched: list[int | Definition | None] = [
            known.index(self._key(fetch)) if place == -1 else place
            for fetch, place in zip(read.fetches, places, strict=True)
        ]
        names = {} if function is None else {self._key(e.tensor): e.parameter for e in function.inputs}
        self._pending.append(
            (read, function, tuple((names[feed.key], feed.value) for feed in read.feeds if names), fetched)
        )

    def _function_of(self, read: ReadRun, tensors: list[ast.expr], trained: list[ReadRun]) -> Function:
        """The function for a run; runs that train with the same inputs share one, and so do those that compute the same."""
        wanted = [self._key(tensor) for tensor in tensors]
        for function in self.plan_.functions:
            if function.exported or (function.training is not None) is not bool(read.trains):
                continue
            if {self._key(entry.tensor) for entry in function.inputs} != read.fed:
                continue
            if read.trains or [self._key(endpoint.tensor) for endpoint in function.outputs] == wanted:
                return function
        name = "train_step"
        if read.trains:
            same = [other for other in trained if other.fed == read.fed]
            fetched = [fetch for other in same for fetch in other.fetches if fetch not in other.trains]
            computed = [f for f in fetched if self.kinds.of(f) is not Kind.VARIABLE]
            tensors = [self._minimize.loss, *computed]
        elif len(tensors) == 1 and isinstance(tensors[0], ast.Name):
            name = tensors[0].id
        else:
            name = "evaluate"
        unique = {self._key(tensor): tensor for tensor in tensors}
        function = self._run_function(name, read, list(unique.values()))
        if read.trains:
            self._train(function, self._slicer(read.step))
        self.plan_.functions.append(function)
        return function

    def _slicer(self, step: Step) -> Slicer:
        """Slices for a run, which may build in its loop what it fetches."""
        return _RunSlicer(self.kinds, self.purity, self.facts, [step])

    def _run_function(self, name: str, read: ReadRun, tensors: list[ast.expr]) -> Function:
        feeds, step = read.feeds, read.step
        outputs = tuple(Endpoint(str(number), tensor) for number, tensor in enumerate(tensors))
        entries = tuple(Endpoint(self._input_key(feed.tensor), feed.tensor) for feed in feeds)
        signature = SignatureSource(name, None, "", entries, outputs)
        cuts = Cuts()
        inputs: list[Input] = []
        names = {"self"}
        for endpoint in entries:
            entry = self._input(endpoint, signature, names)
            names.add(entry.parameter)
            self._cut(entry, cuts)
            inputs.append(_open(entry))
        for endpoint in outputs:
            self._check_output(endpoint)
        found = self._slicer(step).slice(tensors, cuts)
        return Function(self._fresh(identifier(name)), signature, tuple(inputs), outputs, cuts, found, exported=False)

    def _input_key(self, tensor: ast.expr) -> str:
        return identifier(ast.unparse(tensor))

    def _key(self, tensor: ast.expr) -> str:
        """Equal keys mean the same tensor."""
        names = ",".join(str(id(value)) for _, value in self.region.names(tensor))
        return expression_key(tensor, self.region) or f"{ast.dump(tensor)}|{names}|{id(tensor)}"

    # ---- the step of training ----------------------------------------------------------------------------------

    def _train(self, function: Function, slicer: Slicer) -> None:
        minimize = self._minimize
        attribute = next((f.training.attribute for f in self.plan_.functions if f.training is not None), None)
        if attribute is not None:
            raise Unprovable(NO_EQUAL, "it is trained with different inputs", minimize.call)
        function.training = Training(
            minimize.optimizer,
            self._fresh("optimizer"),
            clip=minimize.clip,
            rate=minimize.optimizer.tensor,
            made=minimize.made,
        )
        self._every_step(function, slicer)
        loss = self.slicer.slice([minimize.loss], function.cuts)
        for endpoint in function.outputs[1:]:
            beside = slicer.slice([endpoint.tensor], function.cuts)
            for step in beside.steps - loss.steps:
                if any(self._is_state(value, beside) for value in step.reads):
                    what = ast.unparse(endpoint.tensor)
                    raise Unprovable(
                        NO_EQUAL, f"'{what}' is computed from variables while they are trained", endpoint.tensor
                    )
            if beside.states - loss.states or set(beside.inline_states) - set(loss.inline_states):
                raise Unprovable(NO_EQUAL, "variables are read while others are trained", endpoint.tensor)
        self._gradients(loss, function.training)
        wide = [entry.tensor for entry in function.inputs if "float64" in entry.dtype]
        if wide and minimize.optimizer.name == "Adam":
            raise Unprovable(NO_EQUAL, "TF1's Adam keeps powers of float32, also where it trains float64", wide[0])

    def _every_step(self, function: Function, slicer: Slicer) -> None:
        """What each step computes besides its loss and its results: a learning rate, limits of gradients."""
        training = function.training
        assert training is not None
        further = slicer.slice(training.expressions(), function.cuts)
        merge_slices(function.slice, further)

    def _is_state(self, value: Value, found: Slice) -> bool:
        return isinstance(value, Definition) and value in found.states

    def _gradients(self, loss: Slice, training: Training) -> None:
        """What gradients need that the loss itself does not."""
        parts: list[ast.AST] = [part for step in loss.steps for part in header(step)]
        parts += [*loss.functions, self._minimize.loss]
        training.dense = looks_up(parts, self._minimize.optimizer, self.kinds, clips=training.clip is not None)

    # ---- state -------------------------------------------------------------------------------------------------

    def _state_values(self) -> None:
        plan = self.plan_
        for definition in dict.fromkeys(self._read_variables):
            call = state_call(definition, self.kinds)
            assert call is not None
            if all(state.expression is not call for state in plan.states):
                plan.states.append(State("", call, definition.step, definition))
        self._collect_states()
        states = plan.state_of()
        for read, function, fed, fetched in self._pending:
            places = tuple(states[p] if isinstance(p, Definition) else p for p in fetched)
            run = FunctionRun(read.run, function, fed, places, read.single, read.kept, read.named)
            self._same_keys(run)
            plan.eager_runs[read.run.call] = run
        counts = ((node, self.region.value_of.get(count)) for node, count in self._counts)
        plan.counts = {node: states[value] for node, value in counts if value is not None}
        self._checkpoints()
        for step in self._own_steps():
            if self.session.effects(step) == {Effect.ASSIGN} and not self._plain_assignments(step):
                raise Unprovable(SIDE_EFFECTS, "variables are set to what is not known", step.node)
        for function in plan.functions:
            if function.training is not None:
                self._targets(function, function.training)
        self._randomness()
        self._session_only_uses()
        if plan.legacy:
            raise Unprovable(ELSEWHERE, "the graph is used by more than the session's runs", self.sites[0].call)

    def _same_keys(self, run: FunctionRun) -> None:
        """A dictionary with a name is fed to functions that have the same names for its entries."""
        if run.named is None:
            return
        if run.function is None:
            raise Unprovable(NOT_STATIC, "a dictionary is fed where only variables are read", run.run.call)
        for other in self.plan_.eager_runs.values():
            if isinstance(other, FunctionRun) and other.named is run.named and other.keys != run.keys:
                raise Unprovable(NOT_STATIC, "functions have different names for what a dictionary feeds", run.run.call)

    def _randomness(self) -> None:
        plan = self.plan_
        if any(not self._deterministic(call) for state in plan.states for call in self._calls_of(state)):
            plan.random = True
            text = "a variable starts from random numbers, which TF2 draws anew: training starts from others"
            plan.notes.append((VARIABLE, text))
        nodes = [part for f in plan.functions if not f.exported for step in f.slice.steps for part in header(step)]
        calls = [node for part in nodes for node in ast.walk(part) if isinstance(node, ast.Call)]
        if any(word in (self.kinds.symbol(call) or "") for call in calls for word in _RANDOM):
            plan.random = True
            plan.notes.append((RULE, "the training draws random numbers, in TF2 others than in TF1"))
        called = [node for f in plan.functions for helper in f.slice.functions for node in ast.walk(helper)]
        calls += [node for node in called if isinstance(node, ast.Call)]
        if any((self.kinds.symbol(call) or "").startswith("losses.") for call in calls):
            plan.notes.append((RULE, "the loss of an empty batch is not a number in TF2; in TF1, tf.losses gave zero"))


class _RunSlicer(Slicer):
    """Of a graph that is built in a loop, each pass runs what it built itself."""

    def _need_place(self, step: Step, cuts: Cuts, found: Slice, *, state: bool) -> None:
        loops = [branch for branch in step.branches if isinstance(branch.step.node, LOOPS)]
        inside = not state and any(branch.step in self._around for branch in loops)
        if not inside:
            super()._need_place(step, cuts, found, state=state)
            return
        for branch in step.branches:
            around = branch.step
            if around not in self._around and not isinstance(around.node, WITHS):
                raise Unprovable(CONTROL_FLOW, "what is fetched is built in a part of the loop", around.node)
            if isinstance(around.node, WITHS) and any("control_dep" in ast.unparse(i) for i in around.node.items):
                raise Unprovable(SIDE_EFFECTS, "ops wait for others in a loop (control_dependencies)", around.node)


def _cast(function: Function) -> bool:
    """Whether a decorator says the dtypes of a signature's inputs, so that arrays are cast to them."""
    return all(entry.shape == _open(entry).shape for entry in function.inputs)


def _open(entry: Input) -> Input:
    """An input whose sizes are numbers, or left open: what a decorator can say."""
    if entry.shape.whole is not None:
        shape = Shape(None)
    else:
        sizes = entry.shape.dimensions
        shape = Shape(None if sizes is None else tuple(None if isinstance(s, ast.expr) else s for s in sizes))
    return Input(entry.key, entry.parameter, entry.tensor, entry.dtype, shape)
