"""What a call of a helper comes to, as one expression: the helper's, with the arguments in it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping

from migrate.source.arguments import call_arguments
from migrate.source.inlining.body import without_docstring
from migrate.source.kinds import Kinds
from migrate.source.syntax import walk

_LONG = 300
_SCOPES = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
_NAMES = frozenset({"variable_scope", "name_scope", "device"})


class CalledExpressions:
    """Reads the calls of a region. Arguments are the nodes of the region, so that what is known of them stays known."""

    def __init__(self, kinds: Kinds) -> None:
        """Nothing is read yet."""
        self._kinds = kinds
        self._found: dict[ast.Call, ast.expr | None] = {}

    def expression(self, call: ast.Call) -> ast.expr | None:
        """The expression; None where the function does more than compute one."""
        if call not in self._found:
            self._found[call] = None
            function = self._kinds.region.function(call.func)
            given = call_arguments(call, function) if function is not None else None
            if function is not None and given is not None and not self._calls_itself(function, ()):
                self._found[call] = self._returned(without_docstring(function.body), dict(given))
        return self._found[call]

    def _calls_itself(self, function: ast.FunctionDef, around: tuple[ast.FunctionDef, ...]) -> bool:
        called = [self._kinds.region.function(node.func) for node in walk(function) if isinstance(node, ast.Call)]
        inside = (*around, function)
        return any(one in inside or self._calls_itself(one, inside) for one in called if one is not None)

    def _returned(self, body: list[ast.stmt], known: dict[str, ast.expr]) -> ast.expr | None:
        for position, statement in enumerate(body):
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    made = _with(value, known)
                    if made is None:
                        return None
                    known[name] = made
                case ast.With(items=items, body=inner) if position == len(body) - 1 and self._only_names(items):
                    return self._returned(inner, known)
                case ast.Return(value=ast.expr() as value):
                    return _with(value, known)
                case _:
                    return None
        return None

    def _only_names(self, items: list[ast.withitem]) -> bool:
        return all(
            isinstance(item.context_expr, ast.Call)
            and (self._kinds.symbol(item.context_expr) or "").rpartition(".")[2] in _NAMES
            for item in items
        )


def _with(node: ast.expr, known: Mapping[str, ast.expr]) -> ast.expr | None:
    """An expression with other expressions in the places of names; None where it is long, or has names of its own."""
    if any(isinstance(inner, _SCOPES) for inner in walk(node)):
        return None
    made = _Put(known).visit(copy.deepcopy(node))
    assert isinstance(made, ast.expr)
    return made if sum(1 for _ in walk(made)) <= _LONG else None


class _Put(ast.NodeTransformer):
    def __init__(self, known: Mapping[str, ast.expr]) -> None:
        self._known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._known.get(node.id, node)
