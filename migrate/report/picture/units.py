"""Units: sets of nodes that become one box each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrate.report.picture.flow import Flow
    from migrate.report.picture.scopes import Scope


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """What becomes one box: a scope, some single nodes, or several of both that were put together.

    Attributes:
        scopes: The scopes, in the order of the flow.
        leaves: The single nodes, in the order of the flow.
        nodes: All nodes.
        position: Where it stands in the flow, about.
    """

    scopes: tuple[Scope, ...]
    leaves: tuple[str, ...]
    nodes: tuple[str, ...]
    position: float

    @property
    def size(self) -> int:
        """How many visible nodes it has."""
        return len(self.nodes)

    @property
    def scope(self) -> Scope | None:
        """The scope, where it is just one."""
        return self.scopes[0] if len(self.scopes) == 1 and not self.leaves else None

    @property
    def is_loop(self) -> bool:
        """Whether it is a while loop."""
        return self.scope is not None and self.scope.is_loop

    @property
    def family(self) -> str:
        """What it has in common with others of its kind; empty where it has nothing."""
        families = {scope.family for scope in self.scopes}
        return families.pop() if len(families) == 1 and not self.leaves else ""


def of_scope(scope: Scope, flow: Flow) -> Unit:
    """A unit for a scope."""
    nodes = tuple(scope.nodes())
    return Unit((scope,), (), nodes, _position(nodes, flow))


def of_leaf(name: str, flow: Flow) -> Unit:
    """A unit for a node."""
    return Unit((), (name,), (name,), float(flow.order[name]))


def join(units: Iterable[Unit]) -> Unit:
    """Several units as one."""
    units = sorted(units, key=lambda unit: unit.position)
    nodes = tuple(name for unit in units for name in unit.nodes)
    return Unit(
        scopes=tuple(scope for unit in units for scope in unit.scopes),
        leaves=tuple(name for unit in units for name in unit.leaves),
        nodes=nodes,
        position=sum(unit.position * unit.size for unit in units) / max(len(nodes), 1),
    )


def unit_graph(units: Sequence[Unit], flow: Flow) -> nx.DiGraph[int]:
    """The edges between units, by their numbers."""
    owner = owners(units)
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(units)))
    for number, unit in enumerate(units):
        for name in unit.nodes:
            for after in flow.graph.successors(name):
                other = owner.get(after)
                if other is not None and other != number:
                    graph.add_edge(number, other)
    return graph


def owners(units: Sequence[Unit]) -> Mapping[str, int]:
    """The number of the unit of each node."""
    return {name: number for number, unit in enumerate(units) for name in unit.nodes}


def _position(nodes: Sequence[str], flow: Flow) -> float:
    return sum(flow.order[name] for name in nodes) / max(len(nodes), 1)
