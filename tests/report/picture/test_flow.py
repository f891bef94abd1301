from __future__ import annotations

from drawn_graphs import INT64, STRING, Graph, linear

from migrate.graph.analyze import inspect_views
from migrate.report.picture.flow import flow_of
from migrate.report.picture.subject import subjects


def flow(path):
    inspection, (view,) = inspect_views(path)
    return flow_of(view, subjects(view, inspection.meta_graphs[0])[0])


def test_constants_reads_and_identities_are_hidden(tmp_path):
    graph = linear()
    graph.node("again", "Identity", "y")
    graph.node("doubled", "Mul", "again", graph.constant("two"))
    graph.signature("serving_default", {"x": "x"}, {"y": "doubled"})
    found = flow(graph.saved_model(tmp_path))
    assert set(found.graph) == {"dense/MatMul", "dense/BiasAdd", "y", "doubled"}
    assert found.graph.has_edge("y", "doubled")
    assert found.uses == {"dense/kernel": ("dense/MatMul",), "dense/bias": ("dense/BiasAdd",)}
    assert found.feeds == {0: ("dense/MatMul",)}
    assert [str(tensor) for tensor in found.fetches[0]] == ["doubled:0"]


def test_an_input_of_which_only_the_shape_is_used_still_leads_somewhere(tmp_path):
    graph = Graph()
    graph.node("shape", "Shape", graph.placeholder("x"))
    graph.node("ones", "Fill", "shape", graph.constant("one"))
    graph.node("random", "RandomUniform", "shape", dtype=3)
    graph.node("y", "Relu", "random")
    graph.signature("serving_default", {"x": "x"}, {"y": "y"})
    found = flow(graph.saved_model(tmp_path))
    assert set(found.graph) == {"random", "y"}
    assert found.feeds == {0: ("random",)}


def test_an_output_that_is_an_input_a_variable_or_a_constant(tmp_path):
    graph = Graph()
    graph.node("same", "Identity", graph.placeholder("x"))
    graph.variable("v")
    graph.constant("c")
    graph.signature("serving_default", {"x": "x"}, {"a": "same", "b": "v/read", "c": "c"})
    found = flow(graph.saved_model(tmp_path))
    assert found.through == ((0, 0),)
    assert found.holds == ((1, "v"),)
    assert set(found.graph) == {"c"}


def test_what_changes_a_variable_is_shown_though_no_value_of_it_is_used(tmp_path):
    graph = Graph()
    read = graph.variable("count")
    graph.node("add", "AssignAdd", "count", graph.constant("one"))
    graph.node("y", "Add", read, graph.placeholder("x"))
    graph.meta_graph.graph_def.node[-1].input.append("^add")
    graph.signature("serving_default", {"x": "x"}, {"y": "y"})
    found = flow(graph.saved_model(tmp_path))
    assert set(found.graph) == {"add", "y"}
    assert found.graph.edges["add", "y"]["tensors"] == frozenset()
    assert found.subject.writes == {"count"}


def test_large_constants_are_weights(tmp_path):
    graph = Graph()
    graph.node("y", "MatMul", graph.placeholder("x"), graph.constant("w", (4, 4)))
    graph.node("z", "Mul", "y", graph.constant("small", (2,)))
    graph.signature("serving_default", {"x": "x"}, {"z": "z"})
    assert flow(graph.saved_model(tmp_path)).uses == {"w": ("y",)}


def test_a_whole_graph_goes_from_its_placeholders(tmp_path):
    graph = Graph()
    graph.node("lonely", "NoSuchOperation", graph.placeholder("x"), dtype=STRING)
    graph.node("y", "AlsoUnknown", "lonely", dtype=INT64)
    found = flow(graph.graph_def(tmp_path / "graph.pb"))
    assert set(found.graph) == {"lonely", "y"}
    assert [end.name for end in found.subject.inputs] == ["x"]
