"""Switch and Merge diamonds become If.

What TF 1.x writes for `tf.cond` (`CondContext` in tensorflow/python/ops/control_flow_ops.py of TF 1.15): a Switch
for each value a branch takes from outside, all on `cond/pred_id`, an Identity of the predicate; constants and
other nodes without inputs hang by control edges on the pivots `cond/switch_t` and `cond/switch_f`; a Merge for
each result. Here it is recognised by what it does (see liveness.py), not by names: nodes that run under the same
outcome of one predicate and are tied together by edges are a branch, the Merges they lead to tie two branches to
one conditional.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrate.graph.frames import CONTROL_FLOW, MERGES, SWITCHES
from migrate.graph.functional.bodies import (
    Argument,
    Body,
    add_function,
    argument_prefix,
    check_handles,
    check_nodes,
    is_stateful,
)
from migrate.graph.functional.constants import INT32, add_shape, int_constant
from migrate.graph.functional.contract import check_acyclic, forget, last_of, move_behind, place
from migrate.graph.functional.liveness import Diamond, Frame, Guards, Liveness, canonical
from migrate.graph.functional.results import Kept, NotRaised
from migrate.graph.tensors import Tensor, scope_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.graph.functional.handle_data import HandleData
    from migrate.graph.functional.kept_arrays import KeptArrays
    from migrate.graph.functional.net import Net


@dataclass
class _Conditional:
    """What belongs together: Merges, and the nodes of both branches."""

    diamond: Diamond
    merges: dict[str, None] = field(default_factory=dict)
    branches: tuple[dict[str, None], dict[str, None]] = field(default_factory=lambda: ({}, {}))
    switches: dict[str, None] = field(default_factory=dict)
    before: dict[Tensor, None] = field(default_factory=dict)
    reason: str = ""

    def refuse(self, reason: str) -> None:
        """Notes the first reason to leave it."""
        self.reason = self.reason or reason


class Conditionals:
    """Raises the conditionals of one graph, frame by frame.

    Args:
        net: The graph.
        live: Its liveness, which is kept up to date.
        handles: What handles hold.
        arrays: The TensorArrays that were left, which must not get into functions.
        renamed: Receives the tensors that get other names.
    """

    def __init__(
        self, net: Net, live: Liveness, handles: HandleData, arrays: KeptArrays, renamed: dict[Tensor, Tensor]
    ) -> None:
        self._net = net
        self._live = live
        self._handles = handles
        self._arrays = arrays
        self._renamed = renamed

    def raise_all(self, frame: Frame) -> list[Kept]:
        """Raises the conditionals that run in one frame, innermost first, and tells which stay."""
        merges = [name for name in self._live.diamonds if self._live.frames[name] == frame]
        merges.sort(key=lambda name: -len(self._live.diamonds[name].outer))
        kept = []
        done: set[str] = set()
        for name in merges:
            if name in done:
                continue
            found = self._collect(name)
            done |= found.merges.keys()
            try:
                if found.reason:
                    raise NotRaised(found.reason)
                self._raise(found)
            except NotRaised as reason:
                kept.append(Kept("conditional", name, str(reason)))
        return kept

    def _collect(self, merge: str) -> _Conditional:
        """All that belongs to one conditional."""
        live = self._live
        diamond = live.diamonds[merge]
        found = _Conditional(diamond)
        stack = [merge]
        while stack:
            name = stack.pop()
            branch = self._branch(diamond, live.guards[name])
            if live.diamonds.get(name, None) is not None and self._same(live.diamonds[name], diamond):
                if name in found.merges:
                    continue
                found.merges[name] = None
            elif branch is None or name in found.branches[branch]:
                continue
            else:
                found.branches[branch][name] = None
                self._check_member(found, name)
                stack.extend(self._takers(found, name, branch))
            stack.extend(self._givers(found, name, branch))
        return found

    @staticmethod
    def _same(one: Diamond, other: Diamond) -> bool:
        return one.outer == other.outer and one.predicate == other.predicate

    @staticmethod
    def _branch(diamond: Diamond, guards: Guards) -> int | None:
        for branch in (0, 1):
            if guards == diamond.inner(branch):
                return branch
        return None

    def _check_member(self, found: _Conditional, name: str) -> None:
        if self._net.op(name) in CONTROL_FLOW:
            found.refuse(f"{name} inside it is of a loop or conditional that stays as it is")

    def _takers(self, found: _Conditional, name: str, branch: int) -> Iterable[str]:
        for taker in self._net.takers(name):
            diamond = self._live.diamonds.get(taker)
            inside = self._live.guards[taker] == found.diamond.inner(branch)
            if inside or (diamond is not None and self._same(diamond, found.diamond)):
                yield taker
            elif self._live.guards[taker] >= found.diamond.inner(branch):
                found.refuse(f"{name} inside it is used by {taker}, of a conditional that stays as it is")
            else:
                found.refuse(f"{taker} outside of it takes {name}, which only one branch has")

    def _givers(self, found: _Conditional, name: str, branch: int | None) -> Iterable[str]:
        """The nodes a member takes from that are members themselves; notes the others."""
        net, live, diamond = self._net, self._live, found.diamond
        for number, tensor in enumerate(net.inputs(name)):
            guards = live.of_tensor(net, tensor)
            side = branch if branch is not None or tensor.is_control else diamond.branches[0]
            if name in found.merges and not tensor.is_control:
                side = live.diamonds[name].branches[number]
            if self._branch(diamond, live.guards[tensor.node]) is not None:
                yield tensor.node
                continue
            if guards <= diamond.outer:
                found.before[tensor] = None
                continue
            is_switch = net.op(tensor.node) in SWITCHES and not tensor.is_control
            if is_switch and side is not None and live.guards[tensor.node] <= diamond.outer:
                if guards <= diamond.inner(side):
                    found.switches[tensor.node] = None
                    continue
            found.refuse(f"{name} takes {tensor}, which is not there whenever {name} runs")

    def _raise(self, found: _Conditional) -> None:
        net, live, diamond = self._net, self._live, found.diamond
        frame = live.frames[next(iter(found.merges))]
        members = [name for branch in found.branches for name in branch]
        if any(live.frames[name] != frame for name in (*members, *found.merges, *found.switches)):
            raise NotRaised("it goes over the edge of a loop")
        check_nodes(net, members)
        check_handles(net, self._handles, members)
        for name in members:
            self._arrays.refuse(name)
        merges = sorted(found.merges, key=self._position)
        captures, before = self._captures(found)
        predicate, more = self._predicate(found)
        inputs = (predicate, *captures, *before, *more)
        alive: Guards = frozenset().union(*(live.of_tensor(net, tensor) for tensor in inputs))
        if alive != diamond.outer:
            raise NotRaised("its inputs are not there exactly when it runs")
        check_acyclic(net, live, {*members, *merges}, inputs)
        order = last_of(live, (tensor.node for tensor in inputs))
        dtypes = [self._dtype(tensor) for tensor in captures]
        results = [self._dtype(Tensor(name, 0)) for name in merges]
        holdings = [self._handles.of(Tensor(name, 0)) for name in merges]
        numbered = [name for name in merges if net.takers_of(Tensor(name, 1)) or Tensor(name, 1) in net.wanted_tensors]
        base = net.unique(f"{scope_of(merges[0])}/If".lstrip("/"))
        functions = [
            self._branch_function(found, branch, base, captures, dtypes, merges, numbered) for branch in (0, 1)
        ]
        shapes = [net.shape(Tensor(name, 0)) for name in merges]
        stateful = is_stateful(net, members)
        node = net.new_node(base, "If" if stateful else "StatelessIf", merges[0])
        node.attr["Tcond"].type = self._dtype(predicate)
        node.attr["Tin"].list.type.extend(dtypes)
        node.attr["Tout"].list.type.extend([*results, *[INT32] * len(numbered)])
        node.attr["else_branch"].func.name = functions[0]
        node.attr["then_branch"].func.name = functions[1]
        node.attr["_lower_using_switch_merge"].b = True
        listed = node.attr["output_shapes"].list
        for shape in shapes:
            add_shape(listed, shape)
        for _ in numbered:
            listed.shape.add()
        net.add(node, inputs)
        place(live, base, frame, diamond.outer, order)
        for number, name in enumerate(merges):
            self._stand_in(base, number, name, results[number], shapes[number])
            self._handles.remember(Tensor(name, 0), holdings[number])
        for number, name in enumerate(numbered):
            self._renumber(name, Tensor(base, len(merges) + number))
        move_behind(net, live, merges, order)
        forget(net, live, members)
        forget(net, live, [name for name in found.switches if not net.takers(name) and name not in net.wanted])

    def _captures(self, found: _Conditional) -> tuple[list[Tensor], list[Tensor]]:
        """What the branches take as values, and what they have to wait for."""
        net = self._net
        captures: dict[Tensor, None] = {}
        before: dict[Tensor, None] = {}
        for name in found.switches:
            captures[net.data_inputs(name)[0]] = None
            before.update(dict.fromkeys(net.control_inputs(name)))
        for tensor in found.before:
            (before if tensor.is_control else captures)[tensor] = None
        return list(captures), list(before)

    def _predicate(self, found: _Conditional) -> tuple[Tensor, list[Tensor]]:
        """The predicate, as `pred_id` where there is one, and other Identities of it that it has to wait for."""
        net = self._net
        names = dict.fromkeys(net.data_inputs(switch)[1] for switch in found.switches)
        if not names:
            raise NotRaised("no Switch leads into it")
        copies = [tensor for tensor in names if tensor != found.diamond.predicate]
        chosen = copies[0] if copies else found.diamond.predicate
        return chosen, [Tensor(tensor.node, -1) for tensor in copies[1:]]

    def _branch_function(
        self,
        found: _Conditional,
        branch: int,
        base: str,
        captures: list[Tensor],
        dtypes: list[int],
        merges: list[str],
        numbered: list[str],
    ) -> str:
        net, live = self._net, self._live
        nodes = sorted(found.branches[branch], key=self._position)
        numbers = []
        returns: list[tuple[Tensor | str, int]] = []
        for name in merges:
            number = live.diamonds[name].branches.index(branch)
            returns.append((net.data_inputs(name)[number], self._dtype(Tensor(name, 0))))
            numbers.append(number)
        prefix = argument_prefix(nodes)
        arguments = [
            Argument(f"{prefix}{number}", dtype, self._handles.of(tensor))
            for number, (tensor, dtype) in enumerate(zip(captures, dtypes, strict=True))
        ]
        known = {tensor: argument.name for tensor, argument in zip(captures, arguments, strict=True)}
        for switch in found.switches:
            known[Tensor(switch, branch)] = known[net.data_inputs(switch)[0]]
        extra = []
        for name in numbered:
            constant = int_constant(net.unique(f"{name}/value_index"), numbers[merges.index(name)])
            extra.append(constant)
            returns.append((f"{constant.name}:output:0", INT32))
        return add_function(net, f"{base}_{('false', 'true')[branch]}", Body(nodes, arguments, known, returns, extra))

    def _stand_in(self, base: str, number: int, name: str, dtype: int, shape: Any) -> None:
        """An Identity in the place of a Merge, with its name."""
        node = self._net.new_node(name, "Identity", name)
        node.attr["T"].type = dtype
        if shape is not None:
            node.attr["_output_shapes"].list.shape.add().CopyFrom(shape)
        self._net.add(node, (Tensor(base, number),))
        self._live.diamonds.pop(name)

    def _renumber(self, name: str, source: Tensor) -> None:
        """What took a Merge's `value_index` takes it from the functional operation."""
        net = self._net
        node = net.new_node(net.unique(f"{name}/value_index"), "Identity", name)
        node.attr["T"].type = INT32
        net.add(node, (source,))
        live = self._live
        place(live, node.name, live.frames[name], live.guards[name], live.order[name])
        net.replace(Tensor(name, 1), Tensor(node.name, 0))
        self._renamed[Tensor(name, 1)] = Tensor(node.name, 0)

    def _dtype(self, tensor: Tensor) -> int:
        port = self._net.port(tensor)
        if port is None or port.dtype == 0:
            raise NotRaised(f"the type of {tensor} is not known")
        if port.is_ref:
            raise NotRaised(f"{tensor} is a reference")
        return port.dtype

    def _position(self, name: str) -> int:
        return self._net.position(name)


def unclosed(net: Net, live: Liveness, kept: Iterable[Kept]) -> list[Kept]:
    """Switches and Merges that are left over and belong to nothing that was named."""
    named = {found.name for found in kept}
    told = {canonical(net, net.data_inputs(name)[1]) for name in _switches_of(net, live, named)}
    found: list[Kept] = []
    for name in net:
        if (
            net.op(name) in MERGES
            and name not in live.diamonds
            and name not in named
            and len(net.data_inputs(name)) > 1
        ):
            loop = any(net.op(tensor.node) in CONTROL_FLOW - MERGES - SWITCHES for tensor in net.data_inputs(name))
            if not loop:
                found.append(Kept("conditional", name, "its inputs are not the two outcomes of one predicate"))
        elif net.op(name) in SWITCHES and net.data_inputs(name):
            predicate = canonical(net, net.data_inputs(name)[1])
            if net.op(predicate.node) != "LoopCond" and predicate not in told:
                told.add(predicate)
                found.append(Kept("conditional", name, "what it lets through never comes to a Merge"))
    return found


def _switches_of(net: Net, live: Liveness, merges: Iterable[str]) -> Iterable[str]:
    predicates = {live.diamonds[name].predicate for name in merges if name in live.diamonds}
    for name in net:
        if net.op(name) in SWITCHES and canonical(net, net.data_inputs(name)[1]) in predicates:
            yield name
