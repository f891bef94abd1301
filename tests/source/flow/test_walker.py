"""Values that join where control flow does; helpers read at their calls."""

from __future__ import annotations

import ast
from pathlib import Path

import networkx as nx
import pytest
from checks import region, value

from migrate.source.flow import Definition, Merge, Outer, Parameter, Region, Undefined, Value


def made_of(found: Value) -> str | None:
    """The text of the expression behind a definition."""
    assert isinstance(found, Definition)
    return ast.unparse(found.expression) if found.expression is not None else None


def one_of(found: Value) -> set[str]:
    """The texts of what a merge may be, nested merges included."""
    assert isinstance(found, Merge)
    texts: set[str] = set()
    pending, seen = [found], set()
    while pending:
        merge = pending.pop()
        seen.add(merge)
        for item in merge.inputs:
            match item:
                case Merge():
                    if item not in seen:
                        pending.append(item)
                case Definition(expression=ast.expr() as node):
                    texts.add(ast.unparse(node))
                case Definition():
                    texts.add("?")
                case Undefined():
                    texts.add("nothing")
                case Outer() | Parameter():
                    texts.add(f"{item.name} from outside")
    return texts


# ---- where control flow joins ---------------------------------------------------------------------------------------


def test_an_if_with_both_branches():
    assert one_of(value(region("if c:\n  a = 1\nelse:\n  a = 2\nuse(a)\n"), "a")) == {"1", "2"}


def test_an_if_without_else_keeps_the_value_before():
    assert one_of(value(region("a = 0\nif c:\n  a = 1\nuse(a)\n"), "a")) == {"0", "1"}


def test_a_name_defined_in_one_branch_only_may_have_no_value():
    assert one_of(value(region("def f(c):\n  if c:\n    a = 1\n  use(a)\n", "f"), "a")) == {"1", "nothing"}


def test_an_untouched_name_is_not_merged():
    assert made_of(value(region("a = 1\nif c:\n  b = 2\nelse:\n  b = 3\nuse(a)\n"), "a")) == "1"


def test_elif():
    assert one_of(value(region("if c:\n  a = 1\nelif d:\n  a = 2\nelse:\n  a = 3\nuse(a)\n"), "a")) == {
        "1",
        "2",
        "3",
    }


@pytest.mark.parametrize("end", ["return", "raise ValueError(a)", "sys.exit(1)", "exit()", "os._exit(0)"])
def test_a_branch_that_leaves_is_not_joined(end: str):
    found = region(f"import os, sys\ndef f(c):\n  a = 1\n  if c:\n    a = 2\n    {end}\n  use(a)\n", "f")
    assert made_of(value(found, "a")) == "1"


def test_what_stands_after_a_return_is_not_reached():
    found = region("def f():\n  return 1\n  use(a)\n", "f")
    assert len(found.steps) == 1


def test_if_both_branches_leave_nothing_follows():
    found = region("def f(c):\n  if c:\n    return 1\n  else:\n    raise x\n  use(a)\n", "f")
    assert all(ast.unparse(step.node) != "use(a)" for step in found.steps)


@pytest.mark.parametrize("head", ["for i in x:", "while c:", "while g(a):"])
def test_after_a_loop_either_value_is_possible(head: str):
    assert one_of(value(region(f"a = 1\n{head}\n  a = 2\nuse(a)\n"), "a")) == {"1", "2"}


def test_in_a_loop_a_name_may_have_the_value_of_the_turn_before():
    found = region("a = 1\nfor i in x:\n  use(a)\n  a = 2\n")
    assert one_of(value(found, "a")) == {"1", "2"}


def test_the_test_of_a_while_is_read_again_after_each_turn():
    assert one_of(value(region("a = 1\nwhile g(a):\n  a = 2\n"), "a")) == {"1", "2"}


def test_a_value_before_break_reaches_the_end():
    assert one_of(value(region("a = 1\nfor i in x:\n  if i:\n    a = 3\n    break\n  a = 2\nuse(a)\n"), "a")) == {
        "1",
        "2",
        "3",
    }


def test_a_loop_variable_has_a_value_after_the_loop_or_not():
    assert "nothing" in one_of(value(region("def f(x):\n  for i in x:\n    pass\n  use(i)\n", "f"), "i"))


def test_a_change_in_a_loop_is_a_loops():
    found = value(region("a = []\nfor i in x:\n  a.append(i)\nuse(a)\n"), "a")
    assert isinstance(found, Merge)


def test_loop_else():
    assert "3" in one_of(value(region("a = 1\nfor i in x:\n  a = 2\n  break\nelse:\n  a = 3\nuse(a)\n"), "a"))


def test_after_a_loop_that_breaks_its_else_may_not_have_run():
    found = one_of(value(region("a = 1\nfor i in x:\n  a = 2\n  break\nelse:\n  a = 3\nuse(a)\n"), "a"))
    assert {"2", "3"} <= found


def test_a_handler_may_see_any_state_of_the_try():
    found = region("a = 1\ntry:\n  a = 2\n  a = 3\nexcept E:\n  use(a)\n")
    assert one_of(value(found, "a")) == {"1", "2", "3"}


def test_after_a_try_its_end_or_that_of_a_handler():
    code = "a = 1\ntry:\n  a = 2\nexcept E:\n  a = 3\nelse:\n  a = 4\nuse(a)\n"
    assert one_of(value(region(code), "a")) == {"3", "4"}


def test_a_handler_that_leaves_is_not_joined():
    code = "def f():\n  try:\n    a = g()\n  except E:\n    return\n  use(a)\n"
    assert made_of(value(region(code, "f"), "a")) == "g()"


def test_finally_is_always_run():
    assert made_of(value(region("try:\n  a = 1\nfinally:\n  a = 2\nuse(a)\n"), "a")) == "2"


def test_a_with_statement_may_not_swallow_the_definition():
    assert made_of(value(region("with g():\n  a = 1\nuse(a)\n"), "a")) == "1"


def test_match_does_not_lose_definitions():
    found = value(region("a = 1\nmatch c:\n  case 1:\n    a = 2\n  case _:\n    a = 3\nuse(a)\n"), "a")
    assert not (isinstance(found, Definition) and made_of(found) == "1")


# ---- helpers read at their call -------------------------------------------------------------------------------------

ASSETS = """\
import tensorflow as tf
def collect(path):
  name = tf.constant(path)
  tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, name)
  return name
def main():
  a = 'x.txt'
  b = collect(a)
  use(b)
"""


def test_a_helper_that_collects_assets_is_read_at_its_call():
    found = region(ASSETS, "main", inline=True)
    inlined = [step for step in found.steps if step.inlined is not None]
    assert ast.unparse(inlined[0].node) == "name = tf.constant(path)"
    assert all(ast.unparse(step.inlined.node) == "b = collect(a)" for step in inlined)
    reached = nx.descendants(found.graph(), value(found, "b"))
    assert "'x.txt'" in {made_of(item) for item in reached if isinstance(item, Definition)}


def test_without_being_asked_no_helper_is_read():
    assert all(step.inlined is None for step in region(ASSETS, "main").steps)


@pytest.mark.parametrize("code", [Path(__file__).read_text("utf-8"), ASSETS], ids=["tests", "assets"])
def test_every_name_a_region_reads_has_a_value(code: str):
    found = region(code)
    assert isinstance(found, Region)
    for step in found.steps:
        if isinstance(step.node, ast.Assign | ast.Expr):
            own = {
                n.id
                for g in ast.walk(step.node)
                if isinstance(g, ast.comprehension)
                for n in ast.walk(g.target)
                if isinstance(n, ast.Name)
            }
            own |= {a.arg for a in ast.walk(step.node) if isinstance(a, ast.arg)}
            for node in ast.walk(step.node):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in own:
                    assert node in found.value_of
