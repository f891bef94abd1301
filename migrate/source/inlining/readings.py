"""The ways to read an exporting function with what is around it: from the inside out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.source.inlining.callers import caller
from migrate.source.inlining.expand import Expansion, expand
from migrate.source.inlining.module_graph import MovedGraph, with_module_graph
from migrate.source.inlining.needs import Needs
from migrate.source.inlining.paths import Path, definition_at
from migrate.source.inlining.text import Source
from migrate.source.unprovable import Inapplicable, Unprovable

_OUTWARDS = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """A function that is to hold all of a graph and its export.

    Attributes:
        source: The module.
        region: The function, by names; empty for the module itself.
        moved: The graph of the module that it holds, if it does.
        problem: Why it cannot be read so.
    """

    source: Source
    region: Path
    moved: MovedGraph | None = None
    problem: Unprovable | None = None

    def expand(self, needs: type[Needs] = Needs) -> Expansion:
        """The module with its helpers read at their calls.

        Args:
            needs: Says which.

        Raises:
            Unprovable: They cannot be read so, or there are none.
        """
        if self.problem is not None:
            raise self.problem
        if self.moved is None:
            return expand(self.source, self.region, needs)
        moved = self.moved.names
        try:
            found = expand(self.moved.source, self.region, lambda symbols: needs(symbols, moved))
        except Inapplicable:
            found = Expansion(self.moved.source.text, self.region, (), ())
        self.moved.refuse_read(found.text)
        return found


def readings(source: Source, region: Path) -> Iterator[Reading]:
    """The ways to read a function, or a module: alone, from its caller, and with the graph of the module.

    Args:
        source: The module.
        region: The function, by names from the outside in.
    """
    regions: list[Path] = []
    outer: Path | None = region
    while outer is not None and len(regions) < _OUTWARDS:
        regions.append(outer)
        outer = caller(source, outer)
    for one in regions:
        yield Reading(source, one)
    for one in regions:
        if isinstance(definition_at(source.tree, one), ast.FunctionDef):
            try:
                yield Reading(source, one, with_module_graph(source, one))
            except Inapplicable:
                continue
            except Unprovable as reason:
                yield Reading(source, one, problem=reason)
