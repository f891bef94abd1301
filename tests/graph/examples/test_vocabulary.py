from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.graph.examples.vocabulary import parse_classes, read_vocabulary


@pytest.mark.parametrize(
    ("data", "classes"),
    [
        (b"a\nb\n", (b"a", b"b")),
        (b"a\nb", (b"a", b"b")),
        (b"a\r\nb\r\n", (b"a", b"b")),
        (b"\xef\xbb\xbfa\n", (b"a",)),
        (b" a b \n\xc3\xa9\n", (b" a b ", "é".encode())),
    ],
)
def test_vocabularies(data, classes, tmp_path):
    file = tmp_path / "labels.txt"
    file.write_bytes(data)
    assert read_vocabulary(file) == classes


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "there is no class in it"),
        (b"\n", "there is no class in it"),
        (b"a\n\nb\n", "line 2 is empty"),
        (b"a\nb\n\n", "line 3 is empty"),
        (b"a\r\n\r\nb\r\n", "line 2 is empty"),
        (b"a\nb\na\n", "line 3 is `a`, as line 1 is"),
        (b"a\r\na\n", "line 2 is `a`, as line 1 is"),
        (b"a\n\xff\n", "line 2 is not UTF-8"),
    ],
)
def test_what_is_no_vocabulary(data, message, tmp_path):
    file = tmp_path / "labels.txt"
    file.write_bytes(data)
    with pytest.raises(MigrateError, match=message):
        read_vocabulary(file)


def test_an_output_goes_before_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ids").write_text("a\nb\n")
    (tmp_path / "other=x").write_text("c\n")
    assert parse_classes("ids", ["ids", "scores"]) == ("ids", None)
    assert parse_classes("ids", ["scores"]) == (None, (b"a", b"b"))
    assert parse_classes("ids=ids", ["ids"]) == ("ids", (b"a", b"b"))
    # Keys and names of files may have the character in them.
    assert parse_classes("a=b=ids", ["a", "a=b"]) == ("a=b", (b"a", b"b"))
    assert parse_classes("other=x", ["ids"]) == (None, (b"c",))


def test_what_is_neither(tmp_path):
    with pytest.raises(MigrateError, match=r"--classes idz: neither an output \(there is `ids`, `y`\) nor a file"):
        parse_classes("idz", ["y", "ids"])
    with pytest.raises(MigrateError, match="none: cannot read it: No such file"):
        parse_classes("ids=none", ["ids"])
    with pytest.raises(MigrateError, match="cannot read it: Is a directory"):
        parse_classes(str(tmp_path), [])
