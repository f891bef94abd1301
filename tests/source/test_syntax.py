"""Walks over trees give what those of `ast` give, in the same order."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.source.syntax import children, parents, statements, walk

EVERYTHING = '''
import a.b as c, d
from .e import f as g
@h(1)
async def i(j: int = 2, *k, l=3, **m) -> str:
    """doc"""
    global n
    async with o as (p, q): pass
    async for r in s: yield t
    return await u
class v(w, metaclass=x):
    y: int
    z: str = f"{a!r:>{b}} c"
try:
    del a[1:2:3], b.c
except (D, E) as e:
    raise F from e
else:
    assert g, "h"
finally:
    i = lambda j, /, *, k: (yield j)
match l:
    case {"m": [n, *o], **p} | Q(r, s=t) if u:
        v += [w for x in y if z for a in b]
    case -1 | None:
        nonlocal_ = (c := {**d, e: f}) if g else {h: i for h, i in j}
'''


def places(nodes: Iterable[ast.AST]) -> list[ast.AST]:
    return [node for node in nodes if not isinstance(node, ast.expr_context)]


def test_every_node_in_the_order_of_ast():
    tree = ast.parse(EVERYTHING)
    assert list(walk(tree)) == places(ast.walk(tree))
    for node in ast.walk(tree):
        assert list(children(node)) == places(ast.iter_child_nodes(node))


def test_nodes_made_by_hand_may_lack_fields():
    call = ast.Call(ast.Name("f"), [ast.Constant(1)])
    assert list(walk(call)) == places(ast.walk(call))
    assert children(ast.Attribute(attr="x")) == ()


def test_the_node_around_each():
    tree = ast.parse("x = f(y)\n")
    call = tree.body[0].value
    around = parents(tree)
    assert around[call.args[0]] is call
    assert around[call] is tree.body[0]
    assert tree not in around


def test_statements_with_those_in_them():
    tree = ast.parse(EVERYTHING)
    every = [node for node in walk(tree) if isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case))]
    assert list(statements(tree.body)) == every
    tree = ast.parse("def f():\n  a = 1\nif b:\n  c = 2\n  class D:\n    e = 3\n")
    own = [type(one).__name__ for one in statements(tree.body, inner=False)]
    assert own == ["FunctionDef", "If", "Assign", "ClassDef"]
