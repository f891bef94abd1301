"""What nothing changes in stays the same node; what takes the place of a node may be none or several."""

from __future__ import annotations

import libcst as cst

from migrate.source.emit.index import SourceIndex
from migrate.source.emit.transform import Transformer


class Renames(Transformer):
    """`a` becomes `b`; statements `gone` go, and of `twice` come two."""

    def enters(self, node: cst.CSTNode) -> bool:
        return not isinstance(node, cst.Lambda)

    def left(self, original: cst.CSTNode, updated: cst.CSTNode) -> object:
        assert type(original) is type(updated)
        match updated:
            case cst.Name(value="a"):
                return updated.with_changes(value="b")
            case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Name(value="gone"))]):
                return cst.RemoveFromParent()
            case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Name(value="twice"))]):
                return cst.FlattenSentinel([updated, updated])
        return updated


CODE = """\
def f(x = a,  # why
      *y):
    gone
    if x : return ( a ), lambda: a
    twice


untouched( c )
"""
NEW = """\
def f(x = b,  # why
      *y):
    if x : return ( b ), lambda: a
    twice
    twice


untouched( c )
"""


def test_changes_and_all_else_as_it_is():
    module = cst.parse_module(CODE)
    changed = Renames().transformed(module)
    assert isinstance(changed, cst.Module)
    assert changed.code == NEW
    assert changed.body[1] is module.body[1]


def test_a_tree_without_changes_is_the_same():
    module = cst.parse_module("def g(c):\n    return {**c, 1: [c]}\n")
    assert Renames().transformed(module) is module


def test_statements_that_are_not_read_stay_so():
    module = SourceIndex("def f():\n    return a\n").module
    assert Renames().transformed(module) is module
