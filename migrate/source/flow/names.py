"""Reads and writes of names, while the statements of a region are walked."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from migrate.source.flow.statements import comprehension_names
from migrate.source.flow.values import Definition, Outer, Parameter, Step, Undefined, Value
from migrate.source.symbols import Scope, parameters
from migrate.source.syntax import children, walk

if TYPE_CHECKING:
    from migrate.source.flow.region import Region


class NameReader:
    """Gives the names of a region their values.

    Attributes:
        region: Whose names.
        current: The scope of the statements that are read: the region's, or that of a helper.
        call: The step at whose call a helper is read.
    """

    def __init__(self, region: Region) -> None:
        self.region = region
        self.current: Scope = region.scope
        self.call: Step | None = None
        self._outer: dict[str, Value] = {}
        # Names of the module that a function may set at any time.
        self._set_elsewhere = (
            {name for other in region.symbols.scopes() for name in other.globals}
            if region.scope.parent is None
            else set()
        )

    def missing(self, name: str) -> Value:
        """A name without a value in this region: one from outside, or none at all."""
        if name in self.region.scope.bindings and self.call is None:
            return Undefined(name)
        return self.outside(name)

    def outside(self, name: str) -> Value:
        """A name from outside the region."""
        return self._outer.setdefault(name, Outer(name))

    def read(self, expression: ast.AST, env: Mapping[str, Value], step: Step) -> None:
        """Gives the names in an expression of a step their values."""
        self._read_in(expression, env, step, self.current, frozenset())

    def _read_in(
        self, node: ast.AST, env: Mapping[str, Value], step: Step, scope: Scope, hidden: frozenset[str]
    ) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                self.region.scopes[node] = scope
                if name in hidden:
                    return
                value = env.get(name) or (
                    self.missing(name) if self.current is self.region.scope else self.outside(name)
                )
                self.region.value_of[node] = value
                step.reads.append(value)
                return
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                hidden = hidden | comprehension_names(node)
                scope = self.region.symbols.scope_of(node)
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                self._read_in(value, env, step, scope, hidden)
                if isinstance(env, dict):
                    self.define(name, value, (), env, step, known=False)
                return
            case ast.Lambda():
                hidden = hidden | {argument.arg for argument in parameters(node.args)}
                scope = self.region.symbols.scope_of(node)
        for child in children(node):
            self._read_in(child, env, step, scope, hidden)

    def read_nested(
        self,
        statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
        env: Mapping[str, Value],
        step: Step,
    ) -> None:
        """A nested function reads what it closes over; what its own names mean is not followed."""
        inner = self.region.symbols.scope_of(statement)
        own: set[ast.AST] = set()
        for function in walk(statement):
            if function is not statement and isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                bound = self.region.symbols.scope_of(function).bindings
                inside = (node for part in function.body for node in walk(part))
                own |= {node for node in inside if isinstance(node, ast.Name) and node.id in bound}
        for node in walk(statement):
            if node in own:
                continue
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in inner.bindings:
                value = env.get(node.id) or self.outside(node.id)
                step.reads.append(value)

    def write(
        self,
        target: ast.expr,
        expression: ast.expr | None,
        env: dict[str, Value],
        step: Step,
        *,
        known: bool = True,
    ) -> None:
        """Gives a target a value; `known` tells whether the expression is the value itself."""
        match target:
            case ast.Name(id=name):
                self.define(name, expression, (), env, step, known=known)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for position, element in enumerate(elements):
                    match element:
                        case ast.Name(id=name):
                            self.define(name, expression, (position,), env, step, known=known)
                        case ast.Starred(value=inner):
                            self.write(inner, expression, env, step, known=False)
                        case _:
                            self.write(element, expression, env, step, known=False)
            case ast.Starred(value=inner):
                self.write(inner, expression, env, step, known=False)
            case ast.Attribute() | ast.Subscript():
                self.change(target, expression, env, step)

    def define(
        self,
        name: str,
        expression: ast.expr | None,
        path: tuple[int, ...],
        env: dict[str, Value],
        step: Step,
        *,
        known: bool = True,
    ) -> None:
        """Gives a name a new value from here on."""
        definition = Definition(name, step, expression, path, known=known and name not in self._set_elsewhere)
        step.writes.append(definition)
        env[name] = definition

    def change(self, target: ast.expr, expression: ast.expr | None, env: dict[str, Value], step: Step) -> None:
        """`x += y`, `x[k] = y`, `x.a = y`, `x.append(y)`: the name has a new value made of the old one."""
        base = target
        while isinstance(base, (ast.Attribute, ast.Subscript)):
            if isinstance(base, ast.Subscript):
                self.read(base.slice, env, step)
            base = base.value
        if not isinstance(base, ast.Name):
            self.read(base, env, step)
            return
        previous = env.get(base.id) or self.outside(base.id)
        step.reads.append(previous)
        self.region.scopes[base] = self.current
        if not isinstance(target, ast.Name):
            self.region.value_of[base] = previous
        if isinstance(previous, Outer | Parameter) and not isinstance(target, ast.Name):
            # A change to somebody else's object: it keeps its meaning here.
            return
        definition = Definition(base.id, step, expression, previous=previous, known=False)
        step.writes.append(definition)
        env[base.id] = definition
