"""A GraphDef taken apart, so that its nodes can be replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.frames import SWITCHES
from migrate.graph.ports import Port, input_ports, output_ports
from migrate.graph.tensors import Tensor, parse_tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from migrate.graph.registry import OpRegistry


class Net:
    """Nodes, who feeds them, and who takes from them.

    Attributes:
        nodes: NodeDefs by name. Their `input` fields are out of date until `to_graph_def`: ask `inputs`.
        functions: The FunctionDefs made so far, by name.
        wanted: Nodes whose outputs are fetched or fed from outside.
        wanted_tensors: Those outputs.
        untrained: Nodes of variables that nobody differentiates by.

    Args:
        graph_def: The message, which is not changed.
        registry: The OpDefs.
        wanted: Tensors that are fetched or fed, whose nodes have to stay.
        untrained: Nodes of variables that nobody differentiates by.

    Raises:
        MigrateError: Two nodes have one name, or an input names a node that is not there.
    """

    def __init__(
        self,
        graph_def: Any,
        registry: OpRegistry,
        wanted: Iterable[Tensor] = (),
        untrained: AbstractSet[str] = frozenset(),
    ) -> None:
        copy = protos.graph_def()
        copy.CopyFrom(graph_def)
        self._source = copy
        self.registry = registry
        self.wanted_tensors: AbstractSet[Tensor] = frozenset(wanted)
        self.wanted: AbstractSet[str] = frozenset(tensor.node for tensor in self.wanted_tensors)
        self.untrained = untrained
        self.functions: dict[str, Any] = {}
        self.nodes: dict[str, Any] = {}
        self._inputs: dict[str, tuple[Tensor, ...]] = {}
        self._takers: dict[str, dict[str, None]] = {}
        self._positions: dict[str, int] = {}
        for node in copy.node:
            if node.name in self.nodes:
                raise MigrateError("broken graph: two of its nodes have the same name")
            self.nodes[node.name] = node
            self._takers[node.name] = {}
            self._positions[node.name] = len(self._positions)
        for node in copy.node:
            self._inputs[node.name] = ()
            self.set_inputs(node.name, map(parse_tensor, node.input))

    def __contains__(self, name: str) -> bool:
        return name in self.nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self.nodes)

    def position(self, name: str) -> int:
        """Where a node stands in the message; new ones come last."""
        return self._positions[name]

    def op(self, name: str) -> str:
        """The operation of a node."""
        return str(self.nodes[name].op)

    def inputs(self, name: str) -> tuple[Tensor, ...]:
        """Data inputs in order, then control inputs."""
        return self._inputs[name]

    def data_inputs(self, name: str) -> tuple[Tensor, ...]:
        """Data inputs in order."""
        return tuple(tensor for tensor in self._inputs[name] if tensor.port >= 0)

    def control_inputs(self, name: str) -> tuple[Tensor, ...]:
        """Control inputs."""
        return tuple(tensor for tensor in self._inputs[name] if tensor.port < 0)

    def takers(self, name: str) -> tuple[str, ...]:
        """The nodes that take something from a node, data or order, each once."""
        return tuple(self._takers[name])

    def takers_of(self, tensor: Tensor) -> tuple[str, ...]:
        """The nodes that take one tensor."""
        return tuple(name for name in self._takers[tensor.node] if tensor in self._inputs[name])

    def set_inputs(self, name: str, inputs: Iterable[Tensor]) -> None:
        """Gives a node other inputs; what it takes twice for order only is taken once."""
        for tensor in self._inputs[name]:
            self._takers[tensor.node].pop(name, None)
        found = tuple(inputs)
        data = tuple(tensor for tensor in found if tensor.port >= 0)
        order = dict.fromkeys(tensor for tensor in found if tensor.port < 0)
        self._inputs[name] = (*data, *order)
        for tensor in self._inputs[name]:
            if tensor.node not in self.nodes:
                raise MigrateError(f"broken graph: node {name} takes {tensor}, which is not in the graph")
            self._takers[tensor.node][name] = None

    def replace(self, old: Tensor, new: Tensor) -> None:
        """Lets everybody who takes one tensor take another."""
        for name in self.takers_of(old):
            self.set_inputs(name, (new if tensor == old else tensor for tensor in self._inputs[name]))

    def add(self, node: Any, inputs: Iterable[Tensor]) -> None:
        """Adds a node, or puts it in the place of the one of its name."""
        self.nodes[node.name] = node
        self._takers.setdefault(node.name, {})
        self._inputs.setdefault(node.name, ())
        self._positions.setdefault(node.name, len(self._positions))
        self.set_inputs(node.name, inputs)

    def remove(self, name: str) -> None:
        """Removes a node that nobody takes from any more."""
        self.set_inputs(name, ())
        del self.nodes[name], self._inputs[name], self._takers[name]

    def output_ports(self, name: str) -> tuple[Port, ...] | None:
        """What a node puts out, or None where its operation is not known."""
        definition = self.registry.get(self.op(name))
        return None if definition is None else output_ports(self.nodes[name], definition)

    def input_ports(self, name: str) -> tuple[Port, ...] | None:
        """What a node takes, or None where its operation is not known."""
        definition = self.registry.get(self.op(name))
        return None if definition is None else input_ports(self.nodes[name], definition)

    def port(self, tensor: Tensor) -> Port | None:
        """What a tensor is, or None where that is not known."""
        ports = self.output_ports(tensor.node)
        return ports[tensor.port] if ports is not None and 0 <= tensor.port < len(ports) else None

    def shape(self, tensor: Tensor) -> Any | None:
        """A tensor's static shape (TensorShapeProto), where its node's `_output_shapes` tells."""
        node = self.nodes[tensor.node]
        if "_output_shapes" not in node.attr:
            return None
        shapes = node.attr["_output_shapes"].list.shape
        return shapes[tensor.port] if tensor.port < len(shapes) else None

    def flag(self, name: str, key: str, default: bool = False) -> bool:
        """A boolean attribute of a node, which may be left out where it has the default."""
        node = self.nodes[name]
        return bool(node.attr[key].b) if key in node.attr else default

    def shape_attribute(self, name: str, key: str) -> Any:
        """A shape attribute of a node (TensorShapeProto), unknown where it is left out."""
        node = self.nodes[name]
        found = protos.message_type("core.framework.tensor_shape_pb2.TensorShapeProto")()
        if key in node.attr:
            found.CopyFrom(node.attr[key].shape)
        else:
            found.unknown_rank = True
        return found

    def unique(self, name: str) -> str:
        """A name for a new node."""
        found, number = name, 0
        while found in self.nodes:
            number += 1
            found = f"{name}_{number}"
        return found

    def new_node(self, name: str, op: str, like: str | None = None) -> Any:
        """A NodeDef that is not yet in the graph, on the device of another."""
        node = protos.node_def()
        node.name = name
        node.op = op
        if like is not None:
            node.device = self.nodes[like].device
        return node

    def edit(self, name: str) -> Any:
        """A copy of a node's NodeDef, put in its place, that may be changed."""
        node = protos.node_def()
        node.CopyFrom(self.nodes[name])
        self.nodes[name] = node
        return node

    def beside(self, name: str, tensors: Iterable[Tensor]) -> list[Tensor]:
        """Control inputs that let a constant run where a node runs that takes these tensors.

        A control edge from a Switch would say nothing of which way it went: then an Identity is put between.
        """
        taken = list(tensors)
        plain = [tensor for tensor in taken if self.op(tensor.node) not in SWITCHES]
        if plain or not taken:
            return [Tensor(tensor.node, -1) for tensor in plain]
        source = taken[-1]
        pivot = self.new_node(self.unique(f"{name}/pivot"), "Identity", name)
        pivot.attr["T"].CopyFrom(self.nodes[source.node].attr["T"])
        self.add(pivot, (source,))
        return [Tensor(pivot.name, -1)]

    def to_graph_def(self) -> Any:
        """The graph as it is now."""
        result = protos.graph_def()
        result.versions.CopyFrom(self._source.versions)
        result.library.CopyFrom(self._source.library)
        known = {function.signature.name for function in result.library.function}
        result.library.function.extend(function for name, function in self.functions.items() if name not in known)
        for name, node in self.nodes.items():
            copy = result.node.add()
            copy.CopyFrom(node)
            drop_empty_attributes(copy)
            del copy.input[:]
            copy.input.extend(tensor.as_input for tensor in self._inputs[name])
        return result


def drop_empty_attributes(node: Any) -> None:
    """Removes attributes without a value, as looking one up in a proto's map leaves them behind."""
    for key in [key for key, value in node.attr.items() if value.WhichOneof("value") is None]:
        del node.attr[key]
