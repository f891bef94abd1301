"""Which variables, tables and other resources a handle may stand for, wherever in the graph it has got to."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

from migrate.graph.ports import RESOURCE
from migrate.graph.tensors import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.graph.index import GraphIndex

REF_VARIABLES = frozenset({"Variable", "VariableV2"})
"""Operations that make a reference variable (tensorflow/core/ops/state_ops.cc)."""

RESOURCE_VARIABLES = frozenset({"VarHandleOp"})

PASSING = frozenset(
    {
        *("Identity", "Switch", "Merge", "Enter", "Exit", "NextIteration", "LoopCond"),
        *("RefIdentity", "RefSwitch", "RefMerge", "RefEnter", "RefExit", "RefNextIteration", "RefSelect"),
        *("While", "StatelessWhile"),
    }
)
"""Operations that hand on the references and resource handles they are given."""

_READS_REF = frozenset({"IsVariableInitialized", *(op for op in PASSING if op.startswith("Ref"))})
READS_RESOURCE = frozenset(
    {
        *("ReadVariableOp", "ResourceGather", "ResourceGatherNd", "VariableShape", "VarIsInitializedOp"),
        *("_ReadVariablesOp", "DisableCopyOnRead", *PASSING),
    }
)
"""Operations that take a resource handle and change nothing."""


class Handles:
    """Follows references and resource handles forwards from the nodes that make them.

    Args:
        index: The graph.
    """

    def __init__(self, index: GraphIndex) -> None:
        self._index = index
        self._holders = self._follow()

    def makers(self, tensor: Tensor) -> frozenset[str]:
        """The nodes whose variable or resource a tensor may refer to; empty for a value."""
        return self._holders.get(tensor, frozenset())

    def writes(self, node: str) -> frozenset[str]:
        """The makers of what a node may change.

        A call of a function with a resource, or an operation that is not known, counts as a change.
        """
        index = self._index
        ports = index.input_ports(node)
        found: set[str] = set()
        for number, tensor in enumerate(index.data_inputs(node)):
            makers = self.makers(tensor)
            if not makers:
                continue
            port = ports[number] if ports is not None and number < len(ports) else None
            if port is None:
                found |= makers
            elif port.is_ref:
                found |= makers if index.op(node) not in _READS_REF else frozenset()
            elif port.dtype == RESOURCE and index.op(node) not in READS_RESOURCE:
                found |= makers
        return frozenset(found)

    def reads(self, node: str) -> frozenset[str]:
        """The makers of what a node takes, as a value or by its handle."""
        return frozenset().union(*(self.makers(tensor) for tensor in self._index.data_inputs(node)))

    def _follow(self) -> Mapping[Tensor, frozenset[str]]:
        holders: dict[Tensor, set[str]] = defaultdict(set)
        queue: deque[Tensor] = deque()
        for name in self._index.nodes:
            for number, port in enumerate(self._index.output_ports(name) or ()):
                if self._makes(name) and (port.is_ref or port.dtype == RESOURCE):
                    tensor = Tensor(name, number)
                    holders[tensor].add(name)
                    queue.append(tensor)
        while queue:
            tensor = queue.popleft()
            for consumer, number in self._index.consumers.get(tensor, ()):
                for output in self._handed_on(consumer, number):
                    if not holders[tensor] <= holders[output]:
                        holders[output] |= holders[tensor]
                        queue.append(output)
        return {tensor: frozenset(found) for tensor, found in holders.items()}

    def _makes(self, name: str) -> bool:
        """Whether a node's handles are its own, not handed on from one of its inputs."""
        ports = self._index.input_ports(name)
        return ports is not None and not any(port.is_ref or port.dtype == RESOURCE for port in ports)

    def _handed_on(self, consumer: str, number: int) -> list[Tensor]:
        taken = self._index.input_ports(consumer)
        given = self._index.output_ports(consumer)
        if taken is None or given is None or number >= len(taken):
            return []
        is_ref, is_resource = taken[number].is_ref, taken[number].dtype == RESOURCE
        if not (is_ref or is_resource):
            return []
        op = self._index.op(consumer)
        if op in ("While", "StatelessWhile"):
            return [Tensor(consumer, number)]
        if is_resource and op not in PASSING:
            return []
        # Assign and its kin put out the reference they were given; so do the Ref* forms of control flow.
        return [
            Tensor(consumer, port)
            for port, found in enumerate(given)
            if (found.is_ref and is_ref) or (found.dtype == RESOURCE and is_resource)
        ]
