"""Branches for training, in a model that serves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrate.graph.constants import constant_text
from migrate.graph.hazards.context import Context, Place, hazard_at
from migrate.graph.hazards.live import known_predicate
from migrate.graph.hazards.registry import family
from migrate.graph.inspection import Hazard, HazardKind, Severity
from migrate.graph.tensors import Tensor

_DROPOUT = re.compile(r"(?:\A|/)[^/]*dropout[^/]*/", re.IGNORECASE)
_ARITHMETIC = frozenset({"Mul", "Add", "AddV2", "Sub", "Identity", "Cast"})
_STEPS = 8


@family
def decided_branches(context: Context) -> Iterator[Hazard]:
    """Conditionals that a constant, or the default of a placeholder that nobody feeds, decides."""
    for key, live in context.live.items():
        for name, (value, _) in live.decided.items():
            op = context.index.op(name)
            why = "the default of a placeholder that is not fed" if op == "PlaceholderWithDefault" else "a constant"
            remedy = "The conversion keeps the branch that runs"
            if op == "PlaceholderWithDefault":
                remedy += f"; to choose in a call, make it an input: --input NAME={name}:0"
            yield Hazard(
                HazardKind.TRAINING_BRANCH,
                Severity.NOTE,
                name,
                op,
                f"It is always {value} here ({why}), so that one branch of the conditionals that ask "
                f"for it never runs.",
                f"{remedy}.",
                (key,),
            )


@family
def dropout(context: Context) -> Iterator[Hazard]:
    """Dropout that runs when the model serves."""
    for place in context.of(("RandomUniform",)):
        if not place.signatures or not is_dropout(place.node.name):
            continue
        if not place.function and context.view.frames.guards[place.name] and not _always(context, place):
            continue  # An input of the signature chooses whether it drops.
        source, neutral = _probability(context, place)
        feeds = {tensor for key in place.signatures for tensor in context.slices[key].feeds}
        if source is not None and source in feeds:
            continue
        rate = _text(context, source)
        if rate == neutral:
            yield hazard_at(
                place,
                HazardKind.TRAINING_BRANCH,
                Severity.NOTE,
                f"It is a dropout that drops nothing: {_named(context, source)} is {rate}.",
                "The conversion keeps it as it is.",
            )
            continue
        if source is not None and context.index.op(source.node).startswith("Placeholder") and not rate:
            continue  # It is not fed and has no default: that is told of the placeholder.
        yield hazard_at(
            place,
            HazardKind.TRAINING_BRANCH,
            Severity.CHANGES,
            "It is a dropout that drops in every call of the signature"
            + (f" ({_named(context, source)} is {rate})." if rate else "."),
            "Export the model in inference mode, or feed the probability with --input, if this is not meant.",
        )


def _always(context: Context, place: Place) -> bool:
    """Whether it runs in every call of one of its signatures, its conditionals being decided."""
    decided = {key: context.live[key].decided for key in place.signatures}
    guards = context.view.frames.guards[place.name]
    return any(
        all(
            (known := known_predicate(context.index, guard.predicate, context.slices[key].feeds)) is not None
            and known[1] in decided[key]
            for guard in guards
        )
        for key in place.signatures
    )


def is_dropout(name: str) -> bool:
    """Whether a node's name says that it is part of a dropout, as those of tf.nn.dropout and Keras do."""
    return _DROPOUT.search(name) is not None


def _probability(context: Context, place: Place) -> tuple[Tensor | None, str]:
    """Where a dropout has its probability from, and the value with which it drops nothing.

    tf.nn.dropout adds keep_prob to the random numbers and rounds down (to TF 1.12), or compares them with the
    rate (tensorflow/python/ops/nn_ops.py).
    """
    if place.function:
        return None, ""
    index = context.index
    tensor = Tensor(place.name, 0)
    for _ in range(_STEPS):
        users = [name for name, number in index.consumers.get(tensor, ()) if number >= 0]
        if not users:
            return None, ""
        user = users[0]
        others = [each for each in index.data_inputs(user) if each != tensor]
        op = index.op(user)
        if op in ("GreaterEqual", "Less", "Greater", "LessEqual") and others:
            source, flipped = _origin(context, others[0])
            return source, "1" if flipped else "0"
        follows = {index.op(name) for name, _ in index.consumers.get(Tensor(user, 0), ())}
        if op in ("Add", "AddV2") and "Floor" in follows and others:
            source, flipped = _origin(context, others[0])
            return source, "0" if flipped else "1"
        if op not in _ARITHMETIC:
            return None, ""
        tensor = Tensor(user, 0)
    return None, ""


def _origin(context: Context, tensor: Tensor) -> tuple[Tensor, bool]:
    """What a probability is, through identities and `1 - x`."""
    index, flipped = context.index, False
    for _ in range(_STEPS):
        inputs = index.data_inputs(tensor.node)
        op = index.op(tensor.node)
        if op in ("Identity", "Cast"):
            tensor = inputs[0]
        elif op == "Sub" and constant_text(index, inputs[0]) == "1":
            tensor, flipped = inputs[1], not flipped
        else:
            break
    return tensor, flipped


def _text(context: Context, source: Tensor | None) -> str:
    if source is None:
        return ""
    if context.index.op(source.node) == "PlaceholderWithDefault":
        source = context.index.data_inputs(source.node)[0]
    text = constant_text(context.index, source)
    return "" if text == "computed" else text


def _named(context: Context, source: Tensor | None) -> str:
    if source is None or context.index.op(source.node) == "Const":
        return "its probability"
    return source.node
