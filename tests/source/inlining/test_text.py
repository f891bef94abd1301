"""A module's text with its tree."""

from __future__ import annotations

import ast

from migrate.source.inlining.text import Source


def test_the_node_around_each_is_found_wherever_one_starts():
    source = Source("a = f(1); b = g(2)\n@deco(\n  3)\ndef h(x=4):\n  return [x for y in x]\nc = 5\n")
    around = {child: node for node in ast.walk(source.tree) for child in ast.iter_child_nodes(node)}
    plain = [node for node in around if not isinstance(node, (ast.Load, ast.Store))]
    for node in reversed(plain):
        assert source.parents[node] is around[node]
        assert Source(source.text).parents.get(node) is None
        assert node in source.parents
    assert source.tree not in source.parents
    assert source.parents.get(source.tree) is None


def test_names_by_their_text():
    source = Source("a = b(a)\nc.a = 'a'\n")
    assert [node.lineno for node in source.named("a")] == [1, 1]
    assert source.named("d") == []
