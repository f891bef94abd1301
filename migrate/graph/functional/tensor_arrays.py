"""TensorArrays become lists of tensors.

A TensorArray is an object that operations change one after the other; the float `flow` that goes from one to the
next only keeps their order. A list (TensorList* operations) is a value: what `flow` carries becomes the list
itself, and the handle goes away. TF2's own TensorArray does so (`_GraphTensorArrayV2` in
tensorflow/python/ops/tensor_array_ops.py).

That is the same as long as whoever reads gets the flow of whoever has written. Elements are written once in v1, so
that a later flow never tells anything else of an element than an earlier one, but an earlier one lacks elements
that v1 would find. So for each array it is proved that writes make one chain, and that no read which v1 orders
after a write takes a flow from before it. Where v1 fails, a list may go on: a second write to an element
overwrites it, a second read after `clear_after_read` finds it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from migrate.graph.constants import constant_numbers
from migrate.graph.frames import CONTROL_FLOW, ENTERS, MERGES, SWITCHES
from migrate.graph.functional.constants import INT32, INT64, int_constant
from migrate.graph.functional.handle_data import VARIANT, HandleData, Holding
from migrate.graph.functional.liveness import Guards, Liveness, is_back_edge
from migrate.graph.functional.results import NotRaised
from migrate.graph.tensors import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from migrate.graph.functional.net import Net

_MAKER = "TensorArrayV3"
_WRITERS = frozenset({"TensorArrayWriteV3", "TensorArrayScatterV3", "TensorArraySplitV3"})
_READERS = frozenset({"TensorArrayReadV3", "TensorArrayGatherV3", "TensorArrayConcatV3", "TensorArraySizeV3"})
_CLOSE = "TensorArrayCloseV3"
_SAME_VALUES = frozenset({"TensorListGetItem", "TensorListGather", "TensorListLength"})
_HANDLE_PASSING = ENTERS | SWITCHES | {"Identity"}
_FLOW_PASSING = CONTROL_FLOW - {"LoopCond"} | {"Identity"}


@dataclass
class _Array:
    """One TensorArray and all that belongs to it.

    Attributes:
        maker: Its node.
        handles: The tensors that are its handle.
        handle_nodes: The nodes that hand its handle on.
        flows: The tensors that are its flow.
        flow_nodes: The nodes that hand its flow on.
        writers: The nodes that write to it.
        readers: The nodes that read from it.
        closers: The nodes that close it.
    """

    maker: str
    handles: set[Tensor] = field(default_factory=set)
    handle_nodes: dict[str, None] = field(default_factory=dict)
    flows: set[Tensor] = field(default_factory=set)
    flow_nodes: dict[str, None] = field(default_factory=dict)
    writers: dict[str, None] = field(default_factory=dict)
    readers: dict[str, None] = field(default_factory=dict)
    closers: dict[str, None] = field(default_factory=dict)

    @property
    def nodes(self) -> set[str]:
        """All nodes that it touches."""
        return {self.maker, *self.handle_nodes, *self.flow_nodes, *self.writers, *self.readers, *self.closers}


class TensorArrays:
    """Turns the TensorArrays of one graph into lists.

    Args:
        net: The graph.
        live: Its liveness. It is out of date afterwards.
        handles: Learns what the lists hold.
    """

    def __init__(self, net: Net, live: Liveness, handles: HandleData) -> None:
        self._net = net
        self._live = live
        self._handles = handles
        self._change: Mapping[str, Callable[[_Array, str], None]] = {
            "TensorArrayWriteV3": self._write,
            "TensorArrayScatterV3": self._scatter,
            "TensorArraySplitV3": self._split,
            "TensorArrayReadV3": self._read,
            "TensorArrayGatherV3": self._gather,
            "TensorArrayConcatV3": self._concat,
            "TensorArraySizeV3": self._size,
        }

    def convert(self, leave: Mapping[str, str]) -> tuple[dict[str, str], dict[str, set[str]]]:
        """Turns all arrays into lists that are surely the same as a list.

        Args:
            leave: Arrays that are to stay, each with the reason.

        Returns:
            For each array that stays, the reason; and for each that was turned, the nodes it touches.
        """
        net = self._net
        reasons: dict[str, str] = {}
        turned: dict[str, set[str]] = {}
        for maker in [name for name in net if net.op(name) == _MAKER]:
            if maker in leave:
                reasons[maker] = leave[maker]
                continue
            try:
                array = self._collect(maker)
                self._check_chain(array)
                self._check_reads(array)
                self._check_operations(array)
            except NotRaised as reason:
                reasons[maker] = str(reason)
                continue
            turned[maker] = array.nodes
            self._turn(array)
        return reasons, turned

    def _collect(self, maker: str) -> _Array:
        array = _Array(maker)
        self._follow_handle(array)
        self._follow_flow(array)
        for name in (*array.writers, *array.readers):
            if self._flow_of(name) not in array.flows:
                raise NotRaised(f"{name} takes a flow that does not come from {maker}")
        for name in array.flow_nodes:
            if self._net.op(name) in MERGES and any(
                tensor not in array.flows for tensor in self._net.data_inputs(name)
            ):
                raise NotRaised(f"{name} joins the flows of several TensorArrays")
        if (array.handles | array.flows) & self._net.wanted_tensors:
            raise NotRaised("it is fed or fetched")
        return array

    def _follow_handle(self, array: _Array) -> None:
        net = self._net
        stack = [Tensor(array.maker, 0)]
        while stack:
            handle = stack.pop()
            if handle in array.handles:
                continue
            array.handles.add(handle)
            for name in net.takers_of(handle):
                op = net.op(name)
                if op in _HANDLE_PASSING and net.data_inputs(name)[0] == handle:
                    array.handle_nodes[name] = None
                    stack += [Tensor(name, port) for port in range(2 if op in SWITCHES else 1)]
                elif op in _WRITERS:
                    array.writers[name] = None
                elif op in _READERS:
                    array.readers[name] = None
                elif op == _CLOSE:
                    array.closers[name] = None
                elif op == "TensorArrayGradV3":
                    raise NotRaised(f"TF1 computes its gradient ({name})")
                else:
                    raise NotRaised(f"{name} ({op}) takes its handle")

    def _follow_flow(self, array: _Array) -> None:
        net = self._net
        stack = [Tensor(array.maker, 1)]
        while stack:
            flow = stack.pop()
            if flow in array.flows:
                continue
            array.flows.add(flow)
            for name in net.takers_of(flow):
                op = net.op(name)
                if op in _FLOW_PASSING:
                    array.flow_nodes[name] = None
                    stack += [Tensor(name, port) for port in range(2 if op in SWITCHES else 1)]
                elif op in _WRITERS and name in array.writers and self._flow_of(name) == flow:
                    stack.append(Tensor(name, 0))
                elif not (op in _READERS and name in array.readers and self._flow_of(name) == flow):
                    raise NotRaised(f"{name} ({op}) takes its flow")

    def _flow_of(self, name: str) -> Tensor:
        return self._net.data_inputs(name)[-1]

    def _check_chain(self, array: _Array) -> None:
        """Makes sure that no two writes start from one flow, unless only one of them can happen."""
        net = self._net
        leading = self._leading_to_writes(array)
        for flow in array.flows:
            nexts = list(self._successors(array, flow, leading))
            for (one, its), (other, others) in combinations(nexts, 2):
                if not _exclusive(its, others):
                    raise NotRaised(f"{one} and {other} both write after {flow}")
        for name in array.flow_nodes:
            if net.op(name) in ENTERS and net.flag(name, "is_constant") and name in leading:
                raise NotRaised(f"a loop writes to it without handing its flow on ({name})")

    def _leading_to_writes(self, array: _Array) -> set[str]:
        """The nodes on the flow after which, or by which, something is written."""
        found: set[str] = set()
        stack = list(array.writers)
        while stack:
            name = stack.pop()
            if name in found:
                continue
            found.add(name)
            stack += [tensor.node for tensor in self._net.data_inputs(name) if tensor in array.flows]
        return found

    def _successors(self, array: _Array, flow: Tensor, leading: AbstractSet[str]) -> Iterable[tuple[str, Guards]]:
        """The nodes that write after a flow or hand it on to such, each with when it does so."""
        net, live = self._net, self._live
        for name in net.takers_of(flow):
            if name in array.readers or name not in leading:
                continue
            if net.op(name) in SWITCHES:
                for port in (0, 1):
                    yield from self._successors(array, Tensor(name, port), leading)
            else:
                guards = live.of_tensor(net, flow)
                yield name, guards if net.op(name) in MERGES else guards | live.guards[name]

    def _check_reads(self, array: _Array) -> None:
        """Makes sure that each read finds in its list what has been written by the time it runs in v1."""
        for with_loops in (False, True):
            after_flow = {name: self._after(name, with_loops, array) for name in array.writers}
            after = {name: self._after(name, with_loops, None) for name in array.writers}
            for name in array.readers:
                for writer in array.writers:
                    if name in after[writer] and name not in after_flow[writer]:
                        if not _exclusive(self._live.guards[name], self._live.guards[writer]):
                            raise NotRaised(f"{name} reads what {writer} may have written, by another flow")

    def _after(self, writer: str, with_loops: bool, array: _Array | None) -> set[str]:
        """The nodes that run after a write, or only those that its flow comes to."""
        net = self._net
        found: set[str] = set()
        stack = [writer]
        while stack:
            giver = stack.pop()
            for taker in net.takers(giver):
                if taker in found or (not with_loops and is_back_edge(net, giver, taker)):
                    continue
                if array is not None:
                    on_flow = any(tensor.node == giver and tensor in array.flows for tensor in net.data_inputs(taker))
                    if not on_flow:
                        continue
                found.add(taker)
                if array is None or taker not in array.readers:
                    stack.append(taker)
        return found

    def _check_operations(self, array: _Array) -> None:
        """Makes sure of what single operations need."""
        net = self._net
        for name in array.writers:
            if net.op(name) != "TensorArraySplitV3":
                continue
            if self._flow_of(name) != Tensor(array.maker, 1) or net.flag(array.maker, "dynamic_size"):
                raise NotRaised(f"{name} splits into an array that has something in it, or may grow")
        for name in array.readers:
            # The gradient of a list's gather does not add up what is gathered twice.
            if net.op(name) == "TensorArrayGatherV3" and not net.flag(array.maker, "clear_after_read", default=True):
                indices = net.data_inputs(name)[1]
                numbers = _constant(net, indices)
                if net.op(indices.node) != "Range" and (numbers is None or len(set(numbers)) != len(numbers)):
                    raise NotRaised(f"{name} may gather an element twice")

    def _turn(self, array: _Array) -> None:
        net = self._net
        for name in array.flow_nodes:
            self._pass_lists(name)
        for name in (*array.writers, *array.readers):
            self._change[net.op(name)](array, name)
        for name in array.closers:
            self._become(name, "NoOp", net.control_inputs(name), {})
        holding = Holding(self._dtype(array), self._element_shape(array), array.maker)
        size, *order = net.inputs(array.maker)
        shape = self._shape_constant(array, array.maker, self._element_shape(array))
        attributes = {"element_dtype": self._dtype(array), "shape_type": INT32}
        self._become(array.maker, "TensorListReserve", (shape, size, *order), attributes)
        net.replace(Tensor(array.maker, 1), Tensor(array.maker, 0))
        self._drop_handles(array)
        for name in (array.maker, *(name for name in array.writers if net.op(name) == "TensorListSplit")):
            self._handles.remember(Tensor(name, 0), holding)

    def _pass_lists(self, name: str) -> None:
        """Lets a node that hands something on hand lists on."""
        node = self._net.edit(name)
        node.attr["T"].type = VARIANT
        node.attr.pop("_output_shapes", None)

    def _drop_handles(self, array: _Array) -> None:
        """Removes what handed the handle on; what others wait for hands the first list on, in its place."""
        net = self._net
        names = dict(array.handle_nodes)
        changed = True
        while changed:
            changed = False
            for name in list(names):
                if not net.takers(name):
                    net.remove(name)
                    del names[name]
                    changed = True
        for name in names:
            self._pass_lists(name)

    def _write(self, array: _Array, name: str) -> None:
        _, index, value, flow, *order = self._net.inputs(name)
        self._become(name, "TensorListSetItem", (flow, index, value, *order), {"element_dtype": self._dtype(array)})
        if self._net.flag(array.maker, "dynamic_size"):
            self._net.nodes[name].attr["resize_if_index_out_of_bounds"].b = True

    def _scatter(self, array: _Array, name: str) -> None:
        _, indices, value, flow, *order = self._net.inputs(name)
        self._become(
            name,
            "TensorListScatterIntoExistingList",
            (flow, value, indices, *order),
            {"element_dtype": self._dtype(array)},
        )

    def _split(self, array: _Array, name: str) -> None:
        net = self._net
        _, value, lengths, _, *order = net.inputs(name)
        shape = self._shape_constant(array, name, self._element_shape(array))
        attributes = {"element_dtype": self._dtype(array), "shape_type": INT32}
        self._become(name, "TensorListSplit", (value, shape, lengths, *order), attributes)

    def _read(self, array: _Array, name: str) -> None:
        net = self._net
        _, index, flow, *order = net.inputs(name)
        shape = self._shape_constant(array, name, self._element_shape(array))
        self._become(name, "TensorListGetItem", (flow, index, shape, *order), {"element_dtype": self._dtype(array)})

    def _gather(self, array: _Array, name: str) -> None:
        net = self._net
        _, indices, flow, *order = net.inputs(name)
        own = net.shape_attribute(name, "element_shape")
        shape = self._shape_constant(array, name, self._element_shape(array) if own.unknown_rank else own)
        self._become(name, "TensorListGather", (flow, indices, shape, *order), {"element_dtype": self._dtype(array)})

    def _concat(self, array: _Array, name: str) -> None:
        net = self._net
        _, flow, *order = net.inputs(name)
        rest = net.shape_attribute(name, "element_shape_except0")
        dims = -1 if rest.unknown_rank else [-1, *(dim.size for dim in rest.dim)]
        shape = self._constant_beside(array, name, "element_shape", dims, INT32)
        leading = self._constant_beside(array, name, "leading_dims", [], INT64)
        attributes = {"element_dtype": self._dtype(array), "shape_type": INT32}
        self._become(name, "TensorListConcatV2", (flow, shape, leading, *order), attributes)

    def _size(self, array: _Array, name: str) -> None:  # noqa: ARG002
        _, flow, *order = self._net.inputs(name)
        self._become(name, "TensorListLength", (flow, *order), {})

    def _dtype(self, array: _Array) -> int:
        return int(self._net.nodes[array.maker].attr["dtype"].type)

    def _element_shape(self, array: _Array) -> Any:
        return self._net.shape_attribute(array.maker, "element_shape")

    def _become(self, name: str, op: str, inputs: Iterable[Tensor], types: Mapping[str, int]) -> None:
        """Makes a node another operation; what is known of its outputs' shapes stays true."""
        old = self._net.nodes[name]
        node = self._net.new_node(name, op, name)
        for key, dtype in types.items():
            node.attr[key].type = dtype
        if op in _SAME_VALUES and "_output_shapes" in old.attr:
            node.attr["_output_shapes"].CopyFrom(old.attr["_output_shapes"])
        self._net.add(node, inputs)

    def _shape_constant(self, array: _Array, name: str, shape: Any) -> Tensor:
        """A shape as list operations take it: -1 for an unknown rank, and for an unknown dimension."""
        value = -1 if shape.unknown_rank else [dim.size for dim in shape.dim]
        return self._constant_beside(array, name, "element_shape", value, INT32)

    def _constant_beside(self, array: _Array, name: str, what: str, value: int | list[int], dtype: int) -> Tensor:
        """A constant that runs where a node runs."""
        net, live = self._net, self._live
        node = int_constant(net.unique(f"{name}/{what}"), value, dtype)
        order: list[Tensor] = []
        if live.frames[name] or live.guards[name]:
            order = net.beside(name, (tensor for tensor in net.inputs(name) if tensor not in array.handles))
        net.add(node, order)
        return Tensor(node.name, 0)


def _exclusive(one: Guards, other: Guards) -> bool:
    """Whether two nodes never run both."""
    return any(guard.port >= 0 and guard._replace(port=1 - guard.port) in other for guard in one)


def _constant(net: Net, tensor: Tensor) -> tuple[int, ...] | None:
    from migrate.graph.index import GraphIndex
    from migrate.protos import graph_def

    if net.op(tensor.node) != "Const":
        return None
    one = graph_def()
    one.node.add().CopyFrom(net.nodes[tensor.node])
    del one.node[0].input[:]
    return constant_numbers(GraphIndex(one, net.registry), tensor)
