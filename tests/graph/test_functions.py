from __future__ import annotations

from graphs import FLOAT, Graph

from migrate.graph.functions import called_functions, reachable, rename_by_content


def nested(op):
    g = Graph()
    g.placeholder("x")
    g.function("inner", ("n", op, ("a",), {"T": FLOAT}))
    g.function("outer", ("call", "PartitionedCall", ("a",), {"f": "inner", "Tin": [FLOAT], "Tout": [FLOAT]}))
    g.function("unused")
    g.node("y", "PartitionedCall", "x", Tin=[FLOAT], Tout=[FLOAT], f="outer")
    return g


def names(g):
    return [function.signature.name for function in g.graph.library.function]


def test_functions_are_found_through_functions():
    g = nested("Neg")
    functions = {function.signature.name: function for function in g.graph.library.function}
    assert reachable(g.graph.node, functions) == ("inner", "outer")
    assert list(called_functions(g.graph.node[-1], functions)) == ["outer"]


def test_names_tell_what_the_function_does():
    first, again, other = nested("Neg"), nested("Neg"), nested("Abs")
    for g in (first, again, other):
        rename_by_content(g.graph)
    assert names(first) == names(again)
    assert names(first)[0] != names(other)[0]
    assert names(first)[1] != names(other)[1]  # It calls another function.
    assert names(first)[2] == names(other)[2]


def test_calls_follow():
    g = nested("Neg")
    rename_by_content(g.graph)
    inner, outer, _ = names(g)
    assert g.graph.node[-1].attr["f"].func.name == outer
    assert g.graph.library.function[1].node_def[0].attr["f"].func.name == inner
