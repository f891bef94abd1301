"""Steps, and the values that names mean."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Value:
    """What a name means at some place."""

    name: str


@dataclass(slots=True, eq=False)
class Parameter(Value):
    """A parameter of the region's function."""


@dataclass(slots=True, eq=False)
class Outer(Value):
    """A name from outside the region: a global, a builtin, an import, a closure."""


@dataclass(slots=True, eq=False)
class Definition(Value):
    """The value a step gives to a name.

    Attributes:
        step: Where.
        expression: What it is made of; None for functions, classes, imports, exceptions.
        path: Position in a tuple target, empty for a plain one.
        previous: The value the name had, where the step changes it (`x += 1`, `x.append(y)`, `x[k] = v`).
        known: Whether `expression` is the value itself; false for loop targets, with-as names and changes.
    """

    step: Step
    expression: ast.expr | None = None
    path: tuple[int, ...] = ()
    previous: Value | None = None
    known: bool = True


@dataclass(slots=True, eq=False)
class Merge(Value):
    """One of several values, as control flow decides at `step`: an if, a loop or a try."""

    step: Step
    inputs: list[Value] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Undefined(Value):
    """The name may have no value here."""


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A part of a compound statement: `body`, `orelse`, `handler`, `finalbody`."""

    step: Step
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """A condition that is known to hold, or not to hold, wherever a step runs."""

    test: ast.expr
    holds: bool


@dataclass(slots=True, eq=False)
class Step:
    """A simple statement, or the header of a compound one, at its place in the region.

    Attributes:
        node: The statement.
        index: Order of execution along the source.
        branches: The compound statements around it, outermost first.
        facts: Conditions known where it runs.
        env: What every name means before it runs.
        writes: The definitions it makes.
        inlined: The call step whose helper function this step belongs to, if it is a helper's.
        reads: The values its own expressions read (not those of the body of a compound statement).
    """

    node: ast.stmt
    index: int
    branches: tuple[Branch, ...]
    facts: tuple[Fact, ...]
    env: Mapping[str, Value]
    writes: list[Definition] = field(default_factory=list)
    inlined: Step | None = None
    reads: list[Value] = field(default_factory=list)

    @property
    def line(self) -> int:
        """1-based line of the statement."""
        return self.node.lineno


class Inline:
    """A call to a helper function whose statements are read as if they stood at the call."""

    def __init__(self, call: ast.Call, function: ast.FunctionDef, arguments: Mapping[str, ast.expr]) -> None:
        self.call = call
        self.function = function
        self.arguments = arguments


InlineChoice = Callable[[ast.Call], Inline | None]
