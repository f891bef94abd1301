from __future__ import annotations

from graphs import FLOAT, Graph

from migrate.graph.legacy_names.body_influence import Bodies
from migrate.graph.legacy_names.walk import Graph as Walked
from migrate.graph.tensors import Tensor


def walked(graph, **more):
    return Walked({node.name: node for node in graph.graph.node}, Bodies(graph.meta), **more)


X, Z, H = Tensor("x", 0), Tensor("z", 0), Tensor("h", 0)


def chain():
    g = Graph()
    for name in ("x", "z"):
        g.placeholder(name)
    g.node("h", "AddV2", "x", "z", T=FLOAT)
    g.node("y", "Tanh", "h", "^z", T=FLOAT)
    return g


def test_a_fed_tensor_ends_the_walk():
    needs = walked(chain()).needs(Tensor("y", 0), {H})
    assert needs.fed == {H}
    # It runs after the placeholder, also where that is not read.
    assert needs.missing == {Z}
    assert needs.nodes == {"y", "z"}


def test_a_fed_placeholder_need_not_run():
    needs = walked(chain()).needs(Tensor("y", 0), {H, Z})
    assert needs.fed == {H, Z}
    assert not needs.missing


def test_order_does_not_change_values():
    assert walked(chain()).influences(Tensor("y", 0), {H}).missing == frozenset()


def test_links_go_on_where_they_are_not_fed():
    g = chain()
    g.placeholder("p")
    g.node("out", "Tanh", "p", T=FLOAT)
    graph = walked(g, links={Tensor("p", 0): H})
    assert graph.needs(Tensor("out", 0), {X, Z}).fed == {X, Z}
    assert graph.needs(Tensor("out", 0), {Tensor("p", 0)}).fed == {Tensor("p", 0)}
    assert graph.depends_on(Tensor("out", 0), X)
    assert not graph.depends_on(H, Tensor("p", 0))


def test_merged_placeholders_are_one():
    g = chain()
    graph = walked(g, same={Z: X})
    assert graph.needs(H, {X}).fed == {X}
    assert not graph.needs(H, {X}).missing
