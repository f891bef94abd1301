"""Where slices end."""

from __future__ import annotations

from checks import kinds

from migrate.source.slicing.cuts import expression_key


def test_equal_keys_mean_the_same_value():
    found = kinds("d = f()\na = d['k']\nb = d['k']\nd = g()\nc = d['k']\n").region
    a, b, c = (found.steps[index].node.value for index in (1, 2, 4))
    assert expression_key(a, found) == expression_key(b, found)
    assert expression_key(a, found) != expression_key(c, found)
    assert expression_key(found.steps[0].node.value, found) is None
