from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from drawn_graphs import Graph, linear, saved_model, tower

from migrate.errors import MigrateError
from migrate.graph.analyze import inspect_views
from migrate.report.picture.draw import signature_svg
from migrate.report.picture.svg import escape

FIXTURES = Path(__file__).parents[3] / "fixtures"


EVIL = 'a"><script>alert(1)</script>&\x1b[31m\u202e</title>'
SVG = "{http://www.w3.org/2000/svg}"


def draw(path, key=None):
    inspection, views = inspect_views(path)
    text, said = signature_svg(inspection, views, key)
    return ElementTree.fromstring(text), said, text


def words(root):
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def test_what_is_in_a_picture(tmp_path):
    root, said, text = draw(linear().saved_model(tmp_path))
    assert said == ""
    found = words(root)
    for word in ("Signature serving_default", "x", "dense", "2 ops: MatMul, BiasAdd", "kernel", "bias", "y"):
        assert word in found
    assert "float32 [4, 4] · 64 B" in found
    assert "float32 [?, 4]" in found
    assert "href" not in text
    assert "<script" not in text
    assert text.count("http") == 1  # the name space


def test_names_are_text_whatever_is_in_them(tmp_path):
    graph = Graph()
    graph.node(f"{EVIL}/op", "Relu", graph.placeholder("x"))
    graph.node("y", "Mul", f"{EVIL}/op", graph.variable(f"{EVIL}_v"))
    graph.signature(EVIL, {EVIL: "x"}, {EVIL: "y"})
    root, _, text = draw(graph.saved_model(tmp_path))
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{tag}" for tag in ["svg", "style", "rect", "g", "path", "text", "title"]
    }
    assert "<script" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert any('a"><script>' in "".join(title.itertext()) for title in root.iter(f"{SVG}title"))


def test_escape():
    assert escape("<&>\"'\x00\ud800") == "&lt;&amp;&gt;&quot;&#39;\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"


def test_hazards_are_marked():
    root, _, text = draw(FIXTURES / "models/python_function/golden", "serving_default")
    assert "!" in words(root)
    said = ["".join(title.itertext()) for title in root.iter(f"{SVG}title")]
    assert any("python-function at middle" in title for title in said)
    assert 'stroke="#b3161b"' in text


def test_which_signature(tmp_path):
    graph = linear()
    graph.signature("other", {"x": "x"}, {"z": "dense/BiasAdd"})
    path = graph.saved_model(tmp_path)
    _, said, _ = draw(path)
    assert said == " (signature serving_default; --signature draws another: other)"
    root, said, _ = draw(path, "other")
    assert said == ""
    assert "Signature other" in words(root)
    with pytest.raises(MigrateError, match="no signature 'none'; there is: other, serving_default"):
        draw(path, "none")


def test_no_signatures_and_empty_graphs(tmp_path):
    graph = linear()
    graph.meta_graph.signature_def.clear()
    root, _, _ = draw(graph.saved_model(tmp_path / "a"))
    assert any(word.startswith(("The whole graph", "Proposed signature")) for word in words(root))
    draw(saved_model(tmp_path / "b", Graph()))


def test_a_signature_without_inputs_and_an_operation_as_output(tmp_path):
    graph = Graph()
    graph.variable("count")
    graph.node("add", "AssignAdd", "count", graph.constant("one"))
    graph.signature("tick", {}, {"count": "add"})
    graph.meta_graph.signature_def["tick"].outputs["done"].name = "add"
    found = words(draw(graph.saved_model(tmp_path))[0])
    assert any("written" in word for word in found)
    assert "done" in found


def test_many_inputs_and_outputs_share_boxes(tmp_path):
    graph = Graph()
    ends = [graph.node(f"y{i}", "Relu", graph.placeholder(f"x{i}")) for i in range(60)]
    graph.signature("serving_default", {f"x{i}": f"x{i}" for i in range(60)}, {end: end for end in ends})
    root, _, text = draw(graph.saved_model(tmp_path))
    assert "60 inputs" in words(root)
    assert "60 outputs" in words(root)
    assert text.count('class="b"') <= 45


@pytest.mark.slow
def test_a_graph_of_fifty_thousand_nodes(tmp_path):
    path = tower(24, 8, 125).saved_model(tmp_path)
    root, _, text = draw(path)
    assert text.count('class="b"') <= 45
    assert len(text) < 200_000
    assert "model/encoder/layer_23" in words(root)
    width, height = (float(root.get(key)) for key in ("width", "height"))
    assert width < 1600
    assert height < 8000


def test_coordinates_are_numbers(tmp_path):
    _, _, text = draw(tower(5, 3, 5).saved_model(tmp_path))
    assert not re.search(r"nan|inf(?!lammable)", text.partition("<g")[2].lower().replace("info", ""))
