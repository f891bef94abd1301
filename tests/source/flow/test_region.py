"""Conditions that are known, and the graph of values."""

from __future__ import annotations

import ast

import networkx as nx
import pytest
from checks import expression, region, value

from migrate.source.flow import Definition, Merge, Value


def made_of(found: Value) -> str | None:
    """The text of the expression behind a definition."""
    assert isinstance(found, Definition)
    return ast.unparse(found.expression) if found.expression is not None else None


def known(code: str, test: str, function: str | None = None) -> bool | None:
    """What is known about a condition at the step of the call `here()`."""
    found = region(code, function)
    step = next(step for step in found.steps if ast.unparse(step.node) == "here()")
    return found.known(expression(found, test), step.facts)


# ---- what is known --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "test", "answer"),
    [
        ("if c:\n  here()\nelse:\n  print(c)\n", "c", True),
        ("if c:\n  pass\nelse:\n  here()\n", "c", False),
        ("if not c:\n  here()\nprint(c)\n", "c", False),
        ("if c and d:\n  here()\nprint(d)\n", "d", True),
        ("if c or d:\n  pass\nelse:\n  here()\nprint(d)\n", "d", False),
        ("if c or d:\n  here()\n", "d", None),
        ("if c and d:\n  pass\nelse:\n  here()\n", "d", None),
        ("if c:\n  raise x\nhere()\n", "c", False),
        ("if not c:\n  sys.exit()\nhere()\n", "c", True),
        ("if c:\n  pass\nhere()\n", "c", None),
        ("if c == 'a':\n  here()\nelif c == 'b':\n  pass\n", "c == 'a'", True),
        ("if FLAGS.x:\n  here()\nprint(FLAGS.x)\n", "FLAGS.x", True),
        ("c = g()\nif c:\n  c = g()\n  here()\n  print(c)\n", "c", None),
        ("c = True\nif c:\n  pass\nhere()\n", "c", True),
        ("c = 0\nif c:\n  pass\nhere()\n", "c", False),
        ("if g():\n  here()\n  print(g())\n", "g()", None),
        ("while c:\n  here()\n", "c", None),
        ("if True:\n  pass\nhere()\n", "True", True),
    ],
)
def test_conditions(code: str, test: str, answer: bool | None):
    assert known(code, test) is answer


def test_a_condition_may_change_in_a_loop():
    code = "def f(c, x):\n  if c:\n    for i in x:\n      here()\n      if c:\n        pass\n      c = g()\n"
    assert known(code, "c", "f") is None


def test_an_early_return_makes_a_condition_known():
    assert known("def f(mode):\n  if mode != 'export':\n    return\n  here()\n", "mode != 'export'", "f") is False


def test_the_branch_that_ran_decides_a_merge():
    found = region("if c:\n  a = 1\nelse:\n  a = 2\nif c:\n  here()\nuse(a)\n")
    step = next(step for step in found.steps if ast.unparse(step.node) == "here()")
    assert made_of(found.decided(value(found, "a"), step.facts)) == "1"
    assert isinstance(found.decided(value(found, "a"), ()), Merge)


def test_an_attribute_that_may_have_been_set_is_not_known_any_more():
    """`self.flag` is tested, changed, and tested again."""
    code = "def f(self):\n  if self.flag:\n    self.flag = g()\n    here()\n    print(self.flag)\n"
    assert known(code, "self.flag", "f") is None


def test_a_condition_on_an_object_that_was_changed_in_between_is_not_known():
    code = "c = [1]\nif c:\n  c.clear()\n  here()\n  print(c)\n"
    assert known(code, "c") is None


# ---- the graph of values --------------------------------------------------------------------------------------------


def test_the_graph_leads_from_a_value_to_all_it_is_made_of():
    found = region("a = 1\nb = 2\nc = a + b\nd = c * a\nother = b\nuse(d)\n")
    reached = nx.descendants(found.graph(), value(found, "d"))
    assert {item.name for item in reached} == {"a", "b", "c"}


def test_the_graph_goes_through_merges():
    found = region("p = 1\nq = 2\nif c:\n  a = p\nelse:\n  a = q\nb = a\nuse(b)\n")
    reached = nx.descendants(found.graph(), value(found, "b"))
    assert {item.name for item in reached if isinstance(item, Definition)} == {"p", "q", "a"}
    assert "c" in {item.name for item in reached}, "the condition decides which"


def test_a_parameter_of_a_method_is_no_use_of_the_name_around_the_class():
    for method, used in (("def f(self, x): return x", False), ("def f(self, y): return x", True)):
        found = region(f"x = 1\nclass A:\n  {method}\n")
        reads = {
            read.name for step in found.steps for read in step.reads if getattr(read, "step", None) is found.steps[0]
        }
        assert reads == ({"x"} if used else set())
