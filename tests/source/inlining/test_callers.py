"""The one function that another is called from."""

from __future__ import annotations

import pytest

from migrate.source.inlining.callers import caller
from migrate.source.inlining.text import Source

CLASS = "class A:\n    def save(self):\n        pass\n\n\nclass B(A):\n    pass\n\n\n"

MADE = "import tensorflow as tf\n\nx = "


@pytest.mark.parametrize(
    ("code", "path", "wanted"),
    [
        ("def f(x):\n    pass\n\n\ndef g():\n    f(1)\n", ("f",), ("g",)),
        ("def f(x):\n    pass\n\n\nf(1)\n", ("f",), ()),
        ("def f(x):\n    pass\n\n\nf(1)\nf(2)\n", ("f",), ()),
        ("def f(x):\n    pass\n\n\ndef g():\n    f(1)\n\n\nf(2)\n", ("f",), None),
        (f"{MADE}tf.Session()\n\n\ndef f():\n    return x\n\n\nf()\n", ("f",), ()),
        (f"{MADE}tf.zeros([3])\n\n\ndef f():\n    return x\n\n\nf()\n", ("f",), ()),
        (f"{MADE}tf.app.flags.FLAGS\n\n\ndef f():\n    return x\n\n\nf()\n", ("f",), None),
        (f"{MADE}1\n\n\ndef f():\n    return x\n\n\nf()\n", ("f",), None),
        ("def f(x):\n    pass\n", ("f",), None),
        ("def f():\n    pass\n\n\nf()\n", ("f",), None),
        ("def f(x):\n    f(x)\n", ("f",), None),
        (f"{CLASS}def g():\n    B()\n", ("A", "save"), ("g",)),
        (f"{CLASS}def g():\n    A()\n", ("A", "save"), None),
        ("x = 1\n", (), None),
    ],
)
def test_caller(code: str, path: tuple[str, ...], wanted: tuple[str, ...] | None):
    assert caller(Source(code), path) == wanted
