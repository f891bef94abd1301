"""Lists of repositories."""

from __future__ import annotations

import pytest

from migrate.batch.listing import read_list
from migrate.batch.repository import Wanted
from migrate.errors import MigrateError

EXPECTED = (Wanted("https://example.com/a/b", "v1", "ab"), Wanted("ssh://example.com/c"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.json", '[{"source": "https://example.com/a/b", "ref": "v1", "name": "ab"}, "ssh://example.com/c"]'),
        ("list.csv", "source,ref,name\r\nhttps://example.com/a/b,v1,ab\r\nssh://example.com/c,,\r\n"),
        ("list.CSV", "name,source,ref\nab,https://example.com/a/b,v1\n,ssh://example.com/c,\n"),
    ],
)
def test_tables_are_read(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig")
    assert read_list(path) == EXPECTED


def test_lines_are_read(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("# ours\n\nhttps://example.com/a/b  v1\nssh://example.com/c\n")
    assert read_list(path) == (Wanted("https://example.com/a/b", "v1"), Wanted("ssh://example.com/c"))


def test_directories_are_looked_for_beside_the_list(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("one\n/two\n")
    assert [one.source for one in read_list(path)] == [str(tmp_path / "one"), "/two"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("l.json", b"{", "not valid JSON"),
        ("l.json", b'{"source": "x"}', "must hold a list"),
        ("l.json", b"[1]", "element 1"),
        ("l.json", b'["x", {"ref": "y"}]', "element 2: needs a source"),
        ("l.json", b'[{"source": "x", "url": "y"}]', "unknown 'url'"),
        ("l.json", b'[{"source": "x", "ref": 1}]', "must be text"),
        ("l.csv", b"source,ref\nx,y,z\n", "line 2: has more fields"),
        ("l.csv", b"url\nx\n", "unknown 'url'"),
        ("l.txt", b"a b c\n", "line 1"),
        ("l.txt", b"\xff\xfe", "no UTF-8"),
    ],
)
def test_what_is_wrong_with_a_list_is_said(tmp_path, name, data, said):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(MigrateError, match=said) as error:
        read_list(path)
    assert str(path) in str(error.value)


def test_a_list_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(MigrateError, match="no such file"):
        read_list(tmp_path / "none.json")
