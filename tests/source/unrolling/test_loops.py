import pytest
from checks import kinds
from written import function

from migrate.source.unrolling.loops import loops, makes_in_loop

MAKES = "    w = tf.get_variable('w', [3])"


def rounds(*lines: str) -> list[int]:
    return [len(loop.rounds) for loop in loops(kinds(function(*lines), "build"))]


@pytest.mark.parametrize(
    ("head", "count"),
    [
        ("for i in range(3):", 3),
        ("for i in range(4, 0, -2):", 2),
        ("for i, size in enumerate([3, 4]):", 2),
        ("for size, act in zip((3, 4), [tf.nn.relu, None]):", 2),
        ("for (a, b), c in [((1, 2), 'x')]:", 1),
    ],
)
def test_rounds(head: str, count: int):
    assert rounds(head, MAKES) == [count]


@pytest.mark.parametrize(
    "head", ["for i in range(n):", "for i in range(9):", "for i in [n]:", "for i in []:", "for a, b in [1, 2]:",
             "for i in reversed([1, 2]):"]
)  # fmt: skip
def test_loops_that_stay(head: str):
    assert rounds(head, MAKES) == []


@pytest.mark.parametrize(
    "line", ["break", "continue", "i = 2", "f = lambda: i", "def f(): pass", "del i", "return i", "import os"]
)
def test_bodies_that_stay(line: str):
    assert rounds("for i in range(2):", MAKES, f"    {line}") == []


def test_lists_that_have_names():
    use = "for s in sizes:"
    assert rounds("sizes = [3, 4]", "print(len(sizes), sizes[0])", use, MAKES) == [2]
    for line in ("sizes.append(5)", "other = sizes", "sizes[0] = 1", "sort(sizes)", "sizes += [1]"):
        assert rounds("sizes = [3, 4]", line, use, MAKES) == []


def test_names_of_python_that_mean_something_else():
    assert rounds("def range(k): return [1]", "for i in range(2):", MAKES) == []


def test_loops_that_make_nothing():
    assert not makes_in_loop(kinds(function("for i in range(2):", "    x = x * 2.0"), "build"))
    assert makes_in_loop(kinds(function("for i in range(n):", "    tf.layers.dense(x, 3)"), "build"))
