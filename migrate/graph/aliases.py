"""Reads of reference variables that TF1 takes later than the graph says.

A read of a reference variable (`Identity` of a reference, the `v/read` of TF1) copies nothing: it hands on the
variable's own buffer, in which later writes show. So does every operation that hands its input on as it is. The
value that counts is therefore the one at the moment at which an operation computes something with it:

    with tf.control_dependencies([v.assign_add(1.0)]):
        y = v * 2.0  # v/read waits for nothing, but the product is that of the new value

With resource variables a read is a copy. So here each operation that may run after a write, and takes what was
read before it, gets a read of its own.

Sources: `IdentityOp` in tensorflow/core/kernels/identity_op.h, `SwitchOp`, `EnterOp`, `MergeOp` in
control_flow_ops.cc, `ReshapeOp` in reshape_op.h, `AssignOp` in assign_op.h of TF 1.15 (it copies into the buffer
that is there); measured with TF 1.15.5.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import networkx as nx

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.frames import MERGES, NEXT_ITERATIONS, SWITCHES, Frames
from migrate.graph.handles import REF_VARIABLES, Handles
from migrate.graph.index import GraphIndex
from migrate.graph.state import variable_name
from migrate.graph.tensors import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from migrate.graph.registry import OpRegistry

_SAME = frozenset({"Identity", "StopGradient", "PreventGradient", "PlaceholderWithDefault", "CheckNumerics", "Print"})
"""Operations that hand their first input on as it is."""

_VIEWS = frozenset({"Reshape", "Squeeze", "ExpandDims"})
"""Operations that hand it on in another shape."""

_INT32 = 3


@dataclass(frozen=True, slots=True)
class LateReads:
    """A graph in which reads take place when their values count.

    Attributes:
        graph_def: New nodes are added; the ones that were there keep their names.
        tensors: Where a fetched tensor shares a variable's buffer, the tensor that is fetched in its place.
    """

    graph_def: Any
    tensors: Mapping[Tensor, Tensor]


def late_reads(graph_def: Any, registry: OpRegistry, fetches: Iterable[Tensor]) -> LateReads:
    """Adds reads for what takes a reference variable's value after a write that the read did not wait for.

    Args:
        graph_def: A graph that stands on its own.
        registry: The OpDefs of its operations.
        fetches: The tensors whose values are wanted. A session looks at them when everything has run.

    Raises:
        MigrateError: Whether a value is that from before or after a write is not to be told.
    """
    fetches = tuple(fetches)
    if not any(node.op in REF_VARIABLES for node in graph_def.node):
        return LateReads(graph_def, {})
    return _Aliases(GraphIndex(graph_def, registry)).run(fetches)


@dataclass(frozen=True, slots=True)
class _Alias:
    """A tensor that shares the buffer of a variable.

    Attributes:
        source: The reference, or the alias that was handed on.
        flow: The control flow that handed it on, or None.
        views: Operations that gave it another shape since.
        seen: The writes that its read waited for, within a pass of a loop and over passes.
        makers: The nodes of the variables whose buffer it may be.
        is_certain: Whether it shares a buffer at all; what comes out of a Merge may be a value of its own.
        is_lost: Whether its buffer cannot be read again where it has got to.
    """

    source: Tensor
    flow: str | None
    views: tuple[str, ...]
    seen: tuple[frozenset[str], frozenset[str]]
    makers: frozenset[str]
    is_certain: bool = True
    is_lost: bool = False


class _Aliases:
    def __init__(self, index: GraphIndex) -> None:
        self.index = index
        self.handles = Handles(index)
        self.frames = Frames(index)
        self.names = set(index.nodes)
        self.added: list[Any] = []
        self.inputs: dict[tuple[str, int], Tensor] = {}
        self.aliases: dict[Tensor, _Alias] = {}
        self.references: dict[Tensor, Tensor] = {}
        self.writers: dict[str, set[str]] = defaultdict(set)
        for name in index.nodes:
            for maker in self.handles.writes(name):
                if index.op(maker) in REF_VARIABLES:
                    self.writers[variable_name(index.nodes[maker])].add(name)

    def run(self, fetches: tuple[Tensor, ...]) -> LateReads:
        if not self.writers:
            return LateReads(self.index.graph_def, {})
        self._follow_writes()
        for name in self.frames.order:
            self._node(name)
        moved = {
            tensor: self._fetched(tensor, fetches)
            for tensor in fetches
            if not tensor.is_control and self._writers_of(tensor)
        }
        result = protos.graph_def()
        result.CopyFrom(self.index.graph_def)
        for node in result.node:
            for number, tensor in enumerate(self.index.inputs(node.name)):
                node.input[number] = self.inputs.get((node.name, number), tensor).as_input
        result.node.extend(self.added)
        return LateReads(result, moved)

    def _follow_writes(self) -> None:
        """For each node, the writes it runs after: within one pass of a loop, and over all passes."""
        op, graph = self.index.op, self.index.graph
        back = [(a, b) for a, b in graph.edges if op(a) in NEXT_ITERATIONS and op(b) in MERGES]
        forward = graph
        if back:
            forward = graph.copy()
            forward.remove_edges_from(back)
        self.within: dict[str, set[str]] = defaultdict(set)
        self.over: dict[str, set[str]] = defaultdict(set) if back else self.within
        for write in set().union(*self.writers.values()):
            for node in nx.descendants(forward, write):
                self.within[node].add(write)
            if back:
                for node in nx.descendants(graph, write):
                    self.over[node].add(write)

    def _waited(self, name: str) -> tuple[frozenset[str], frozenset[str]]:
        return frozenset(self.within.get(name, ())), frozenset(self.over.get(name, ()))

    def _is_reference(self, tensor: Tensor) -> bool:
        port = None if tensor.is_control else self.index.port(tensor)
        return port is not None and port.is_ref

    def _makers(self, tensor: Tensor) -> frozenset[str]:
        """The nodes of the variables that a reference or an alias may stand for; empty for any other tensor."""
        if tensor in self.aliases:
            return self.aliases[tensor].makers
        if not self._is_reference(tensor):
            return frozenset()
        makers = self.handles.makers(tensor)
        return makers if all(self.index.op(maker) in REF_VARIABLES for maker in makers) else frozenset()

    def _writers_of(self, tensor: Tensor) -> AbstractSet[str]:
        """The writes to those variables."""
        names = {variable_name(self.index.nodes[maker]) for maker in self._makers(tensor)}
        return frozenset().union(*(self.writers.get(name, ()) for name in names))

    def _node(self, name: str) -> None:
        """Gives a node reads of its own where it needs them, and notes whether it hands a buffer on."""
        op = self.index.op(name)
        data = self.index.data_inputs(name)
        fresh: set[int] = set()
        for number, tensor in enumerate(data):
            # A Merge computes nothing; what takes its output is asked in its turn.
            if op not in MERGES and tensor in self.aliases and self._is_stale(name, tensor):
                self.inputs[name, number] = self._read(name, number, tensor)
                fresh.add(number)
        if op == "Merge":
            self._merge(name, data)
            return
        taken = self.index.input_ports(name) or ()
        if not data or (taken and taken[0].is_ref) or not self._writers_of(data[0]):
            return
        first = data[0]
        old = self.aliases.get(first)
        seen = self._waited(name) if old is None or 0 in fresh else old.seen
        made = (
            _Alias(first, None, (), seen, self._makers(first)) if old is None else replace(old, source=first, seen=seen)
        )
        if op in _SAME or op in _VIEWS:
            views = (*made.views, name) if op in _VIEWS else made.views
            self.aliases[Tensor(name, 0)] = replace(made, flow=None, views=views)
        elif op in ("Switch", "Enter"):
            is_lost = made.is_lost or not made.is_certain or bool(made.views)
            for port in (0, 1) if op == "Switch" else (0,):
                self.aliases[Tensor(name, port)] = replace(made, flow=name, is_lost=is_lost)

    def _merge(self, name: str, data: tuple[Tensor, ...]) -> None:
        """What a Merge hands on may be any of its inputs: it has seen what all of them have seen."""
        shared = [tensor for tensor in data if self._makers(tensor)]
        if not any(self._writers_of(tensor) for tensor in shared):
            return
        waited = self._waited(name)
        seen = [self.aliases[tensor].seen if tensor in self.aliases else waited for tensor in shared]
        within = frozenset.intersection(*(each[0] for each in seen))
        over = frozenset.intersection(*(each[1] for each in seen))
        makers = frozenset().union(*(self._makers(tensor) for tensor in shared))
        is_certain = len(shared) == len(data) and all(self._is_plain(tensor) for tensor in shared)
        is_lost = any(self.aliases[tensor].is_lost for tensor in shared if tensor in self.aliases)
        if any(self.index.op(tensor.node) in NEXT_ITERATIONS for tensor in data):
            # A variable of a loop: after the first pass it is a value of its own.
            over, is_certain, is_lost = frozenset().union(*self.writers.values()), False, True
        self.aliases[Tensor(name, 0)] = _Alias(data[0], name, (), (within, over), makers, is_certain, is_lost)

    def _is_plain(self, tensor: Tensor) -> bool:
        """Whether a tensor is a reference, or an alias of the same shape."""
        return tensor not in self.aliases or (self.aliases[tensor].is_certain and not self.aliases[tensor].views)

    def _is_stale(self, name: str, tensor: Tensor) -> bool:
        """Whether a write may come between the read of an alias and a node that takes it."""
        writers = self._writers_of(tensor)
        return any(
            (writers & now) - then for now, then in zip(self._waited(name), self.aliases[tensor].seen, strict=True)
        )

    def _read(self, name: str, number: int, tensor: Tensor) -> Tensor:
        """A read of its own for an input of a node: after all else that the node waits for."""
        after = [other.node for other in self.index.inputs(name) if other != tensor]
        return self._value(f"{name}/late_{number}", tensor, after)

    def _fetched(self, tensor: Tensor, fetches: Iterable[Tensor]) -> Tensor:
        """A read for a fetched tensor: after everything."""
        return self._value(f"{tensor.node}/fetched", tensor, [each.node for each in fetches])

    def _value(self, name: str, tensor: Tensor, after: Iterable[str]) -> Tensor:
        """What a tensor's buffer holds after some nodes have run."""
        after = tuple(after)
        alias = self.aliases.get(tensor)
        if alias is not None and alias.is_lost:
            raise self._unknown(name, tensor)
        if alias is not None and not alias.is_certain:
            return self._uncertain(name, tensor, after)
        read = self._new(name, "Identity", tensor, [self._reference(tensor)], after)
        for view in alias.views if alias is not None else ():
            read = self._view(name, view, read)
        return read

    def _uncertain(self, name: str, tensor: Tensor, after: tuple[str, ...]) -> Tensor:
        """The same for what went through a Merge: the buffer that came in, or else the value that did.

        A read for each way in, and a conditional that picks it if that way was taken. Nothing is added to the
        branches, for what comes later cannot be waited for there.
        """
        alias = self.aliases[tensor]
        if alias.flow is None:
            value = self._value(name, alias.source, (*after, tensor.node))
            return self._view(name, tensor.node, value) if tensor.node in alias.views else value
        value = Tensor(alias.flow, 0)
        for number, way in enumerate(self.index.data_inputs(alias.flow)):
            if not self._makers(way):
                continue
            maker, *others = self._makers(way)
            if others or not self._is_plain(way) or self.frames.of[alias.flow]:
                raise self._unknown(name, tensor)
            read = self._new(f"{name}/way_{number}", "Identity", way, [Tensor(maker, 0)], (*after, alias.flow))
            taken = self._is_taken(f"{name}/is_{number}", alias.flow, number)
            new = self._new(f"{name}/new_{number}", "Switch", tensor, [read, taken], ())
            old = self._new(f"{name}/old_{number}", "Switch", tensor, [value, taken], ())
            value = self._new(name, "Merge", tensor, [old, Tensor(new.node, 1)], ())
            self.added[-1].attr["N"].i = 2
        return value

    def _unknown(self, name: str, tensor: Tensor) -> MigrateError:
        makers = " and ".join(sorted(self._makers(tensor)))
        return MigrateError(
            f"node {name.rpartition('/')[0]}: it takes {tensor.node}, which may share the memory of the variable "
            f"{makers}, after a write to it; a resource variable cannot show that write there. Compute something "
            f"with the value before the write (`v + 0`)"
        )

    def _is_taken(self, name: str, merge: str, number: int) -> Tensor:
        """Whether a Merge took one of its inputs."""
        constant = protos.node_def()
        constant.name, constant.op = self._unique(f"{name}/number"), "Const"
        constant.attr["dtype"].type = constant.attr["value"].tensor.dtype = _INT32
        constant.attr["value"].tensor.tensor_shape.SetInParent()
        constant.attr["value"].tensor.int_val.append(number)
        self.added.append(constant)
        equal = protos.node_def()
        equal.name, equal.op = self._unique(name), "Equal"
        equal.attr["T"].type = _INT32
        equal.input.extend([f"{merge}:1", constant.name])
        self.added.append(equal)
        return Tensor(equal.name, 0)

    def _view(self, name: str, view: str, value: Tensor) -> Tensor:
        """A copy of a view, of another value."""
        copy = protos.node_def()
        copy.CopyFrom(self.index.nodes[view])
        copy.name = self._unique(f"{name}/{view.rpartition('/')[2]}")
        copy.input[0] = value.as_input
        self.added.append(copy)
        return Tensor(copy.name, 0)

    def _reference(self, tensor: Tensor) -> Tensor:
        """The reference whose buffer an alias shares, at the alias's place in control flow and after its node."""
        alias = self.aliases.get(tensor)
        if alias is None:
            return tensor
        if tensor in self.references:
            return self.references[tensor]
        name = f"{tensor.node}/reference"
        if alias.flow is None:
            found = self._new(name, "RefIdentity", tensor, [self._reference(alias.source)], [tensor.node])
        else:
            found = self._flow(name, alias.flow, tensor)
        self.references[tensor] = found
        return found

    def _flow(self, name: str, flow: str, tensor: Tensor) -> Tensor:
        """The Ref form of a Switch, Enter or Merge, beside it."""
        index = self.index
        source = index.nodes[flow]
        data = index.data_inputs(flow)
        through = data if source.op == "Merge" else data[:1]
        inputs = [*(self._reference(each) for each in through), *data[len(through) :]]
        made = self._new(name, f"Ref{source.op}", tensor, inputs, index.control_inputs(flow))
        for key, value in source.attr.items():
            if key in ("frame_name", "is_constant", "parallel_iterations", "N"):
                self.added[-1].attr[key].CopyFrom(value)
        if source.op in SWITCHES:
            for port in (0, 1):
                self.references[Tensor(flow, port)] = Tensor(made.node, port)
        return Tensor(made.node, tensor.port)

    def _new(self, name: str, op: str, like: Tensor, inputs: Iterable[Tensor], after: Iterable[str]) -> Tensor:
        node = protos.node_def()
        node.name, node.op = self._unique(name), op
        port = self.index.port(like)
        node.attr["T"].type = port.dtype if port is not None else 0
        node.input.extend(each.as_input for each in inputs)
        node.input.extend(f"^{each}" for each in dict.fromkeys(after))
        self.added.append(node)
        return Tensor(node.name, 0)

    def _unique(self, name: str) -> str:
        candidate, number = name, 0
        while candidate in self.names:
            number += 1
            candidate = f"{name}_{number}"
        self.names.add(candidate)
        return candidate
