from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from migrate.graph.analyze import inspect_model
from migrate.report.inspection_json import to_json

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "fixtures" / "models"
TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def documented() -> dict[str, dict[str, tuple[str, str]]]:
    """The tables of the section on inspect: for each kind of object, its keys with their types and kinds of items."""
    text = (ROOT / "docs" / "json.md").read_text("utf-8")
    section = text[text.index("# JSON output of `tf-migrate inspect --json`") :]
    section = section[: section.index("\n# ")]
    tables: dict[str, dict[str, tuple[str, str]]] = {}
    for part in re.split(r"^## ", section, flags=re.MULTILINE)[1:]:
        name = part.splitlines()[0].strip().strip("`")
        rows = re.findall(r"^\| (`[^|]+`) \| ([^|]+) \| (.*) \|$", part, flags=re.MULTILINE)
        tables[name] = {}
        for keys, kind, meaning in rows:
            of = re.search(r"\(\[`(\w+)`\]", meaning)
            for key in re.findall(r"`(\w+)`", keys):
                tables[name][key] = (kind.strip(), of.group(1) if of else "")
    return tables


def check(value: object, table: str, tables: dict, seen: set[tuple[str, str]], where: str = "") -> None:
    described = tables[table]
    assert set(value) == set(described), where
    for key, item in value.items():
        kind, of = described[key]
        allowed = [TYPES[word] for word in re.findall(r"string|integer|number|boolean|array|object|null", kind)]
        flat = tuple(one for found in allowed for one in (found if isinstance(found, tuple) else (found,)))
        assert isinstance(item, flat), f"{where}.{key}: {item!r}"
        assert not isinstance(item, bool) or bool in flat, f"{where}.{key}"
        seen.add((table, key))
        if of:
            for one in item if isinstance(item, list) else [item]:
                if one is not None:
                    check(one, of, tables, seen, f"{where}.{key}")


@pytest.fixture(scope="module")
def tables():
    return documented()


def models() -> list[Path]:
    found = [path.parent for path in MODELS.glob("*/golden/saved_model.pb*")]
    return sorted([*found, *MODELS.glob("*/golden/*.pb"), *MODELS.glob("*/golden/*.meta")])


@pytest.mark.parametrize("path", models(), ids=lambda path: str(path.relative_to(MODELS)))
def test_the_schema_describes_what_is_printed(path, tables):
    data = json.loads(to_json(inspect_model(path)), parse_constant=pytest.fail)
    assert data["version"] == 1
    check(data, "The document", tables, set())


def test_every_kind_of_object_is_described(tables):
    used = {of for table in tables.values() for _, of in table.values()} - {""}
    assert used == set(tables) - {"The document"}


def test_values():
    data = json.loads(to_json(inspect_model(MODELS / "dynamic_rnn" / "golden")))
    (meta_graph,) = data["meta_graphs"]
    signature = next(found for found in meta_graph["signatures"] if found["key"] == "serving_default")
    assert signature["inputs"][1] == {
        "name": "sequence",
        "kind": "dense",
        "dtype": "float32",
        "shape": [None, None, 2],
        "tensors": ["sequence:0"],
        "components": [],
    }
    assert signature["batch_dimension"] == "any"
    assert meta_graph["variables"][0]["bytes"] == 384
    assert meta_graph["variables"][0]["saved"] == {"key": "lstm/rnn/basic_lstm_cell/kernel", "slice": ""}
    assert data["next"]["command"].startswith("tf-migrate convert ")


def test_sparse_and_composite_tensors():
    data = json.loads(to_json(inspect_model(MODELS / "sparse_input" / "golden")))
    infos = [info for s in data["meta_graphs"][0]["signatures"] for info in s["inputs"]]
    assert any(info["kind"] == "sparse" and len(info["tensors"]) == 3 for info in infos)


def test_raw_graphs():
    data = json.loads(to_json(inspect_model(MODELS / "frozen_cnn" / "golden" / "cnn.pb")))
    assert data["form"] == "GraphDef"
    assert data["checkpoint"] is None
    (proposal,) = data["meta_graphs"][0]["proposals"]
    assert proposal["command"] == data["next"]["command"]
