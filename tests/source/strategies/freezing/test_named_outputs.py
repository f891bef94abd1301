"""Loops and lists that name the outputs of a model."""

from __future__ import annotations

import ast

import pytest

from migrate.source.strategies.freezing.named_outputs import identity, listed, notes


def call_of(text: str) -> ast.Call:
    made = ast.parse(text, mode="eval").body
    assert isinstance(made, ast.Call)
    return made


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tf.identity(x, 'a')", True),
        ("tf.identity(input=x, name='a')", True),
        ("tf.identity(x)", False),
        ("tf.identity(x, name='a', dtype=d)", False),
    ],
)
def test_what_gives_a_name(text: str, found: bool) -> None:
    assert (identity(call_of(text)) is not None) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[tf.identity(t, name=n) for t, n in zip(model.outputs, names)]", True),
        ("[tf.identity(t, name=n) for t, n in zip(model.outputs, others)]", False),
        ("[tf.identity(t, name=n) for t, n in zip(model.outputs, names) if n]", False),
        ("[tf.identity(t, name=names[i]) for i, t in enumerate(self.model.outputs)]", True),
        ("[tf.identity(t, name=names[i]) for i, t in enumerate(make().outputs)]", False),
        ("[f(tf.identity(t, name=n)) for t, n in zip(model.outputs, names)]", False),
    ],
)
def test_lists(text: str, found: bool) -> None:
    (statement,) = ast.parse(text).body
    call = next(
        node for node in ast.walk(statement) if isinstance(node, ast.Call) and ast.unparse(node.func) == "tf.identity"
    )
    assert (listed(statement, call, ast.Name("names", ast.Load())) is not None) is found


@pytest.mark.parametrize(
    ("body", "noted"),
    [
        ("names.append('a')", True),
        ("n = 'a'\n    names.append(n)", True),
        ("names.append(n)\n    n = 'a'", False),
        ("n = 'a'\n    n = 'b'\n    names.append(n)", False),
        ("names.append('b')", False),
        ("names.append('a')\n    names.append('a')", False),
        ("print(i)\n    names.append('a')", False),
    ],
)
def test_loops(body: str, noted: bool) -> None:
    (loop,) = ast.parse(f"for i in turns:\n    tf.identity(x, name='a')\n    {body}").body
    assert isinstance(loop, ast.For)
    assert notes(loop, loop.body[0], "names", ast.Constant("a")) is noted
