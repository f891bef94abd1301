"""TensorArrays and stacks that stay: what holds them cannot become a function that TF2 differentiates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.graph.frames import CONTROL_FLOW
from migrate.graph.functional.results import NotRaised

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.graph.functional.net import Net

_OF_GRADIENTS = frozenset(
    {
        *("Stack", "StackPush", "StackPop", "StackV2", "StackPushV2", "StackPopV2"),
        *("TensorArrayGradV3", "TensorArrayGradWithShape", "SymbolicGradient"),
    }
)


class KeptArrays:
    """Knows why TensorArrays stay.

    Args:
        net: The graph.
        reasons: For each TensorArray that stays, why.
    """

    def __init__(self, net: Net, reasons: Mapping[str, str]) -> None:
        self._net = net
        self._reasons = reasons

    def refuse(self, name: str) -> None:
        """Makes sure that a node is no operation on a TensorArray or stack.

        Raises:
            NotRaised: It is.
        """
        op = self._net.op(name)
        if op in _OF_GRADIENTS:
            raise NotRaised(f"it is part of a gradient that TF1 made ({name}, {op})")
        if op.startswith("TensorArray"):
            maker = self._maker(name)
            reason = self._reasons.get(maker)
            raise NotRaised(f"of the TensorArray {maker}: {reason}" if reason else f"{name} is {op}")

    def _maker(self, name: str) -> str:
        for _ in range(1000):
            inputs = self._net.data_inputs(name)
            if self._net.op(name) == "TensorArrayV3" or not inputs:
                break
            if not (self._net.op(name).startswith("TensorArray") or self._net.op(name) in CONTROL_FLOW | {"Identity"}):
                break
            name = inputs[0].node
        return name
