"""The nodes of a graph or of one of its functions, with what replacements have to know about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Shape = tuple[int | None, ...]


class Body:
    """Nodes that name each other.

    A GraphDef writes `NODE:INDEX` where a FunctionDef writes `NODE:ARGUMENT:INDEX`, or the name of its own argument
    (tensorflow/core/framework/function.proto).

    Attributes:
        name: The function's, empty for the graph.
        nodes: The NodeDefs, by name.

    Args:
        graph: The GraphDef, or None.
        function: The FunctionDef, or None.
    """

    def __init__(self, graph: Any = None, function: Any = None) -> None:
        self._nodes = graph.node if function is None else function.node_def
        self._function = function
        self._arguments = [] if function is None else [argument.name for argument in function.signature.input_arg]
        self.name = "" if function is None else function.signature.name
        self.nodes: dict[str, Any] = {node.name: node for node in self._nodes}

    def where(self, node: Any) -> str:
        """How messages call a node."""
        return f"{self.name}/{node.name}" if self.name else str(node.name)

    def shape(self, tensor: str) -> Shape | None:
        """The static shape of a data input, from what TensorFlow notes when it saves; None where that is not sure."""
        parts = tensor.split(":")
        node = self.nodes.get(parts[0]) if tensor not in self._arguments else None
        if node is not None:
            # Which of the outputs of an operation with several, or with a list of them, is not worth finding out.
            return _only(node.attr)
        if self._function is not None and tensor in self._arguments:
            return _only(self._function.arg_attr[self._arguments.index(tensor)].attr)
        return None

    def data_inputs(self, node: Any) -> list[str]:
        """The data inputs of a node, as it writes them."""
        return [text for text in node.input if not text.startswith("^")]

    def is_taken(self, node: Any, index: int, argument: str) -> bool:
        """Whether anybody takes an output of a node, given by its index and by the OpDef's name for it."""
        texts = (f"{node.name}:{index}", f"{node.name}:{argument}:0")
        returned = () if self._function is None else self._function.ret.values()
        return any(text in texts for other in self._nodes for text in other.input) or any(
            text in texts for text in returned
        )

    def add(self, op: str, name: str, inputs: list[str], types: Mapping[str, int], output: str) -> str:
        """Adds a node with one output.

        Args:
            op: Its operation.
            name: What to call it, if that is free.
            inputs: Tensors, as nodes here write them.
            types: Its attributes, DataType numbers.
            output: The OpDef's name of the output.

        Returns:
            The output, as nodes here write it.
        """
        while name in self.nodes:
            name += "_"
        node = self._nodes.add(name=name, op=op, input=inputs)
        for attribute, number in types.items():
            node.attr[attribute].type = number
        self.nodes[name] = node
        return name if self._function is None else f"{name}:{output}:0"

    def remove(self, names: set[str]) -> None:
        """Removes nodes whose outputs nobody takes; who waited for one, waits for what it waited for."""
        if not names:
            return
        waits = {name: [text for text in self.nodes[name].input if text.startswith("^")] for name in names}
        for node in self._nodes:
            if node.name not in names and any(text[1:] in names for text in node.input if text.startswith("^")):
                inputs = list(dict.fromkeys(_flatten(node.input, waits)))
                del node.input[:]
                node.input.extend(inputs)
        kept = [node for node in self._nodes if node.name not in names]
        if self._function is not None:
            controls = self._function.control_ret
            gone = [name for name, node in controls.items() if node in names]
            for name in gone:
                del controls[name]
            outputs = [name for name in self._function.signature.control_output if name not in gone]
            del self._function.signature.control_output[:]
            self._function.signature.control_output.extend(outputs)
        copies = [_copy(node) for node in kept]
        del self._nodes[:]
        self._nodes.extend(copies)
        self.nodes = {node.name: node for node in self._nodes}


def _flatten(inputs: Any, waits: dict[str, list[str]]) -> list[str]:
    found: list[str] = []
    for text in inputs:
        if text.startswith("^") and text[1:] in waits:
            found += _flatten(waits[text[1:]], waits)
        else:
            found.append(text)
    return found


def _only(attributes: Any) -> Shape | None:
    shapes = attributes["_output_shapes"].list.shape if "_output_shapes" in attributes else []
    if len(shapes) != 1 or shapes[0].unknown_rank:
        return None
    return tuple(None if dim.size < 0 else int(dim.size) for dim in shapes[0].dim)


def _copy(message: Any) -> Any:
    copy = type(message)()
    copy.CopyFrom(message)
    return copy
