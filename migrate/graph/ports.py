"""What flows over a node's inputs and outputs: the OpDef's arguments, with the node's attributes filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

RESOURCE = 20
"""tensorflow.DT_RESOURCE"""

STRING = 7
"""tensorflow.DT_STRING"""


class Port(NamedTuple):
    """One input or output of a node.

    Attributes:
        argument: The name of the OpDef's argument.
        dtype: TensorFlow's DataType number, 0 where it is not known.
        is_ref: Whether a reference flows there, by which the consumer may write.
    """

    argument: str
    dtype: int
    is_ref: bool


def output_ports(node: Any, definition: Any) -> tuple[Port, ...]:
    """The outputs of a node, in order (`OpDef.output_arg` of tensorflow/core/framework/op_def.proto)."""
    plan = _plan_of(definition)
    return _expand(node, plan, plan.outputs)


def input_ports(node: Any, definition: Any) -> tuple[Port, ...]:
    """The data inputs of a node, in order."""
    plan = _plan_of(definition)
    return _expand(node, plan, plan.inputs)


class _Argument(NamedTuple):
    name: str
    dtype: int
    type_attr: str
    number_attr: str
    list_attr: str
    is_ref: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """An OpDef as far as ports go, in plain Python: a graph asks for the same ones tens of thousands of times."""

    definition: Any  # Kept, so that its id stays its own.
    inputs: tuple[_Argument, ...]
    outputs: tuple[_Argument, ...]
    defaults: Mapping[str, Any]
    made: dict[tuple[Any, ...], tuple[Port, ...]]


_PLANS: dict[int, _Plan] = {}


def _plan_of(definition: Any) -> _Plan:
    plan = _PLANS.get(id(definition))
    if plan is None or plan.definition is not definition:
        plan = _Plan(
            definition,
            tuple(map(_argument, definition.input_arg)),
            tuple(map(_argument, definition.output_arg)),
            {attribute.name: attribute.default_value for attribute in definition.attr},
            {},
        )
        _PLANS[id(definition)] = plan
    return plan


def _argument(message: Any) -> _Argument:
    return _Argument(
        message.name, message.type, message.type_attr, message.number_attr, message.type_list_attr, message.is_ref
    )


def _expand(node: Any, plan: _Plan, arguments: tuple[_Argument, ...]) -> tuple[Port, ...]:
    values = tuple(_value(node, plan, argument) for argument in arguments)
    key = (arguments is plan.inputs, values)
    found = plan.made.get(key)
    if found is None:
        ports: list[Port] = []
        for argument, types in zip(arguments, values, strict=True):
            ports.extend(Port(argument.name, dtype % 100, argument.is_ref) for dtype in types)
        found = plan.made[key] = tuple(ports)
    return found


def _value(node: Any, plan: _Plan, argument: _Argument) -> tuple[int, ...]:
    """The DataTypes of what flows over one argument."""
    if argument.list_attr:
        return tuple(_attribute(node, plan, argument.list_attr).list.type)
    dtype: int = argument.dtype or (_attribute(node, plan, argument.type_attr).type if argument.type_attr else 0)
    if argument.number_attr:
        # A broken file may say any number; no operation has a million inputs.
        count: int = _attribute(node, plan, argument.number_attr).i
        return (dtype,) * min(max(count, 0), _MOST)
    return (dtype,)


_MOST = 1_000_000


def _attribute(node: Any, plan: _Plan, name: str) -> Any:
    """An attribute's value, or the OpDef's default where the node leaves it out."""
    if name in node.attr:
        return node.attr[name]
    # Asking a map of messages for what it does not have puts it there.
    return plan.defaults[name] if name in plan.defaults else type(node)().attr[name]
