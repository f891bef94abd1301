"""Reads the training op that a session runs."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.arguments import bind
from migrate.source.flow import LOOPS, TRIES, WITHS, Definition, Fact, Step
from migrate.source.kinds import Kinds, header
from migrate.source.strategies.plan import Clip, Optimizer
from migrate.source.strategies.training.gradients import GradientReader
from migrate.source.strategies.training.optimizers import read_optimizer
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, NO_EQUAL, SIDE_EFFECTS, Unprovable

_PARAMETERS = ("loss", "global_step", "var_list", "gate_gradients", "aggregation_method",
               "colocate_gradients_with_ops", "name", "grad_loss")  # fmt: skip
_APPLY = ("grads_and_vars", "global_step", "name")


@dataclass(frozen=True, slots=True, eq=False)
class Minimize:
    """`optimizer.minimize(loss)`, or `apply_gradients` with the gradients of a loss.

    Attributes:
        call: The call.
        step: The step that makes the op.
        optimizer: What it is in TF2.
        loss: What is minimized.
        global_step: The variable that counts, if there is one.
        variables: The variables, where they are said.
        clip: How the gradients are clipped, if they are.
        made: The steps that make gradients and the op.
    """

    call: ast.Call
    step: Step
    optimizer: Optimizer
    loss: ast.expr
    global_step: ast.expr | None
    variables: ast.expr | None
    clip: Clip | None = None
    made: frozenset[Step] = frozenset()


def read_minimize(fetch: ast.expr, kinds: Kinds, facts: tuple[Fact, ...]) -> Minimize:
    """The training op behind a fetch.

    Args:
        fetch: What the session runs.
        kinds: The region.
        facts: What is known where the model is exported.

    Raises:
        Unprovable: It is more than one `minimize`, or may be something else.
    """
    call = _behind(fetch, kinds)
    if call is None:
        raise Unprovable(ELSEWHERE, f"it cannot be seen what the training op {ast.unparse(fetch)} is", fetch)
    if isinstance(call.func, ast.Attribute) and call.func.attr == "apply_gradients":
        return _read_applied(call, call.func.value, kinds, facts)
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "minimize":
        what = ast.unparse(call.func).rpartition(".")[2]
        raise Unprovable(NO_EQUAL, f"the training op is made by {what}, not by minimize", call)
    step = _step(call, kinds)
    _refuse_place(step, kinds, facts)
    given = dict(zip(_PARAMETERS, bind(call, _PARAMETERS, required=1), strict=True))
    loss = given["loss"]
    assert loss is not None
    if given["grad_loss"] is not None:
        raise Unprovable(NO_EQUAL, "minimize gets gradients from elsewhere (grad_loss)", call)
    gate = given["gate_gradients"]
    if gate is not None:
        raise Unprovable(NO_EQUAL, "minimize says how gradients wait for each other (gate_gradients)", gate)
    global_step = _given(given["global_step"])
    optimizer = _optimizer(call.func.value, global_step, kinds, facts)
    return Minimize(call, step, optimizer, loss, global_step, _given(given["var_list"]))


def _read_applied(call: ast.Call, owner: ast.expr, kinds: Kinds, facts: tuple[Fact, ...]) -> Minimize:
    """The training op that `apply_gradients` makes."""
    pairs, count, _ = bind(call, _APPLY, required=1)
    assert pairs is not None
    step = _step(call, kinds)
    _refuse_place(step, kinds, facts)
    applied = GradientReader(kinds).pairs(pairs)
    steps = {step, *(_step(made, kinds) for made in applied.made)}
    for made in steps:
        _refuse_place(made, kinds, facts)
    global_step = _given(count)
    if applied.optimizer is not None and _behind(applied.optimizer, kinds) is not _behind(owner, kinds):
        raise Unprovable(NO_EQUAL, "another optimizer applies the gradients than computed them", call)
    optimizer = _optimizer(owner, global_step, kinds, facts)
    return Minimize(
        call, step, optimizer, applied.loss, global_step, _given(applied.variables), applied.clip, frozenset(steps)
    )


def _given(node: ast.expr | None) -> ast.expr | None:
    """An argument, unless it is None."""
    return None if isinstance(node, ast.Constant) and node.value is None else node


def _optimizer(owner: ast.expr, count: ast.expr | None, kinds: Kinds, facts: tuple[Fact, ...]) -> Optimizer:
    made = _behind(owner, kinds)
    if made is None or not (kinds.symbol(made) or "").startswith("train."):
        raise Unprovable(ELSEWHERE, f"it cannot be seen what optimizer {ast.unparse(owner)} is", owner)
    where = _step(made, kinds)
    _refuse_place(where, kinds, facts)
    return read_optimizer(made, where, kinds, count)


def _behind(node: ast.expr, kinds: Kinds) -> ast.Call | None:
    """The call that makes what an expression names."""
    if isinstance(node, ast.Name):
        value = kinds.region.value_of.get(node)
        if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
            return _behind(value.expression, kinds) if value.expression is not None else None
        return None
    return node if isinstance(node, ast.Call) else None


def _step(made: ast.expr, kinds: Kinds) -> Step:
    found = next((s for s in kinds.region.steps if any(made is n for part in header(s) for n in ast.walk(part))), None)
    if found is None or found.inlined is not None:
        raise Unprovable(ELSEWHERE, "the training op is made in a helper function", made)
    return found


def _refuse_place(step: Step, kinds: Kinds, facts: tuple[Fact, ...]) -> None:
    for branch in step.branches:
        node = branch.step.node
        if isinstance(node, LOOPS):
            raise Unprovable(CONTROL_FLOW, "the training op is made in a loop", step.node)
        if isinstance(node, TRIES):
            raise Unprovable(CONTROL_FLOW, "the training op is made in a try statement", step.node)
        if isinstance(node, ast.If) and kinds.region.known(node.test, facts) is None:
            raise Unprovable(CONTROL_FLOW, "the training op is made in one of several branches", step.node)
        if isinstance(node, WITHS) and any("control_dependencies" in ast.unparse(item) for item in node.items):
            raise Unprovable(SIDE_EFFECTS, "other ops run before each step of training (control_dependencies)", node)
