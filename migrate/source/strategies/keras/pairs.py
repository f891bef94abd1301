"""Dictionaries that pair all inputs or outputs of a model with keys: by their names, by their places, or by a list.

`{t.name: t for t in model.outputs}`, `dict(zip(model.output_names, model.outputs))`,
`{"out_%d" % i: t for i, t in enumerate(model.outputs)}`, `{name: t for name, t in zip(["a", "b"], model.inputs)}`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum

from migrate.source.flow import Definition, Region
from migrate.source.strategies.keras.counted_keys import CountedKey, counts
from migrate.source.strategies.keras.tensors import is_reference

_LAYERS = {"input_names": "inputs", "output_names": "outputs"}


class Naming(Enum):
    """What the keys are, of tensors that TF1 named."""

    TENSOR = "the name of the tensor, `scores/Softmax:0`"
    OP = "the name of its op, `scores/Softmax`"
    LAYER = "the name of its layer, `scores`"


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The keys of all inputs, or of all outputs.

    Attributes:
        tensors: What is looped over, such as `model.outputs`.
        naming: What the keys are, if they are names that TF1 gave.
        listed: The keys, if the code lists them.
        counted: The key of each, if it is made of its place.
        first: Whether only the first of them is meant.
    """

    tensors: ast.expr
    naming: Naming | None = None
    listed: tuple[str, ...] = ()
    counted: CountedKey | None = None
    first: bool = False


def read_pairs(made: ast.DictComp, region: Region) -> Pairs | None:
    """Reads such a dictionary, as a comprehension; None for others.

    Args:
        made: It.
        region: The function or module it stands in.
    """
    match made.generators:
        case [ast.comprehension(target=target, iter=turns, ifs=[], is_async=0)]:
            pass
        case _:
            return None
    value = made.value
    if isinstance(value, ast.Call) and len(value.args) == 1:
        if not (region.resolve(value.func) or "").endswith("build_tensor_info"):
            return None
        value = value.args[0]
    match target, turns, value:
        case ast.Name(id=name), ast.expr(), ast.Name(id=tensor) if name == tensor:
            naming = naming_of(made.key, value)
            return Pairs(turns, naming) if naming is not None else None
        case (
            ast.Name(id=place),
            ast.Call(func=ast.Name(id="range"), args=[ast.Call(func=ast.Name(id="len"), args=[tensors], keywords=[])]),
            ast.Subscript(value=taken, slice=ast.Name(id=index)),
        ) if place == index and ast.dump(taken) == ast.dump(tensors) and _builtin(region, "range", "len"):
            return _at_places(made.key, place, value, tensors, region)
        case (
            ast.Tuple(elts=[ast.Name(id=first), ast.Name(id=second)]),
            ast.Call(func=ast.Name(id="zip"), args=[names, tensors], keywords=[]),
            ast.Name(id=tensor),
        ) if second == tensor and _builtin(region, "zip"):
            if isinstance(made.key, ast.Name) and made.key.id == first:
                return _zipped(names, tensors, region)
        case (
            ast.Tuple(elts=[ast.Name(id=first), ast.Name(id=second)]),
            ast.Call(func=ast.Name(id="enumerate"), args=[tensors, *_]) as call,
            ast.Name(id=tensor),
        ) if first != second and second == tensor and _builtin(region, "enumerate"):
            start = _start(call)
            return _at_places(made.key, first, value, tensors, region, start) if start is not None else None
    return None


def _at_places(
    key: ast.expr, place: str, tensor: ast.expr, tensors: ast.expr, region: Region, start: int = 0
) -> Pairs | None:
    """Keys of tensors that are counted: their names, or made of the places."""
    naming = naming_of(key, tensor)
    if naming is not None:
        return Pairs(tensors, naming)
    match key, tensors:
        case (
            ast.Subscript(value=ast.Attribute(value=one, attr=names), slice=ast.Name(id=index)),
            ast.Attribute(value=other, attr=end),
        ) if start == 0 and index == place and _LAYERS.get(names) == end:
            # `model.output_names[i]`
            return Pairs(tensors, Naming.LAYER) if ast.dump(one) == ast.dump(other) and is_reference(one) else None
    if counts(key, place, region):
        return Pairs(tensors, counted=CountedKey(key, place, start))
    return None


def _start(call: ast.Call) -> int | None:
    """The first number of an `enumerate`; None where it cannot be read."""
    match [*call.args[1:], *(keyword.value for keyword in call.keywords if keyword.arg == "start")]:
        case []:
            return 0 if not call.keywords else None
        case [ast.Constant(value=int(number))] if not isinstance(number, bool):
            return number
    return None


def _builtin(region: Region, *names: str) -> bool:
    return all(region.scope.owner(name) is None for name in names)


def naming_of(key: ast.expr, tensor: ast.expr) -> Naming | None:
    """What name of a tensor a key is; None where it is something else.

    Args:
        key: Such as `t.op.name`.
        tensor: The tensor, such as `t`.
    """
    match key:
        case ast.Subscript(value=ast.Attribute(value=model, attr=names), slice=ast.Constant(value=0)):
            # `{model.input_names[0]: model.input}`
            end = _LAYERS.get(names)
            text = ast.unparse(model)
            alone = (f"{text}.{end}[0]", f"{text}.{end.removesuffix('s')}") if end is not None else ()
            return Naming.LAYER if ast.unparse(tensor) in alone else None
    text = ast.unparse(key)
    match text.removeprefix(ast.unparse(tensor)):
        case ".name":
            return Naming.TENSOR
        case ".op.name" | ".name.split(':')[0]" | ".name[:-2]" | ".name.replace(':0', '')":
            return Naming.OP
        case ".name.split(':')[0].split('/')[0]" | ".name.split('/')[0]" | ".op.name.split('/')[0]":
            return Naming.LAYER
    return None


def _zipped(names: ast.expr, tensors: ast.expr, region: Region) -> Pairs | None:
    """Keys that come from a list beside the tensors."""
    match names, tensors:
        case ast.Attribute(value=one, attr=attribute), ast.Attribute(value=other, attr=end) if (
            attribute in _LAYERS and is_reference(one)
        ):
            same = ast.dump(one) == ast.dump(other) and _LAYERS[attribute] == end
            return Pairs(tensors, Naming.LAYER) if same else None
    if isinstance(names, ast.Name):
        value = region.value_of.get(names)
        if not isinstance(value, Definition) or not value.known or value.previous is not None or value.path:
            return None
        names = value.expression if value.expression is not None else names
    if not isinstance(names, (ast.List, ast.Tuple)):
        return None
    listed = tuple(name.value for name in names.elts if isinstance(name, ast.Constant) and isinstance(name.value, str))
    if not listed or len(listed) < len(names.elts) or len(set(listed)) < len(listed):
        return None
    return Pairs(tensors, listed=listed)
