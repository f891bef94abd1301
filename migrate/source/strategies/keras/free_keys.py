"""Keys that only the running program knows, and that have nothing to do with the names of tensors.

Keras 3 names tensors and layers in its own way, so a key that is made of such a name would silently be another. What
comes from a parameter, a flag or a setting is the same whatever TensorFlow runs it.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.source.flow import Definition, Outer, Parameter, Region, Value
from migrate.source.sites import RUN_TIME, Endpoint, ExportSite, SignatureSource

_NAMES = frozenset({"name", "names", "op", "input_names", "output_names", "graph", "get_config", "layers"})
_METHODS = frozenset({"format", "join", "lower", "upper", "strip"})


def is_run_time(key: str) -> bool:
    """Whether a key is only known at run time."""
    return key.startswith(RUN_TIME)


def is_free(node: ast.expr | None, site: ExportSite) -> bool:
    """Whether a key may be asked for where the model is saved, and is no name that Keras gives.

    Args:
        node: The expression of the key.
        site: The export.
    """
    return node is not None and not isinstance(node, ast.DictComp) and _free(node, site, frozenset())


def shown(signature: SignatureSource) -> SignatureSource:
    """A signature with the expressions of such keys as they are written, for reports."""
    return replace(
        signature,
        key=signature.key.removeprefix(RUN_TIME),
        inputs=tuple(_shown(endpoint) for endpoint in signature.inputs),
        outputs=tuple(_shown(endpoint) for endpoint in signature.outputs),
    )


def _shown(endpoint: Endpoint) -> Endpoint:
    return replace(endpoint, key=endpoint.key.removeprefix(RUN_TIME))


def _free(node: ast.expr, site: ExportSite, seen: frozenset[Value]) -> bool:
    match node:
        case ast.Constant(value=str() | int()):
            return True
        case ast.Name():
            return _steady(node, site, seen)
        case ast.Attribute(value=base, attr=attribute):
            return attribute not in _NAMES and _free(base, site, seen)
        case ast.Subscript(value=base, slice=index):
            return _free(base, site, seen) and _free(index, site, seen)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            return _free(left, site, seen) and _free(right, site, seen)
        case ast.Tuple(elts=parts) | ast.JoinedStr(values=parts):
            return all(_free(part, site, seen) for part in parts)
        case ast.FormattedValue(value=value, format_spec=None):
            return _free(value, site, seen)
        case ast.Call(func=ast.Attribute(value=base, attr=method), args=given, keywords=[]) if method in _METHODS:
            return all(_free(part, site, seen) for part in (base, *given))
        case ast.Call(func=ast.Name(id="str"), args=[value], keywords=[]):
            return site.region.scope.owner("str") is None and _free(value, site, seen)
    return False


def _steady(node: ast.Name, site: ExportSite, seen: frozenset[Value]) -> bool:
    """Whether a name means the same where the model is saved, and comes from outside or is made of what does."""
    region: Region = site.region
    value = region.value_of.get(node)
    if value is None or value in seen or node.id == "results" or site.saved.env.get(node.id, value) is not value:
        return False
    match value:
        case Parameter() | Outer():
            return True
        case Definition(known=True, previous=None, path=(), expression=ast.expr() as expression):
            return _made(expression, site, seen | {value})
    return False


def _made(expression: ast.expr, site: ExportSite, seen: frozenset[Value]) -> bool:
    """Whether what a name was given is made of other such things; what a call returns is, where these are all."""
    if isinstance(expression, ast.Call):
        given = [*expression.args, *(keyword.value for keyword in expression.keywords)]
        return _free(expression.func, site, seen) and all(_made(one, site, seen) for one in given)
    return _free(expression, site, seen)
