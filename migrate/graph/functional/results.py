"""What raising control flow gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from migrate.graph.tensors import Tensor


@dataclass(frozen=True, slots=True)
class Kept:
    """A loop, conditional or TensorArray that stays as TF1 wrote it: it runs in TF2, but without gradients.

    Attributes:
        kind: `loop`, `conditional`, or `array` for a TensorArray; `graph` where nothing at all was understood.
        name: The loop's frame, a node of the conditional, or the TensorArray's node.
        reason: Why it could not be raised, as the end of a sentence.
    """

    kind: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Raised:
    """A graph after the pass.

    Attributes:
        graph_def: A new GraphDef.
        renamed: Tensors that are now called otherwise; all the others keep their names.
        kept: What stays v1 control flow.
    """

    graph_def: Any
    renamed: Mapping[Tensor, Tensor]
    kept: tuple[Kept, ...]


class NotRaised(Exception):
    """A construct cannot be raised; the message is the reason."""
