from __future__ import annotations

from graphs import BOOL, FLOAT, Graph

from migrate.graph.functional.repeated_adds import part_repeated_switched


def conditional():
    g = Graph()
    g.placeholder("x")
    g.placeholder("p", BOOL, ())
    g.node("switch", "Switch", "x", "p", T=FLOAT)
    return g


def test_a_switched_term_is_taken_once_by_name():
    g = conditional()
    g.node("same", "Identity", "switch:1", T=FLOAT)
    g.node("twice", "AddV2", "switch:1", "same", T=FLOAT)
    g.node("thrice", "AddV2", "twice", "switch:1", T=FLOAT)
    part_repeated_switched(g.graph)
    nodes = {node.name: node for node in g.graph.node}
    assert list(nodes["twice"].input) == ["switch:1", "twice/again"]
    assert list(nodes["thrice"].input) == ["twice", "thrice/again"]
    assert nodes["twice/again"].op == "PlaceholderWithDefault"
    assert list(nodes["twice/again"].input) == ["same"]


def test_both_sides_of_a_switch_are_different_terms():
    g = conditional()
    g.node("sum", "AddV2", "switch", "switch:1", T=FLOAT)
    before = g.graph.SerializeToString(deterministic=True)
    part_repeated_switched(g.graph)
    assert g.graph.SerializeToString(deterministic=True) == before


def test_other_graphs_stay_as_they_are():
    g = Graph()
    g.placeholder("x")
    g.node("twice", "AddV2", "x", "x", T=FLOAT)
    before = g.graph.SerializeToString(deterministic=True)
    part_repeated_switched(g.graph)
    assert g.graph.SerializeToString(deterministic=True) == before
