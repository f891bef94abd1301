"""Where a slice ends: the tensors that a signature feeds."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from migrate.source.flow import Definition, Region
from migrate.source.syntax import walk


@dataclass(slots=True, eq=False)
class Cuts:
    """Where a slice ends: the tensors that a signature feeds.

    Attributes:
        expressions: Keys of expressions (`expression_key`) that are fed.
        calls: Placeholder calls that are fed.
    """

    expressions: dict[str, str] = field(default_factory=dict)
    calls: dict[ast.Call, str] = field(default_factory=dict)

    def parameter(self, node: ast.AST, region: Region) -> str | None:
        """The name of the input that feeds an expression."""
        if isinstance(node, ast.Call):
            return self.calls.get(node)
        if isinstance(node, (ast.Name, ast.Subscript, ast.Attribute)) and self.expressions:
            key = expression_key(node, region)
            return self.expressions.get(key) if key else None
        return None


def expression_key(node: ast.expr, region: Region) -> str | None:
    """Equal keys mean the same value; None for expressions with calls."""
    if any(isinstance(child, ast.Call) for child in walk(node)):
        return None
    names = ",".join(f"{id(value)}" for _, value in region.names(node))
    if isinstance(node, ast.Name):
        return f"name|{names}"
    return f"{ast.dump(node)}|{names}"


def parameter_of_call(tensor: ast.expr, region: Region) -> ast.Call | None:
    """The placeholder call behind an expression: the call itself, a name for it, or an element of a literal."""
    match tensor:
        case ast.Call():
            return tensor
        case ast.Name():
            value = region.value_of.get(tensor)
            if (
                isinstance(value, Definition)
                and value.known
                and value.previous is None
                and value.expression is not None
            ):
                expression = value.expression
                if value.path and isinstance(expression, (ast.Tuple, ast.List)):
                    expression = expression.elts[value.path[0]]
                elif value.path:
                    return None
                return parameter_of_call(expression, region)
        case ast.Subscript(value=ast.Name() as base, slice=ast.Constant(value=key)):
            value = region.value_of.get(base)
            if isinstance(value, Definition) and value.known and isinstance(value.expression, ast.Dict):
                for entry, element in zip(value.expression.keys, value.expression.values, strict=True):
                    if isinstance(entry, ast.Constant) and entry.value == key:
                        return parameter_of_call(element, region)
    return None
