"""What a module does with its graphs, and so needs of their class."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """What a module does with its graphs.

    Attributes:
        called: It runs them.
        tables: The name of the class of lookup tables, where it fills such.
        files: It exports all the files that the graphs name.
        scoped: A graph goes into a name scope.
        restored: A checkpoint is restored.
        saved: That is done by savers which the module makes.
        initialized: Variables get their first values, for nothing is restored.
    """

    called: bool = False
    tables: str | None = None
    files: bool = False
    scoped: bool = False
    restored: bool = True
    saved: bool = False
    initialized: bool = False
