"""Edits to nodes of the concrete tree."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

import libcst as cst

from migrate.source.emit.index import SourceIndex
from migrate.source.emit.transform import Transformer
from migrate.source.unprovable import NO_EQUAL, Unprovable

Edit = Callable[[cst.CSTNode], cst.CSTNode]
"""Gives what takes the place of a node, from the node with the edits inside it already made."""


def put(index: SourceIndex, node: ast.expr, edit: Edit, edits: dict[cst.CSTNode, Edit]) -> None:
    """Adds the edit of the node that stands where an expression is; parentheses around it stay.

    Args:
        index: The source.
        node: The expression.
        edit: What becomes of it.
        edits: Where it is added.

    Raises:
        Unprovable: Where no node stands there: inside of an f-string.
    """
    target = index.expression(node)
    if target is None or not _alike(target, node):
        raise Unprovable(NO_EQUAL, f"{ast.unparse(node)} stands where it cannot be replaced (an f-string)", node)

    def keep_parentheses(updated: cst.CSTNode) -> cst.CSTNode:
        changed = edit(updated)
        if isinstance(updated, cst.BaseExpression) and updated.lpar and isinstance(changed, cst.BaseExpression):
            return changed.with_changes(lpar=updated.lpar, rpar=updated.rpar)
        return changed

    edits[target] = keep_parentheses


class _Replace(Transformer):
    """Applies edits by the identity of the original nodes."""

    def __init__(self, edits: Mapping[cst.CSTNode, Edit], *, shallow: bool = False) -> None:
        self._edits = edits
        self._shallow = shallow

    def enters(self, node: cst.CSTNode) -> bool:
        # Only the header of a compound statement; its blocks are somebody else's.
        return not (self._shallow and isinstance(node, cst.BaseSuite))

    def left(self, original: cst.CSTNode, updated: cst.CSTNode) -> object:
        edit = self._edits.get(original)
        return edit(updated) if edit is not None else updated


def replace(node: cst.CSTNode, edits: Mapping[cst.CSTNode, Edit], *, shallow: bool = False) -> object:
    """A copy of a tree with edits made to some of its nodes; a removal where the node itself is to go.

    Args:
        node: The tree.
        edits: The edits, by the identity of the original nodes.
        shallow: Whether the blocks of compound statements stay as they are.
    """
    return _Replace(edits, shallow=shallow).transformed(node)


def _alike(target: cst.BaseExpression, node: ast.expr) -> bool:
    """Whether a LibCST node is what its position says; positions inside f-strings are not to be relied on."""
    match node:
        case ast.Name(id=name):
            return isinstance(target, cst.Name) and target.value == name
        case ast.Attribute(attr=attribute):
            return isinstance(target, cst.Attribute) and target.attr.value == attribute
        case ast.Call():
            return isinstance(target, cst.Call)
    return True
