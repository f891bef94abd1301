"""What graph-building code has, as far as the class that wraps its graph depends on it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from migrate.source.slicing.dimensions import odd_dimension
from migrate.source.strategies.frozen.ops import TABLE_INITIALIZERS
from migrate.source.strategies.wrapping.building import LOADS
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.symbols import Scope, Symbols
from migrate.source.unprovable import MODE, Unprovable

STATE = frozenset({"assign", "assign_add", "assign_sub", "count_up_to", "scatter_update", "scatter_add", "scatter_sub",
                   "scatter_nd_update", "scatter_nd_add", "scatter_mul", "scatter_div"})  # fmt: skip
"""Functions that change variables."""
IMPORTS = LOADS | {"train.import_meta_graph"}
"""What makes variables that are references."""


def changes_state(symbols: Symbols, scopes: Iterable[Scope] | None = None) -> bool:
    """Whether a module has assignments to variables.

    Args:
        symbols: Its names.
        scopes: The functions that count; all of the module where there are none given.
    """
    return any(
        isinstance(node, ast.Attribute) and node.attr in STATE
        for scope in scopes or [symbols.module]
        for _, node in nodes_of(scope, symbols, inner=scopes is None)
    )


def makes_tables(symbols: Symbols, scopes: Iterable[Scope]) -> bool:
    """Whether code makes lookup tables.

    Args:
        symbols: The module's names.
        scopes: Its functions.
    """
    return any(is_of_tables(name) for name in _names(symbols, scopes))


def fills_tables(symbols: Symbols, scopes: Iterable[Scope]) -> bool:
    """Whether code asks for the initializers of tables.

    Args:
        symbols: The module's names.
        scopes: Its functions.
    """
    return not TABLE_INITIALIZERS.isdisjoint(_names(symbols, scopes))


def imports_meta_graphs(symbols: Symbols, scopes: Iterable[Scope]) -> bool:
    """Whether code imports MetaGraphDefs, alone or with a SavedModel, whose variables may be references.

    Args:
        symbols: The module's names.
        scopes: Its functions.
    """
    return not IMPORTS.isdisjoint(_names(symbols, scopes))


def loads_models(symbols: Symbols, scopes: Iterable[Scope]) -> bool:
    """Whether code loads SavedModels into sessions.

    Args:
        symbols: The module's names.
        scopes: Its functions.
    """
    return not LOADS.isdisjoint(_names(symbols, scopes))


def _names(symbols: Symbols, scopes: Iterable[Scope]) -> Iterator[str]:
    """The names of TensorFlow that code mentions."""
    for scope in scopes:
        for around, node in nodes_of(scope, symbols):
            if isinstance(node, (ast.Name, ast.Attribute)) and (name := symbols.resolve(node, around)) is not None:
                yield name


def is_of_tables(name: str) -> bool:
    """Whether a name of TensorFlow is one for lookup tables."""
    return not {"lookup", "lookup_ops"}.isdisjoint(name.split("."))


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def reads_dimensions(scopes: Iterable[Scope], symbols: Symbols) -> bool:
    """Whether code reads the `.value` of dimensions, which only shapes of TF1's kind have, or asks what TF2's answer anew."""
    return any(next(dimension_reads(scope, symbols), None) is not None for scope in scopes)


def dimension_reads(scope: Scope, symbols: Symbols) -> Iterator[ast.expr]:
    """Where a function, or the module, does so."""
    # Functions of the module have their own answer.
    own = (
        [node for node in scope.node.body if not isinstance(node, _DEFINITIONS)]
        if isinstance(scope.node, ast.Module)
        else [scope.node]
    )
    for root in own:
        odd = odd_dimension(root, scope, symbols)
        if odd is not None:
            yield odd
    for _, node in nodes_of(scope, symbols):
        if (isinstance(node, ast.Attribute) and is_dimension(node, scope.node)) or (
            isinstance(node, ast.Compare) and _is_dimension_none(node, scope.node)
        ):
            yield node


def is_dimension(node: ast.Attribute, around: ast.AST) -> bool:
    """Whether `x.value` looks like that of a dimension of a shape.

    Args:
        node: The attribute.
        around: Code in which names get what they stand for.
    """
    if node.attr != "value" or not isinstance(node.ctx, ast.Load):
        return False
    match node.value:
        case ast.Subscript():
            return _is_shape(ast.unparse(node.value)) or isinstance(node.value.value, ast.Name)
        case ast.Name(id=name):
            for one in ast.walk(around):
                match one:
                    case ast.Assign(targets=targets, value=value) if _is_shape(ast.unparse(value)):
                        if any(isinstance(t, ast.Name) and t.id == name for r in targets for t in ast.walk(r)):
                            return True
                    case ast.comprehension(target=target) | ast.For(target=target):
                        names = {t.id for t in ast.walk(target) if isinstance(t, ast.Name)}
                        if name in names:
                            return True
    return False


def _is_dimension_none(node: ast.Compare, around: ast.AST) -> bool:
    """`x.shape[0] is None`, which is never so for TF1's dimensions."""
    if not any(isinstance(one, ast.Constant) and one.value is None for one in node.comparators):
        return False
    if not isinstance(node.left, ast.Name):
        return _is_one_dimension(node.left)
    for one in ast.walk(around):
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == node.left.id:
                if _is_one_dimension(value):
                    return True
    return False


def refuse_dimension_none(tree: ast.Module) -> None:
    """Refuses code in which a dimension may be None, as those of TF2's shapes may.

    Args:
        tree: The module.

    Raises:
        Unprovable: It compares one with None, or its text with that of an unknown one.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(_is_question_mark(one) for one in (node.left, *node.comparators)):
            if "shape" in ast.unparse(tree):
                raise Unprovable(MODE, "the text of a dimension may be compared with '?', which TF2's never is", node)
        if isinstance(node, ast.Compare) and _is_dimension_none(node, tree):
            raise Unprovable(MODE, "a dimension is compared with None, which TF1's never was", node)


def _is_question_mark(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value="?"):
            return True
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            return any(map(_is_question_mark, elements))
    return False


def _is_one_dimension(node: ast.expr) -> bool:
    match node:
        case ast.Subscript(value=ast.Attribute(attr="shape") | ast.Call(func=ast.Attribute(attr="get_shape"))):
            return True
    return False


def _is_shape(text: str) -> bool:
    return "shape" in text or "dims" in text
