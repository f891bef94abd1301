"""Helpers that are called in list comprehensions: read there as one expression, or in a loop that does the same."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable

from migrate.source.inlining.body import parameter_names, without_docstring
from migrate.source.inlining.nodes import defaults, is_constant
from migrate.source.inlining.text import Source
from migrate.source.symbols import Scope
from migrate.source.syntax import walk

_PLAIN = (ast.Name, ast.Constant)


def comprehension_around(source: Source, node: ast.AST, statement: ast.stmt) -> ast.ListComp | None:
    """The one list comprehension whose element a call stands in; None where there is another kind of scope."""
    found: ast.ListComp | None = None
    child, above = node, source.parents[node]
    while above is not statement:
        if isinstance(above, (ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)):
            return None
        if isinstance(above, ast.ListComp):
            if found is not None or child is not above.elt:
                return None
            found = above
        child, above = above, source.parents[above]
    if found is None or len(found.generators) != 1:
        return None
    (generator,) = found.generators
    plain = isinstance(generator.target, ast.Name) and not generator.ifs and not generator.is_async
    return found if plain else None


def one_expression(statements: list[ast.stmt], result: ast.expr) -> ast.expr | None:
    """What a block of plain assignments comes to; None where that is more than one expression.

    Each name must be read once, by the next statement, so that everything is evaluated in the same order.
    """
    made: ast.expr | None = None
    name = ""
    for statement in [*statements, ast.Expr(result)]:
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                following = target
            case ast.Expr(value=value) if value is result:
                following = ""
            case _:
                return None
        if made is not None:
            reads = [node for node in walk(value) if isinstance(node, ast.Name) and node.id == name]
            if len(reads) != 1 or not _comes_first(value, reads[0]):
                return None
            value = _Given({name: made}).visit(_copied(value))
        made, name = value, following
    return made


def _comes_first(value: ast.expr, read: ast.Name) -> bool:
    """Whether nothing is called before a name is read."""
    start = (read.lineno, read.col_offset)
    return not any(
        isinstance(node, ast.Call) and (node.end_lineno or 0, node.end_col_offset or 0) <= start for node in walk(value)
    ) and not any(
        isinstance(node, (ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.IfExp, ast.BoolOp)) for node in walk(value)
    )


def read_as_expression(
    function: ast.FunctionDef, call: ast.Call, itself: str | None, means_the_same: Callable[[ast.Name], bool]
) -> str | None:
    """The expression that a call of a helper comes to; None where it takes statements, or is given computed values.

    Args:
        function: The helper.
        call: Its call.
        itself: The name of the object, for a method.
        means_the_same: Whether a name of the helper that is not its own means the same where the call stands.
    """
    parameters = parameter_names(function)
    given: dict[str, ast.expr] = {}
    if itself is not None and parameters:
        given[parameters[0]] = ast.Name(itself, ast.Load())
        parameters = parameters[1:]
    given.update(zip(parameters, call.args, strict=False))
    given.update({str(keyword.arg): keyword.value for keyword in call.keywords})
    for name, default in defaults(function):
        if name not in given and default is not None and is_constant(default):
            given[name] = default
    known = set(parameter_names(function))
    if set(given) != known or len(call.args) > len(parameters) or not all(map(_may_repeat, given.values())):
        return None
    match without_docstring(function.body):
        case [*statements, ast.Return(value=ast.expr() as value)]:
            found = one_expression(statements, value)
        case _:
            return None
    if found is None:
        return None
    own = {node.id for one in statements for node in walk(one)
           if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}  # fmt: skip
    for node in walk(found):
        if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr)):
            return None
        if isinstance(node, ast.Name) and node.id not in given and (node.id in own or not means_the_same(node)):
            return None
    if own & known:
        return None
    made = _Given(given).visit(_copied(found))
    atom = isinstance(made, (ast.Call, ast.Name, ast.Attribute, ast.Subscript, ast.Constant))
    return ast.unparse(made) if atom else f"({ast.unparse(made)})"


def _may_repeat(node: ast.expr) -> bool:
    """Names, constants and attributes, which may stand wherever the parameter is read."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, _PLAIN)


def as_loop(source: Source, comprehension: ast.ListComp, scope: Scope, name: str, free: Callable[[str], str],
            indent: str) -> list[str]:  # fmt: skip
    """The loop that makes the list of a comprehension.

    Args:
        source: The module.
        comprehension: Its comprehension, with one plain target.
        scope: The scope around it.
        name: The name of the list.
        free: Gives a name that nothing uses yet.
        indent: The indentation of its statement.
    """
    (generator,) = comprehension.generators
    target = generator.target
    assert isinstance(target, ast.Name)
    element = source.segment(comprehension.elt)
    turn = target.id
    if turn in scope.bindings or turn == name:
        turn = free(turn)
        element = ast.unparse(_Given({target.id: ast.Name(turn, ast.Load())}).visit(_copied(comprehension.elt)))
    return [
        f"{indent}{name} = []",
        f"{indent}for {turn} in {source.segment(generator.iter)}:",
        f"{indent}    {name}.append({element})",
    ]


class _Given(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, given: dict[str, ast.expr]) -> None:
        self._given = given

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """The expression for a name."""
        return self._given.get(node.id, node)


def _copied(node: ast.expr) -> ast.expr:
    return copy.deepcopy(node)
