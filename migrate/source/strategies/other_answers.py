"""Code that asks what TensorFlow 2 answers in another way, however the code stays.

`type(x) == tf.Tensor`: tensors in its graphs are of a subclass. `if x.shape[0]`: its dimensions of TF1's kind are false
where they are unknown.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from migrate.source import api
from migrate.source.strategies.bridge_limits import names_in
from migrate.source.symbols import Symbols
from migrate.source.unprovable import NO_EQUAL, Unprovable

_MAY_ASK = re.compile(r"\btype\s*\(|__class__")
_TENSOR = ("Tensor", "python.framework.ops.Tensor")
_NAMES_TENSOR = re.compile(r"\bTensor\b")
_HAS_SHAPES = re.compile(r"\.shape\b|\.get_shape\b")
_TYPE = (
    "asks whether a type is tf.Tensor itself",
    "which TensorFlow 2's tensors in graphs are not: use isinstance()",
)
_TRUTH = (
    "asks whether a dimension is true",
    "which those of TensorFlow 1 always are: ask for its value",
)
_REFERENCES = (
    "names RefVariable",
    "which TensorFlow 2 has elsewhere, and whose variables are of other classes: ask for tf.Variable",
)
_Asked = tuple[ast.expr, tuple[str, str]]


def refuse_other_answers(symbols: Symbols, text: str, where: str = "it") -> None:
    """Refuses a module in which a question about tensors or shapes has another answer under TensorFlow 2.

    Args:
        symbols: Its names.
        text: Its code.
        where: What the reason calls it.

    Raises:
        Unprovable: It asks one.
    """
    asked = symbols.once(refuse_other_answers, lambda: _asked(symbols, text))
    if asked is not None:
        node, (question, answer) = asked
        raise Unprovable(NO_EQUAL, f"{where} {question}, {answer}", node if where == "it" else None)


def asked_otherwise(text: str) -> str | None:
    """The question of that kind that a module asks, in words; None where it asks none.

    Args:
        text: Its code.

    Raises:
        SyntaxError: It is no Python.
    """
    if not (_NAMES_TENSOR.search(text) or _HAS_SHAPES.search(text) or "RefVariable" in text):
        return None
    asked = _asked(Symbols(ast.parse(text)), text)
    return f"{asked[1][0]}, {asked[1][1]}" if asked is not None else None


def _asked(symbols: Symbols, text: str) -> _Asked | None:
    if _MAY_ASK.search(text) and _NAMES_TENSOR.search(text):
        tensor = {node for node, name in names_in(symbols) if api.canonical(name) in _TENSOR}
        for node in ast.walk(symbols.tree):
            if isinstance(node, ast.Compare):
                compared = [node.left, *node.comparators]
                inner = [
                    one for each in compared if isinstance(each, (ast.Tuple, ast.List, ast.Set)) for one in each.elts
                ]
                if any(map(_is_type, compared)) and tensor.intersection([*compared, *inner]):
                    return node, _TYPE
    if "RefVariable" in text:
        for node, name in names_in(symbols):
            if name.endswith("ops.variables.RefVariable"):
                return node, _REFERENCES
    if _HAS_SHAPES.search(text):
        for scope in symbols.scopes():
            if isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)):
                for tested in _tested(scope.node):
                    if _is_dimension(tested, _names_of_dimensions(scope.node)):
                        return tested, _TRUTH
    return None


def _is_type(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="type"), args=[_]) | ast.Attribute(attr="__class__"):
            return True
    return False


def _tested(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions of a scope that are taken for true or false."""
    for one in _own(node):
        match one:
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
                yield test
            case ast.UnaryOp(op=ast.Not(), operand=test) | ast.Call(func=ast.Name(id="bool"), args=[test]):
                yield test
            case ast.BoolOp(values=values):
                yield from values[:-1]
            case ast.comprehension(ifs=tests):
                yield from tests


def _is_dimension(node: ast.expr, names: set[str]) -> bool:
    """Whether an expression is a dimension of a tensor: of `get_shape()`, or of the `shape` of what is no array."""
    match node:
        case ast.BoolOp(values=[*_, last]):
            return _is_dimension(last, names)
        case ast.Name(id=name):
            return name in names
        case ast.Subscript(value=ast.Call(func=ast.Attribute(attr="get_shape")), slice=index):
            return not isinstance(index, ast.Slice)
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=index):
            return not isinstance(index, ast.Slice)
        case ast.Subscript(value=ast.Name(id=name), slice=index):
            return f"{name}[]" in names and not isinstance(index, ast.Slice)
    return False


def _names_of_dimensions(node: ast.AST) -> set[str]:
    """The names that a scope gives to dimensions, and to shapes (as `name[]`), and to nothing else."""
    found: set[str] = set()
    others: set[str] = set()
    for one in _own(node):
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                match value:
                    case ast.Attribute(attr="shape") | ast.Call(func=ast.Attribute(attr="get_shape")):
                        found.add(f"{name}[]")
                    case _ if _is_dimension(value, found):
                        found.add(name)
                    case _:
                        others |= {name, f"{name}[]"}
    return found - others


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope, in the order of the source, without those of functions and classes in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield child
            yield from _own(child)
