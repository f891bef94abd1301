"""Second names of sessions, and a name for TensorFlow as a whole."""

from __future__ import annotations

import ast

import pytest
from wrapping_code import view_of

from migrate.source.strategies.plainer import one_name_a_session, with_tensorflow


def renamed(code: str) -> str | None:
    """The text with one name for the session of the function of some code."""
    view = view_of("import tensorflow as tf\n\ndef f():\n" + code)
    (function,) = (node for node in view.tree.body if isinstance(node, ast.FunctionDef))
    return one_name_a_session(view, view.symbols.scope_of(function))


@pytest.mark.parametrize("entered", ["s", "s.as_default()"])
def test_the_second_name_is_the_first(entered: str):
    code = (
        "    s = tf.Session()\n"
        f"    with {entered} as session:\n"
        "        é = [session.graph.get_tensor_by_name(one) for one in 'ab']; session.run(é)\n"
        "    return lambda: session.close()\n"
    )
    new = renamed(code)
    assert new is not None
    assert f"with {entered}:\n" in new
    assert "é = [s.graph.get_tensor_by_name(one) for one in 'ab']; s.run(é)\n" in new
    assert "lambda: s.close()" in new


@pytest.mark.parametrize(
    "code",
    [
        "    s = tf.Session()\n    with s:\n        pass\n",
        "    with tf.Session() as session:\n        session.run(1)\n",
        # Another value, before or after.
        "    s = tf.Session()\n    with s as session:\n        session = None\n",
        "    s = tf.Session()\n    s = tf.Session()\n    with s as session:\n        session.run(1)\n",
        "    s = tf.Session()\n    if s:\n        s = 1\n    with s as session:\n        session.run(1)\n",
        # No session.
        "    s = open('a')\n    with s as session:\n        session.read()\n",
        # Read before it has a value, in a loop.
        "    s = tf.Session()\n    for i in 'ab':\n        print(session)\n        with s as session:\n            pass\n",
    ],
)
def test_other_names_stay(code: str):
    assert renamed(code) is None


def test_tensorflow_is_imported_below_the_imports():
    text = with_tensorflow(view_of('"""Text."""\nfrom tensorflow.compat.v1 import Session\nimport os\n\nSession()\n'))
    assert text is not None
    assert text.startswith(
        '"""Text."""\nfrom tensorflow.compat.v1 import Session\nimport os\nimport tensorflow as tf\n'
    )


@pytest.mark.parametrize(
    "code", ["import tensorflow\n", "import tensorflow.compat.v1 as tf\n", "def f():\n    import tensorflow as tf\n"]
)
def test_not_where_it_is_imported(code: str):
    assert with_tensorflow(view_of(code)) is None
