"""Objects that are changed in place, under whatever name."""

from __future__ import annotations

import ast

import pytest
from checks import kinds, value

from migrate.source.in_place import declared_global
from migrate.source.kinds import Kinds
from migrate.source.purity import Purity
from migrate.source.symbols import Symbols

HEAD = "import tensorflow as tf\nimport numpy as np\n"


def changed(found: Kinds) -> bool:
    return Purity(found).in_place.changed(value(found.region, "it"))


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("it = [1]\nit.append(2)", True),
        ("it = [1]\nit.index(1)", False),
        ("it = [1]\nit[0] = 2", True),
        ("it = [1]\nit += [2]", True),
        ("it = [1]\nother = it\nother.append(2)", True),
        ("it = [[1]]\npart = it[0]\npart.append(2)", True),
        ("it = np.zeros([4])\nview = it.reshape([2, 2])\nview[0] = 1", True),
        ("it = np.zeros([4])\nview = np.reshape(it, [2, 2])\nview[0] = 1", True),
        ("it = np.zeros([4])\nview = np.asarray(it).T[0]\nview[0] = 1", True),
        ("it = np.zeros([4])\ncopy = np.array(it)\ncopy[0] = 1", False),
        ("it = np.zeros([4])\ncopy = it.copy()\ncopy[0] = 1", False),
        ("it = np.zeros([4])\nother = np.reshape(it, [2, 2])\nother = 1", False),
        ("it = [[1], [2]]\nfor row in it:\n  row[0] = 2", True),
        ("it = [1, 2]\nfor row in it:\n  print(row)", False),
        ("it = np.zeros([4])\nnp.copyto(it, 1.0)", True),
        ("it = {}\nunknown(it)", True),
        ("it = {}\nprint(it, len(it))", False),
        ("it = 'text'\nunknown(it)", False),
        ("def reads(a): return a[0]\nit = [1]\nreads(it)", False),
        ("def writes(a): a[0] = 2\nit = [1]\nwrites(it)", True),
        ("it = [1]\ndef later():\n  global it\n  it = [2]", True),
    ],
)
def test_changed(code: str, answer: bool):
    assert changed(kinds(f"{HEAD}from somewhere import unknown\n{code}\nprint(it)\n")) is answer


def test_a_change_before_a_place_does_not_count_behind_it():
    found = kinds("it = [1]\nit.append(2)\nprint(it)\n")
    in_place = Purity(found).in_place
    made = value(found.region, "it")
    assert in_place.changed(made)
    assert not in_place.changed(made, 1)


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("it = {}\nit['a'] = 1", False),
        ("it = {}\nother = it\nother['a'] = 1", True),
        ("it = {}\nunknown(it)", True),
        ("it = {}\nprint(it)", False),
    ],
)
def test_a_container_that_is_handed_on(code: str, answer: bool):
    found = kinds(f"{HEAD}from somewhere import unknown\n{code}\nprint(it)\n")
    first = next(made for made in found.region.steps[3].writes if made.name == "it")
    assert Purity(found).in_place.handed_on(first) is answer


def test_names_of_the_module_that_functions_set():
    symbols = Symbols(ast.parse("a = b = 1\ndef f():\n  global a\n  a = b = 2\n"))
    assert [declared_global(name, symbols) for name in ("a", "b", "c")] == [True, False, False]


@pytest.mark.parametrize(
    ("made", "changes"),
    [("a.shape[1]", False), ("len(a)", False), ("int(a[0])", False), ("a.shape[1:]", True), ("a[0]", True)],
)
def test_a_number_does_not_change_with_what_it_was_read_from(made: str, changes: bool):
    found = kinds(f"{HEAD}a = np.zeros([2, 3])\nit = {made}\na[0] = 1\nprint(it)\n")
    assert changed(found) is changes


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("it = given.shape[1]\nother(given)", False),
        ("it = given.shape[-1]\nother(given)", False),
        ("it = given.shape\nother(given)", True),
        ("it = given.shape[0:2]\nother(given)", True),
        ("it = given.sizes[1]\nother(given)", True),
    ],
)
def test_a_size_is_a_number_that_nothing_changes(code: str, answer: bool):
    found = kinds(f"{HEAD}from data import other\ngiven = other()\n{code}\nprint(it)\n")
    assert changed(found) is answer
