from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

from migrate.batch.record import FileRecord, Record
from migrate.batch.repository import Repository
from migrate.report.batch_page import html_report
from migrate.report.batch_totals import totals
from migrate.results import Level
from tests.report.batch_states import site, small_run, state_of

_VOID = {"meta", "input", "br"}


class Page(HTMLParser):
    """What is on a page: it must be well formed."""

    def __init__(self, text):
        super().__init__()
        self.text, self.tags, self.attributes, self.inside, self.open = "", [], [], {}, []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("style", "script"):
            self.inside.setdefault(self.open[-1], []).append(data)
        else:
            self.text += data

    @property
    def rows(self):
        return json.loads(self.inside["script"][0])


def page_of(directory, *records, **more):
    with state_of(directory, *records, **more) as state:
        return "".join(html_report(directory, state, totals(state)))


def test_the_page_tells_everything(tmp_path):
    page = Page(page_of(tmp_path, *small_run(), seconds=[0.5, 2, 0.1, 4, 0]))
    for said in (
        "5 repositories: 3 done, 1 failed, 1 waiting",
        "6 sites in 3 files",
        "could not be fetched: no such repository",
        "not valid Python 3 on line 5: x",
        "the session '…' is used for something else, too",
        "the graph comes from elsewhere (line 3)",
        "hard: p/one.py:7",
        "p/two.py",
        "6.6 s in all",
        f"tf-migrate batch --out {tmp_path} --resume",
        "The session is used after the export",
    ):
        assert said in page.text, said


def test_the_rows_of_the_table(tmp_path):
    rows = Page(page_of(tmp_path, *small_run(), seconds=[0.5, 2, 0.1, 4, 0])).rows
    assert rows[1] == ["good", "https://example.org/ada/good.git main", "done", 2, 1, 1, 0, 0, 0, 1, 1, 2.0, ""]
    assert rows[2][-1] == "could not be fetched: no such repository"
    assert rows[3] == ["hard", "/src/hard", "done", 9, 5, 1, 0, 1, 3, 1, 0, 4.0, ""]
    assert rows[4] == ["later", "/src/later", "waiting", 0, 0, 0, 0, 0, 0, 0, 0, 0, ""]
    assert len({len(row) for row in rows}) == 1


def test_it_needs_nothing_but_itself_and_allows_nothing_else(tmp_path):
    text = page_of(tmp_path, *small_run())
    page = Page(text)
    (policy,) = [value for name, value in page.attributes if name == "content" and value and "default-src" in value]
    (css,) = page.inside["style"]
    script = page.inside["script"][1]
    for source, code in (("style", css), ("script", script)):
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"{source}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    names = {name for name, _ in page.attributes}
    assert not {"src", "style"} & names
    assert not any(name.startswith("on") for name in names)
    assert all(value.startswith("#") for name, value in page.attributes if name == "href")
    assert "innerHTML" not in text


def test_markup_of_others_stays_text(tmp_path):
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}\u202e\x1b"
    records = (
        Record("a", f"https://example.org/{evil}", error=evil),
        Record(
            "b", "/b",
            files=(
                FileRecord(f"{evil}.py", True, (site(Level.FLAGGED, "TFM101", evil),)),
                FileRecord("caf\udce9.py", False, (), evil),
            ),
        ),
        Repository("c", f"https://example.org/{evil}/c"),
    )  # fmt: skip
    text = page_of(tmp_path, *records)
    page = Page(text)
    assert page.tags.count("script") == 2
    assert "img" not in page.tags
    assert "{{ 7 * 7 }}" in page.text
    assert not re.search("[\u202e\x1b\udce9]", text)
    assert page.rows[0][-1].startswith("</script><script>alert(1)")
    text.encode("utf-8")


def test_passwords_are_not_on_it(tmp_path):
    assert "hunter2" not in page_of(
        tmp_path, Record("a", "https://x:hunter2@example.org/a", error="x:hunter2@example.org")
    )


def test_a_run_in_which_nothing_was_found(tmp_path):
    page = Page(page_of(tmp_path, Record("a", "/a", python_files=1)))
    for said in ("No code that exports", "None applied", "All sites are native", "No site is flagged or bridged"):
        assert said in page.text
    assert "What to do next" not in page.text


def test_a_run_without_repositories(tmp_path):
    assert Page(page_of(tmp_path)).rows == []


def test_it_comes_in_pieces(tmp_path):
    with state_of(tmp_path, *(Repository(f"r{n}", f"/r{n}") for n in range(500))) as state:
        assert max(map(len, html_report(tmp_path, state, totals(state)))) < 20_000
