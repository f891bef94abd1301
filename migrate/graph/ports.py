"""What flows over a node's inputs and outputs: the OpDef's arguments, with the node's attributes filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    return tuple(_expand(node, definition, definition.output_arg))


def input_ports(node: Any, definition: Any) -> tuple[Port, ...]:
    """The data inputs of a node, in order."""
    return tuple(_expand(node, definition, definition.input_arg))


def _expand(node: Any, definition: Any, arguments: Iterable[Any]) -> list[Port]:
    ports: list[Port] = []
    for argument in arguments:
        if argument.type_list_attr:
            types = list(_attribute(node, definition, argument.type_list_attr).list.type)
        else:
            dtype = argument.type or (
                _attribute(node, definition, argument.type_attr).type if argument.type_attr else 0
            )
            count = _attribute(node, definition, argument.number_attr).i if argument.number_attr else 1
            types = [dtype] * count
        ports.extend(Port(argument.name, dtype % 100, argument.is_ref) for dtype in types)
    return ports


def _attribute(node: Any, definition: Any, name: str) -> Any:
    """An attribute's value, or the OpDef's default where the node leaves it out."""
    if name in node.attr:
        return node.attr[name]
    defaults = (attribute.default_value for attribute in definition.attr if attribute.name == name)
    # Asking a map of messages for what it does not have puts it there.
    found = next(defaults, None)
    return type(node)().attr[name] if found is None else found
