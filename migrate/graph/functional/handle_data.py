"""What a resource handle or a list of tensors holds, so that functions that take it as an argument know it too.

TF2 reads this from `OpDef.ArgDef.handle_data` (tensorflow/core/framework/op_def.proto; `_set_handle_data` in
tensorflow/python/framework/function_def_to_graph.py). Without it, a gradient with respect to a variable that a
function reads has neither type nor shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrate.graph.frames import CONTROL_FLOW
from migrate.graph.ports import RESOURCE
from migrate.graph.tensors import Tensor

if TYPE_CHECKING:
    from migrate.graph.functional.net import Net

VARIANT = 21
"""tensorflow.DT_VARIANT"""

_PASSING = CONTROL_FLOW | {"Identity", "TensorListSetItem", "TensorListScatterIntoExistingList"}


@dataclass(frozen=True, slots=True)
class Holding:
    """What is behind a handle.

    Attributes:
        dtype: The type of the variable or of the list's elements.
        shape: Its shape, a TensorShapeProto.
        maker: The node that makes it.
    """

    dtype: int
    shape: Any
    maker: str


class HandleData:
    """Follows handles back to the nodes that make them.

    Args:
        net: The graph, while it still is flat.
    """

    def __init__(self, net: Net) -> None:
        self._net = net
        self._known: dict[Tensor, Holding] = {}

    def of(self, tensor: Tensor) -> Holding | None:
        """What is behind a tensor, or None where it is no handle or that is not known."""
        port = self._net.port(tensor)
        if port is None or port.dtype not in (RESOURCE, VARIANT):
            return None
        first = tensor
        for _ in range(10_000):
            if tensor in self._known:
                return self._remember(first, self._known[tensor])
            node = self._net.nodes[tensor.node]
            if node.op == "VarHandleOp":
                return self._remember(first, Holding(node.attr["dtype"].type, node.attr["shape"].shape, tensor.node))
            inputs = self._net.data_inputs(tensor.node)
            if node.op not in _PASSING or not inputs:
                return None
            tensor = inputs[0]
        return None

    def remember(self, tensor: Tensor, holding: Holding | None) -> None:
        """Notes what is behind a tensor whose origin will not be seen any more."""
        if holding is not None:
            self._known[tensor] = holding

    def _remember(self, tensor: Tensor, holding: Holding) -> Holding:
        self._known[tensor] = holding
        return holding
