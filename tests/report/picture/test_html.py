from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from drawn_graphs import Graph, linear, saved_model, tower

from migrate.graph.analyze import inspect_views
from migrate.report.chosen import choose_signature
from migrate.report.picture.html import render_html

FIXTURES = Path(__file__).parents[3] / "fixtures"


EVIL = '</script><img src=x onerror="alert(1)">&amp;'


def page(path, key=None):
    inspection, views = inspect_views(path)
    return render_html(choose_signature(inspection, key) if key else inspection, views)


def insides(text):
    return json.loads(re.search(r'id="insides">(.*?)</script>', text, re.DOTALL).group(1))


def unpack(inside):
    return ElementTree.fromstring(zlib.decompress(base64.b64decode(inside["packed"])))


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def test_the_page_stands_alone(tmp_path):
    text = page(linear().saved_model(tmp_path))
    elements = Elements(text).found
    assert [attributes for tag, attributes in elements if tag in ("link", "img", "iframe", "object")] == []
    assert not any("src" in attributes for _, attributes in elements)
    assert {attributes["href"] for tag, attributes in elements if tag == "a"} == {"#picture0"}
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src &#39;sha256-{digest}&#39;" in text or f"script-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text


def test_it_says_what_the_text_says(tmp_path):
    text = page(linear().saved_model(tmp_path))
    for word in ("dense/kernel", "float32", "[?, 4]", "y:0", "any size", "64 B"):
        assert word in text
    assert text.count("<svg") == 1
    assert "tf-migrate convert" in page(FIXTURES / "models/counter/golden")


def test_everything_is_escaped(tmp_path):
    graph = Graph()
    graph.node(f"{EVIL}/a", "Relu", graph.placeholder("x"))
    graph.node(f"{EVIL}/b", "Relu", f"{EVIL}/a")
    graph.node("y", "Mul", f"{EVIL}/b", graph.variable(f"{EVIL}v"))
    graph.signature(EVIL, {EVIL: "x"}, {EVIL: "y"})
    text = page(graph.saved_model(tmp_path))
    assert not any(tag == "img" for tag, _ in Elements(text).found)
    assert not any("onerror" in attributes for _, attributes in Elements(text).found)
    assert text.count("</script>") == 2
    assert all("<" not in part for part in re.findall(r'id="insides">(.*?)</script>', text, re.DOTALL))
    assert EVIL + "/a … b" in {inside["title"] for inside in insides(text).values()} or insides(text)


def test_boxes_open(tmp_path):
    text = page(tower(12, 2, 6).saved_model(tmp_path))
    found = insides(text)
    (key,) = [key for key, inside in found.items() if inside["title"] == "model/encoder/layer_3"]
    assert f'data-open="{key}"' in text
    words = ["".join(element.itertext()) for element in unpack(found[key]).iter("{http://www.w3.org/2000/svg}text")]
    assert "model/encoder/layer_2" in words
    assert "comes in" in words
    assert "model/encoder/layer_4" in words
    assert "goes out" in words
    assert any("attention" in word for word in words)
    assert any(other.startswith(f"{key}.") for other in found)


def test_opening_ends():
    """What is inside a box is less than the box: nothing opens for ever."""
    found = insides(page(FIXTURES / "models/dynamic_rnn/golden"))
    assert found
    assert max(key.count(".") for key in found) < 8
    for key, inside in found.items():
        opening = [group.get("data-open") for group in unpack(inside).iter() if group.get("data-open")]
        assert all(other.startswith(f"{key}.") for other in opening)


def test_one_signature(tmp_path):
    graph = linear()
    graph.signature("other", {"x": "x"}, {"z": "dense/BiasAdd"})
    path = graph.saved_model(tmp_path)
    assert page(path).count("<figure") == 2
    assert page(path, "other").count("<figure") == 1


def test_several_meta_graphs_and_none_to_draw(tmp_path):
    train = Graph(("train",))
    text = page(saved_model(tmp_path, linear(), train))
    assert text.count("<h2>") == 2
    assert "The whole graph" in text


def test_many_variables_are_summed_up(tmp_path):
    graph = linear()
    for number in range(500):
        graph.variable(f"tower/layer_{number}/w")
    text = page(graph.saved_model(tmp_path))
    assert "502, by scope" in text
    assert text.count("<tr>") < 260


@pytest.mark.slow
def test_a_graph_of_fifty_thousand_nodes_is_a_small_page(tmp_path):
    text = page(tower(24, 8, 125).saved_model(tmp_path))
    assert len(text) < 2_000_000
    assert "model/encoder/layer_23" in {inside["title"] for inside in insides(text).values()}


def test_many_signatures_share_the_room(tmp_path):
    graph = tower(4, 2, 12)
    for number in range(30):
        graph.signature(f"key_{number}", {"x": "x", "mask": "mask"}, {"y": "pooled"})
    text = page(graph.saved_model(tmp_path))
    assert len(text) < 2_000_000
    assert text.count("<figure") == 31
