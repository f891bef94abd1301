from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from migrate.report.proof_page.asked import Asked
from migrate.report.proof_page.page import render_page
from migrate.verify.results import FirstDifference, Status

EVIL = '</style></title><img src=x onerror="alert(1)">&amp;\x1b[31m\u202e'
VOID = {"meta", "br", "img", "link", "input"}


class Page(HTMLParser):
    """The elements of a page and the words of each, checked for being closed in order."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words, self._open = [], [], []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "style" not in self._open and data.strip():
            self.words.append(" ".join(data.split()))

    @property
    def text(self):
        return " ".join(self.words)

    def all(self, tag):
        return [attributes for found, attributes in self.elements if found == tag]


@pytest.fixture
def page(versions):
    def make(comparison, asked=Asked(3)):  # noqa: B008
        return Page(render_page(comparison, asked, versions))

    return make


def test_the_page_stands_alone(models, versions):
    text = render_page(models, Asked(), versions)
    page = Page(text)
    assert {tag for tag, _ in page.elements} & {"script", "link", "img", "iframe", "object", "form"} == set()
    named = {name for _, attributes in page.elements for name in attributes}
    assert named & {"src", "style", "srcset", "onclick", "onload"} == set()
    links = {attributes["href"] for _, attributes in page.elements if "href" in attributes}
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert {link[1:] for link in links} <= set(ids)
    assert all(link.startswith("#") for link in links)
    assert len(ids) == len(set(ids))
    assert "://" not in text


def test_no_style_but_its_own_is_allowed(models, versions):
    text = render_page(models, Asked(), versions)
    css = re.search(r"<style>(.*?)</style>", text, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = next(found["content"] for found in Page(text).all("meta") if "http-equiv" in found)
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "url(" not in css
    assert "@import" not in css


@pytest.mark.parametrize("status", list(Status))
def test_the_verdict_is_on_top_in_word_and_colour(page, models, equal, status):
    found = page(replace(models, signatures=(replace(equal, status=status),)))
    assert any(attributes.get("class") == f"verdict {status.replace(' ', '-')}" for attributes in found.all("div"))
    assert found.text.index(f" {status} ") < found.text.index("What was compared")
    assert found.words[0].startswith(f"{status}: models/old and models/new")


def test_two_models(page, models):
    text = page(models).text
    for said in (
        "1 of 2 signatures (other)",
        "first model models/old second model models/new MetaGraph tags serve inputs generated from seed 3",
        "a note on both",
        "2 signatures: 1 different, 1 equal",
        "Method name: tensorflow/serving/predict",
        "method name breaks the method names are not the same",
        "shape compatible the shapes are compatible",
        "only one raises",
        "wrong ✗ different float32 1,234 0.25 1",
        "scores ✓ equal float32 8 1.5e-07 2e-07",
        "it changes from call to call",
        "The first element that differs is in sample set 3 rows , where 3 of 9 elements differ:",
        "index [2, 0] first model 0.5 second model '<img src=x>'",
        "Where it parts: the numbers part at MatMul",
        "first model dense/MatMul MatMul 0.5 second model call/MatMul MatMul -",
        "Sample sets, in the order of the calls: 1 row; 3 rows",
        "a hint",
        "float32 |x - y| <= 1e-06 + 1e-05 max(|x|, |y|) + 7.6e-06 s",
        "tf-migrate verify models/old models/new --seed 3",
        "in the directory /here <&>",
        "TensorFlow of the comparison 2.99.0 NumPy 2.88.1 Python 3.13.7 platform Linux-x date 2030-01-02 03:04:05 UTC",
    ):
        assert said in text, said


def test_a_picture_of_absolute_and_relative_errors_for_each_output_with_numbers(page, models):
    found = page(models)
    titles = [word for word in found.words if " errors of " in word]
    assert titles == [
        f"{kind} errors of {name}" for name in ("wrong", "scores", "scores") for kind in ("absolute", "relative")
    ]
    assert len([svg for svg in found.all("svg") if svg.get("role") == "img"]) == 6
    assert "exactly 0" in found.text


def test_two_scripts(page, scripts):
    asked = Asked(3, args=("--steps", "2"), variables=("TOKEN",))
    text = page(scripts, asked).text
    for said in (
        "1 of 2 exports (only BEFORE exports b)",
        "script before.py after.py",
        "command /one/python before.py --steps 2 /two/python after.py --steps 2",
        "TensorFlow 1.15.5 2.21.0 Python 3.7.16 (/one/python) 3.11.9 (/two/python)",
        "isolation no network (a network namespace of its own) no network",
        "took 2.3 s 2.3 s",
        "{out}/a (SavedModel) b (SavedModel) {out}/a (SavedModel, written 3 times)",
        "its clock stands still",
        "said of both",
        "Export 2: b (SavedModel)",
        "Export 1: {out}/a (SavedModel; paired by the same path)",
        "MetaGraph gpu,serve",
        "2 random variables carried from BEFORE",
        "dense/kernel dense/kernel name other/bias dense/bias shape and order",
        "training is not compared",
        "--env TOKEN=... --seed 3 -- --steps 2",
        "Put in the values of TOKEN",
    ):
        assert said in text, said
    assert text.index("Export 2: b") < text.index("Export 1: {out}/a")
    assert "first model" not in text


def test_scripts_as_compat_v1_say_so(page, scripts):
    interpreter = replace(scripts.before.interpreter, tensorflow="2.21.0", as_v1=True)
    text = page(replace(scripts, before=replace(scripts.before, interpreter=interpreter))).text
    assert "TensorFlow 2.21.0, as compat.v1 with v1 behaviour 2.21.0 Python" in text


def test_several_meta_graphs_have_a_heading_each(page, scripts, models):
    (first, second) = scripts.pairs
    both = replace(first, comparisons=(*first.comparisons, models))
    text = page(replace(scripts, pairs=(both, second))).text
    assert text.index("✗ different MetaGraph serve") < text.index("✓ equal MetaGraph gpu,serve")


def test_given_samples_are_named(page, models):
    text = page(models, Asked(3, Path("my.npz"))).text
    assert "inputs given in my.npz ; for signatures that it does not name, generated from seed 3" in text
    assert "--samples my.npz" in text


def test_a_proof_that_was_checked_again(page, scripts):
    text = page(scripts, Asked(proof=Path("proof.json"), after=Path("new.py"), network=True)).text
    assert "inputs those recorded in proof.json , with the first side's answers" in text
    assert "tf-migrate verify --recheck proof.json new.py --network in the directory" in text
    assert "command /one/python" not in text  # its arguments are in the proof


def test_everything_is_escaped(page, models, scripts, equal, versions):
    output = replace(
        equal.outputs[0],
        name=EVIL,
        status=Status.DIFFERENT,
        reasons=(EVIL,),
        first_difference=FirstDifference(EVIL, (), EVIL, EVIL, 1, 1),
    )
    signature = replace(
        equal, key=EVIL, status=Status.DIFFERENT, method_name=EVIL, samples=(EVIL,), outputs=(output,), notes=(EVIL,)
    )
    evil = replace(models, a=EVIL, b=EVIL, tags=(EVIL,), signatures=(signature,), reasons=(EVIL,), notes=(EVIL,))
    (first, second) = scripts.pairs
    pairs = (replace(first, comparisons=(evil,), differences=(EVIL,), notes=(EVIL,)), second)
    for found in (
        page(evil),
        page(replace(scripts, pairs=pairs, notes=(EVIL,)), Asked(args=(EVIL,), variables=(EVIL,))),
    ):
        assert found.all("img") == []
        assert not any("onerror" in attributes for _, attributes in found.elements)
        assert "\x1b" not in found.text
        assert "\u202e" not in found.text
        assert '</style></title><img src=x onerror="alert(1)">&amp;' in found.text


def test_names_that_are_no_text_can_be_written(models, versions):
    text = render_page(replace(models, a="caf\udce9"), Asked(), versions)
    assert "caf\N{REPLACEMENT CHARACTER}" in text
    text.encode("utf-8")


def test_nothing_to_compare(page, models):
    found = page(replace(models, signatures=(), reasons=("neither model has a signature",)))
    assert "not proved: neither model has a signature" not in found.text
    assert "neither model has a signature" in found.text
    assert "no output is of a floating point type" in found.text


def test_two_hundred_signatures(page, models, equal, different):
    many = [replace(equal, key=f"key_{number}") for number in range(199)]
    text = page(replace(models, signatures=(*many, different)))
    opened = [found for found in text.all("details") if "open" in found]
    assert len(text.all("details")) == 201
    assert [found["class"] for found in opened] == ["different"]
    assert "200 signatures: 1 different, 199 equal" in text.text


def test_a_page_of_two_hundred_signatures_is_small(models, equal, versions):
    many = tuple(replace(equal, key=f"key_{number}") for number in range(200))
    assert len(render_page(replace(models, signatures=many), Asked(), versions)) < 1_000_000
