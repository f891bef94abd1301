"""Where the variables get their values: initializers, assignments, or the session that trained them."""

from __future__ import annotations

import ast

from migrate.source.flow import (
    LOOPS,
    TRIES,
    Step,
    Value,
)
from migrate.source.kinds import IN_GRAPH, Kind, calls, header
from migrate.source.restores import read_restore
from migrate.source.session import Effect, Run, excluded
from migrate.source.slicing.cuts import expression_key
from migrate.source.slicing.state_calls import state_call
from migrate.source.state.names import VariableNames
from migrate.source.strategies.base import PlannerBase
from migrate.source.strategies.plan import EagerRun, Function, ModuleRestore, State
from migrate.source.unprovable import (
    ELSEWHERE,
    SESSION_AFTER,
    VARIABLE,
    Unprovable,
)

SEEDS = frozenset({"set_random_seed", "random.set_random_seed", "random.set_seed"})
_DRAWING = frozenset({"random_uniform", "random_normal", "truncated_normal", "random_shuffle", "random_gamma",
                      "random_poisson", "random_crop", "multinomial", "dropout"})  # fmt: skip
_RESTORED = frozenset({Kind.VARIABLE})
RESTORED = "TFM006"
_RESETS = "reset_default_graph"


class ValuePlanner(PlannerBase):
    """Plans the hand-over of state."""

    def _state_values(self) -> None:
        plan = self.plan_
        self._refuse_resets()
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
            elif Effect.RESTORE in effects:
                late = any(site.added[0].index < step.index for site in self.sites)
                if late or not self._plain_restore(step):
                    changed = True
                    if step.index > last:
                        raise Unprovable(SESSION_AFTER, "the session is used after the export", step.node)
            elif Effect.READ in effects:
                pending.append(step)
        converted = not changed and all(self._eager(step) for step in pending)
        if not converted:
            changed = self._keep_session(pending, last) or changed
        random = any(
            not self._deterministic(call)
            for state in plan.states
            if not self._restored(state)
            for call in self._calls_of(state)
        )
        others = any(
            self.session.effects(step) - {Effect.INIT, Effect.CLOSE}
            for step in own
            if step not in before and step.inlined is None
        )
        plan.legacy = not converted or others
        plan.handover = changed or (not converted and random)
        plan.random = random
        plan.seeded = self._draws_by_seed()
        self._session_only_uses()
        if plan.legacy and (plan.eager_runs or plan.setters):
            # Its graph stays, and in a graph the module has no values to show, nor any that could be set.
            plan.handover = self._keep_session(pending, last) or plan.handover or random
        if not plan.handover:
            self._refuse_other_first_values()
        if random and not plan.handover:
            plan.notes.append((VARIABLE, "a variable starts from random numbers, which TF2 draws anew"))
        if plan.handover:
            self._hand_over()
        if plan.restores:
            plan.notes.append((RESTORED, "the values come from the checkpoint by their TF1 names, without a session"))

    def _refuse_resets(self) -> None:
        """A function that resets the default graph does so in the midst of what stays or moves."""
        symbols = self.region.symbols
        resets = [
            node
            for kind in (ast.Attribute, ast.Name)
            for node in symbols.nodes_of_kind(kind)
            if _RESETS in (getattr(node, "attr", ""), getattr(node, "id", ""))
        ]
        if not resets:
            return
        for step in self.region.steps:
            for call in _calls(step) if step.inlined is None and step not in self.plan_.foreign else ():
                function = self.region.function(call.func)
                if function is not None and any(node in resets for node in ast.walk(function)):
                    raise Unprovable(ELSEWHERE, f"'{function.name}' resets the default graph", call)

    def _keep_session(self, reads: list[Step], last: int) -> bool:
        """Leaves what was to become calls of the module to the session; whether that sets variables.

        Raises:
            Unprovable: The session would have to outlive the export.
        """
        plan = self.plan_
        late = [*(step for step in plan.assignments if step.index > last), *(s for s in reads if s.index > last)]
        if late:
            raise Unprovable(SESSION_AFTER, "the session is used after the export", late[0].node)
        sets = bool(plan.setters)
        plan.assignments.clear()
        plan.restores.clear()
        plan.eager_runs.clear()
        return sets

    def _draws_by_seed(self) -> bool:
        """Whether a signature draws numbers that depend on the seed of the graph."""
        plan = self.plan_
        if not any(self.kinds.symbol(call) in SEEDS for step in self.region.steps for call in _calls(step)):
            return False
        steps = [step for function in plan.functions for step in function.slice.steps]
        drawing = [call for step in steps for call in _calls(step) if _draws(self.kinds.symbol(call) or "")]
        inner = [node for f in plan.functions for helper in f.slice.functions for node in ast.walk(helper)]
        drawing += [node for node in inner if isinstance(node, ast.Call) and _draws(ast.unparse(node.func))]
        if drawing and (plan.legacy or not all(any(k.arg == "seed" for k in call.keywords) for call in drawing)):
            plan.notes.append((VARIABLE, "a signature draws random numbers by the seed of the graph, in TF2 others"))
        return bool(drawing)

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
        sets = {Effect.ASSIGN, Effect.RESTORE}
        assigned = [step.index for step in steps if sets & self.session.effects(step)]
        return any(
            Effect.INIT in self.session.effects(step) and step.index > min(assigned, default=step.index)
            for step in steps
        )

    def _session_only_uses(self) -> None:
        """Statements that use tensors without a session (a print, a call) keep the graph alive too."""
        plan = self.plan_
        exported = self._export_steps()
        for step in self.region.steps:
            if step in exported or step.inlined is not None or step in plan.setters or step in plan.foreign:
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
        saves = {call for saver in self.plan_.checkpoints for call in saver.calls} | set(self.plan_.counts)
        if any(call in saves for part in header(step) for call in calls(part)):
            return True
        return (bool(uses) and uses <= set(self.plan_.eager_runs)) or step in self.plan_.setters

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

    def _refuse_other_first_values(self) -> None:
        """A variable that a signature gets by `reuse` has the first value of the call that made it.

        Raises:
            Unprovable: That call is another one, and no part of what moves.
        """
        states = {state.expression: state for state in self.plan_.states}
        for first, *again in VariableNames(self.kinds).shared():
            for call in again:
                known = first in states or ast.dump(first) == ast.dump(call)
                if call in states and not known and not self._restored(states[call]):
                    raise Unprovable(
                        VARIABLE, f"the variable is made on line {first.lineno}, with a first value of its own", call
                    )

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
                self.purity.in_place.changed(value, assignment.made.index)
                for _, value in self.region.names(assignment.value)
            ):
                return False
        # Variables that no signature needs are not in the module, and their assignments go with them.
        self.plan_.assignments[step] = [
            assignment
            for assignment in assignments
            if isinstance(assignment.variable, ast.Name) and self.region.value_of.get(assignment.variable) in known
        ]
        return True

    def _plain_restore(self, step: Step) -> bool:
        """A restore before the export, or before it in an `if`, of variables whose names are known."""
        restore = read_restore(step, self.kinds)
        assert restore is not None
        plan = self.plan_
        around = [branch for branch in step.branches if not isinstance(branch.step.node, (ast.With, ast.AsyncWith))]
        outside = [b for b in around if any(b not in site.added[0].branches for site in self.sites)]
        if not all(isinstance(branch.step.node, ast.If) for branch in outside):
            return False
        # Behind an `if` whose other branch ends, its condition is known to hold.
        always = not outside or all(
            self.region.known(fact.test, site.added[0].facts) is fact.holds
            for site in self.sites
            for fact in step.facts
        )
        if not all(self._same_session(restore.session, site.session) for site in self.sites):
            return False
        if any(not all(self.kinds.of(call) in _RESTORED for call in self._calls_of(state)) for state in plan.states):
            # What a Saver stores of tables and layers has names of its own.
            return False
        if restore.variables is None:
            if not plan.states and not self._makes_variables():
                raise Unprovable(ELSEWHERE, "the variables that the Saver restores are made elsewhere", restore.saver)
            known = all(state.step.index < restore.made.index for state in plan.states)
            every = not restore.trainable or not any(self._may_be_fixed(state) for state in plan.states)
            if not known or not every or any(state.override is not None for state in plan.states):
                return False
            plan.restores[step] = ModuleRestore(restore.path, None, restore.averages, always)
            return True
        states = plan.state_of()
        if any(state.override is not None or state.same is not None for state in plan.states):
            return False
        names = VariableNames(self.kinds)
        known_as = [
            (states[value], name or names.name(states[value].expression))  # type: ignore[arg-type]
            for name, value in restore.variables
            if value in states
        ]
        plan.restores[step] = ModuleRestore(restore.path, tuple(known_as), "", always)
        return True

    def _makes_variables(self) -> bool:
        """Whether any variable is made where it can be seen."""
        return any(
            self.kinds.of(call) is Kind.VARIABLE
            for step in self.region.steps
            for part in header(step)
            for call in calls(part)
        )

    def _same_session(self, one: ast.expr, other: ast.expr) -> bool:
        values = [self.region.value_of.get(node) if isinstance(node, ast.Name) else None for node in (one, other)]
        return values[0] is not None and values[0] is values[1]

    def _may_be_fixed(self, state: State) -> bool:
        return any(keyword.arg == "trainable" for call in self._calls_of(state) for keyword in call.keywords)

    def _restored(self, state: State) -> bool:
        """Whether a checkpoint gives a state its value, whatever it starts from."""
        return any(
            restore.states is None or any(state is one for one, _ in restore.states)
            for restore in self.plan_.restores.values()
            if restore.always
        )

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
            if not function.exported or None in keys or set(keys) != set(fed):
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


def _draws(symbol: str) -> bool:
    last = symbol.rpartition(".")[2]
    return last in _DRAWING or (symbol.startswith(("random.", "image.")) and "random" in symbol)


def _calls(step: Step) -> list[ast.Call]:
    return [call for part in header(step) for call in calls(part)]
