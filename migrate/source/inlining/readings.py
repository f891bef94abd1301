"""The ways to read an exporting function with what is around it: from the inside out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from migrate.source.inlining.callers import caller
from migrate.source.inlining.expand import Expansion, expand
from migrate.source.inlining.module_graph import MovedGraph, with_module_graph
from migrate.source.inlining.needs import Needs
from migrate.source.inlining.paths import Path, definition_at
from migrate.source.inlining.text import Source
from migrate.source.unprovable import Inapplicable, Unprovable

_T = TypeVar("_T")
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
        key = Reading, self.region, self.moved is not None, needs
        found = self.source.symbols.once(key, lambda: _settled(lambda: self._expanded(needs)))
        if isinstance(found, Unprovable):
            raise found
        return found

    def _expanded(self, needs: type[Needs]) -> Expansion:
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
    """The ways to read a function, or a module: alone, with the graph of the module, and from its caller outwards.

    Args:
        source: The module.
        region: The function, by names from the outside in.
    """
    outer: Path | None = region
    for _ in range(_OUTWARDS):
        if outer is None:
            return
        yield Reading(source, outer)
        if isinstance(definition_at(source.tree, outer), ast.FunctionDef):
            moved = source.symbols.once(
                (with_module_graph, outer), partial(_settled, partial(with_module_graph, source, outer))
            )
            if isinstance(moved, MovedGraph):
                yield Reading(source, outer, moved)
            elif not isinstance(moved, Inapplicable):
                yield Reading(source, outer, problem=moved)
        outer = source.symbols.once((caller, outer), partial(caller, source, outer))


def _settled(work_out: Callable[[], _T]) -> _T | Unprovable:
    """What comes out, or why nothing does."""
    try:
        return work_out()
    except Unprovable as reason:
        return reason
