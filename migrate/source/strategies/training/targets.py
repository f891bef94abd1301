"""Which variables a step of training changes."""

from __future__ import annotations

import ast

from migrate.source.flow import Definition
from migrate.source.kinds import Kind
from migrate.source.strategies.plan import Function, State, Training
from migrate.source.strategies.training.loop import LoopReader
from migrate.source.unprovable import NO_EQUAL, VARIABLE, Unprovable


class TargetPlanner(LoopReader):
    """Plans what is trained."""

    def _targets(self, function: Function, training: Training) -> None:
        """What is trained: all trainable variables that the loss depends on, or those that are said."""
        minimize = self._minimize
        states = self.plan_.state_of()
        count = minimize.global_step
        if count is not None:
            value = self.region.value_of.get(count) if isinstance(count, ast.Name) else None
            known = isinstance(count, ast.Call) and (self.kinds.symbol(count) or "").startswith("train.")
            if not isinstance(value, Definition) and not known:
                raise Unprovable(VARIABLE, "the global step is not known as a variable", count)
            training.step_count = states.get(value) if value is not None else None
            if training.optimizer.decay and any(self.plan_.assignments.values()):
                raise Unprovable(NO_EQUAL, "variables are set while the learning rate decays", minimize.call)
        trainable = [state for state in self.plan_.states if state.same is None and self._trainable(state)]
        if minimize.variables is not None and not self._all(minimize.variables):
            training.variables = self._said(minimize.variables, trainable)
            return
        found = function.slice
        read = [s for s in self.plan_.states if s.definition in found.states or s.expression in found.inline_states]
        # Under `reuse` a variable has several names.
        needed = [state for state in trainable if any(state in (other, other.same) for other in read)]
        if not needed:
            raise Unprovable(VARIABLE, "no variable is trained", minimize.call)
        for state in needed:
            if state.step.index > minimize.step.index:
                raise Unprovable(VARIABLE, "a variable is made after the training op", state.expression)
        training.variables = needed if len(needed) < len(trainable) else None

    def _all(self, node: ast.expr) -> bool:
        """`tf.trainable_variables()`, which is what is trained anyway."""
        if isinstance(node, ast.Name):
            value = self.region.value_of.get(node)
            if not isinstance(value, Definition) or not value.known or value.previous is not None or value.path:
                return False
            return value.expression is not None and self._all(value.expression)
        if not isinstance(node, ast.Call) or node.keywords:
            return False
        name = self.kinds.symbol(node)
        collected = (
            name == "get_collection"
            and len(node.args) == 1
            and ast.unparse(node.args[0]).endswith("TRAINABLE_VARIABLES")
        )
        return collected or (name == "trainable_variables" and not node.args)

    def _said(self, node: ast.expr, trainable: list[State]) -> list[State]:
        if isinstance(node, ast.Name):
            value = self.region.value_of.get(node)
            if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
                if isinstance(value.expression, (ast.List, ast.Tuple)):
                    return self._said(value.expression, trainable)
        elements = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
        found = []
        for element in elements:
            value = self.region.value_of.get(element) if isinstance(element, ast.Name) else None
            state = next((s for s in trainable if value is not None and s.definition is value), None)
            if state is None:
                raise Unprovable(VARIABLE, "it cannot be seen which variables are trained (var_list)", node)
            found.append(state)
        return found

    def _trainable(self, state: State) -> bool:
        answers = set()
        for call in self._calls_of(state):
            if self.kinds.of(call) is Kind.TABLE:
                return False
            if self.kinds.of(call) is not Kind.VARIABLE:
                raise Unprovable(VARIABLE, "a Keras layer is trained in a session", call)
            position = 1 if self.kinds.symbol(call) == "Variable" else 5
            given = next((k.value for k in call.keywords if k.arg == "trainable"), None)
            if given is None and len(call.args) > position:
                given = call.args[position]
            if given is None:
                answers.add(not (self.kinds.symbol(call) or "").startswith("train."))
            elif isinstance(given, ast.Constant):
                answers.add(bool(given.value))
            else:
                raise Unprovable(VARIABLE, "it is only known at run time whether a variable is trained", given)
        if len(answers) != 1:
            raise Unprovable(VARIABLE, "some of several variables under one name are trained", state.expression)
        return answers.pop()
