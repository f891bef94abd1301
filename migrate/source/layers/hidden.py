"""Code that may make layers out of sight, whose names count for those that come after."""

from __future__ import annotations

import ast
from collections.abc import Callable

from migrate.source.flow import Definition, Region, Step
from migrate.source.kinds import IN_GRAPH, Kinds, header
from migrate.source.layers.names import calls_in_order, is_layer


class HiddenLayers:
    """Finds calls that may make layers of their own."""

    def __init__(self, kinds: Kinds, is_object: Callable[[ast.expr], bool]) -> None:
        """Reads nothing yet.

        Args:
            kinds: The region.
            is_object: Whether a called expression is a layer object that is written out.
        """
        self._kinds = kinds
        self._region: Region = kinds.region
        self._is_object = is_object
        self._read_at_call = {step.inlined for step in kinds.region.steps}

    def first(self, step: Step) -> ast.Call | None:
        """The first such call of a step."""
        for part in header(step):
            for call in calls_in_order(part):
                if self._kinds.symbol(call) is not None or self._kinds.of(call) not in IN_GRAPH:
                    continue
                if isinstance(call.func, ast.Attribute) and self._kinds.of(call.func.value) in IN_GRAPH:
                    continue
                if self._is_object(call.func) or step in self._read_at_call or self._collects(call.func):
                    continue
                function = self._region.function(call.func)
                if function is None or self._makes_layers(function, set()):
                    return call
        return None

    def _collects(self, function: ast.expr) -> bool:
        """Whether `outputs.append` is the method of a list."""
        match function:
            case ast.Attribute(value=ast.Name() as owner, attr="append" | "extend" | "insert"):
                value = self._region.value_of.get(owner)
                while isinstance(value, Definition) and value.previous is not None:
                    value = value.previous
                return isinstance(value, Definition) and isinstance(value.expression, ast.List) and not value.path
        return False

    def _makes_layers(self, function: ast.FunctionDef, seen: set[ast.FunctionDef]) -> bool:
        if function in seen:
            return False
        seen.add(function)
        symbols = self._region.symbols
        scope = symbols.scope_of(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                symbol = symbols.resolve(node.func, scope)
                if is_layer(symbol) or (symbol or "").endswith("variable_scope"):
                    return True
                callee = symbols.function(node.func, scope)
                if callee is not None and self._makes_layers(callee, seen):
                    return True
        return False
