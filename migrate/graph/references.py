"""Turns reference variables into resource variables, everywhere in a graph.

A reference (VariableV2 and everything that hands its output on) is read when the operation that takes it as a
value runs, and written through the edge itself. Here every such edge carries a resource handle instead: each
place where the value was taken gets a ReadVariableOp, and each operation that wrote through the reference
becomes its twin that takes a handle. What ran in some order still does: a read takes place after everything
its operation waits for, and what came after an assignment because it took its output now waits for it.

Sources: tensorflow/core/ops/state_ops.cc, resource_variable_ops.cc; `PrepareInputs` in
tensorflow/core/common_runtime/executor.cc for the moment at which a reference is read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.frames import MERGES
from migrate.graph.handles import REF_VARIABLES, RESOURCE_VARIABLES, Handles
from migrate.graph.index import GraphIndex
from migrate.graph.ports import RESOURCE, STRING, Port
from migrate.graph.state import variable_name
from migrate.graph.tensors import Tensor
from migrate.graph.twins import twin_attributes, twin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrate.graph.registry import OpRegistry


_VARIABLES = REF_VARIABLES | RESOURCE_VARIABLES
_INT32 = 3


@dataclass(frozen=True, slots=True)
class ResourceGraph:
    """A graph without references.

    Attributes:
        graph_def: The nodes keep their names; reads are new nodes.
        tensors: Where a fetched tensor was a reference, the tensor that has its value now.
    """

    graph_def: Any
    tensors: Mapping[Tensor, Tensor]


def resource_graph(graph_def: Any, registry: OpRegistry, fetches: Iterable[Tensor] = ()) -> ResourceGraph:
    """Turns every reference in a graph into a resource handle.

    Args:
        graph_def: A graph that stands on its own.
        registry: The OpDefs of its operations.
        fetches: The tensors whose values are wanted.

    Raises:
        MigrateError: An operation takes or gives a reference and has no form for resource handles.
    """
    return _Conversion(GraphIndex(graph_def, registry)).run(tuple(fetches))


@dataclass(frozen=True, slots=True)
class _Handle:
    """A resource handle in place of a reference: the tensor, and what has to have run before it is used."""

    tensor: Tensor
    after: tuple[str, ...] = ()


class _Conversion:
    def __init__(self, index: GraphIndex) -> None:
        self.index = index
        self.handles = Handles(index)
        self.nodes: dict[str, Any] = {}
        self.names = set(index.nodes)
        self.shared: dict[_Handle, Tensor] = {}
        self.writers: dict[str, list[str]] = defaultdict(list)
        for name in index.nodes:
            for identity in self._identities(self.handles.writes(name)):
                self.writers[identity].append(name)

    def run(self, fetches: tuple[Tensor, ...]) -> ResourceGraph:
        for name in self.index.nodes:
            self._node(name)
        tensors = {tensor: self._fetched(tensor) for tensor in fetches if self._is_reference(tensor)}
        self._share_handles()
        result = protos.graph_def()
        result.node.extend(self.nodes.values())
        result.versions.CopyFrom(self.index.graph_def.versions)
        result.library.CopyFrom(self.index.graph_def.library)
        return ResourceGraph(result, tensors)

    def _share_handles(self) -> None:
        """Nodes that share a name are one variable: everybody takes the handle of the first of them."""
        first: dict[str, str] = {}
        same: dict[str, str] = {}
        for name, node in self.nodes.items():
            if node.op == "VarHandleOp" and not node.input:
                shared = first.setdefault(variable_name(node), name)
                if shared != name:
                    same[name] = shared
        for node in self.nodes.values() if same else ():
            for number, text in enumerate(node.input):
                node.input[number] = same.get(text, text)

    def _node(self, name: str) -> None:
        index = self.index
        source = index.nodes[name]
        taken, given = index.input_ports(name) or (), index.output_ports(name) or ()
        on_references = any(port.is_ref for port in (*taken, *given))
        if not on_references and not any(self._is_reference(tensor) for tensor in index.data_inputs(name)):
            self._add(source.name).CopyFrom(source)
            return
        if source.op in REF_VARIABLES:
            self._variable(source)
        elif source.op == "RefSelect":
            self._select(name)
        elif source.op == "CountUpTo":
            self._count(name)
        elif source.op == "Identity" and self._is_reference(index.data_inputs(name)[0]):
            self._read_in_place(name)
        elif on_references:
            self._twin(name, taken)
        else:
            node = self._add(name)
            node.CopyFrom(source)
            self._inputs(name, node, taken)

    def _identities(self, makers: Iterable[str]) -> set[str]:
        """What names a variable: two nodes that share a name are the same one."""
        nodes = self.index.nodes
        return {
            variable_name(nodes[maker]) if maker in nodes and nodes[maker].op in _VARIABLES else maker
            for maker in makers
        }

    def _is_reference(self, tensor: Tensor) -> bool:
        port = None if tensor.is_control else self.index.port(tensor)
        return port is not None and port.is_ref

    def _add(self, name: str) -> Any:
        self.nodes[name] = node = protos.node_def()
        return node

    def _new(self, name: str, op: str) -> Any:
        candidate, number = name, 0
        while candidate in self.names:
            number += 1
            candidate = f"{name}_{number}"
        self.names.add(candidate)
        node = self._add(candidate)
        node.name, node.op = candidate, op
        return node

    def _variable(self, source: Any) -> None:
        node = self._add(source.name)
        node.name, node.op = source.name, "VarHandleOp"
        node.input.extend(text for text in source.input if text.startswith("^"))
        node.attr["dtype"].CopyFrom(source.attr["dtype"])
        node.attr["shape"].CopyFrom(source.attr["shape"])
        if source.op == "Variable" and not source.attr["shape"].shape.dim:
            node.attr["shape"].shape.unknown_rank = True
        node.attr["shared_name"].s = variable_name(source).encode()

    def _twin(self, name: str, taken: tuple[Port, ...]) -> None:
        source = self.index.nodes[name]
        twin = twin_of(source.op, self.index.registry)
        if twin is None:
            raise MigrateError(
                f"node {name}: operation {source.op} works on a reference and has no form for resource handles"
            )
        node = self._add(name)
        node.name, node.op = name, twin.name
        for key, value in twin_attributes(source, twin, self.index.registry).items():
            node.attr[key].CopyFrom(value)
        if source.op.startswith("Ref"):
            node.attr["T"].type = RESOURCE
        self._inputs(name, node, taken)

    def _inputs(self, name: str, node: Any, taken: tuple[Port, ...]) -> None:
        """Writes a node's inputs: handles where it takes references, reads where it takes their values."""
        del node.input[:]
        after: list[str] = []
        for number, tensor in enumerate(self.index.data_inputs(name)):
            wanted = taken[number] if number < len(taken) else None
            if not self._is_reference(tensor):
                node.input.append(tensor.as_input)
            elif wanted is not None and wanted.is_ref:
                handle = self._handle(tensor)
                if handle.after and node.op == "Merge":
                    # Each way into a Merge waits for its own writes, not for those of the way that is not taken.
                    handle = _Handle(self._waiting(f"{name}/handle_{number}", handle))
                node.input.append(handle.tensor.as_input)
                after.extend(handle.after)
            else:
                node.input.append(self._value(tensor, name, wanted).as_input)
        self._controls(node, [*self.index.control_inputs(name), *after])

    def _waiting(self, name: str, handle: _Handle) -> Tensor:
        """The same handle, once what has to have run before it is used has run."""
        node = self._new(name, "Identity")
        node.attr["T"].type = RESOURCE
        node.input.append(handle.tensor.as_input)
        self._controls(node, handle.after)
        return Tensor(node.name, 0)

    def _controls(self, node: Any, names: Iterable[str]) -> None:
        there = set(node.input)
        for control in dict.fromkeys(f"^{name}" for name in names):
            if control not in there and control != f"^{node.name}":
                node.input.append(control)

    def _handle(self, tensor: Tensor) -> _Handle:
        """The handle behind a reference. An operation that wrote hands on what it was given, after it ran."""
        after: list[str] = []
        while True:
            makes = not any(port.is_ref for port in self.index.input_ports(tensor.node) or ())
            if makes or self.index.op(tensor.node).startswith("Ref"):
                return _Handle(tensor, tuple(dict.fromkeys(after)))
            after.append(tensor.node)
            tensor = self._written(tensor)

    def _written(self, tensor: Tensor) -> Tensor:
        """The reference that a writing operation was given and puts out again."""
        taken = self.index.input_ports(tensor.node) or ()
        given = (self.index.output_ports(tensor.node) or ())[tensor.port]
        for number, port in enumerate(taken):
            if port.is_ref and port.dtype == given.dtype:
                return self.index.data_inputs(tensor.node)[number]
        raise MigrateError(f"node {tensor.node}: operation {self.index.op(tensor.node)} makes a reference of its own")

    def _dtype(self, tensor: Tensor) -> int:
        port = self.index.port(tensor)
        return port.dtype if port is not None else 0

    def _value(self, tensor: Tensor, consumer: str, wanted: Port | None) -> Tensor:
        """A read of a reference for an operation that takes its value."""
        if self._dtype(tensor) == STRING and not self._of_variables(tensor):
            raise MigrateError(f"node {consumer}: it takes the handle of {tensor.node} as a value")
        handle = self._handle(tensor)
        if not any(self.writers[identity] for identity in self._identities(self.handles.makers(tensor))):
            # Nothing changes it here, so one read does for all.
            if handle not in self.shared:
                self.shared[handle] = self._read(f"{tensor.node}/ReadVariableOp", tensor, handle, ())
            return self.shared[handle]
        after: list[str] = []
        if self.index.op(consumer) not in MERGES:
            # The value was taken when the operation started: after all it waits for.
            after = [other.node for other in self.index.inputs(consumer) if other.is_control or other != tensor]
            after = [name for name in after if name != tensor.node]
        label = wanted.argument if wanted is not None else "value"
        return self._read(f"{consumer}/{label}/ReadVariableOp", tensor, handle, after)

    def _of_variables(self, tensor: Tensor) -> bool:
        return all(self.index.op(maker) in REF_VARIABLES for maker in self.handles.makers(tensor))

    def _read(self, name: str, tensor: Tensor, handle: _Handle, after: Iterable[str]) -> Tensor:
        node = self._new(name, "ReadVariableOp")
        node.attr["dtype"].type = self._dtype(tensor)
        node.input.append(handle.tensor.as_input)
        self._controls(node, [*handle.after, *after])
        return Tensor(node.name, 0)

    def _read_in_place(self, name: str) -> None:
        """`Identity` of a reference is how TF1 reads a variable."""
        tensor = self.index.data_inputs(name)[0]
        if self._dtype(tensor) == STRING and not self._of_variables(tensor):
            raise MigrateError(f"node {name}: it takes the handle of {tensor.node} as a value")
        handle = self._handle(tensor)
        node = self._add(name)
        node.name, node.op = name, "ReadVariableOp"
        node.attr["dtype"].type = self._dtype(tensor)
        node.input.append(handle.tensor.as_input)
        self._controls(node, [*self.index.control_inputs(name), *handle.after])

    def _count(self, name: str) -> None:
        """CountUpTo reads, fails at its limit, adds one and gives what it read.

        ResourceCountUpTo does it too, but TF2 cannot load a function with it: its shape function asks for the
        type of the variable behind a handle, which an argument of a function that is being loaded does not have.
        """
        source = self.index.nodes[name]
        dtype = source.attr["T"].type
        handle = self._handle(self.index.data_inputs(name)[0])
        before = self._new(f"{name}/ReadVariableOp", "ReadVariableOp")
        before.attr["dtype"].type = dtype
        before.input.append(handle.tensor.as_input)
        self._controls(before, [*self.index.control_inputs(name), *handle.after])
        below = self._new(f"{name}/Less", "Less")
        below.attr["T"].type = dtype
        below.input.extend([before.name, self._constant(f"{name}/limit", source.attr["limit"].i, dtype)])
        check = self._new(f"{name}/Assert", "Assert")
        check.attr["T"].list.type.append(STRING)
        check.attr["summarize"].i = 3
        text = self._new(f"{name}/message", "Const")
        text.attr["dtype"].type = STRING
        text.attr["value"].tensor.dtype = STRING
        text.attr["value"].tensor.tensor_shape.SetInParent()
        text.attr["value"].tensor.string_val.append(b"Reached limit of %d" % source.attr["limit"].i)
        check.input.extend([below.name, text.name])
        add = self._new(f"{name}/AssignAddVariableOp", "AssignAddVariableOp")
        add.attr["dtype"].type = dtype
        add.input.extend([handle.tensor.as_input, self._constant(f"{name}/one", 1, dtype), f"^{check.name}"])
        node = self._add(name)
        node.name, node.op = name, "Identity"
        node.attr["T"].type = dtype
        node.input.extend([before.name, f"^{add.name}"])

    def _constant(self, name: str, value: int, dtype: int) -> str:
        """A new Const of an integer type; returns its name."""
        node = self._new(name, "Const")
        node.attr["dtype"].type = dtype
        tensor = node.attr["value"].tensor
        tensor.dtype = dtype
        tensor.tensor_shape.SetInParent()
        (tensor.int_val if dtype == _INT32 else tensor.int64_val).append(value)
        return str(node.name)

    def _select(self, name: str) -> None:
        """RefSelect picks one of several references; a chain of Switches into a Merge picks one of the handles."""
        index_tensor, *references = self.index.data_inputs(name)
        merge = self._add(name)
        merge.name, merge.op = name, "Merge"
        merge.attr["T"].type = RESOURCE
        merge.attr["N"].i = len(references)
        after = list(self.index.control_inputs(name))
        for number, tensor in enumerate(references):
            handle = self._handle(tensor)
            after.extend(handle.after)
            chosen = self._new(f"{name}/is_{number}", "Equal")
            chosen.attr["T"].type = _INT32
            chosen.input.extend([index_tensor.as_input, self._constant(f"{name}/{number}", number, _INT32)])
            switch = self._new(f"{name}/Switch_{number}", "Switch")
            switch.attr["T"].type = RESOURCE
            switch.input.extend([handle.tensor.as_input, chosen.name])
            merge.input.append(f"{switch.name}:1")
        self._controls(merge, after)

    def _fetched(self, tensor: Tensor) -> Tensor:
        """The value of a reference that is fetched; what is written is read by nodes of its own (aliases.py)."""
        handle = self._handle(tensor)
        if not self._of_variables(tensor):
            return handle.tensor
        return self._read(f"{tensor.node}/fetched/ReadVariableOp", tensor, handle, ())
