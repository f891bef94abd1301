"""Lambdas that names stand for."""

from __future__ import annotations

import pytest
from checks import check_native, check_not_native, kinds, script
from written import check_left, function, written

from migrate.source.unrolling.lambdas import calls_lambdas, without_lambdas


@pytest.mark.parametrize(
    ("made", "call", "meant"),
    [
        ("f = lambda a: tf.nn.relu(a)", "x = f(x)", "x = tf.nn.relu(x)"),
        ("f = lambda a, b=2.0: a * b", "x = f(x) + 1", "x = (x * 2.0) + 1"),
        ("f = lambda a, b: a * b", "x = f(b=x, a=3)", "x = 3 * x"),
        ("f = lambda a: [a, n]", "x = [f(b) for b in x]", "x = [[b, n] for b in x]"),
        ("f = lambda s: tf.zeros(s)", "x = g(f([2, 3]))", "x = g(tf.zeros([2, 3]))"),
        ("f = lambda: tf.zeros([1])", "x = f() * f()", "x = tf.zeros([1]) * tf.zeros([1])"),
    ],
)
def test_read_at_its_call(made: str, call: str, meant: str):
    assert written(without_lambdas, made, call).splitlines() == [meant]


@pytest.mark.parametrize(
    ("made", "call"),
    [
        ("f = lambda a: a * a", "x = f(g(x))"),
        ("f = lambda a: a * n", "x = [f(n) for n in x]"),
        ("f = lambda a: [a for b in a]", "x = f(x)"),
        ("f = lambda a: -a", "x = f(-1)"),
        ("f = lambda *a: g(a)", "x = f(x)"),
        ("f = lambda a, b=n: a + b", "x = f(x)"),
        ("f = lambda a: f'{a}'", "x = f(x)"),
    ],
)
def test_a_function_where_it_cannot_be(made: str, call: str):
    parameters, _, body = made.removeprefix("f = lambda").partition(":")
    found = written(without_lambdas, made, call).splitlines()
    assert found == [f"def f({parameters.strip()}):", f"    return {body.strip()}", call]


def test_lambdas_that_call_each_other_are_functions():
    found = written(without_lambdas, "f = lambda a: a + 1", "g = lambda a: f(a) * 2", "x = g(x)").splitlines()
    assert found == ["def f(a):", "    return a + 1", "x = f(x) * 2"]


def test_layout_and_comments():
    lines = ("f = lambda a: g(  # kept", "    a)  # and this", "x = f(x)")
    assert written(without_lambdas, *lines).splitlines() == [
        "# and this",
        "def f(a):",
        "    return (g(  # kept",
        "    a))",
        "x = f(x)",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ("f = lambda a: a", "f = lambda a: -a", "x = f(x)"),
        ("f = lambda a: a", "x = map(f, x)"),
        ("f = lambda a: a", "x = g(f, f(x))"),
        ("f = lambda a: a; y = 1", "x = f(x)"),
        ("f = g = lambda a: a", "x = f(x)"),
        ("f = lambda a: (yield a)", "x = f(x)"),
        ("f = lambda a: a",),
    ],
)
def test_what_stays(lines: tuple[str, ...]):
    check_left(without_lambdas, *lines)


def test_names_are_those_of_the_place():
    lines = ("k = 2", "f = lambda a: a * k", "def g(k):", "    return f(k)", "x = f(1)")
    assert "def f(a):" in written(without_lambdas, *lines)


def test_only_regions_that_call_them_are_asked():
    assert calls_lambdas(kinds(function("f = lambda a: a", "x = f(x)"), "build"))
    assert not calls_lambdas(kinds(function("f = lambda a: a", "x = map(f, x)"), "build"))


def test_a_lambda_that_makes_variables():
    after = check_native(
        script("weight = lambda value, name: tf.Variable(tf.constant(value, shape=[3]), name=name)",
               "y = x * weight(2.0, 'a')", "y = y + weight(1.0, 'b')")
    )  # fmt: skip
    assert 'name="a"' in after
    assert 'name="b"' in after


def test_a_lambda_sees_names_as_they_are_when_it_is_called():
    code = script("k = 2.0", "f = lambda t: t * k", "k = 3.0", "y = f(x)")
    assert "y = x * 3.0" in check_native(code) or "k = 3.0" in check_native(code)


def test_a_function_sees_them_too():
    code = script("k = 2.0", "f = lambda t: t * k", "k = 3.0", "y = f(x + 1.0)")
    check_not_native(code, "TFM101", "the helper f reads 'k', which changes")
