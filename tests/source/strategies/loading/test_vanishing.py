"""Which names of tensors a module looks for."""

from __future__ import annotations

import ast

from migrate.source.strategies.loading.vanishing import listed, names_looked_for


def test_names_in_lookups_and_names_with_an_output():
    code = """\
sess.run('scores:0', {"in/x:0": 1, key: 2})
op = graph.get_operation_by_name('train/step')
other = graph.get_tensor_by_name(name), graph.get_tensor_by_name('scores:0')
url = 'http://host:8500', 'a sentence: 1'
"""
    assert names_looked_for(ast.parse(code)) == ("scores:0", "in/x:0", "train/step")


def test_the_first_are_shown():
    assert listed(("a:0",)) == "'a:0'"
    assert listed(("a:0", "b:0", "c:0", "d:0", "e:0")) == "'a:0', 'b:0', 'c:0' and 2 more"
