from __future__ import annotations

import json

import pytest

from migrate.report.batch_stream import indented, json_array, remove_leftovers, write_chunks


@pytest.mark.parametrize("items", [[], [1], [{"a": [1, {"b": 2}]}, [], "x\ny", None]])
def test_an_array_is_as_json_has_it(items):
    document = f'{{\n  "x": {"".join(json_array(iter(items), 1))}\n}}'
    assert document == json.dumps({"x": items}, indent=2)


def test_a_value_is_as_json_has_it():
    value = {"a": [1, 2], "b": {}}
    assert f'{{\n  "x": {indented(value, 1)}\n}}' == json.dumps({"x": value}, indent=2)


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path):
    target = tmp_path / "report.json"
    write_chunks(target, ["a", "\u00e9\n", "\udcff"])
    assert target.read_bytes() == b"a\xc3\xa9\n\\udcff"

    def broken():
        yield "half"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_chunks(target, broken())
    assert target.read_bytes() == b"a\xc3\xa9\n\\udcff"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_leftovers_are_those_of_the_file(tmp_path):
    for name in (".report.json.x1.tmp", ".report.html.x1.tmp", "report.json"):
        (tmp_path / name).touch()
    remove_leftovers(tmp_path / "report.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".report.html.x1.tmp", "report.json"]
