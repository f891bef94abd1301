"""TF1's optimizers, as those of TF2's Keras that count the same; the others are refused."""

from __future__ import annotations

import ast

from migrate.source.arguments import bind
from migrate.source.flow import Definition, Step
from migrate.source.kinds import Kind, Kinds
from migrate.source.strategies.plan import PIECEWISE, Optimizer
from migrate.source.unprovable import NO_EQUAL, Unprovable

_PARAMETERS = {
    "GradientDescentOptimizer": ("learning_rate", "use_locking", "name"),
    "MomentumOptimizer": ("learning_rate", "momentum", "use_locking", "name", "use_nesterov"),
    "AdamOptimizer": ("learning_rate", "beta1", "beta2", "epsilon", "use_locking", "name"),
    "AdagradOptimizer": ("learning_rate", "initial_accumulator_value", "use_locking", "name"),
    "RMSPropOptimizer": ("learning_rate", "decay", "momentum", "epsilon", "use_locking", "centered", "name"),
}
_OTHERS = {
    "AdadeltaOptimizer": "has no TF2 optimizer with the same numbers",
    "FtrlOptimizer": "has no TF2 optimizer with the same numbers",
}
_SCHEDULES = {
    "exponential_decay": ("ExponentialDecay", ("decay_steps", "decay_rate", "staircase")),
    "inverse_time_decay": ("InverseTimeDecay", ("decay_steps", "decay_rate", "staircase")),
    "polynomial_decay": ("PolynomialDecay", ("decay_steps", "end_learning_rate", "power", "cycle")),
    "cosine_decay": ("CosineDecay", ("decay_steps", "alpha")),
    "piecewise_constant": (PIECEWISE, ("values",)),
    "piecewise_constant_decay": (PIECEWISE, ("values",)),
}
_LOOKUPS = ("embedding", "gather", "boolean_mask", "dynamic_partition", "segment", "unique")


def read_optimizer(call: ast.Call, step: Step, kinds: Kinds, counted: ast.expr | None) -> Optimizer:
    """What a TF1 optimizer is in TF2.

    Args:
        call: The call that makes it.
        step: The step with that call.
        kinds: The region.
        counted: The global step that its `minimize` counts, if it counts one.

    Raises:
        Unprovable: None of TF2's counts the same.
    """
    name = (kinds.symbol(call) or "").rpartition(".")[2]
    parameters = _PARAMETERS.get(name)
    if parameters is None:
        raise Unprovable(NO_EQUAL, f"tf.train.{name} {_OTHERS.get(name, 'is not known to have an equal in TF2')}", call)
    given = dict(zip(parameters, bind(call, parameters, required=0), strict=True))
    rate: ast.expr = given["learning_rate"] or ast.Constant(0.001)
    decay: tuple[tuple[str, ast.expr], ...] = ()
    tensor: ast.expr | None = None
    schedule = ""
    made = _made(rate, kinds)
    if kinds.of(rate) not in (Kind.PYTHON, Kind.CONFIG):
        if name == "MomentumOptimizer":
            raise Unprovable(NO_EQUAL, "with momentum, TF2 counts a changing learning rate in another way", rate)
        if made is not None and (kinds.symbol(made) or "").startswith("train."):
            schedule, rate, decay = _decay(made, kinds, counted)
        else:
            tensor = rate
    arguments: list[tuple[str, ast.expr | str]] = []
    first = ""
    match name:
        case "GradientDescentOptimizer":
            new = "SGD"
        case "MomentumOptimizer":
            new = "SGD"
            if given["momentum"] is None:
                raise Unprovable(NO_EQUAL, "the momentum is not given", call)
            arguments.append(("momentum", given["momentum"]))
            if given["use_nesterov"] is not None:
                arguments.append(("nesterov", given["use_nesterov"]))
        case "AdamOptimizer":
            new = "Adam"
            arguments += [
                ("beta_1", given["beta1"] or ast.Constant(0.9)),
                ("beta_2", given["beta2"] or ast.Constant(0.999)),
            ]
            arguments.append(("epsilon", given["epsilon"] or "1e-8"))
        case "RMSPropOptimizer":
            new = "RMSprop"
            arguments.append(("rho", given["decay"] or ast.Constant(0.9)))
            named = ("momentum", "centered")
            arguments += [(key, kept) for key in named if (kept := given[key]) is not None]
            arguments.append(("epsilon", given["epsilon"] or "1e-10"))
            first = "_velocity"
        case _:
            new = "Adagrad"
            initial = given["initial_accumulator_value"]
            if initial is not None:
                arguments.append(("initial_accumulator_value", initial))
            arguments.append(("epsilon", "0.0"))
    for _, value in arguments:
        if isinstance(value, ast.expr) and kinds.of(value) not in (Kind.PYTHON, Kind.CONFIG):
            raise Unprovable(NO_EQUAL, f"an argument of tf.train.{name} is a tensor", value)
    return Optimizer(call, step, new, rate, decay, tuple(arguments), tensor, first, schedule)


def _decay(
    made: ast.Call, kinds: Kinds, counted: ast.expr | None
) -> tuple[str, ast.expr, tuple[tuple[str, ast.expr], ...]]:
    """The schedule of a learning rate that decays, its first argument and the others; TF2 counts the steps itself."""
    name = (kinds.symbol(made) or "").rpartition(".")[2]
    if name not in _SCHEDULES:
        raise Unprovable(NO_EQUAL, f"tf.train.{name} is not known to have an equal in TF2", made)
    schedule, parameters = _SCHEDULES[name]
    if schedule == PIECEWISE:
        count, rate, *rest, _ = bind(made, ("x", "boundaries", *parameters, "name"), required=3)
    else:
        rate, count, *rest, _ = bind(made, ("learning_rate", "global_step", *parameters, "name"), required=3)
    assert rate is not None
    assert count is not None
    named = [(key, value) for key, value in zip(parameters, rest, strict=True) if value is not None]
    if counted is None or not (isinstance(count, ast.Name) and isinstance(counted, ast.Name)):
        raise Unprovable(NO_EQUAL, "the learning rate decays with another count than that of this optimizer", made)
    value = kinds.region.value_of.get(count)
    if value is None or value is not kinds.region.value_of.get(counted):
        raise Unprovable(NO_EQUAL, "the learning rate decays with another count than that of this optimizer", made)
    if not _starts_at_zero(value, kinds):
        raise Unprovable(NO_EQUAL, "the learning rate decays with a count that may not start at 0", made)
    for part in (rate, *(value for _, value in named)):
        if kinds.of(part) not in (Kind.PYTHON, Kind.CONFIG):
            raise Unprovable(NO_EQUAL, "the decay of the learning rate depends on a tensor", part)
    return schedule, rate, tuple(named)


def _starts_at_zero(value: object, kinds: Kinds) -> bool:
    if not isinstance(value, Definition) or not isinstance(value.expression, ast.Call):
        return False
    name = kinds.symbol(value.expression) or ""
    if name in ("train.get_or_create_global_step", "train.create_global_step"):
        return True
    initial = next((k.value for k in value.expression.keywords if k.arg == "initial_value"), None)
    if initial is None and value.expression.args:
        initial = value.expression.args[0]
    return name == "Variable" and isinstance(initial, ast.Constant) and initial.value == 0


def _made(node: ast.expr, kinds: Kinds) -> ast.Call | None:
    """The call behind an expression."""
    if isinstance(node, ast.Name):
        value = kinds.region.value_of.get(node)
        if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
            return value.expression if isinstance(value.expression, ast.Call) else None
    return node if isinstance(node, ast.Call) else None


def looks_up(nodes: list[ast.AST], optimizer: Optimizer, kinds: Kinds, *, clips: bool) -> bool:
    """Whether gradients may be those of looked-up rows alone, and this optimizer counts them in a way of its own.

    Without momentum they count in TF1 as if the other rows had gradients of zero.

    Args:
        nodes: What computes the loss.
        optimizer: What trains.
        kinds: The region.
        clips: Whether gradients are clipped.

    Raises:
        Unprovable: With momentum, TF1 leaves the rows alone that a batch does not look up; TF2 moves them.
    """
    found = (
        part
        for node in nodes
        for part in ast.walk(node)
        if isinstance(part, ast.Call) and any(word in (kinds.symbol(part) or "") for word in _LOOKUPS)
    )
    lookup = next(found, None)
    if lookup is not None and any(name == "momentum" for name, _ in optimizer.arguments):
        raise Unprovable(NO_EQUAL, "with momentum, TF1 trains looked-up rows in another way", lookup)
    if lookup is not None and optimizer.name == "RMSprop":
        raise Unprovable(NO_EQUAL, "TF1's RMSProp trains looked-up rows in another way", lookup)
    if lookup is not None and clips:
        raise Unprovable(NO_EQUAL, "gradients of looked-up rows are clipped", lookup)
    return lookup is not None and optimizer.name != "SGD"
