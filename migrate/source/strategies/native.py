"""The native strategy: a `tf.Module` with one `tf.function` a signature, and `tf.saved_model.save`.

Applies where the whole graph between inputs and outputs is built in the function (or module) that exports it. The
values come from the initializers, from assign ops the session ran, or, where anything else happened in the session,
from the session itself: then the old graph stays, its values are read once, and the module is built from them.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable

from migrate.source.flow import (
    LOOPS,
    TRIES,
    Definition,
    Fact,
    Merge,
    Outer,
    Parameter,
    Region,
    Step,
    Undefined,
    Value,
)
from migrate.source.kinds import IN_GRAPH, Kind, Kinds, calls, header
from migrate.source.purity import Purity
from migrate.source.session import Effect, Run, SessionUse, excluded
from migrate.source.sites import Endpoint, ExportSite, SignatureSource
from migrate.source.slices import (
    Cuts,
    Slice,
    Slicer,
    expression_key,
    graph_context,
    parameter_of_call,
    refuse_version_tests,
    sets_graph,
    state_call,
    state_leaves,
)
from migrate.source.specs import UNKNOWN, Shape, Specs, argument_of
from migrate.source.state import VariableNames
from migrate.source.strategies.plan import Asset, Capture, EagerRun, Function, Input, NativePlan, State
from migrate.source.strategies.sharing import share
from migrate.source.unprovable import (
    CONTROL_FLOW,
    ELSEWHERE,
    INIT_OP,
    INPUT,
    NOT_STATIC,
    SESSION_AFTER,
    SIDE_EFFECTS,
    VARIABLE,
    Unprovable,
)

_MODULE_NAMES = frozenset({"name", "name_scope", "submodules", "trainable_variables", "variables", "with_name_scope",
                           "non_trainable_variables", "self", "signatures"})  # fmt: skip
_RANDOM = (
    "random",
    "truncated_normal",
    "shuffle",
    "multinomial",
    "glorot",
    "xavier",
    "orthogonal",
    "variance_scaling",
    "he_",
)


def plan_native(sites: tuple[ExportSite, ...], kinds: Kinds, taken: Iterable[str], module: str = "") -> NativePlan:
    """Plans the rewrite of exports that share one graph.

    Args:
        sites: Exports of one region.
        kinds: That region.
        taken: Names the module already uses, which the class must not take.
        module: The module's name, for want of a better one for the class.

    Raises:
        Unprovable: Where equality cannot be proved, with the reason.
    """
    return _Planner(sites, kinds, frozenset(taken), module).plan()


class _Planner:
    def __init__(self, sites: tuple[ExportSite, ...], kinds: Kinds, taken: frozenset[str], module: str) -> None:
        self.module = module
        self.sites = sites
        self.kinds = kinds
        self.region: Region = kinds.region
        self.taken = taken
        self.purity = Purity(kinds)
        self.session = SessionUse(kinds)
        self.specs = Specs(kinds)
        self.facts = _common_facts(sites)
        self.steps = [step for site in sites for step in (*site.added, site.saved)]
        self.slicer = Slicer(kinds, self.purity, self.facts, self.steps)
        self.plan_ = NativePlan(kinds, sites, self.facts)
        self.members: set[str] = set(_MODULE_NAMES)
        self._names: dict[str, int] = {}

    def plan(self) -> NativePlan:
        plan = self.plan_
        self._refuse_places()
        plan.foreign = self._foreign()
        self._functions()
        self._init_ops()
        self._assets()
        self._state_values()
        self._table_assets()
        self._states_attributes()
        states: set[Value] = {state.definition for state in plan.states if state.definition is not None}
        plan.shared = share(plan.functions, self.kinds, self.facts, states, self._fresh)
        self._constructor()
        self._captures()
        plan.class_name = class_name(self.region, self.module, self.taken)
        return plan

    # ---- where ----------------------------------------------------------------------------------------------

    def _refuse_places(self) -> None:
        for node in ast.walk(self.region.scope.node):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if (
                    node.func.id in ("exec", "eval", "globals", "locals", "vars")
                    and self.region.scope.owner(node.func.id) is None
                ):
                    raise Unprovable(NOT_STATIC, f"{node.func.id}() may read or set any name", node)
        for site in self.sites:
            for step in (site.opened, *site.added, site.saved):
                for branch in step.branches:
                    if isinstance(branch.step.node, LOOPS):
                        raise Unprovable(CONTROL_FLOW, "the export stands in a loop", site.call)
                    if isinstance(branch.step.node, TRIES):
                        raise Unprovable(CONTROL_FLOW, "the export stands in a try statement", site.call)
            if self.kinds.of(site.session) is not Kind.SESSION:
                raise Unprovable(
                    ELSEWHERE, f"the session {ast.unparse(site.session)} comes from elsewhere", site.session
                )

    def _foreign(self) -> set[Step]:
        """Steps that belong to other graphs than that of the exports."""
        mine = graph_context(self.sites[0].added[0], self.kinds)
        found: set[Step] = set()
        for step in self.region.steps:
            if step.inlined is None and graph_context(step, self.kinds) is not mine and self._touches_graph(step):
                if not self._uses_own(step, mine):
                    found.add(step)
        return found - {step for site in self.sites for step in (site.opened, *site.added, site.saved)}

    def _uses_own(self, step: Step, mine: Step | Value | None) -> bool:
        """Whether a step behind a reset of the default graph still uses the graph from before it, by name."""
        for value in step.reads:
            if isinstance(value, Definition) and self.kinds.value(value) in IN_GRAPH | {Kind.SESSION}:
                if graph_context(value.step, self.kinds) is mine:
                    return True
        return False

    def _touches_graph(self, step: Step) -> bool:
        """Whether a step builds, runs or enters a graph; plain Python belongs to all graphs of a region."""
        kinds = {self.kinds.value(value) for value in [*step.writes, *step.reads]}
        if kinds & (IN_GRAPH | {Kind.SESSION, Kind.GRAPH, Kind.SAVER, Kind.INFO, Kind.SIGNATURE, Kind.BUILDER}):
            return True
        return sets_graph(step.node, self.kinds) or any(
            self.kinds.of(call) in IN_GRAPH | {Kind.SESSION} or (self.kinds.symbol(call) or "") == "reset_default_graph"
            for part in header(step)
            for call in calls(part)
        )

    # ---- functions ------------------------------------------------------------------------------------------

    def _functions(self) -> None:
        plan = self.plan_
        for site in self.sites:
            for signature in site.signatures:
                same = next((f for f in plan.functions if self._same(f.signature, signature)), None)
                if same is None:
                    same = self._function(signature)
                    plan.functions.append(same)
                plan.keys[signature] = same
                if not signature.method_name:
                    raise Unprovable(
                        NOT_STATIC,
                        f"the signature '{signature.key}' has no method name; TF2 always writes one",
                        site.call,
                    )
        plan.helpers = {function for f in plan.functions for function in f.slice.functions}

    def _same(self, one: SignatureSource, other: SignatureSource) -> bool:
        def shape(signature: SignatureSource) -> object:
            return (
                [
                    (e.key, ast.dump(e.tensor), [id(v) for _, v in self.region.names(e.tensor)])
                    for e in signature.inputs
                ],
                [
                    (e.key, ast.dump(e.tensor), [id(v) for _, v in self.region.names(e.tensor)])
                    for e in signature.outputs
                ],
            )

        return shape(one) == shape(other)

    def _function(self, signature: SignatureSource) -> Function:
        cuts = Cuts()
        plain = [re.sub(r"\W", "_", endpoint.key).lower() for endpoint in signature.inputs]
        if len(set(plain)) < len(plain):
            raise Unprovable(INPUT, f"the input keys of '{signature.key}' differ only in what TF2 does not tell apart")
        inputs: list[Input] = []
        names: set[str] = {"self"}
        for endpoint in signature.inputs:
            entry = self._input(endpoint, signature, names)
            names.add(entry.parameter)
            self._cut(entry, cuts)
            inputs.append(entry)
        if not signature.outputs:
            raise Unprovable(NOT_STATIC, f"the signature '{signature.key}' has no outputs")
        for endpoint in signature.outputs:
            self._check_output(endpoint)
        found = self.slicer.slice([endpoint.tensor for endpoint in signature.outputs], cuts)
        return Function(
            self._fresh(identifier(signature.key)), signature, tuple(inputs), signature.outputs, cuts, found
        )

    def _input(self, endpoint: Endpoint, signature: SignatureSource, names: set[str]) -> Input:
        tensor = endpoint.tensor
        refuse_key(endpoint)
        kind = self.kinds.of(tensor)
        if kind not in (Kind.PLACEHOLDER, Kind.TENSOR):
            raise Unprovable(ELSEWHERE, f"the input '{endpoint.key}' ({ast.unparse(tensor)}) is made elsewhere", tensor)
        if isinstance(tensor, ast.Name) and isinstance(self.region.value_of.get(tensor), Merge):
            tensor = self._decided(tensor)
        call = parameter_of_call(tensor, self.region)
        if call is not None and self.kinds.symbol(call) in ("sparse_placeholder", "sparse.placeholder"):
            raise Unprovable(INPUT, f"the input '{endpoint.key}' is sparse; TF2 exports it as three inputs", tensor)
        dtype = self.specs.dtype(tensor)
        if dtype is None:
            raise Unprovable(INPUT, f"the dtype of the input '{endpoint.key}' cannot be read off the source", tensor)
        shape = self.specs.shape(tensor)
        if shape is None:
            raise Unprovable(INPUT, f"the shape of the input '{endpoint.key}' cannot be read off the source", tensor)
        for size in (shape.whole, *(shape.dimensions or ())):
            if isinstance(size, ast.expr) and any(
                self.kinds.value(value) in IN_GRAPH for _, value in self.region.names(size)
            ):
                raise Unprovable(INPUT, f"the shape of the input '{endpoint.key}' is taken from another tensor", tensor)
        if shape == UNKNOWN and call is not None and self.specs.parses(call):
            # tf.io.parse_example takes a batch only, whatever the placeholder says.
            shape = Shape((None,))
        named = isinstance(endpoint.tensor, ast.Name)
        parameter = endpoint.tensor.id if isinstance(endpoint.tensor, ast.Name) else identifier(endpoint.key)
        keys = {other.key for other in signature.inputs if other.key != endpoint.key}
        while parameter in names or parameter in keys or (not named and self._in_use(parameter)):
            parameter += "_input"
        return Input(endpoint.key, parameter, endpoint.tensor, dtype, shape)

    def _decided(self, node: ast.Name) -> ast.expr:
        """The expression behind a name that different branches set, where the branch is known."""
        value = self.region.decided(self.region.value_of[node], self.facts)
        if isinstance(value, Definition) and value.known and value.expression is not None and not value.path:
            return value.expression
        return node

    def _in_use(self, name: str) -> bool:
        """Whether code that may go into a function means something else by a name."""
        return (
            any(made.name == name for step in self.region.steps for made in step.writes)
            or any(read.id == name for read in self.region.value_of)
            or name in self.region.symbols.module.bindings
        )

    def _cut(self, entry: Input, cuts: Cuts) -> None:
        tensor = entry.tensor
        key = expression_key(tensor, self.region)
        if key is not None:
            if key in cuts.expressions:
                raise Unprovable(INPUT, f"the input '{entry.key}' is fed under two keys", tensor)
            cuts.expressions[key] = entry.parameter
        if isinstance(tensor, ast.Call):
            cuts.calls[tensor] = entry.parameter
        call = parameter_of_call(tensor, self.region)
        if call is not None and self.kinds.of(call) is Kind.PLACEHOLDER:
            cuts.calls[call] = entry.parameter

    def _check_output(self, endpoint: Endpoint) -> None:
        for _, value in self.region.names(endpoint.tensor):
            if isinstance(value, Parameter):
                raise Unprovable(
                    ELSEWHERE,
                    f"the output '{endpoint.key}' comes in as the parameter '{value.name}'",
                    endpoint.tensor,
                )
        kind = self.kinds.of(endpoint.tensor)
        if kind in (Kind.ASSIGN, Kind.INIT, Kind.TRAIN):
            raise Unprovable(
                SIDE_EFFECTS, f"the output '{endpoint.key}' changes variables when it is run", endpoint.tensor
            )
        if kind not in IN_GRAPH:
            what = ast.unparse(endpoint.tensor)
            raise Unprovable(ELSEWHERE, f"the output '{endpoint.key}' ({what}) is made elsewhere", endpoint.tensor)

    # ---- init ops and assets -----------------------------------------------------------------------------------

    def _init_ops(self) -> None:
        for site in self.sites:
            for node in site.init_ops:
                self._init_op(node)

    def _init_op(self, node: ast.expr) -> None:
        match node:
            case ast.Constant(value=None):
                return
            case ast.Name():
                value = self.region.value_of.get(node)
                if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
                    if value.expression is not None:
                        self._init_op(value.expression)
                        return
            case ast.Call():
                name = self.kinds.symbol(node) or ""
                last = name.rpartition(".")[2]
                if last == "no_op":
                    return
                if last == "group":
                    for argument in node.args:
                        self._init_op(argument)
                    return
                if last in ("main_op", "global_variables_initializer", "initialize_all_variables", "global_variables",
                            "variables_initializer", "initialize_variables", "variables"):  # fmt: skip
                    self._resets(node)
                    return
                if self.kinds.of(node) is Kind.INIT:
                    return
                assigned = self.session.assigned(node)
                if assigned is not None and assigned.method == "assign" and isinstance(assigned.variable, ast.Name):
                    value = self.region.value_of.get(assigned.variable)
                    if isinstance(value, Definition) and self.kinds.of(assigned.value) in (
                        Kind.PYTHON,
                        Kind.CONFIG,
                    ):
                        self._override(value, assigned.value)
                        return
        raise Unprovable(INIT_OP, f"its init op runs {ast.unparse(node)}, which TF2 does not run when it loads", node)

    def _resets(self, node: ast.Call) -> None:
        """`main_op()` gives all variables their initial values again whenever the model is loaded."""
        for call in self._variable_calls():
            if not self._deterministic(call):
                raise Unprovable(INIT_OP, "its main_op initializes the variables again, at random, on every load", node)
        for step in self.region.steps:
            effects = self.session.effects(step)
            if step in self.plan_.foreign:
                continue
            if effects & {Effect.CHANGE, Effect.ASSIGN} and not excluded(step, self.region, self.facts):
                raise Unprovable(INIT_OP, "its main_op undoes on loading what the session did to the variables", node)

    def _variable_calls(self) -> list[ast.Call]:
        return [
            call
            for step in self.region.steps
            for part in header(step)
            for call in calls(part)
            if self.kinds.of(call) is Kind.VARIABLE
        ]

    def _deterministic(self, call: ast.Call) -> bool:
        """Whether a variable's initial value is the same each time, as far as names tell."""
        pending: list[ast.AST] = [call]
        seen: set[Value] = set()
        if self.kinds.symbol(call) == "get_variable" and argument_of(call, "initializer", 3) is None:
            return False
        while pending:
            for node in ast.walk(pending.pop()):
                if isinstance(node, (ast.Attribute, ast.Name)):
                    name = (self.region.resolve(node) or "").lower()
                    if any(word in name for word in _RANDOM):
                        return False
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    value = self.region.value_of.get(node)
                    if isinstance(value, Definition) and value not in seen and value.expression is not None:
                        seen.add(value)
                        pending.append(value.expression)
        return True

    def _override(self, definition: Definition, value: ast.expr) -> None:
        expression = state_call(definition, self.kinds)
        if expression is None:
            raise Unprovable(INIT_OP, f"its init op sets '{definition.name}', which is no plain variable", value)
        for state in self.plan_.states:
            if state.definition is definition:
                state.override = value
                return
        self.plan_.states.append(State("", expression, definition.step, definition, override=value))

    def _assets(self) -> None:
        listed = [node for site in self.sites for node in site.assets]
        if not listed:
            return
        for node in listed:
            match node:
                case ast.List(elts=elements) | ast.Tuple(elts=elements):
                    for element in elements:
                        self._asset(element, self._step_of(node))
                    continue
            source = node
            if isinstance(node, ast.Name):
                value = self.region.value_of.get(node)
                if isinstance(value, Definition) and value.known and value.expression is not None:
                    source = value.expression
            if isinstance(source, ast.Call) and (self.kinds.symbol(source) or "").endswith("get_collection"):
                for step in self.region.steps:
                    for part in header(step):
                        for call in calls(part):
                            if (self.kinds.symbol(call) or "").endswith("add_to_collection"):
                                collection, path = argument_of(call, "name", 0), argument_of(call, "value", 1)
                                if path is not None and _is_asset_collection(collection, self.region):
                                    self._asset(path, step)
                continue
            raise Unprovable(NOT_STATIC, f"its assets ({ast.unparse(node)}) cannot be read", node)

    def _table_assets(self) -> None:
        """Vocabulary files of tables that no signature uses are assets all the same; two of one name get new names."""
        used = {call for state in self.plan_.states for call in self._calls_of(state)}
        collected = any("get_collection" in ast.unparse(node) for site in self.sites for node in site.assets)
        for step in self.region.steps:
            if not collected or step in self.plan_.foreign:
                break
            for part in header(step):
                for call in calls(part):
                    name = (self.kinds.symbol(call) or "").rpartition(".")[2]
                    if self.kinds.of(call) is Kind.TABLE and call not in used and "file" in name:
                        file = argument_of(call, "vocabulary_file", 0)
                        if file is not None:
                            self._asset(file, step)
        if len(self.plan_.assets) > 1:
            names = [ast.unparse(asset.path).rpartition("/")[2].strip("'\"") for asset in self.plan_.assets]
            literal = all(isinstance(asset.path, ast.Constant) for asset in self.plan_.assets)
            if not literal or len(set(names)) < len(names):
                raise Unprovable(NOT_STATIC, "two assets may have the same file name", self.sites[0].call)

    def _step_of(self, node: ast.AST) -> Step:
        return next(
            step
            for step in self.region.steps
            if any(node is child for part in header(step) for child in ast.walk(part))
        )

    def _asset(self, node: ast.expr, step: Step) -> None:
        """A constant with a file name; a vocabulary of a table of the module is carried by the table."""
        name = "asset"
        path: ast.expr = node
        if isinstance(node, ast.Name):
            name = node.id
            value = self.region.value_of.get(node)
            if isinstance(value, Definition) and value.known and value.expression is not None and not value.path:
                path, step = value.expression, value.step
        if isinstance(path, ast.Call) and self.kinds.symbol(path) in ("constant", "convert_to_tensor"):
            inner = argument_of(path, "value", 0)
            assert inner is not None
            path = inner
        if self.kinds.of(path) not in (Kind.PYTHON, Kind.CONFIG):
            raise Unprovable(NOT_STATIC, f"the asset {ast.unparse(node)} is not a file name known here", node)
        key = expression_key(path, self.region)
        for asset in self.plan_.assets:
            if key is not None and expression_key(asset.path, self.region) == key:
                return
        self.plan_.assets.append(Asset(self._fresh(identifier(name)), path, step))

    # ---- the values of the variables ---------------------------------------------------------------------------

    def _state_values(self) -> None:
        plan = self.plan_
        self._collect_states()
        own = [step for step in self.region.steps if step not in plan.foreign]
        before = [step for step in own if not excluded(step, self.region, self.facts)]
        last = min(site.saved.index for site in self.sites)
        changed = self._initialized_again(before) or len(self._sessions(before)) > 1
        pending: list[Step] = []
        for step in before:
            if step.inlined is not None:
                continue
            effects = self.session.effects(step)
            if Effect.CHANGE in effects:
                if step.index > last:
                    raise Unprovable(SESSION_AFTER, "the session is used after the export", step.node)
                changed = True
            elif Effect.ASSIGN in effects:
                # TF1 saved the values when they were handed to the builder.
                late = any(site.added[0].index < step.index < site.saved.index for site in self.sites)
                if late or not self._plain_assignments(step):
                    changed = True
                    if step.index > last:
                        raise Unprovable(SESSION_AFTER, "the session is used after the export", step.node)
            elif Effect.READ in effects:
                pending.append(step)
        converted = not changed and all(self._eager(step) for step in pending)
        if not converted:
            plan.assignments.clear()
            plan.eager_runs.clear()
            for step in pending:
                if step.index > last:
                    raise Unprovable(SESSION_AFTER, "the session is used after the export", step.node)
        random = any(not self._deterministic(call) for state in plan.states for call in self._calls_of(state))
        others = any(
            self.session.effects(step) - {Effect.INIT, Effect.CLOSE}
            for step in own
            if step not in before and step.inlined is None
        )
        plan.legacy = not converted or others
        plan.handover = changed or (not converted and random)
        plan.random = random
        if random and not plan.handover:
            plan.notes.append((VARIABLE, "a variable starts from random numbers, which TF2 draws anew"))
        self._session_only_uses()
        if plan.handover:
            self._hand_over()

    def _sessions(self, steps: list[Step]) -> set[Value]:
        """The sessions that run something; each has values of its own."""
        return {
            value
            for step in steps
            for run in self.session.runs(step)
            if isinstance(run.call.func, ast.Attribute) and isinstance(run.call.func.value, ast.Name)
            and (value := self.region.value_of.get(run.call.func.value)) is not None
            and self.kinds.value(value) is Kind.SESSION
        }  # fmt: skip

    def _initialized_again(self, steps: list[Step]) -> bool:
        """Whether variables are initialized after the session set some, which undoes it."""
        assigned = [step.index for step in steps if Effect.ASSIGN in self.session.effects(step)]
        return any(
            Effect.INIT in self.session.effects(step) and step.index > min(assigned, default=step.index)
            for step in steps
        )

    def _session_only_uses(self) -> None:
        """Statements that use tensors without a session (a print, a call) keep the graph alive too."""
        plan = self.plan_
        exported = self._export_steps()
        for step in self.region.steps:
            if step in exported or step.inlined is not None or step in plan.assignments or step in plan.foreign:
                continue
            node = step.node
            if isinstance(node, (ast.Expr, ast.Return, ast.Assert, ast.Raise)) and not self._graph_statement(step):
                if any(self._needs_graph(value) for value in step.reads) and not self._converted(step):
                    plan.legacy = True
        if any(
            step.writes
            and step.inlined is None
            and all(self.kinds.value(made) is Kind.PYTHON for made in step.writes)
            and any(self._needs_graph(value) for value in step.reads)
            and not self._converted(step)
            and step not in plan.foreign
            and not isinstance(step.node, (ast.With, ast.AsyncWith))
            for step in self.region.steps
        ):
            plan.legacy = True

    def _needs_graph(self, value: Value) -> bool:
        return self.kinds.value(value) in IN_GRAPH | {Kind.SESSION, Kind.GRAPH, Kind.SAVER}

    def _converted(self, step: Step) -> bool:
        """Whether all a step does with the graph is converted."""
        uses = {run.call for run in self.session.runs(step)}
        return (bool(uses) and uses <= set(self.plan_.eager_runs)) or step in self.plan_.assignments

    def _graph_statement(self, step: Step) -> bool:
        """An expression statement that only builds, initializes or closes."""
        if not isinstance(step.node, ast.Expr):
            return False
        value = step.node.value
        effects = self.session.effects(step)
        if effects:
            return effects <= {Effect.INIT, Effect.CLOSE}
        if isinstance(value, ast.Call):
            name = self.kinds.symbol(value)
            if name is not None:
                return True
            if isinstance(value.func, ast.Attribute) and self.kinds.of(value.func.value) in IN_GRAPH | {Kind.BUILDER}:
                return True
        return bool(step.writes)

    def _export_steps(self) -> set[Step]:
        return {step for site in self.sites for step in (site.opened, *site.added, site.saved)}

    def _collect_states(self) -> None:
        plan = self.plan_
        found: dict[int, State] = {}
        names = VariableNames(self.kinds)
        seen: set[ast.expr] = {state.expression for state in plan.states}
        for function in plan.functions:
            for definition in function.slice.states:
                expression = state_call(definition, self.kinds)
                assert expression is not None
                if expression not in seen:
                    seen.add(expression)
                    found[id(expression)] = State("", expression, definition.step, definition)
            for call in function.slice.inline_states:
                if call not in seen:
                    seen.add(call)
                    found[id(call)] = State("", call, self._step_of(call))
        plan.states = sorted(
            [*plan.states, *found.values()], key=lambda state: (state.step.index, state.expression.col_offset)
        )
        shared: dict[str, State] = {}
        for state in plan.states:
            made = state.expression
            if isinstance(made, ast.Call) and self.kinds.symbol(made) == "get_variable":
                # The same name again is the same variable, under `reuse`.
                first = shared.setdefault(names.name(made), state)
                if first is not state:
                    state.same = first

    def _calls_of(self, state: State) -> list[ast.Call]:
        if isinstance(state.expression, ast.Call):
            return [state.expression]
        return state_leaves(state.expression, self.kinds)

    def _plain_assignments(self, step: Step) -> bool:
        """Assign ops alone, run by a statement of their own outside loops."""
        if not isinstance(step.node, ast.Expr) or any(isinstance(b.step.node, (*LOOPS, *TRIES)) for b in step.branches):
            return False
        runs = list(self.session.runs(step))
        if len(runs) != 1 or step.node.value is not runs[0].call:
            return False
        assignments = self.session.assignments(runs[0], step)
        # An init op that sets a variable when the model is loaded has the last word.
        known = {state.definition for state in self.plan_.states if state.override is None}
        if assignments is None:
            return False
        for assignment in assignments:
            if not isinstance(assignment.variable, ast.Name):
                return False
            if assignment.made is not None and any(
                self.purity.changed(value, assignment.made.index) for _, value in self.region.names(assignment.value)
            ):
                return False
        # Variables that no signature needs are not in the module, and their assignments go with them.
        self.plan_.assignments[step] = [
            assignment
            for assignment in assignments
            if isinstance(assignment.variable, ast.Name) and self.region.value_of.get(assignment.variable) in known
        ]
        return True

    def _eager(self, step: Step) -> bool:
        """Whether all runs of a step can be calls of the module."""
        if any(isinstance(branch.step.node, TRIES) for branch in step.branches):
            return False
        made: dict[ast.Call, EagerRun] = {}
        for run in self.session.runs(step):
            eager = self._eager_run(run)
            if eager is None:
                return False
            made[run.call] = eager
        for value in step.reads:
            if self.kinds.value(value) is Kind.SESSION and len(made) == 0:
                return False
        self.plan_.eager_runs |= made
        return True

    def _eager_run(self, run: Run) -> EagerRun | None:
        fed: dict[str, ast.expr] = {}
        if run.feed is not None:
            if not isinstance(run.feed, ast.Dict):
                return None
            for key, value in zip(run.feed.keys, run.feed.values, strict=True):
                text = expression_key(key, self.region) if key is not None else None
                if text is None or self.kinds.of(value) not in (Kind.PYTHON, Kind.CONFIG):
                    return None
                fed[text] = value
        single = not isinstance(run.fetches, (ast.List, ast.Tuple))
        if not single and any(self.purity.impure(value) for value in fed.values()):
            # The call is written once a fetch.
            return None
        fetches = [run.fetches] if single else list(run.fetches.elts)  # type: ignore[attr-defined]
        found: list[tuple[Function, str] | State] = []
        arguments: tuple[ast.expr, ...] = ()
        states = self.plan_.state_of()
        for fetch in fetches:
            fetched = self.region.value_of.get(fetch) if isinstance(fetch, ast.Name) else None
            if fetched is not None and fetched in states and not fed:
                if self.kinds.value(fetched) is not Kind.VARIABLE:
                    return None
                found.append(states[fetched])
                continue
            match = self._function_for(fetch, fed)
            if match is None:
                return None
            function, output = match
            arguments = tuple(fed[expression_key(entry.tensor, self.region) or ""] for entry in function.inputs)
            found.append((function, output))
        if len({item[0] for item in found if isinstance(item, tuple)}) > 1:
            return None
        return EagerRun(run, tuple(found), arguments, single)

    def _function_for(self, fetch: ast.expr, fed: dict[str, ast.expr]) -> tuple[Function, str] | None:
        """The function whose inputs are fed, and the key of its output that is fetched."""
        wanted = expression_key(fetch, self.region)
        if wanted is None:
            return None
        for function in self.plan_.functions:
            keys = [expression_key(entry.tensor, self.region) for entry in function.inputs]
            if None in keys or set(keys) != set(fed):
                continue
            for endpoint in function.outputs:
                if expression_key(endpoint.tensor, self.region) == wanted:
                    return function, endpoint.key
        return None

    def _hand_over(self) -> None:
        """Every variable's value is read from the session and given to the constructor."""
        env = self.sites[0].added[0].env
        for state in self.plan_.states:
            if (
                state.same is not None
                or state.override is not None
                or all(self.kinds.of(call) is Kind.TABLE for call in self._calls_of(state))
            ):
                continue
            if any(self.kinds.of(call) is Kind.LAYER for call in self._calls_of(state)):
                raise Unprovable(VARIABLE, "a Keras layer is trained in a session", state.expression)
            if state.definition is None:
                raise Unprovable(VARIABLE, "a trained variable has no name of its own", state.expression)
            if any(site.added[0].env.get(state.definition.name) is not state.definition for site in self.sites):
                raise Unprovable(
                    VARIABLE,
                    f"'{state.definition.name}' is no longer the variable where it is saved",
                    state.expression,
                )
            state.handed = state.definition.name
        del env

    # ---- the class ---------------------------------------------------------------------------------------------

    def _states_attributes(self) -> None:
        attributes: dict[str, str] = {}
        for state in self.plan_.states:
            if state.same is not None:
                state.attribute = state.same.attribute
                continue
            name = state.definition.name if state.definition is not None else self._inline_name(state)
            if state.definition is not None and name in attributes and self._alternatives(state):
                state.attribute = attributes[name]
                continue
            state.attribute = self._fresh(identifier(name))
            attributes[name] = state.attribute

    def _alternatives(self, state: State) -> bool:
        """Whether another variable of the same name stands in another branch of the same if."""
        for other in self.plan_.states:
            if other is state or other.definition is None or state.definition is None:
                continue
            if other.definition.name == state.definition.name:
                for mine in state.step.branches:
                    for theirs in other.step.branches:
                        if mine.step is theirs.step and mine.name != theirs.name:
                            return True
        return False

    def _inline_name(self, state: State) -> str:
        call = self._calls_of(state)[0]
        given = argument_of(call, "name", 5 if self.kinds.symbol(call) == "Variable" else 0)
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            return given.value
        return {Kind.TABLE: "table", Kind.LAYER: "layer"}.get(self.kinds.of(call), "variable")

    def _fresh(self, name: str) -> str:
        candidate, count = name, 1
        while candidate in self.members or keyword.iskeyword(candidate):
            candidate = f"{name}_{count}"
            count += 1
        self.members.add(candidate)
        return candidate

    def _constructor(self) -> None:
        plan = self.plan_
        init = Slice()
        inlined: list[Step] = []
        for state in plan.states:
            if state.handed is not None or state.same is not None:
                continue
            if state.step.inlined is not None:
                self._inline_helper(state.step.inlined, inlined)
                continue
            expressions: list[ast.AST] = []
            if state.override is not None:
                expressions.append(state.override)
            else:
                for call in self._calls_of(state):
                    expressions += [*call.args, *(k.value for k in call.keywords if k.arg != "name")]
            merge_slices(init, self.slicer.slice(expressions, Cuts()))
            self._places(state.step, init)
        for asset in plan.assets:
            if asset.step.inlined is not None:
                self._inline_helper(asset.step.inlined, inlined)
                continue
            merge_slices(init, self.slicer.slice([asset.path], Cuts()))
        if init.inline_states:
            raise Unprovable(VARIABLE, "a variable is made inside another's initial value", init.inline_states[0])
        known = set(plan.state_of())
        for definition in init.states:
            if definition not in known:
                raise Unprovable(
                    VARIABLE,
                    f"a variable's initial value comes from '{definition.name}'",
                    definition.step.node,
                )
        plan.init_steps = set(init.steps)
        plan.inlined = inlined
        self._python(init.python, into_methods=False)
        for function in plan.functions:
            self._python(function.slice.python, into_methods=True)
        for call_step in inlined:
            for node in ast.walk(call_step.node):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    value = self.region.value_of.get(node)
                    if isinstance(value, (Definition, Parameter, Merge)):
                        self._python({value}, into_methods=False)

    def _captures(self) -> None:
        """Python with effects inside graph statements: evaluated where it stood, and handed over."""
        plan = self.plan_
        moved: dict[Step, bool] = {}
        for function in plan.functions:
            for step in function.slice.steps:
                moved[step] = True
        for step in plan.init_steps:
            moved.setdefault(step, False)
        for step in sorted(moved, key=lambda one: one.index):
            for part in header(step):
                for expression in self._impure_parts(part):
                    self._capture(expression, step, stored=moved[step], name=f"{_target(step)}_value")
        for state in plan.states:
            if state.handed is not None or state.same is not None or state.step.inlined is not None:
                continue
            nodes = [state.override] if state.override is not None else self._calls_of(state)
            for node in nodes:
                for expression in self._impure_parts(node):
                    self._capture(expression, state.step, stored=False, name=f"{state.attribute}_init")
        for function in plan.functions:
            for endpoint in function.outputs:
                if self._impure_parts(endpoint.tensor):
                    raise Unprovable(
                        SIDE_EFFECTS,
                        f"the output '{endpoint.key}' is made by Python with effects",
                        endpoint.tensor,
                    )
        self._refuse_lost_effects(set(moved))

    def _impure_parts(self, node: ast.AST) -> list[ast.expr]:
        """The largest parts of a graph expression that are plain Python and must be evaluated in place."""
        if isinstance(node, ast.Lambda):
            return []
        if (
            isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp))
            and self.kinds.of(node) in IN_GRAPH
        ):
            if self.purity.impure(node):
                raise Unprovable(SIDE_EFFECTS, "Python with effects is part of a comprehension over tensors", node)
            return []
        if isinstance(node, ast.expr) and self.kinds.of(node) in (Kind.PYTHON, Kind.CONFIG):
            symbol = self.kinds.symbol(node) if isinstance(node, ast.Call) else None
            if symbol is None and not isinstance(node, (ast.List, ast.Tuple, ast.Dict, ast.Starred)):
                return [node] if self.purity.impure(node) else []
        found: list[ast.expr] = []
        for child in ast.iter_child_nodes(node):
            if isinstance(node, ast.Call) and child is node.func and not isinstance(child, ast.Call):
                if isinstance(child, ast.Attribute):
                    found += self._impure_parts(child.value)
                continue
            found += self._impure_parts(child)
        return found

    def _capture(self, expression: ast.expr, step: Step, *, stored: bool, name: str) -> None:
        if any(capture.expression is expression for capture in self.plan_.captures):
            return
        if any(
            isinstance(branch.step.node, ast.If | ast.For | ast.While) and self._stays(branch.step)
            for branch in step.branches
        ):
            raise Unprovable(CONTROL_FLOW, "Python with effects is part of a conditional graph", expression)
        if any(isinstance(node, ast.Name) and node not in self.region.value_of for node in ast.walk(expression)):
            if any(isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n not in self.region.value_of and not _inside_comprehension(n, expression)
                   for n in ast.walk(expression)):  # fmt: skip
                raise Unprovable(CONTROL_FLOW, "Python with effects is part of a comprehension", expression)
        taken = (
            {capture.name for capture in self.plan_.captures}
            | set(self.plan_.parameters.values())
            | set(self.region.scope.bindings)
        )
        taken |= {state.handed for state in self.plan_.states if state.handed} | set(
            self.region.symbols.module.bindings
        )
        candidate, count = name, 1
        while candidate in taken:
            count += 1
            candidate = f"{name}_{count}"
        self.plan_.captures.append(Capture(candidate, expression, step, stored))

    def _stays(self, step: Step) -> bool:
        if isinstance(step.node, ast.If):
            return self.region.known(step.node.test, self.facts) is None
        return True

    def _refuse_lost_effects(self, moved: set[Step]) -> None:
        """A graph statement that nothing needs goes away, and may not take effects of plain Python with it."""
        plan = self.plan_
        if plan.legacy:
            return
        states = {state.step for state in plan.states}
        special = {*self._export_steps(), *plan.assignments}
        for step in self.region.steps:
            if step in moved or step in states or step in special or step in plan.foreign or step.inlined is not None:
                continue
            if not step.writes or not all(self.kinds.value(made) in IN_GRAPH for made in step.writes):
                continue
            for part in header(step):
                for expression in self._impure_parts(part):
                    raise Unprovable(
                        SIDE_EFFECTS,
                        f"'{step.writes[0].name}' is not exported, but making it has effects",
                        expression,
                    )

    def _places(self, step: Step, init: Slice) -> None:
        for branch in step.branches:
            around = branch.step
            if isinstance(around.node, ast.If) and self.region.known(around.node.test, self.facts) is None:
                if around not in {b.step for s in self.steps for b in s.branches}:
                    init.steps.add(around)
                    merge_slices(init, self.slicer.slice([around.node.test], Cuts()))

    def _inline_helper(self, call_step: Step, inlined: list[Step]) -> None:
        if call_step in inlined:
            return
        inlined.append(call_step)
        for step in self.region.steps:
            if step.inlined is call_step and self.session.effects(step):
                raise Unprovable(ELSEWHERE, "a helper function runs a session", step.node)

    def _python(self, values: set[Value], *, into_methods: bool) -> None:
        """Copies what may be copied; what may not comes in through the constructor."""
        plan = self.plan_
        for value in sorted(values, key=lambda item: item.name):
            if self._only_captured(value):
                continue
            if self._module_level(value):
                self._refuse_changes(value)
                continue
            if self.purity.movable(value):
                assert isinstance(value, Definition)
                plan.copied.add(value.step)
                if not into_methods:
                    plan.init_steps.add(value.step)
                inner = {
                    read
                    for _, read in self.region.names(value.expression or ast.Constant(None))
                    if not isinstance(read, (Outer, Undefined))
                }
                self._python(inner, into_methods=into_methods)
                continue
            if isinstance(value, Parameter):
                self._plain_parameter(value)
            elif isinstance(value, Definition) and value.expression is not None:
                for part in ast.walk(value.expression):
                    refuse_version_tests(part, self.region)
            self._refuse_changes(value)
            for other, name in plan.parameters.items():
                if name == value.name and other is not value:
                    raise Unprovable(CONTROL_FLOW, f"'{value.name}' has two values where the graph is built")
            plan.parameters[value] = value.name
            if into_methods:
                plan.stored.add(value)

    def _only_captured(self, value: Value) -> bool:
        """Whether moved code reads a value only inside Python that is evaluated in place."""
        read = False
        for step in self.region.steps:
            if not self._moves(step):
                continue
            for part in header(step):
                inside = {node for expression in self._impure_parts(part) for node in ast.walk(expression)}
                for name, found in self.region.names(part):
                    if found is value:
                        read = True
                        if name not in inside:
                            return False
        return read

    def _refuse_changes(self, value: Value) -> None:
        """What is read later than the graph was built must still be the same then."""
        uses = [step.index for step in self.region.steps if value in step.reads and self._moves(step)]
        if self.purity.changed(value, min(uses, default=-1)):
            raise Unprovable(CONTROL_FLOW, f"'{value.name}' may be changed after the graph is built from it")

    def _moves(self, step: Step) -> bool:
        """Whether a step goes into the module."""
        plan = self.plan_
        if step in plan.init_steps or any(state.step is step for state in plan.states):
            return True
        return any(step in function.slice.steps for function in plan.functions)

    def _module_level(self, value: Value) -> bool:
        """Whether the class can read a value as a global of the module."""
        if isinstance(value, Outer):
            return True
        if not isinstance(self.region.scope.node, ast.Module) or not isinstance(value, Definition):
            return False
        bindings = self.region.symbols.module.bindings.get(value.name, [])
        return len(bindings) == 1 and value.previous is None and value.step.inlined is None and not value.step.branches

    def _plain_parameter(self, value: Parameter) -> None:
        """A parameter of the function might be a tensor, unless a default or the callers in the file say no."""
        function = self.region.scope.node
        if not isinstance(function, ast.FunctionDef):
            raise Unprovable(ELSEWHERE, f"the parameter '{value.name}' may be a tensor of another graph", function)
        defaults = dict(
            zip(reversed([a.arg for a in function.args.args]), reversed(function.args.defaults), strict=False)
        )
        default = defaults.get(value.name)
        if isinstance(default, ast.Constant) and default.value is not None:
            return
        symbols = self.region.symbols
        found = False
        for scope in symbols.scopes():
            for node in ast.walk(scope.node):
                if isinstance(node, ast.Call) and symbols.function(node.func, scope) is function:
                    found = True
                    names = [argument.arg for argument in function.args.args]
                    given = dict(zip(names, node.args, strict=False)) | {str(k.arg): k.value for k in node.keywords}
                    argument = given.get(value.name)
                    if argument is None or not _plainly_python(argument):
                        raise Unprovable(
                            ELSEWHERE, f"the parameter '{value.name}' may be a tensor of another graph", node
                        )
        if not found:
            raise Unprovable(
                ELSEWHERE,
                f"the parameter '{value.name}' may be a tensor; nothing in this file calls {function.name}",
                function,
            )


def _target(step: Step) -> str:
    return step.writes[0].name if step.writes else "value"


def _inside_comprehension(name: ast.Name, expression: ast.expr) -> bool:
    """Whether a name is bound by a comprehension that is itself part of an expression."""
    for node in ast.walk(expression):
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)):
            if any(child is name for child in ast.walk(node)):
                return True
    return False


def refuse_key(endpoint: Endpoint) -> None:
    """`tf.saved_model.save` takes input keys that are Python argument names only."""
    if (
        keyword.iskeyword(endpoint.key)
        or endpoint.key == "self"
        or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_./-]*", endpoint.key)
    ):
        raise Unprovable(INPUT, f"TF2 cannot export an input with the key '{endpoint.key}'", endpoint.tensor)


def identifier(text: str) -> str:
    """A Python name made of any text."""
    name = re.sub(r"\W+", "_", text).strip("_") or "value"
    return f"_{name}" if name[0].isdigit() or keyword.iskeyword(name) else name


_DULL = frozenset({
    "generate", "saved", "model", "models", "for", "export", "exports", "exporter", "build", "create", "save", "main",
    "train", "run", "simple", "savedmodel", "to", "the", "a", "as", "and", "make", "write", "do", "serving", "with",
    "def", "test", "graph", "pb", "tf", "get", "script", "py", "init", "demo", "example", "it",
})  # fmt: skip


def class_name(region: Region, module: str, taken: frozenset[str]) -> str:
    """A name for the module class, from the name of the function that exports, or of its file."""
    node = region.scope.node
    words: list[str] = []
    for text in (node.name if isinstance(node, ast.FunctionDef) else "", module):
        words = words or [word for word in re.split(r"[_\W]+", text) if word.isascii() and word.lower() not in _DULL]
        words = [word for word in words if word and not word.isdigit()]
    base = "".join(word[:1].upper() + word[1:] for word in words) or "Exported"
    base = f"_{base}" if base[0].isdigit() else base
    candidate = base if base.endswith(("Model", "Module")) else f"{base}Model"
    count = 2
    while candidate in taken:
        candidate = f"{base}Module" if count == 2 else f"{base}Module{count}"
        count += 1
    return candidate


def merge_slices(into: Slice, other: Slice) -> None:
    """Adds one slice to another."""
    into.steps |= other.steps
    into.states |= other.states
    into.inline_states += other.inline_states
    into.python |= other.python
    into.functions |= other.functions
    into.parameters |= other.parameters


def _common_facts(sites: tuple[ExportSite, ...]) -> tuple[Fact, ...]:
    """What is known wherever the sites hand over and save."""
    facts: list[Fact] = []
    for site in sites:
        steps = [*site.added]
        common = [fact for fact in steps[0].facts if all(fact in step.facts for step in steps[1:])]
        facts += [*common, *site.saved.facts]
    shared = [fact for fact in facts if all(_has(site, fact) for site in sites)]
    return tuple(dict.fromkeys(shared))


def _has(site: ExportSite, fact: Fact) -> bool:
    return fact in site.saved.facts or all(fact in step.facts for step in site.added)


def _is_asset_collection(node: ast.expr | None, region: Region) -> bool:
    if isinstance(node, ast.Constant):
        return node.value == "asset_filepaths"
    return node is not None and (region.resolve(node) or "").endswith("GraphKeys.ASSET_FILEPATHS")


def _plainly_python(node: ast.expr) -> bool:
    """Arguments that are no tensors: literals, flags, attributes of them, plain arithmetic."""
    return not any(isinstance(child, (ast.Call, ast.Subscript)) for child in ast.walk(node)) or isinstance(
        node, (ast.JoinedStr, ast.Dict, ast.List)
    )
