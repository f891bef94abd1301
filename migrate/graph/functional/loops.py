"""v1 while loops become While.

What TF 1.x writes for `tf.while_loop` (`WhileContext` in tensorflow/python/ops/control_flow_ops.py of TF 1.15):

    Enter -> Merge -> Switch -(true)-> body -> NextIteration -> back to Merge
                |         `--(false)-> Exit
                `-> test -> LoopCond -> every Switch

for each variable of the loop, and an Enter with `is_constant` for each value that does not change.

The While that stands for it has the layout of TF2's own (`while_loop` in tensorflow/python/ops/while_v2.py),
since its gradient counts on it: input 0 is a counter, input 1 the greatest number of iterations (-1 for none),
then the variables, then what does not change, which the body hands on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrate.graph.frames import CONTROL_FLOW, ENTERS, EXITS, MERGES, NEXT_ITERATIONS, SWITCHES
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
from migrate.graph.functional.liveness import Frame, Guard, Guards, Liveness
from migrate.graph.functional.results import NotRaised
from migrate.graph.ports import RESOURCE
from migrate.graph.tensors import Tensor, scope_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.graph.functional.handle_data import HandleData
    from migrate.graph.functional.kept_arrays import KeptArrays
    from migrate.graph.functional.net import Net

_BOOL = 10
_FIXED = 2
"""Inputs of While before the loop's own variables."""


@dataclass
class _Loop:
    """The parts of a loop, each in the order of the graph."""

    frame: Frame
    enters: list[str] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    switches: list[str] = field(default_factory=list)
    nexts: list[str] = field(default_factory=list)
    exits: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def members(self) -> list[str]:
        """All its nodes."""
        return [
            *self.enters,
            *self.constants,
            *self.merges,
            *self.switches,
            *self.nexts,
            *self.exits,
            *self.tests,
            *self.others,
        ]


class Loops:
    """Raises the loops of one graph, one frame at a time.

    Args:
        net: The graph.
        live: Its liveness, which is kept up to date.
        handles: What handles hold.
        arrays: The TensorArrays that were left, which must not get into functions.
    """

    def __init__(self, net: Net, live: Liveness, handles: HandleData, arrays: KeptArrays) -> None:
        self._net = net
        self._arrays = arrays
        self._enters: dict[Frame, list[str]] = {}
        for name in net:
            if net.op(name) in ENTERS:
                self._enters.setdefault(live.frames[name], []).append(name)
        self._live = live
        self._handles = handles

    def raise_loop(self, frame: Frame) -> None:
        """Raises the loop that opens a frame; all that is inside it must have been raised.

        Raises:
            NotRaised: It stays v1.
        """
        if frame in self._live.broken:
            raise NotRaised(self._live.broken[frame])
        loop = self._parts(frame)
        self._check(loop)
        guards = self._outer_guards(loop)
        places = self._places(loop)
        test, body = self._divide(loop, guards)
        check_nodes(self._net, [*test, *body])
        check_handles(self._net, self._handles, [*test, *body])
        self._replace(loop, guards, places, test, body)

    def _parts(self, frame: Frame) -> _Loop:
        net, live = self._net, self._live
        loop = _Loop(frame)
        for name in self._inside(frame):
            if len(live.frames[name]) > len(frame):
                raise NotRaised("a loop inside it stays as it is")
            op = net.op(name)
            # An Exit counts to the frame it leads to: it belongs to the loop that its input is in.
            if op in EXITS:
                if live.frames[net.data_inputs(name)[0].node] == frame:
                    loop.exits.append(name)
                    continue
            if live.frames[name] != frame:
                continue
            if op in ENTERS:
                (loop.constants if net.flag(name, "is_constant") else loop.enters).append(name)
            elif op in MERGES and any(net.op(tensor.node) in NEXT_ITERATIONS for tensor in net.data_inputs(name)):
                loop.merges.append(name)
            elif op in SWITCHES and net.op(net.data_inputs(name)[1].node) == "LoopCond":
                loop.switches.append(name)
            elif op in NEXT_ITERATIONS:
                loop.nexts.append(name)
            elif op == "LoopCond":
                loop.tests.append(name)
            else:
                loop.others.append(name)
        return loop

    def _inside(self, frame: Frame) -> list[str]:
        """All that can be reached from a loop's Enters, up to its Exits, in the order of the graph."""
        net, live = self._net, self._live
        found: set[str] = set()
        stack = list(self._enters.get(frame, ()))
        while stack:
            name = stack.pop()
            if name in found:
                continue
            found.add(name)
            if net.op(name) not in EXITS or len(live.frames[name]) >= len(frame):
                stack.extend(net.takers(name))
        return sorted(found, key=net.position)

    def _check(self, loop: _Loop) -> None:
        """Makes sure that the loop has the shape that TF 1.x writes."""
        net = self._net
        if len(loop.tests) != 1 or not loop.enters:
            raise NotRaised(f"it has {len(loop.tests)} tests and {len(loop.enters)} variables")
        for name in loop.members:
            op = net.op(name)
            if op.startswith("Ref"):
                raise NotRaised(f"a reference goes through {name}")
            self._arrays.refuse(name)
            if op in CONTROL_FLOW and name in loop.others:
                raise NotRaised(f"{name} inside it belongs to a conditional that stays as it is")
            if name in net.wanted and op not in EXITS:
                raise NotRaised(f"{name} inside it is fed or fetched")
        for name in (*loop.merges, *loop.switches, *loop.exits, *loop.tests):
            if net.control_inputs(name):
                raise NotRaised(f"{name} waits for other nodes")
        for name in loop.enters:
            takers = net.takers(name)
            if len(takers) != 1 or takers[0] not in loop.merges:
                raise NotRaised(f"{name} is no variable of the loop")
            if self._dtype(Tensor(name, 0)) == RESOURCE:
                raise NotRaised(f"{name} is a resource that may change from one iteration to the next")
        for name in loop.merges:
            inputs = net.data_inputs(name)
            ops = [net.op(tensor.node) for tensor in inputs]
            if len(inputs) != 2 or ops[0] not in ENTERS or ops[1] not in NEXT_ITERATIONS:
                raise NotRaised(f"{name} does not join an Enter and a NextIteration")
            if inputs[0].node not in loop.enters or net.takers_of(Tensor(name, 1)):
                raise NotRaised(f"{name} is used in an unusual way")
        for name in loop.nexts:
            if any(taker not in loop.merges for taker in net.takers(name)) or len(net.takers(name)) != 1:
                raise NotRaised(f"{name} leads elsewhere than to the next iteration")
        test = loop.tests[0]
        if any(taker not in loop.switches or test != net.data_inputs(taker)[1].node for taker in net.takers(test)):
            raise NotRaised(f"{test} is used by others than the loop's own Switches")
        for name in loop.switches:
            value, predicate = net.data_inputs(name)
            if value.node not in loop.merges or value.port != 0 or predicate != Tensor(test, 0):
                raise NotRaised(f"{name} does not switch a variable of the loop")
            if any(taker not in loop.exits for taker in net.takers_of(Tensor(name, 0))):
                raise NotRaised(f"something inside it runs after its last iteration ({name})")
        for name in loop.exits:
            source = net.data_inputs(name)[0]
            if source.node not in loop.switches or source.port != 0:
                raise NotRaised(f"{name} leaves it with a value that is no variable")

    def _outer_guards(self, loop: _Loop) -> Guards:
        live = self._live
        found = {live.guards[name] for name in loop.enters}
        if len(found) != 1:
            raise NotRaised("its variables are not there under the same conditions")
        guards = found.pop()
        if any(not live.guards[name] <= guards for name in loop.constants):
            raise NotRaised("what it takes is not there whenever it runs")
        return guards

    def _places(self, loop: _Loop) -> dict[str, int]:
        """For each Merge, which variable of the loop it is."""
        net = self._net
        if len(loop.merges) != len(loop.enters):
            raise NotRaised("not each of its variables goes round")
        return {net.takers(name)[0]: number for number, name in enumerate(loop.enters)}

    def _divide(self, loop: _Loop, guards: Guards) -> tuple[list[str], list[str]]:
        """The nodes of the test, and those of the body."""
        net, live = self._net, self._live
        stops = {*loop.enters, *loop.constants, *loop.merges, *loop.switches}
        others = set(loop.others)
        test: set[str] = set()
        stack = [net.data_inputs(loop.tests[0])[0].node]
        while stack:
            name = stack.pop()
            if name in stops or name in test:
                continue
            if name not in others:
                raise NotRaised(f"its test hangs on {name}")
            test.add(name)
            stack.extend(tensor.node for tensor in net.inputs(name))
        inner = guards | {Guard(Tensor(loop.tests[0], 0), 1)}
        if any(live.guards[name] != guards for name in test):
            raise NotRaised("its test does not run in every iteration")
        body: set[str] = set()
        stack = [tensor.node for name in loop.nexts for tensor in net.inputs(name)]
        while stack:
            name = stack.pop()
            if name in stops or name in body:
                continue
            if name not in others:
                raise NotRaised(f"its body hangs on {name}")
            body.add(name)
            stack.extend(tensor.node for tensor in net.inputs(name) if self._is_in_body(tensor, test))
        left = [name for name in loop.others if name not in test and name not in body]
        if left:
            raise NotRaised(f"{left[0]} inside it leads to no result")
        for name in loop.nexts:
            if live.guards[name] != inner:
                raise NotRaised("its next iteration does not hang on its test")
        for name in body:
            if live.guards[name] not in (guards, inner):
                raise NotRaised(f"{name} inside it runs under a condition of its own")
            # Once more than the body it would have run in v1, or twice in an iteration it would run here.
            if live.guards[name] == guards and net.registry.is_stateful(net.op(name)):
                raise NotRaised(f"{name}, which has an effect, runs in its test and its body")
            if name in test and any(value.HasField("func") for value in net.nodes[name].attr.values()):
                raise NotRaised(f"{name}, which calls a function, runs in its test and its body")
        return [name for name in loop.others if name in test], [name for name in loop.others if name in body]

    def _is_in_body(self, tensor: Tensor, test: set[str]) -> bool:
        """Whether a node that the body takes from has to be in it: nodes of the test have run by then."""
        return not (tensor.is_control and tensor.node in test)

    def _replace(self, loop: _Loop, guards: Guards, places: dict[str, int], test: list[str], body: list[str]) -> None:
        net, live = self._net, self._live
        outside = loop.frame[:-1]
        variables = [net.data_inputs(name)[0] for name in loop.enters]
        sources = list(dict.fromkeys(net.data_inputs(name)[0] for name in loop.constants))
        before = [tensor for name in (*loop.enters, *loop.constants) for tensor in net.control_inputs(name)]
        inputs = [*variables, *sources]
        check_acyclic(net, live, set(loop.members), [*inputs, *before])
        order = last_of(live, (tensor.node for tensor in (*inputs, *before)))
        dtypes = [INT32, INT32, *map(self._dtype, inputs)]
        holdings = [None, None, *map(self._handles.of, inputs)]
        base = net.unique(f"{scope_of(loop.tests[0])}/While".lstrip("/"))
        functions = [
            self._function(f"{base}_{what}", loop, places, sources, dtypes, holdings, nodes, what == "body")
            for what, nodes in (("cond", test), ("body", body))
        ]
        shapes = self._shapes(loop, sources)
        exits = [(name, places[net.data_inputs(net.data_inputs(name)[0].node)[0].node]) for name in loop.exits]
        exit_shapes = [net.shape(Tensor(name, 0)) for name in loop.exits]
        fixed = self._fixed(loop, base, (outside, guards, order))
        node = net.new_node(base, "While" if is_stateful(net, [*test, *body]) else "StatelessWhile", loop.tests[0])
        node.attr["T"].list.type.extend(dtypes)
        node.attr["cond"].func.name, node.attr["body"].func.name = functions
        first = net.nodes[loop.enters[0]]
        node.attr["parallel_iterations"].i = (
            first.attr["parallel_iterations"].i if "parallel_iterations" in first.attr else 10
        )
        node.attr["_lower_using_switch_merge"].b = True
        listed = node.attr["output_shapes"].list
        for shape in shapes:
            add_shape(listed, shape)
        net.add(node, (*fixed, *inputs, *before))
        place(live, base, outside, guards, order)
        for (name, number), shape in zip(exits, exit_shapes, strict=True):
            stand_in = net.new_node(name, "Identity", name)
            stand_in.attr["T"].type = dtypes[_FIXED + number]
            if shape is not None:
                stand_in.attr["_output_shapes"].list.shape.add().CopyFrom(shape)
            net.add(stand_in, (Tensor(base, _FIXED + number),))
            place(live, name, outside, guards, live.order[name])
            self._handles.remember(Tensor(name, 0), holdings[_FIXED + number])
        move_behind(net, live, loop.exits, order)
        gone = set(loop.exits)
        forget(net, live, [name for name in loop.members if name not in gone])

    def _function(
        self,
        name: str,
        loop: _Loop,
        places: dict[str, int],
        sources: list[Tensor],
        dtypes: list[int],
        holdings: list[Any],
        nodes: list[str],
        is_body: bool,
    ) -> str:
        net = self._net
        prefix = argument_prefix(nodes)
        arguments = [
            Argument(f"{prefix}{number}", dtype, holding)
            for number, (dtype, holding) in enumerate(zip(dtypes, holdings, strict=True))
        ]
        known = {Tensor(merge, 0): arguments[_FIXED + number].name for merge, number in places.items()}
        if is_body:
            known |= {Tensor(switch, 1): known[net.data_inputs(switch)[0]] for switch in loop.switches}
        start = _FIXED + len(loop.enters)
        for constant in loop.constants:
            known[Tensor(constant, 0)] = arguments[start + sources.index(net.data_inputs(constant)[0])].name
        if not is_body:
            return add_function(net, name, Body(nodes, arguments, known, [(net.data_inputs(loop.tests[0])[0], _BOOL)]))
        one, counter = _counter(net, f"{prefix}0")
        results: list[Tensor] = [Tensor("", 0)] * len(loop.enters)
        for merge, number in places.items():
            results[number] = net.data_inputs(net.data_inputs(merge)[1].node)[0]
        returns: list[tuple[Tensor | str, int]] = [(f"{counter.name}:z:0", INT32), (arguments[1].name, INT32)]
        returns += [(result, dtypes[_FIXED + number]) for number, result in enumerate(results)]
        returns += [(arguments[start + number].name, dtypes[start + number]) for number in range(len(sources))]
        return add_function(net, name, Body(nodes, arguments, known, returns, (one, counter)))

    def _fixed(self, loop: _Loop, base: str, where: tuple[Frame, Guards, int]) -> tuple[Tensor, Tensor]:
        """The counter and the greatest number of iterations, as constants that live where the loop does."""
        net, live = self._net, self._live
        order: tuple[Tensor, ...] = ()
        if where[0] or where[1]:
            # A constant without inputs would run outside of the frame and conditionals that hold the loop.
            first = loop.enters[0]
            pivot = net.new_node(net.unique(f"{base}/pivot"), "Identity", first)
            pivot.attr["T"].type = self._dtype(net.data_inputs(first)[0])
            net.add(pivot, net.inputs(first))
            place(live, pivot.name, *where)
            order = (Tensor(pivot.name, -1),)
        made = []
        for what, value in (("counter", 0), ("maximum_iterations", -1)):
            constant = int_constant(net.unique(f"{base}/{what}"), value)
            net.add(constant, order)
            place(live, constant.name, *where)
            made.append(Tensor(constant.name, 0))
        return made[0], made[1]

    def _shapes(self, loop: _Loop, sources: list[Tensor]) -> list[Any]:
        """Shapes that hold in every iteration: those of the Merges; without this, those of the inputs would count."""
        net = self._net
        scalar = int_constant("scalar", 0).attr["value"].tensor.tensor_shape
        variables = [net.shape(Tensor(net.takers(name)[0], 0)) for name in loop.enters]
        return [scalar, scalar, *variables, *(net.shape(tensor) for tensor in sources)]

    def _dtype(self, tensor: Tensor) -> int:
        port = self._net.port(tensor)
        if port is None or port.dtype == 0:
            raise NotRaised(f"the type of {tensor} is not known")
        if port.is_ref:
            raise NotRaised(f"{tensor} is a reference")
        return port.dtype


def loop_name(frame: Frame) -> str:
    """What to call a loop when it is reported."""
    return frame[-1]


def _counter(net: Net, argument: str) -> tuple[Any, Any]:
    """The nodes that count an iteration."""
    one = int_constant(net.unique(f"{argument}_one"), 1)
    counter = net.new_node(net.unique(f"{argument}_next"), "AddV2")
    counter.attr["T"].type = INT32
    counter.input.extend([argument, f"{one.name}:output:0"])
    return one, counter


def frames_of(live: Liveness) -> Iterable[Frame]:
    """The frames of a graph, those inside others first."""
    found = {frame[:depth] for frame in live.frames.values() for depth in range(1, len(frame) + 1)}
    return sorted(found, key=lambda frame: (-len(frame), frame))
