"""Tests of what becomes of graphs and sessions."""

from __future__ import annotations

import pytest
from loaded_code import LoadedCode

from migrate.source.loaded.uses import Usage


@pytest.mark.parametrize(
    ("code", "usage"),
    [
        ("s.run('y:0')", Usage.RUN),
        ("s.close()", Usage.CLOSE),
        ("with s:\n    pass", Usage.ENTER),
        ("with s.as_default():\n    pass", Usage.ENTER),
        ("s.as_default()", Usage.NOTHING),
        ("t = s", Usage.KEPT),
        ("f(s)", Usage.PASSED),
        ("print(s)", Usage.OTHER),
        ("saver.restore(s, 'x')", Usage.OTHER),
        ("[s]", Usage.OTHER),
        ("if s is None:\n    pass", Usage.TESTED),
        ("s.make_callable('y:0')", Usage.OTHER),
        ("run = s.run", Usage.OTHER),
    ],
)
def test_a_session(code: str, usage: Usage):
    found = LoadedCode(f"def f(x):\n    pass\ns = tf.Session()\n{code}").uses()
    assert usage in [use.usage for use in found if use.value.lineno == 5]


@pytest.mark.parametrize(
    ("code", "usage"),
    [
        ("g.get_tensor_by_name('x:0')", Usage.LOOKUP),
        ("g.finalize()", Usage.FINALIZE),
        ("tf.Session(graph=g)", Usage.RUN_BY),
        ("tf.summary.FileWriter('x', g)", Usage.OTHER),
        ("g.as_graph_def()", Usage.GRAPH_DEF),
    ],
)
def test_a_graph(code: str, usage: Usage):
    found = LoadedCode(f"g = tf.Graph()\n{code}").uses()
    assert [use.usage for use in found if use.value.lineno == 3 and use.role.name == "GRAPH"] == [usage]


def test_what_a_function_returns_is_used_by_its_parts():
    found = LoadedCode("def f():\n    return tf.Graph(), 1\ng, n = f()\ng.finalize()").uses()
    assert [use.usage for use in found] == [Usage.RETURNED, Usage.FINALIZE]
