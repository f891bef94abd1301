"""What the hazard families look at: every operation that runs, and for which signatures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from migrate.graph.functions import reachable
from migrate.graph.hazards.live import live_part
from migrate.graph.inspection import Hazard, Severity
from migrate.graph.kept import kept_initialization
from migrate.graph.proposals import propose_signatures
from migrate.graph.tensors import parse_tensor
from migrate.graph.view import SignatureSlice
from migrate.signatures import SignatureDef, TensorInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migrate.graph.hazards.live import Live
    from migrate.graph.inspection import Candidate, HazardKind
    from migrate.graph.view import MetaGraphView


@dataclass(frozen=True, slots=True)
class Place:
    """An operation where it runs: in the graph, or in a function that the graph calls.

    Attributes:
        name: The node of the graph: itself, or the one by which its function is called.
        node: The NodeDef.
        signatures: The keys of the signatures that may run it.
        at_start: Whether it runs when the model is loaded.
        function: The library function it is in; empty in the graph.
    """

    name: str
    node: Any
    signatures: tuple[str, ...]
    at_start: bool
    function: str = ""

    @property
    def op(self) -> str:
        """Its operation."""
        return str(self.node.op)

    @property
    def runs(self) -> bool:
        """Whether anything that is converted runs it."""
        return self.at_start or bool(self.signatures)


class Context:
    """One MetaGraph, seen as the hazard families need it.

    Args:
        view: The MetaGraph.
    """

    def __init__(self, view: MetaGraphView) -> None:
        self.view = view
        self.index = view.index

    @cached_property
    def slices(self) -> Mapping[str, SignatureSlice]:
        """The slices that a conversion would take: the signatures', or that of the likeliest proposal."""
        if self.view.slices:
            return self.view.slices
        return {
            proposal.key: self.view.slice_signature(
                SignatureDef(proposal.key, "", _infos(proposal.inputs), _infos(proposal.outputs))
            )
            for proposal in propose_signatures(self.view)[:1]
        }

    @cached_property
    def live(self) -> Mapping[str, Live]:
        """What of each slice can run."""
        return {key: live_part(self.view, slice_) for key, slice_ in self.slices.items()}

    @cached_property
    def init_nodes(self) -> frozenset[str]:
        """What runs when the converted model is loaded."""
        used = frozenset[str]().union(*(live.nodes for live in self.live.values()))
        return self.index.slice_of(kept_initialization(self.view, used))

    @cached_property
    def is_tf2(self) -> bool:
        """Whether TF2's `tf.saved_model.save` wrote it, which keeps its state in objects and not in collections."""
        return bool(self.view.meta_graph.HasField("object_graph_def"))

    @cached_property
    def places(self) -> Mapping[str, tuple[Place, ...]]:
        """Every operation of the graph and of the functions that run, by operation.

        Those that nothing that is converted runs are there too; functions that only they call are not.
        """
        found: dict[str, list[Place]] = defaultdict(list)
        for place in (*self._in_graph, *self._in_functions()):
            found[place.op].append(place)
        return {op: tuple(places) for op, places in found.items()}

    def of(self, ops: Iterable[str]) -> Iterator[Place]:
        """The places of these operations that run."""
        for op in ops:
            yield from (place for place in self.places.get(op, ()) if place.runs)

    def outside(self, ops: Iterable[str]) -> Iterator[Place]:
        """The places of these operations that nothing runs that is converted."""
        for op in ops:
            yield from (place for place in self.places.get(op, ()) if not place.runs)

    @cached_property
    def _in_graph(self) -> tuple[Place, ...]:
        keys: dict[str, list[str]] = defaultdict(list)
        for key, live in self.live.items():
            for name in live.nodes:
                keys[name].append(key)
        shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        places = []
        for name, node in self.index.nodes.items():
            signatures = tuple(keys.get(name, ()))
            signatures = shared.setdefault(signatures, signatures)
            places.append(Place(name, node, signatures, name in self.init_nodes))
        return tuple(places)

    def _in_functions(self) -> Iterator[Place]:
        functions = self.index.functions
        if not functions:
            return
        callers: dict[str, list[Place]] = defaultdict(list)
        for place in self._in_graph:
            if place.runs:
                for name in reachable((place.node,), functions):
                    callers[name].append(place)
        for name, places in callers.items():
            keys = {key for place in places for key in place.signatures}
            signatures = tuple(key for key in self.slices if key in keys)
            at_start = any(place.at_start for place in places)
            for node in functions[name].node_def:
                yield Place(places[0].name, node, signatures, at_start, name)


def hazard_at(place: Place, kind: HazardKind, severity: Severity, message: str, remedy: str) -> Hazard:
    """A hazard about one place; where it is in a function, the message says so."""
    where = f" It is in the function {place.function}." if place.function else ""
    # What blocks at the start blocks the model as a whole, whichever signatures have it besides.
    keys = () if place.at_start and severity is Severity.BLOCKS else place.signatures
    return Hazard(kind, severity, place.name, place.op, message + where, remedy, keys)


def _infos(candidates: Iterable[Candidate]) -> tuple[TensorInfo, ...]:
    return tuple(TensorInfo(each.name, str(parse_tensor(each.tensor)), each.dtype, each.shape) for each in candidates)
