"""What a name means where it is read."""

from __future__ import annotations

import ast

import networkx as nx
import pytest
from checks import expression, region, value

from migrate.source.flow import Definition, Outer, Parameter, Undefined, Value


def made_of(found: Value) -> str | None:
    """The text of the expression behind a definition."""
    assert isinstance(found, Definition)
    return ast.unparse(found.expression) if found.expression is not None else None


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
