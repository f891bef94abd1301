"""Spells TF1's `tf.losses` in TF2: the mean over all elements of what `tf.nn` or `tf.math` computes.

With its defaults each loss multiplies by a weight of 1.0, sums in float32 and divides by the number of elements. That
they are added to a graph collection is not seen here: who reads the collection is refused.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.api import Refusal, Translation
from migrate.source.api.answers import Argument
from migrate.source.arguments import bind
from migrate.source.flow import Definition
from migrate.source.kinds import Kind, Kinds
from migrate.source.specs import Specs
from migrate.source.unprovable import Unprovable


@dataclass(frozen=True, slots=True)
class _Loss:
    """A function of `tf.losses`.

    Attributes:
        labels: The name of its first parameter.
        predictions: The name of its second.
        v2: What computes each element.
        keywords: What that calls the two; empty where it takes predictions and labels by position.
        smooths: Whether it has a parameter `label_smoothing`.
        wrap: What is put around each element's loss.
    """

    labels: str
    predictions: str
    v2: str
    keywords: bool = True
    smooths: bool = False
    wrap: str = "{}"


_LOSSES = {
    "softmax_cross_entropy": _Loss(
        "onehot_labels", "logits", "nn.softmax_cross_entropy_with_logits", smooths=True
    ),
    "sparse_softmax_cross_entropy": _Loss("labels", "logits", "nn.sparse_softmax_cross_entropy_with_logits"),
    "sigmoid_cross_entropy": _Loss(
        "multi_class_labels", "logits", "nn.sigmoid_cross_entropy_with_logits", smooths=True
    ),
    "mean_squared_error": _Loss("labels", "predictions", "math.squared_difference", keywords=False),
    "hinge_loss": _Loss("labels", "logits", "nn.relu", keywords=False),
    "absolute_difference": _Loss("labels", "predictions", "subtract", keywords=False, wrap="tf.abs({})"),
}  # fmt: skip
_NO_GRADIENT = (Kind.PLACEHOLDER, Kind.PYTHON, Kind.CONFIG)
_FLOAT = "float32"
_KEEP_RANK = frozenset({"cast", "to_float", "to_int32", "to_int64", "one_hot", "identity"})


def translate_loss(name: str, call: ast.Call, kinds: Kinds) -> Translation | Refusal | None:
    """What a call of `tf.losses` is in TF2.

    Args:
        name: Its name below `tf.`.
        call: The call.
        kinds: Its region.

    Returns:
        The TF2 call, or why there is none; None where the name is none of the losses that are known here.
    """
    package, _, last = name.rpartition(".")
    loss = _LOSSES.get(last)
    if package != "losses" or loss is None:
        return None
    smoothing = ("label_smoothing",) if loss.smooths else ()
    parameters = (loss.labels, loss.predictions, "weights", *smoothing, "scope", "loss_collection", "reduction")
    try:
        labels, predictions, *options = bind(call, parameters, required=2)
    except Unprovable as error:
        return Refusal(f"tf.{name}: {error.reason}")
    assert labels is not None
    assert predictions is not None
    for parameter, value in zip(parameters[2:], options, strict=True):
        if value is not None and not _default(parameter, value):
            return Refusal(f"tf.{name} is given {parameter}, and only its default is known to be a mean in TF2")
    sources: dict[ast.expr, int | str] = {value: position for position, value in enumerate(call.args)}
    sources |= {keyword.value: str(keyword.arg) for keyword in call.keywords}
    specs = Specs(kinds)
    wrap = f"tf.reduce_mean({loss.wrap})"
    if _clash(labels, predictions, specs) and not last.startswith("sparse"):
        return Refusal(f"tf.{name} is given shapes that TF1 refuses and TF2 would broadcast")
    others: tuple[int | str, ...] = ()
    if not loss.keywords:
        template = _as_float(labels, specs)
        if not (_ranked(labels, specs) and _ranked(predictions, specs)):
            # TF1 compares the static shapes; TF2's operation would broadcast them.
            if not _has_rank(labels, kinds, specs) or not isinstance(predictions, ast.Name):
                return Refusal(f"tf.{name} is given shapes that are not known, and TF2 might broadcast them")
            inner = template.replace("{}", "{0}")
            template, others = f"tf.ensure_shape({inner}, {{1}}.shape)", (sources[predictions],)
        if last == "hinge_loss":
            wrapped = template != "{}"
            if not isinstance(predictions, (ast.Name, ast.Call)) or not (wrapped or isinstance(labels, ast.Name)):
                return Refusal(f"tf.{name} is given what has no name of its own")
            if specs.dtype(predictions) != _FLOAT:
                return Refusal(f"tf.{name} counts in float32, and its logits are not known to be float32")
            each = f"1.0 - (2.0 * {template.replace('{}', '{0}')} - 1.0) * {{1}}"
            return Translation(loss.v2, (Argument(None, sources[labels], None, each, (sources[predictions],)),), wrap)
        made = (
            Argument(None, sources[predictions], None, _as_float(predictions, specs)),
            Argument(None, sources[labels], None, template, others),
        )
        return Translation(loss.v2, made, wrap)
    if specs.dtype(predictions) != _FLOAT:
        return Refusal(f"tf.{name} sums in float32, and its logits are not known to be float32")
    template = "{}"
    if last.startswith("sparse"):
        shape = specs.shape(labels)
        if shape is None or shape.dimensions is None or len(shape.dimensions) != 1:
            return Refusal(f"tf.{name} drops a last dimension of one from its labels, and their rank is not known as 1")
    else:
        if specs.dtype(labels) != _FLOAT:
            template = f"tf.cast({{}}, tf.{_FLOAT})"
        if last == "softmax_cross_entropy" and not _without_gradient(labels, kinds, specs):
            template = f"tf.stop_gradient({template})"
    first = Argument("labels", sources[labels], None, template)
    return Translation(loss.v2, (first, Argument("logits", sources[predictions])), wrap)


def _default(parameter: str, value: ast.expr) -> bool:
    """Whether an argument is the default of its parameter, or makes no difference."""
    if not isinstance(value, ast.Constant):
        return False
    match parameter:
        case "weights":
            return not isinstance(value.value, bool) and value.value == 1
        case "label_smoothing":
            return not isinstance(value.value, bool) and value.value == 0
        case "scope":
            return value.value is None or isinstance(value.value, str)
        case "loss_collection":
            return value.value is None
    return False


def _as_float(node: ast.expr, specs: Specs) -> str:
    return "{}" if specs.dtype(node) == _FLOAT and not isinstance(node, ast.Constant) else f"tf.cast({{}}, tf.{_FLOAT})"


def _ranked(node: ast.expr, specs: Specs) -> bool:
    shape = specs.shape(node)
    return shape is not None and shape.dimensions is not None


def _has_rank(node: ast.expr, kinds: Kinds, specs: Specs) -> bool:
    """Whether TF1 knew the rank of a tensor, also where its sizes are not known here."""
    match node:
        case ast.Name():
            value = kinds.region.value_of.get(node)
            if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
                if value.expression is not None and _has_rank(value.expression, kinds, specs):
                    return True
        case ast.Call(args=[inner, *_]) if kinds.symbol(node) in _KEEP_RANK:
            return _has_rank(inner, kinds, specs)
        case ast.Compare(left=inner, comparators=[ast.Constant()]):
            return _has_rank(inner, kinds, specs)
        case ast.BinOp(left=left, right=right):
            sides = [side for side in (left, right) if not isinstance(side, ast.Constant)]
            return bool(sides) and all(_has_rank(side, kinds, specs) for side in sides)
    return _ranked(node, specs)


def _clash(one: ast.expr, other: ast.expr, specs: Specs) -> bool:
    """Whether two static shapes are surely not compatible.

    Where they are, what runs is the same op in both.
    """
    first, second = specs.shape(one), specs.shape(other)
    if first is None or second is None or first.dimensions is None or second.dimensions is None:
        return False
    if len(first.dimensions) != len(second.dimensions):
        return True
    pairs = zip(first.dimensions, second.dimensions, strict=True)
    return any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in pairs)


def _without_gradient(node: ast.expr, kinds: Kinds, specs: Specs) -> bool:
    """Whether no gradient flows through labels anyway, so that nothing has to stop it."""
    if kinds.of(node) in _NO_GRADIENT or (specs.dtype(node) or "").startswith(("int", "uint", "bool")):
        return True
    value = kinds.region.value_of.get(node) if isinstance(node, ast.Name) else None
    made = node
    if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
        made = value.expression or node
    return isinstance(made, ast.Call) and kinds.symbol(made) == "one_hot" and len(made.args) == 2 and not made.keywords
