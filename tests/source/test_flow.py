"""Data flow: which definition a name means, what is known about conditions, what a value is computed from."""

from __future__ import annotations

import ast

import networkx as nx
import pytest
from checks import expression, region, value

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


def known(code: str, test: str, function: str | None = None) -> bool | None:
    """What is known about a condition at the step of the call `here()`."""
    found = region(code, function)
    step = next(step for step in found.steps if ast.unparse(step.node) == "here()")
    return found.known(expression(found, test), step.facts)


# ---- definitions and uses -------------------------------------------------------------------------------------------


def test_a_name_means_its_last_definition():
    assert made_of(value(region("a = 1\na = 2\nprint(a)\n"), "a")) == "2"


def test_a_definition_may_read_the_one_before():
    found = region("a = 1\na = a + 1\nprint(a)\n")
    last = value(found, "a")
    assert made_of(last) == "a + 1"
    assert [made_of(other) for other in found.dependencies(last)] == ["1"]


def test_parameters_and_names_from_outside():
    found = region("import os\nG = 1\ndef f(p, *args, k=None, **rest):\n  use(p, args, k, rest, G, os, len)\n", "f")
    assert [type(value(found, name)) for name in ("p", "args", "k", "rest")] == [Parameter] * 4
    assert [type(value(found, name)) for name in ("G", "os", "len")] == [Outer] * 3


def test_a_parameter_that_is_assigned_is_a_definition():
    assert made_of(value(region("def f(p):\n  p = 2\n  use(p)\n", "f"), "p")) == "2"


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("a, b = f()\nuse(b)\n", (1,)),
        ("a, b = 1, 2\nuse(b)\n", (1,)),
        ("[a, b] = f()\nuse(b)\n", (1,)),
        ("b = f()\nuse(b)\n", ()),
    ],
)
def test_tuples_are_taken_apart(code: str, path: tuple[int, ...]):
    found = value(region(code), "b")
    assert isinstance(found, Definition)
    assert found.path == path
    assert found.known


@pytest.mark.parametrize(
    "code",
    [
        "a, *b = f()\nuse(b)\n",
        "(a, (b, c)) = f()\nuse(b)\n",
        "for b in f():\n  use(b)\n",
        "with f() as b:\n  use(b)\n",
    ],
)
def test_a_value_that_is_not_the_expression_itself_is_not_known(code: str):
    found = value(region(code), "b")
    assert isinstance(found, Definition)
    assert not found.known


def test_two_targets_are_two_definitions_of_one_expression():
    found = region("a = b = f()\nuse(a)\nuse(b)\n")
    assert made_of(value(found, "a")) == made_of(value(found, "b")) == "f()"


def test_an_annotation_without_a_value_defines_nothing():
    assert made_of(value(region("a = 1\na: int\nuse(a)\n"), "a")) == "1"


def test_a_deleted_name_has_no_value():
    assert isinstance(value(region("a = 1\ndel a\nuse(a)\n"), "a"), Undefined)


def test_a_walrus_defines_its_name():
    found = value(region("a = 1\nif (a := g()):\n  pass\nuse(a)\n"), "a")
    assert not (isinstance(found, Definition) and made_of(found) == "1")


def test_a_name_of_the_function_before_its_definition_has_no_value():
    assert isinstance(value(region("a = 1\ndef f():\n  use(a)\n  b = a\n  a = 2\n", "f"), "a"), Undefined)


# ---- changes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "a += [2]",
        "a.append(2)",
        "a.extend([2])",
        "a[0] = 2",
        "a[0][1] = 2",
        "a.b = 2",
        "a.update(x=2)",
        "a.setdefault(1, 2)",
        "a[0] += 2",
    ],
)
def test_a_change_makes_a_new_value_of_the_old_one(change: str):
    found = region(f"a = start()\n{change}\nuse(a)\n")
    last = value(found, "a")
    assert isinstance(last, Definition)
    assert last.previous is not None
    assert made_of(last.previous) == "start()"
    assert not last.known


def test_a_changed_value_depends_on_the_old_and_on_what_was_added():
    found = region("a = []\nb = g()\na.append(b)\nuse(a)\n")
    reached = nx.descendants(found.graph(), value(found, "a"))
    assert {made_of(item) for item in reached if isinstance(item, Definition)} == {"[]", "g()"}


def test_a_change_of_somebody_elses_object_keeps_its_meaning():
    found = region("def f(p):\n  p.x = 1\n  use(p)\n", "f")
    assert isinstance(value(found, "p"), Parameter)


def test_a_read_before_a_change_means_the_old_value():
    found = region("a = {}\nuse(a)\na['k'] = 1\n")
    first = next(node for node in ast.walk(found.steps[1].node) if isinstance(node, ast.Name) and node.id == "a")
    assert made_of(found.value_of[first]) == "{}"


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


# ---- comprehensions, nested functions -------------------------------------------------------------------------------


def test_names_of_a_comprehension_are_its_own():
    found = region("a = 1\nb = [a for a in x]\nuse(a)\n")
    inside = found.steps[1].node.value.elt
    assert inside not in found.value_of
    assert made_of(value(found, "a")) == "1"


def test_what_a_comprehension_reads_from_around_it_counts():
    found = region("k = g()\nb = [k * i for i in x]\nuse(b)\n")
    assert "g()" in {
        made_of(item) for item in nx.descendants(found.graph(), value(found, "b")) if isinstance(item, Definition)
    }


def test_a_nested_function_reads_what_it_closes_over():
    found = region("def f():\n  k = g()\n  def h(x):\n    return k * x\n  use(h)\n", "f")
    assert "g()" in {
        made_of(item) for item in nx.descendants(found.graph(), value(found, "h")) if isinstance(item, Definition)
    }


def test_a_lambda_reads_what_it_closes_over():
    found = region("k = g()\nh = lambda x: k * x\nuse(h)\n")
    assert "g()" in {
        made_of(item) for item in nx.descendants(found.graph(), value(found, "h")) if isinstance(item, Definition)
    }


def test_a_function_that_sets_a_global_is_not_overlooked():
    """After `load()` the module's `a` may be another."""
    found = region("a = 1\ndef load():\n  global a\n  a = 2\nload()\nuse(a)\n")
    last = value(found, "a")
    assert not (isinstance(last, Definition) and last.known and made_of(last) == "1")


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


@pytest.mark.parametrize("code", [open(__file__, encoding="utf-8").read(), ASSETS])  # noqa: PTH123, SIM115
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


def test_a_parameter_of_a_method_is_no_use_of_the_name_around_the_class():
    for method, used in (("def f(self, x): return x", False), ("def f(self, y): return x", True)):
        found = region(f"x = 1\nclass A:\n  {method}\n")
        reads = {
            read.name for step in found.steps for read in step.reads if getattr(read, "step", None) is found.steps[0]
        }
        assert reads == ({"x"} if used else set())
