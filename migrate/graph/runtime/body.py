"""The nodes of a graph or of one of its functions, with what replacements have to know about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

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
        self._owner = graph if function is None else function
        self._nodes = graph.node if function is None else function.node_def
        self._function = function
        self.name = "" if function is None else function.signature.name
        self.nodes: dict[str, Any] = {node.name: node for node in self._nodes}

    def where(self, node: Any) -> str:
        """How messages call a node."""
        return f"{self.name}/{node.name}" if self.name else str(node.name)

    def shape(self, tensor: str) -> Shape | None:
        """The static shape of a data input, from what TensorFlow notes when it saves; None where that is not sure."""
        parts = tensor.split(":")
        node = self.nodes.get(parts[0])
        if node is not None:
            # Which of the outputs of an operation with several, or with a list of them, is not worth finding out.
            shapes = node.attr["_output_shapes"].list.shape if "_output_shapes" in node.attr else ()
            return _shape(shapes[0]) if len(shapes) == 1 else None
        if self._function is not None and len(parts) == 1:
            for index, argument in enumerate(self._function.signature.input_arg):
                shapes = self._function.arg_attr[index].attr["_output_shapes"].list.shape
                if argument.name == tensor and len(shapes) == 1:
                    return _shape(shapes[0])
        return None

    def takers(self, matches: Callable[[str], bool]) -> list[str]:
        """The places that take a tensor: names of nodes, `return NAME` for a function's."""
        found = [node.name for node in self._nodes if any(matches(text) for text in node.input)]
        if self._function is not None:
            found += [f"return {name}" for name, text in self._function.ret.items() if matches(text)]
        return found

    def remove(self, names: set[str]) -> None:
        """Removes nodes whose outputs nobody takes; who waited for one, waits for what it waited for."""
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


def _shape(shape: Any) -> Shape | None:
    return None if shape.unknown_rank else tuple(None if dim.size < 0 else int(dim.size) for dim in shape.dim)


def _copy(message: Any) -> Any:
    copy = type(message)()
    copy.CopyFrom(message)
    return copy
