"""The tensors of a Keras model, as exports name them: `model.input`, `model.outputs[0]`, `model.layers[-2].output`."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from migrate.source.flow import Definition, Region

_SIDES = frozenset({"input", "inputs", "output", "outputs"})


@dataclass(frozen=True, slots=True, eq=False)
class ModelTensor:
    """A tensor that a model has.

    Attributes:
        model: The model.
        attribute: `input`, `inputs`, `output` or `outputs` of the model, or `inner` for an output of one of its layers.
        index: Which of several.
        node: The expression, behind the names it goes by.
    """

    model: ast.expr
    attribute: str
    index: int | None
    node: ast.expr

    @property
    def is_input(self) -> bool:
        """Whether it is one of the model's inputs."""
        return self.attribute.startswith("input")


def model_tensor(node: ast.expr, region: Region) -> ModelTensor | None:
    """The tensor of a model that an expression means; None where it means something else.

    Args:
        node: An expression of the region.
        region: The function or module it stands in.
    """
    match node:
        case ast.Name():
            value = region.value_of.get(node)
            if isinstance(value, Definition) and value.known and value.previous is None and value.expression:
                found = model_tensor(value.expression, region)
                if not value.path:
                    return found
                if found is not None and found.attribute != "inner" and found.index is None and len(value.path) == 1:
                    return replace(found, index=value.path[0])
        case ast.Attribute(value=base, attr="output") if (owner := _layer_owner(base)) is not None:
            return ModelTensor(owner, "inner", None, node)
        case ast.Attribute(value=base, attr=attribute) if attribute in _SIDES and is_reference(base):
            return ModelTensor(base, attribute, None, node)
        case ast.Call(func=ast.Attribute(value=base, attr="get_input_at" | "get_output_at" as method), args=[number]):
            if is_reference(base) and _integer(number) == 0:
                return ModelTensor(base, method.split("_")[1], None, node)
        case ast.Subscript(value=base, slice=place):
            found = model_tensor(base, region)
            index = _integer(place)
            if found is not None and found.attribute != "inner" and found.index is None and index is not None:
                return replace(found, index=index, node=node)
    return None


def is_reference(node: ast.expr) -> bool:
    """Whether an expression only names an object: `model`, `self.model`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def root(node: ast.expr) -> ast.Name:
    """The name that a reference starts with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    assert isinstance(node, ast.Name)
    return node


def _layer_owner(node: ast.expr) -> ast.expr | None:
    """The model in `model.layers[-2]` and `model.get_layer("pooled")`."""
    match node:
        case ast.Subscript(value=ast.Attribute(value=base, attr="layers"), slice=place):
            return base if is_reference(base) and _integer(place) is not None else None
        case ast.Call(func=ast.Attribute(value=base, attr="get_layer"), args=arguments, keywords=keywords):
            given = [*arguments, *(keyword.value for keyword in keywords)]
            if is_reference(base) and len(given) == 1 and isinstance(given[0], (ast.Constant, ast.Name)):
                return base
    return None


def _integer(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
            return -number
    return None
