"""Helpers that a graph's code calls."""

from __future__ import annotations

from checks import call, check_native, kinds, script

from migrate.source.slicing.helpers import helper_functions


def test_helpers_of_helpers():
    found = kinds("def f(): g()\ndef g(): h()\ndef h(): f()\ndef other(): pass\nf()\n")
    function = found.region.function(call(found.region, "f", -1).func)
    assert [item.name for item in helper_functions(function, found)] == ["f", "g", "h"]


def test_names_of_lambdas_and_loops_in_helpers_are_not_those_of_the_module():
    net = "def net(t):\n    t = tf.map_fn(lambda h: h * 2.0, t)\n    return tf.add_n([t * k for k in (1.0, 2.0)])\n"
    check_native(script("h = net(x)", "k = net(h)", "y = h + k", imports=net))
