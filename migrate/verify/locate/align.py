"""Pairs the tensors of two models, from an output backwards, as long as both compute it in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import networkx as nx

from migrate.verify.example_spec import features_of
from migrate.verify.flatgraph import Ref
from migrate.verify.locate.operations import COMMUTATIVE, PARSERS, arguments, family, is_source
from migrate.verify.locate.side import short_name, variable_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.verify.flatgraph import Node
    from migrate.verify.locate.side import Side

_MOST_PAIRS = 50_000
_DEPTH = 6


class Pair(NamedTuple):
    """A tensor of each model, which should have the same value."""

    a: Ref
    b: Ref


class Alignment:
    """All pairs that follow from one.

    Args:
        a: The first model's side.
        b: The second's.
        root: A pair to start from, for instance the two tensors of an output.
        orders: For pairs whose arguments may stand in any order, those of the second model in the first one's order,
            where it is known.

    Attributes:
        root: The same, behind what passes values on.
        graph: The pairs; an edge leads from an argument to what is computed from it, with its `slot`s. What one of
            the two models computes in another way, or not at all, has no arguments here.
        unsure: The pairs whose arguments may stand in any order, and where it is not plain which ones belong together.
    """

    def __init__(self, a: Side, b: Side, root: Pair, orders: Mapping[Pair, tuple[Ref, ...]] | None = None) -> None:
        self._orders = orders or {}
        self.unsure: set[Pair] = set()
        self._a, self._b = a, b
        self._shapes: dict[tuple[bool, Ref, int], int] = {}
        self.root = Pair(a.origin(root.a), b.origin(root.b))
        self.graph: nx.DiGraph[Pair] = nx.DiGraph()
        self.graph.add_node(self.root)
        todo = [self.root]
        while todo and len(self.graph) < _MOST_PAIRS:
            pair = todo.pop()
            for slot, child in enumerate(self._children(pair)):
                if child not in self.graph:
                    todo.append(child)
                if self.graph.has_edge(child, pair):
                    self.graph[child][pair]["slots"].append(slot)
                else:
                    self.graph.add_edge(child, pair, slots=[slot])

    def arguments(self, pair: Pair) -> list[Pair]:
        """The pairs of arguments, in order; none where the two are computed in different ways."""
        edges: Any = self.graph.in_edges(pair, data="slots")
        return [child for _, child in sorted((slot, child) for child, _, slots in edges for slot in slots)]

    def agree(self, pair: Pair) -> bool:
        """Whether both models compute the tensor by the same operation from as many arguments."""
        return self._alike(pair) is not None

    def _children(self, pair: Pair) -> list[Pair]:
        nodes = self._alike(pair)
        if nodes is None or any(is_source(node) for node in nodes):
            return []
        ours = [self._a.origin(ref) for ref in arguments(self._a.graph, nodes[0])]
        theirs = [self._b.origin(ref) for ref in arguments(self._b.graph, nodes[1])]
        if family(nodes[0]) in COMMUTATIVE or family(nodes[0]) == "While":
            by_likeness, is_sure = self._reordered(ours, theirs)
            theirs = list(self._orders.get(pair, by_likeness))
            if not is_sure:
                self.unsure.add(pair)
        return [Pair(x, y) for x, y in zip(ours, theirs, strict=True)]

    def _alike(self, pair: Pair) -> tuple[Node, Node] | None:
        """The nodes of a pair, where they are the same operation on as many arguments."""
        if pair.a in self._a.feeds or pair.b in self._b.feeds:
            return None
        ours, theirs = self._a.node(pair.a), self._b.node(pair.b)
        if ours is None or theirs is None or family(ours) != family(theirs):
            return None
        if len(arguments(self._a.graph, ours)) != len(arguments(self._b.graph, theirs)):
            return None
        if ours.op in PARSERS:
            return (ours, theirs) if parsed_as(self._a, pair.a) == parsed_as(self._b, pair.b) else None
        same_output = pair.a.index == pair.b.index or family(ours) == "While"
        return (ours, theirs) if same_output else None

    def _reordered(self, ours: list[Ref], theirs: list[Ref]) -> tuple[list[Ref], bool]:
        """The arguments of the second model in the first one's order; and whether it is plain which belong together.

        The two that are most alike are paired first.
        """
        likeness = {
            (i, j): self._likeness(ref, other, i == j) for i, ref in enumerate(ours) for j, other in enumerate(theirs)
        }
        found: dict[int, int] = {}
        for i, j in sorted(likeness, key=lambda place: (*(not alike for alike in likeness[place]), place)):
            if i not in found and j not in found.values():
                found[i] = j
        # Of two that are alike neither can be told from the other by structure.
        shapes = [self._shape(self._a, ref, _DEPTH) for ref in ours]
        is_sure = all(any(likeness[place][:2]) for place in found.items()) and len(set(shapes)) == len(shapes)
        families = [[_family(side, ref) for ref in refs] for side, refs in ((self._a, ours), (self._b, theirs))]
        # A product of a quotient and a logarithm: nothing else can be meant.
        is_sure |= len(set(families[0])) == len(ours) and sorted(families[0]) == sorted(families[1])
        return [theirs[found[i]] for i in range(len(ours))], is_sure

    def _likeness(self, ref: Ref, other: Ref, in_place: bool) -> tuple[bool, bool, bool, bool]:
        name = _called(self._a, ref)
        same_name = bool(name) and name == _called(self._b, other)
        ours, theirs = self._a.node(ref), self._b.node(other)
        same_family = ours is not None and theirs is not None and family(ours) == family(theirs)
        same_shape = self._shape(self._a, ref, _DEPTH) == self._shape(self._b, other, _DEPTH)
        return same_shape, same_name and same_family, same_family, in_place

    def _shape(self, side: Side, ref: Ref, depth: int) -> int:
        """A number that is the same for tensors computed in the same way, as far as some operations back."""
        key = (side is self._a, ref, depth)
        if key not in self._shapes:
            node = side.node(ref)
            if ref in side.feeds or node is None:
                self._shapes[key] = hash(("input", side.feeds.get(ref)))
            elif is_source(node):
                self._shapes[key] = hash((family(node), variable_name(node) if family(node) == "variable" else ""))
            else:
                inputs = (side.origin(source) for source in arguments(side.graph, node)) if depth else ()
                parts = [self._shape(side, source, depth - 1) for source in inputs]
                self._shapes[key] = hash((family(node), ref.index, *parts))
        return self._shapes[key]


def parsed_as(side: Side, ref: Ref) -> tuple[str, int] | None:
    """The feature that an output of a ParseExample is, and which part of it.

    Of a sparse feature the indices, the values and the shape are parts 0, 1 and 2; of others the values are part 1.

    Returns:
        No name and the output's number for the row splits of ragged features; None for other operations' outputs.
    """
    node = side.node(ref)
    if node is None or node.op not in PARSERS:
        return None
    names = {parsed.values.index: parsed.feature.name for parsed in features_of(side.graph, node)}
    counted = {"ParseExample": "Nsparse", "ParseExampleV2": "num_sparse", "ParseSingleExample": "num_sparse"}
    sparse = int(node.attr[counted[node.op]].i)
    if ref.index < 3 * sparse:  # All indices, then all values, then all shapes.
        return names.get(sparse + ref.index % sparse, ""), ref.index // sparse
    if ref.index in names:
        return names[ref.index], 1
    return "", ref.index


def _family(side: Side, ref: Ref) -> str:
    node = side.node(ref)
    return "input" if ref in side.feeds or node is None else family(node)


def _called(side: Side, ref: Ref) -> str:
    """A name that both models may share: an input's key, a variable's name, one in a scope; others mean nothing."""
    node = side.node(ref)
    if ref in side.feeds or node is None:
        return side.feeds.get(ref, "")
    name = variable_name(node) if family(node) == "variable" else short_name(node.key[0])
    return name if "/" in name or family(node) == "variable" else ""
