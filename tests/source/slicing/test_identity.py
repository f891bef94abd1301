"""Helpers that compare tensors."""

from __future__ import annotations

import pytest
from checks import check_native, check_not_native, script

from migrate.source.unprovable import NO_EQUAL

_HELPERS = {
    "same": "def same(a, b):\n    return a if a == b else a + b\n",
    "pick": "def pick(t, ts):\n    return t * 2.0 if t in ts else t\n",
    "skip": "def skip(ts, bad):\n    return tf.add_n([t for t in ts if t != bad])\n",
    "loop": "def loop(ts, bad):\n    out = []\n    for t in ts:\n        if t == bad:\n            continue\n        out.append(t)\n"
    "    return tf.add_n(out)\n",
    "key": "def key(t, known):\n    known = dict(known)\n    known[t] = 2.0\n    return t * known[t]\n",
    "where": "def where(t, ts):\n    return t * float(ts.index(t))\n",
    "inner": "def outer(t, ts):\n    return inner(ts, bad=t)\ndef inner(ts, bad):\n    return tf.add_n([t for t in ts if t != bad])\n",
}


@pytest.mark.parametrize(
    ("helper", "call"),
    [
        ("same", "same(x, x)"),
        ("pick", "pick(x, [x])"),
        ("skip", "skip([x, x * 2.0], x)"),
        ("loop", "loop([x, x * 2.0], x)"),
        ("key", "key(x, {})"),
        ("where", "where(x, [x, x])"),
        ("inner", "outer(x, [x, x * 2.0])"),
    ],
)
def test_helpers_that_compare_tensors(helper: str, call: str) -> None:
    code = script(f"y = {call}", imports=f"{_HELPERS[helper]}")
    check_not_native(code, NO_EQUAL, "compares tensors or looks for them")


def test_helpers_that_compare_something_else() -> None:
    block = """\
def block(t, filters, stride=1, kind='relu', base=None):
    size = int(t.shape[1])
    if size == filters and stride != 2 and kind in ('relu', 'elu') and base != None:
        t = t - base
    return wide(t, filters)
def wide(t, filters):
    return t if filters == 3 else t * 2.0
"""
    check_native(script("y = block(block(x, 3), 4, kind='none', base=x)", imports=block))
