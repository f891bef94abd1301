"""Whether gradients of a signature's outputs reach its trainable variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.graph.differentiable import CALLS, DIFFERENTIABLE
from migrate.graph.frames import ENTERS, MERGES
from migrate.graph.hazards.live import live_part
from migrate.graph.ports import RESOURCE
from migrate.signatures.dtypes import dtype_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from migrate.graph.state import Variable
    from migrate.graph.tensors import Tensor
    from migrate.graph.view import MetaGraphView, SignatureSlice

_VARIANT = 21
_DIFFERENTIABLE_TYPES = frozenset({1, 2, 8, 14, 18, 19, RESOURCE, _VARIANT})
"""DataTypes of the kinds float and complex, and handles (`IsTrainable` in python/eager/backprop_util.py)."""
_MOST_NAMES = 3
_PASSES = 8


@dataclass(frozen=True, slots=True)
class Reach:
    """Which trainable variables of a signature the gradients of its outputs reach.

    Attributes:
        variables: Its trainable variables.
        outputs: Whether it has an output that can be differentiated at all.
        blocked: Those on which a floating-point output depends, but only through operations without a gradient.
        blockers: Those operations' nodes, in the order of the graph.
        conditional: Those that gradients reach only through TF1's control flow.
        control_flow: The nodes by which they get into it.
    """

    variables: tuple[Variable, ...]
    outputs: bool
    blocked: tuple[Variable, ...] = ()
    blockers: tuple[str, ...] = ()
    conditional: tuple[Variable, ...] = ()
    control_flow: tuple[str, ...] = ()


def not_trainable(view: MetaGraphView, slice_: SignatureSlice) -> tuple[str, ...]:
    """Why gradients do not reach the variables of a signature, a clause each; empty where they do.

    Nothing is said of a signature without variables, nor of one whose variables can be reached once its v1
    control flow is raised to functional operations.
    """
    if view.meta_graph.HasField("object_graph_def"):
        return ()
    used = [view.state.by_node[name] for name in slice_.nodes if name in view.state.by_node]
    if not used:
        return ()
    found = reach(view, slice_, live_part(view, slice_).nodes)
    if not found.variables:
        return ("none of the variables it uses is marked as trainable",)
    if not found.outputs:
        ports = {port.dtype for tensor in slice_.fetches if (port := view.index.port(tensor)) is not None}
        types = ", ".join(sorted(map(dtype_name, ports))) or "operations"
        return (f"no gradient comes out of outputs of this type: {types}",)
    if not found.blocked:
        return ()
    through = described(view, found.blockers)
    return (f"gradients do not reach {names(found.blocked)}, which count only through {through}",)


def names(variables: Iterable[Variable]) -> str:
    """Some names for a sentence."""
    listed = [variable.name for variable in variables]
    more = len(listed) - _MOST_NAMES
    return ", ".join(listed[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def described(view: MetaGraphView, blockers: Iterable[str]) -> str:
    """One node for each operation, for a sentence."""
    found: dict[str, str] = {}
    for name in blockers:
        found.setdefault(view.index.op(name), name)
    return ", ".join(f"{op} ({name})" for op, name in list(found.items())[:_MOST_NAMES]) or "values without gradient"


def reach(view: MetaGraphView, slice_: SignatureSlice, live: AbstractSet[str]) -> Reach:
    """Follows each trainable variable to the outputs.

    Args:
        view: The MetaGraph.
        slice_: The signature.
        live: The nodes of its slice that can run.
    """
    by_node = view.state.by_node
    variables = [by_node[name] for name in view.frames.order if name in live and name in by_node]
    variables = [variable for variable in dict.fromkeys(variables) if variable.trainable]
    outputs = [tensor for tensor in slice_.fetches if not tensor.is_control and _passes(view, tensor)]
    if not variables or not outputs:
        return Reach(tuple(variables), bool(outputs))
    flow = _Flow(view, slice_, live, variables)
    flow.run()
    depends, reached, direct = (_union(masks, outputs) for masks in (flow.depends, flow.reached, flow.direct))
    blocked, conditional = depends & ~reached, reached & ~direct
    return Reach(
        variables=tuple(variables),
        outputs=True,
        blocked=_chosen(variables, blocked),
        blockers=tuple(flow.losing(blocked)) if blocked else (),
        conditional=_chosen(variables, conditional),
        control_flow=tuple(flow.entries(conditional)) if conditional else (),
    )


class _Flow:
    """Bit sets of variables, for each node: on which its values depend, and whose gradients they may carry."""

    def __init__(
        self, view: MetaGraphView, slice_: SignatureSlice, live: AbstractSet[str], variables: list[Variable]
    ) -> None:
        self.view = view
        self.feeds = slice_.feeds
        self.order = [name for name in view.frames.order if name in live]
        self.live = live
        self.own = {node: 1 << number for number, variable in enumerate(variables) for node in variable.nodes}
        self.depends: dict[str, int] = {}
        self.reached: dict[str, int] = {}
        self.direct: dict[str, int] = {}

    def run(self) -> None:
        # What flows back in a loop needs another pass; nested loops need some more.
        for _ in range(_PASSES):
            before = dict(self.depends), dict(self.reached), dict(self.direct)
            for name in self.order:
                self._node(name)
            if before == (self.depends, self.reached, self.direct):
                return

    def inputs(self, name: str) -> list[Tensor]:
        return [
            tensor
            for tensor in self.view.index.data_inputs(name)
            if tensor not in self.feeds and tensor.node in self.live
        ]

    def _node(self, name: str) -> None:
        if name in self.own:
            self.depends[name] = self.reached[name] = self.direct[name] = self.own[name]
            return
        inputs = self.inputs(name)
        flowing = [tensor for tensor in inputs if _passes(self.view, tensor)]
        differentiable = self._differentiable(name)
        self.depends[name] = _union(self.depends, inputs)
        if not differentiable:
            # What an assignment to a reference hands on is that reference, to be read: only the value ends here.
            flowing = [tensor for tensor in flowing if self._is_handed_on(name, tensor)]
        self.reached[name] = _union(self.reached, flowing)
        self.direct[name] = 0 if self._is_v1_branch(name) else _union(self.direct, flowing)

    def _differentiable(self, name: str) -> bool:
        op = self.view.index.op(name)
        return (
            op in DIFFERENTIABLE
            or op in CALLS
            or self.view.registry.is_function(op)
            # References to control flow's kin: the conversion makes them the plain ones.
            or op.removeprefix("Ref") in DIFFERENTIABLE
        )

    def _is_handed_on(self, name: str, tensor: Tensor) -> bool:
        taken = self.view.index.port(tensor)
        ports = self.view.index.output_ports(name)
        return taken is not None and taken.is_ref and any(port.is_ref for port in ports or ())

    def _is_v1_branch(self, name: str) -> bool:
        op = self.view.index.op(name)
        if op in ENTERS:
            return True
        # A Merge that one branch only can reach is decided: the conversion takes it out.
        return op in MERGES and len(self.inputs(name)) > 1 and self._has_two_ways(name)

    def _has_two_ways(self, name: str) -> bool:
        index = self.view.index
        return not any(index.op(tensor.node).endswith("NextIteration") for tensor in index.data_inputs(name))

    def losing(self, blocked: int) -> Iterable[str]:
        """The nodes at which the gradients of these variables end."""
        for name in self.order:
            arriving = _union(self.reached, [t for t in self.inputs(name) if _passes(self.view, t)]) & blocked
            if arriving and (not self._differentiable(name) or not self._gives_gradients(name)):
                yield name

    def _gives_gradients(self, name: str) -> bool:
        ports = self.view.index.output_ports(name)
        return ports is None or any(_is_differentiable_type(port.dtype) for port in ports)

    def entries(self, conditional: int) -> Iterable[str]:
        for name in self.order:
            if self._is_v1_branch(name) and _union(self.reached, self.inputs(name)) & conditional:
                yield name


def _passes(view: MetaGraphView, tensor: Tensor) -> bool:
    port = view.index.port(tensor)
    return port is None or _is_differentiable_type(port.dtype)


def _is_differentiable_type(dtype: int) -> bool:
    return dtype in _DIFFERENTIABLE_TYPES


def _union(masks: dict[str, int], tensors: Iterable[Tensor]) -> int:
    found = 0
    for tensor in tensors:
        found |= masks.get(tensor.node, 0)
    return found


def _chosen(variables: list[Variable], mask: int) -> tuple[Variable, ...]:
    return tuple(variable for number, variable in enumerate(variables) if mask >> number & 1)
