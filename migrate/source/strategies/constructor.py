"""What the constructor makes, what it is given, and which plain Python moves along."""

from __future__ import annotations

import ast
from functools import cached_property

from migrate.source.flow import (
    Definition,
    Merge,
    Outer,
    Parameter,
    Step,
    Undefined,
    Value,
)
from migrate.source.kinds import IN_GRAPH, Kind, header
from migrate.source.slicing.cuts import Cuts
from migrate.source.slicing.reads import refuse_version_tests
from migrate.source.slicing.slices import Slice
from migrate.source.specs import argument_of
from migrate.source.state.names import VariableNames
from migrate.source.strategies.base import PlannerBase, merge_slices
from migrate.source.strategies.naming import identifier
from migrate.source.strategies.plan import Capture, State
from migrate.source.unprovable import (
    CONTROL_FLOW,
    ELSEWHERE,
    SIDE_EFFECTS,
    VARIABLE,
    Unprovable,
)


class ConstructorPlanner(PlannerBase):
    """Plans the constructor."""

    def _states_attributes(self) -> None:
        attributes: dict[str, str] = {}
        told_apart = self._told_apart()
        for state in self.plan_.states:
            if state.same is not None:
                state.attribute = state.same.attribute
                continue
            name = state.definition.name if state.definition is not None else self._inline_name(state)
            if state.definition is not None and name in attributes and self._alternatives(state):
                state.attribute = attributes[name]
                continue
            state.attribute = self._fresh(identifier(told_apart.get(state, name)))
            attributes[name] = state.attribute

    def _told_apart(self) -> dict[State, str]:
        """The TF1 names of variables whose own names only count: `var_2` and `var_3` of a helper called twice."""
        counted: dict[str, list[State]] = {}
        for state in self.plan_.states:
            if state.definition is not None and state.same is None:
                base, _, number = state.definition.name.rpartition("_")
                counted.setdefault(base if number.isdigit() and base else state.definition.name, []).append(state)
        found: dict[State, str] = {}
        for base, states in counted.items():
            own = {state.definition.name for state in states if state.definition is not None}
            if own != {base} and not own & {f"{base}_0", f"{base}_1"} and all(map(self._is_variable, states)):
                found |= {state: name for state in states if (name := self._scoped_name(state)) is not None}
        return found

    def _is_variable(self, state: State) -> bool:
        return all(self.kinds.of(call) is Kind.VARIABLE for call in self._calls_of(state))

    def _scoped_name(self, state: State) -> str | None:
        """The TF1 name of a variable, if its scopes make it more than that of a helper's variable."""
        if not isinstance(state.expression, ast.Call):
            return None
        try:
            name = self._variable_names.name(state.expression)
        except Unprovable:
            return None
        return name if "/" in name else None

    @cached_property
    def _variable_names(self) -> VariableNames:
        return VariableNames(self.kinds)

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
                    given = [*call.args, *(k.value for k in call.keywords if k.arg != "name")]
                    expressions += [part for one in given for part in self._without_initializer(one)]
            merge_slices(init, self.slicer.slice(expressions, Cuts()))
            self._places(state.step, init)
        for asset in plan.assets:
            if asset.step.inlined is not None:
                self._inline_helper(asset.step.inlined, inlined)
                continue
            merge_slices(init, self.slicer.slice([asset.path], Cuts()))
        training = plan.training
        if training is not None:
            merge_slices(init, self.slicer.slice(training.optimizer.expressions(), Cuts()))
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

    def _without_initializer(self, given: ast.expr) -> list[ast.expr]:
        """An argument of a variable; of an initializer that has a name, which is written out, what it is made of."""
        value = self.region.value_of.get(given) if isinstance(given, ast.Name) else None
        if not isinstance(value, Definition) or not value.known or value.path or value.previous is not None:
            return [given]
        made = value.expression
        name = (self.kinds.symbol(made) or "") if isinstance(made, ast.Call) else ""
        if isinstance(made, ast.Call) and (name.endswith("initializer") or name.startswith("initializers.")):
            return [*made.args, *(keyword.value for keyword in made.keywords)]
        return [given]

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
            for node in function.training.expressions() if function.training is not None else []:
                if self._impure_parts(node):
                    text = f"what a step of training needs is made by Python with effects ({ast.unparse(node)})"
                    raise Unprovable(SIDE_EFFECTS, text, node)
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
        special = {*self._export_steps(), *plan.setters, *plan.feeds}
        special |= plan.training.made if plan.training is not None else set()
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
        if self.purity.in_place.changed(value, min(uses, default=-1)):
            raise Unprovable(CONTROL_FLOW, f"'{value.name}' may be changed after the graph is built from it")

    def _module_level(self, value: Value) -> bool:
        """Whether the class can read a value as a global of the module."""
        if isinstance(value, Outer):
            return True
        if not isinstance(self.region.scope.node, ast.Module) or not isinstance(value, Definition):
            return False
        if any(
            isinstance(target, ast.Name) and target.id == value.name
            for step in self.region.steps
            if isinstance(step.node, ast.Delete)
            for target in step.node.targets
        ):
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


def _plainly_python(node: ast.expr) -> bool:
    """Arguments that are no tensors: literals, flags, attributes of them, plain arithmetic."""
    return not any(isinstance(child, (ast.Call, ast.Subscript)) for child in ast.walk(node)) or isinstance(
        node, (ast.JoinedStr, ast.Dict, ast.List)
    )
