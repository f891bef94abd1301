from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import pairwise

from migrate.report.inlined import source_hash
from migrate.report.review_page.page import render_review_page
from migrate.results import Level
from migrate.review.store import as_dict

VOID = {"meta", "input", "br", "link", "img"}
EVIL = "</script><img src=x onerror=alert(1)>\"'&amp;\u202e\x1b[31m.py"


class Page(HTMLParser):
    """The elements of a page and the words of each, checked for being closed in order."""

    def __init__(self, text: str) -> None:
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
        if not {"style", "script"} & set(self._open):
            self.words.append(data)

    @property
    def text(self):
        return " ".join("".join(self.words).split())

    def all(self, tag):
        return [attributes for found, attributes in self.elements if found == tag]


def test_the_page_is_made_of_what_it_holds(html):
    page = Page(html)
    [policy] = [meta["content"] for meta in page.all("meta") if "http-equiv" in meta]
    style, data, script = re.findall(r"<(?:style|script)[^>]*>(.*?)</(?:style|script)>", html, re.DOTALL)
    assert f"style-src '{source_hash(style)}'" in policy
    assert f"script-src '{source_hash(script)}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for name in ("src", "style", "srcset", "background", "action"):
        assert not [tag for tag, attributes in page.elements if name in attributes], name
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert {attributes["href"][0] for tag, attributes in page.elements if "href" in attributes} == {"#"}
    assert not re.search(r"url\(|@import|https?://|fetch\(|XMLHttp|innerHTML|\beval\b", style + script)
    assert json.loads(data)


def test_links_and_labels_lead_somewhere(html):
    page = Page(html)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for name in ("href", "aria-labelledby", "aria-describedby"):
            if name in attributes:
                assert attributes[name].removeprefix("#") in ids
    assert page.all("main") and page.all("nav") and page.all("h1")
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_everything_about_a_site_is_told(review):
    made = review()
    text = Page(render_review_page(made)).text
    for file in made.files:
        for item in made.items(file.path):
            for said in [item.site.message, item.site.reason or "", *item.site.proved]:
                assert " ".join(said.split()) in text
            for refusal in item.site.refusals:
                assert f"not {refusal.level}{refusal.reason} ({refusal.strategy}, {refusal.rule})" in text
            for finding in item.site.findings:
                assert finding.message in text
    assert "6 sites in 4 files" not in text
    assert "5 sites in 4 files" in text


def test_each_level_is_a_picture_and_a_table(html):
    rows = re.findall(r"<tr><th scope=\"row\".*?</tr>", html, re.DOTALL)
    assert len([row for row in rows if 'class="badge' in row]) == len(Level)
    native = next(row for row in rows if 'class="badge native"' in row)
    assert ">3</td>" in native
    assert "<title>native: 3</title>" in native


def test_the_script_is_given_the_decisions_in_the_form_of_the_store(review):
    made = review()
    made.accept(made.items(made.files[2].path))
    html = render_review_page(made)
    [data] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html)
    data = json.loads(data)
    assert data["decisions"] == json.loads(json.dumps(as_dict(made)))
    assert [(item["file"], item["ordinals"], item["state"]) for item in data["items"]] == [
        (0, [0], "pending"),
        (1, [0], "stays"),
        (2, [0], "accepted"),
        (3, [0], "pending"),
        (3, [1], "pending"),
    ]


def test_the_same_review_makes_the_same_page(review):
    made = review()
    assert render_review_page(made) == render_review_page(made)


def test_markup_in_names_and_code_is_text(review):
    name = EVIL.replace("/", "\u2215")
    code = f"""import tensorflow as tf
# {EVIL[:-3]!r} <!-- </style> {EVIL[:-3].replace(chr(27), "")}
with tf.Session() as sess:
  x = tf.placeholder(tf.float32, [None], name="x")
  tf.saved_model.simple_save(sess, "</script><script>alert(2)</script>", {{"<b>x</b>": x}}, {{"</td>'\\"": x * 2.0}})
"""
    made = review({name: code})
    assert [file.result.error for file in made.files] == [None]
    html = render_review_page(made)
    page = Page(html)
    assert not {tag for tag, _ in page.elements} & {"img", "iframe", "object", "embed", "form", "base"}
    assert len(page.all("script")) == 2
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", html)
    assert "<U+202E>␛[31m.py" in page.text
    assert "</script><script>alert(2)</script>" in page.text
    assert "<b>x</b>" in page.text


def test_names_that_are_no_text_can_be_shown(review, cwd):
    made = review({"a\udcff.py": "import tensorflow as tf\ntf.saved_model.simple_save(\n"})
    html = render_review_page(made)
    html.encode("utf-8")
    assert "a<U+DCFF>.py" in Page(html).text


def test_nothing_found_makes_a_page_too(review):
    html = render_review_page(review(empty="x = 1\n"))
    assert "No TensorFlow 1 export code was found." in Page(html).text
