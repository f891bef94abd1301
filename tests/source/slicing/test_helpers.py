"""Helpers that a graph's code calls."""

from __future__ import annotations

from checks import call, kinds

from migrate.source.slicing.helpers import helper_functions


def test_helpers_of_helpers():
    found = kinds("def f(): g()\ndef g(): h()\ndef h(): f()\ndef other(): pass\nf()\n")
    function = found.region.function(call(found.region, "f", -1).func)
    assert [item.name for item in helper_functions(function, found)] == ["f", "g", "h"]
