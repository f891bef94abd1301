from __future__ import annotations

from pathlib import Path

import pytest
from drawn_graphs import Graph, flat, linear, tower

from migrate.graph.analyze import inspect_views
from migrate.report.picture.collapse import collapse
from migrate.report.picture.draw import units_of
from migrate.report.picture.flow import flow_of
from migrate.report.picture.scopes import scope_tree
from migrate.report.picture.subject import subjects
from migrate.report.picture.units import unit_graph
from migrate.report.picture.wording import unit_title

FIXTURES = Path(__file__).parents[3] / "fixtures"


def flow(path):
    inspection, (view,) = inspect_views(path)
    return flow_of(view, subjects(view, inspection.meta_graphs[0])[0])


def titles(units):
    return [unit_title(unit) for unit in units]


def test_a_small_model(tmp_path):
    assert titles(units_of(flow(linear().saved_model(tmp_path)))) == ["dense", "y"]


def test_layers_stay_apart(tmp_path):
    found = titles(units_of(flow(tower(12, 2, 6).saved_model(tmp_path))))
    assert found == [*(f"model/encoder/layer_{i}" for i in range(12)), "pooled"]


def test_few_layers_are_opened_all_alike(tmp_path):
    found = titles(units_of(flow(tower(3, 2, 6).saved_model(tmp_path))))
    for layer in range(3):
        inner = [title for title in found if f"layer_{layer}/" in title]
        assert [title.replace(f"layer_{layer}/", "") for title in inner] == [
            title.replace("layer_0/", "") for title in found if "layer_0/" in title
        ]
        assert len(inner) > 1


def test_too_many_layers_are_put_together_in_order(tmp_path):
    found = units_of(flow(tower(100, 1, 3).saved_model(tmp_path)))
    assert len(found) <= 40
    assert titles(found)[0].startswith("model/encoder/layer_0 … layer_")
    assert sum(len(unit.scopes) for unit in found) == 100


@pytest.mark.parametrize("nodes", [1, 5, 300, 3000])
def test_without_scopes_the_flow_is_cut_into_pieces(tmp_path, nodes):
    found = flow(flat(nodes).saved_model(tmp_path))
    units = units_of(found)
    assert len(units) <= 40
    assert sorted(name for unit in units for name in unit.nodes) == sorted(found.graph)
    graph = unit_graph(units, found)
    assert all(a < b for a, b in graph.edges)


def test_every_node_is_in_one_unit_whatever_the_limit(tmp_path):
    found = flow(tower(7, 3, 5).saved_model(tmp_path))
    for most in (1, 2, 5, 30, 500):
        units = collapse(scope_tree(found, found.graph), found, most)
        assert len(units) <= most
        assert sorted(name for unit in units for name in unit.nodes) == sorted(found.graph)


def test_alike_branches_are_one_box_where_there_are_too_many(tmp_path):
    graph = Graph()
    x = graph.placeholder("x")
    ends = [graph.node(f"branch_{i}/b", "Relu", graph.node(f"branch_{i}/a", "Relu", x)) for i in range(200)]
    graph.node("y", "AddN", *ends)
    graph.meta_graph.graph_def.node[-1].attr["N"].i = 200
    graph.signature("serving_default", {"x": "x"}, {"y": "y"})
    assert titles(units_of(flow(graph.saved_model(tmp_path)))) == ["branch_0 … branch_199", "y"]


def test_a_while_loop_is_one_box():
    units = units_of(flow(FIXTURES / "models/dynamic_rnn/golden"))
    loops = [unit for unit in units if unit.is_loop]
    assert titles(loops) == ["while"]
    assert len(loops[0].nodes) > 10
