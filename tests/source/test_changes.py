"""Several changes of a module as one."""

from __future__ import annotations

import ast

from migrate.source.changes import Changes, merged

TREE = ast.parse("a\nb\nif c:\n    d\n    e\n")
A, B, C = TREE.body
assert isinstance(C, ast.If)
D, E = C.body
DEFINITION = "def f():\n\tpass"


def test_what_stands_above_one_statement_comes_in_order():
    assert merged([Changes(above={A: ("x", "x")}), Changes(above={A: ("y", "x")})]).above == {A: ("x", "x", "y", "x")}


def test_a_definition_at_the_top_level_stands_there_once_and_first():
    changes = [Changes(above={B: (DEFINITION,)}), Changes(above={A: (DEFINITION, "x")})]
    assert merged(changes).above == {A: (DEFINITION, "x")}
    assert merged(reversed(changes)).above == {A: (DEFINITION, "x")}


def test_definitions_that_differ_and_those_of_blocks_stay():
    other = DEFINITION.replace("f", "g")
    assert merged([Changes(above={A: (DEFINITION,)}), Changes(above={B: (other,)})]).above.keys() == {A, B}
    assert merged([Changes(above={D: (DEFINITION,)}), Changes(above={E: (DEFINITION,)})]).above.keys() == {D, E}
