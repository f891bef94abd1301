"""Variables and the scopes that name them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from plain_numbers.graphs import Missing, Node, Run, Tensor, graph, operation, world


class Variable(Node):
    """A variable of a graph, whose values sessions hold; or one that holds its value, where code is eager."""

    def __init__(self, initial_value: Any, trainable: bool = True, name: str | None = None, dtype: Any = None) -> None:
        self.symbolic = not world().eager
        self.trainable = trainable
        self._first = initial_value() if callable(initial_value) else initial_value
        if self.symbolic:
            self.op_name = graph().unique_name(name or "Variable")
            graph().variables.append(self)
            with name_scope(None), graph().depending():
                self.initializer = Tensor(f"{self.op_name}/Assign", lambda run: self._set(run, self._first))
        else:
            self.op_name = name or "Variable"
            self._held = float(_number(self._first))
        self.name = f"{self.op_name}:0"
        self.op = SimpleNamespace(name=self.op_name)

    def _set(self, run: Run, value: Any) -> float:
        run.variables[self] = float(run.value(value))
        return run.variables[self]

    def value(self) -> Any:
        return operation("read", lambda value: value)(self) if self.symbolic else self._held

    read_value = value

    def initialized_value(self) -> Any:
        return self.value()

    def numpy(self) -> float:
        return self._held

    def assign(self, value: Any) -> Any:
        if not self.symbolic:
            self._held = float(_number(value))
            return self
        return Tensor("Assign", lambda run: self._set(run, value))

    def assign_add(self, value: Any) -> Any:
        return self.assign(self + value)

    def assign_sub(self, value: Any) -> Any:
        return self.assign(self - value)

    def load(self, value: float, session: Any) -> None:
        session.values[self] = float(value)


def _number(value: Any) -> Any:
    return value.value() if isinstance(value, Variable) else value


@dataclass
class VariableScope:
    """The name of a scope, and whether `get_variable` finds variables in it or makes them."""

    name: str
    reuse: Any = False

    def reuse_variables(self) -> None:
        self.reuse = True


def get_variable_scope() -> VariableScope:
    """The scope that code is in."""
    current = graph()
    if current.variable_scope is None:
        current.variable_scope = VariableScope("")
    return current.variable_scope


def get_variable(
    name: str, shape: Any = None, dtype: Any = None, initializer: Any = None, trainable: bool = True
) -> Any:
    """A variable of the scope: the one it has, where the scope says so, or a new one."""
    scope = get_variable_scope()
    full = _below(scope.name, name)
    found = graph().shared.get(full)
    if (found is None) if scope.reuse is True else (found is not None and not scope.reuse):
        raise ValueError(f"the variable {full} {'does not exist' if found is None else 'exists'}")
    if found is not None:
        return found
    if initializer is None:
        raise Missing("variables with random first values")
    first = initializer() if isinstance(initializer, type) else initializer
    with name_scope(None):
        made = Variable(first(shape) if callable(first) else first, trainable, full)
    graph().shared[full] = made
    return made


@contextlib.contextmanager
def name_scope(name: str | None, default_name: str | None = None, values: Any = None) -> Iterator[str]:
    """Names inside begin with it; with a slash at its end it is taken as it is, None is the outermost."""
    if world().eager:
        yield f"{name}/"
        return
    current, wanted = graph(), name or default_name
    outer = current.scope
    current.scope = (wanted[:-1] if wanted.endswith("/") else current.unique_name(wanted)) if wanted else ""
    try:
        yield f"{current.scope}/" if current.scope else ""
    finally:
        current.scope = outer


@contextlib.contextmanager
def variable_scope(
    name_or_scope: str | VariableScope | None, default_name: str | None = None, values: Any = None, reuse: Any = None
) -> Iterator[VariableScope]:
    """Names of `get_variable` begin with it; the same scope can be entered again, as an object at its own place."""
    current, outer = graph(), get_variable_scope()
    if isinstance(name_or_scope, VariableScope):
        full, inner = name_or_scope.name, name_or_scope.name.rpartition("/")[2]
        shared = name_or_scope.reuse if reuse is None else reuse
    else:
        inner = name_or_scope or _unopened(outer.name, default_name or "")
        full, shared = _below(outer.name, inner), reuse or outer.reuse
    before = dict(current.opened)
    current.opened[full] = current.opened.get(full, 0) + 1
    current.variable_scope = VariableScope(full, shared)
    try:
        with name_scope(inner if name_or_scope is not None else default_name):
            yield current.variable_scope
    finally:
        current.variable_scope = outer
        current.opened = (
            before
            if isinstance(name_or_scope, VariableScope)
            else {name: count for name, count in current.opened.items() if not name.startswith(f"{full}/")}
        )


def _below(scope: str, name: str) -> str:
    return f"{scope}/{name}" if scope else name


def _unopened(scope: str, name: str) -> str:
    """A default name, with a number where a scope of that name was entered here."""
    found, number = name, 0
    while graph().opened.get(_below(scope, found)):
        number += 1
        found = f"{name}_{number}"
    return found
