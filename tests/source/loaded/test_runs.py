"""Tests of the fetches and feeds of runs."""

from __future__ import annotations

import ast

import pytest
from loaded_code import LoadedCode

from migrate.source.loaded.roles import Role
from migrate.source.loaded.runs import feed_keys, key_role, read_run
from migrate.source.loaded.uses import Usage


def keys(code: str) -> list[str] | None:
    found = LoadedCode(code)
    (run,) = [read_run(use) for use in found.uses() if use.usage is Usage.RUN]
    assert run.feed is not None
    answer = feed_keys(run.feed, found.places)
    return sorted(ast.unparse(key) for key in answer) if answer is not None else None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("s.run(y, {x: 1, 'k:0': 2})", ["'k:0'", "x"]),
        ("s.run(y, feed_dict={})", []),
        ("d = {x: 1}\nd[k] = 2\ns.run(y, d)", ["k", "x"]),
        ("d = dict()\nif a:\n    d[k] = 2\ns.run(y, d)", ["k"]),
        ("def f(d):\n    s.run(y, feed_dict=d)\nf({x: 1})\nf({k: 1})", ["k", "x"]),
        ("def f():\n    return {x: 1}\ns.run(y, f())", ["x"]),
        ("s.run(y, {n: 0 for n in a})", ["n"]),
        ("s.run(y, {x: 1} if a else None)", ["x"]),
        ("def f(d):\n    s.run(y, d)", None),
        ("s.run(y, dict(zip(a, b)))", None),
        ("s.run(y, {**other()})", None),
        ("for d in feeds():\n    s.run(y, d)", None),
    ],
)
def test_keys_of_a_feed(code: str, expected: list[str] | None):
    assert keys("s = tf.Session()\n" + code) == expected


def test_options_are_told_apart():
    code = LoadedCode("s = tf.Session()\ns.run(['y:0'], None, options=o)")
    (run,) = [read_run(use) for use in code.uses() if use.usage is Usage.RUN]
    assert run.feed is None
    assert [ast.unparse(node) for node in run.extra] == ["o"]


def test_arguments_that_are_not_written_out():
    code = LoadedCode("s = tf.Session()\ns.run(*a)")
    (run,) = [read_run(use) for use in code.uses() if use.usage is Usage.RUN]
    assert run.fetches is None


@pytest.mark.parametrize(
    ("value", "role"),
    [("tf.Graph().get_tensor_by_name('x:0')", Role.TENSOR), ("'x:0'", Role.TEXT), ("given()", None)],
)
def test_a_key_is_a_tensor_or_a_name(value: str, role: Role | None):
    code = LoadedCode(f"k = {value}\nprint(k)")
    assert key_role(code.find("k"), code.roles) is role
