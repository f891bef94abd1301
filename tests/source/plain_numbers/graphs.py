"""Graphs of plain numbers: what an operation computes is a Python function, and a session calls it.

Every tensor is a scalar. Names are TensorFlow 1's, for variables are compared by name.
"""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from plain_numbers.exports import Export


class Missing(Exception):
    """Something of TensorFlow that the stand-in does not have: no verdict about the code that asks."""


@dataclass(eq=False)
class Graph:
    """The names, variables and scopes of one graph."""

    names: dict[str, int] = field(default_factory=dict)
    scope: str = ""
    variables: list[Any] = field(default_factory=list)
    dependencies: tuple[Any, ...] = ()
    variable_scope: Any = None
    shared: dict[str, Any] = field(default_factory=dict)
    opened: dict[str, int] = field(default_factory=dict)

    def unique_name(self, name: str) -> str:
        """A name inside of the scope; it gets a number where it was given before."""
        full = f"{self.scope}/{name}" if self.scope else name
        count = self.names.get(full, 0)
        self.names[full] = count + 1
        unique = full
        while count and unique in self.names:
            unique = f"{full}_{count}"
            count += 1
        self.names.setdefault(unique, 1)
        return unique

    @contextlib.contextmanager
    def depending(self, *before: Any) -> Iterator[None]:
        """Operations made inside depend on these alone."""
        outer, self.dependencies = self.dependencies, before
        try:
            yield
        finally:
            self.dependencies = outer

    @contextlib.contextmanager
    def as_default(self) -> Iterator[Graph]:
        world().graphs.append(self)
        try:
            yield self
        finally:
            world().graphs.pop()


@dataclass
class World:
    """What one run of a script has: the default graphs and sessions, and what it exported."""

    modern: bool
    graphs: list[Graph] = field(default_factory=lambda: [Graph()])
    sessions: list[Any] = field(default_factory=list)
    exports: dict[str, Export] = field(default_factory=dict)

    @property
    def eager(self) -> bool:
        """TensorFlow 2 outside of `tf.Graph`: operations compute at once."""
        return self.modern and len(self.graphs) == 1


_worlds: list[World] = []


def world() -> World:
    """Of the script that runs."""
    return _worlds[-1]


def graph() -> Graph:
    """The default graph."""
    return world().graphs[-1]


@contextlib.contextmanager
def new_world(*, modern: bool) -> Iterator[World]:
    """Nothing of earlier scripts is left."""
    _worlds.append(World(modern))
    try:
        yield world()
    finally:
        _worlds.pop()


class Node:
    """What operators take: a tensor or a variable."""

    symbolic = True
    dtype = "float32"
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __bool__(self) -> bool:
        raise TypeError("a tensor has no truth value")

    def __iter__(self):
        raise TypeError("a scalar cannot be iterated over")

    def eval(self, feed_dict: dict[Any, float] | None = None, session: Any = None) -> Any:
        return (session or world().sessions[-1]).run(self, feed_dict)


class Tensor(Node):
    """The output of an operation of a graph."""

    def __init__(self, name: str, compute: Callable[[Run], Any]) -> None:
        self.graph = graph()
        self.op_name = self.graph.unique_name(name)
        self.name = f"{self.op_name}:0"
        before = self.graph.dependencies

        def after_dependencies(run: Run) -> Any:
            for each in before:
                run.value(each)
            return compute(run)

        self.compute = after_dependencies


class Run:
    """One run of a session: every tensor is computed once, variables are read when they are needed."""

    def __init__(self, variables: dict[Any, float], fed: dict[Any, float]) -> None:
        self.variables = variables
        self._values: dict[Any, Any] = dict(fed)

    def value(self, of: Any) -> Any:
        if not isinstance(of, Tensor):
            return self.variables[of] if isinstance(of, Node) else of
        if of not in self._values:
            self._values[of] = of.compute(self)
        return self._values[of]


def operation(name: str, compute: Callable[..., Any]) -> Callable[..., Any]:
    """A function of TensorFlow: a node of a graph, or a number at once where code is eager."""

    def call(*arguments: Any, name: str = name) -> Any:
        nodes = [one for one in arguments if isinstance(one, Node)]
        if world().eager and not any(one.symbolic for one in nodes):
            return compute(*(one.value() if one in nodes else one for one in arguments))
        return Tensor(name, lambda run: compute(*map(run.value, arguments)))

    return call


def _divided(a: float, b: float) -> float:
    return a / b if b else 0.0


for _method, _name, _compute in (
    ("add", "add", operator.add),
    ("sub", "sub", operator.sub),
    ("mul", "mul", operator.mul),
    ("truediv", "truediv", _divided),
):
    _call = operation(_name, _compute)
    setattr(Node, f"__{_method}__", _call)
    setattr(Node, f"__r{_method}__", lambda self, other, call=_call: call(other, self))
Node.__neg__ = operation("Neg", operator.neg)
