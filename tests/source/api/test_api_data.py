"""The committed table, and the entries it is made of."""

from __future__ import annotations

import ast
import json
import time
from pathlib import Path

import pytest

from migrate.source.api import compiling, data

ENTRIES = compiling.read("adapted.toml")
HERE = Path(compiling.__file__).parent


@pytest.mark.parametrize("name", ENTRIES)
def test_examples_use_every_parameter(name):
    known = data.table()
    entry = known.adapted[known.aliases.get(name, name)]
    used: set[str] = set()
    spellings = {name, *(alias for alias, canonical in known.aliases.items() if canonical == name)}
    spellings |= {known.aliases.get(name, name)}
    spellings |= {alias for alias, canonical in known.aliases.items() if canonical == known.aliases.get(name, name)}
    parameters = [compiling.bare(parameter) for parameter in entry["from"]]
    for example in ENTRIES[name]["examples"]:
        for node in ast.walk(ast.parse(example)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("tf.") in spellings:
                used |= set(parameters[: len(node.args)]) | {keyword.arg for keyword in node.keywords if keyword.arg}
    dropped = {parameter for parameter in entry.get("drop", {}) if parameter not in entry.get("map", {})}
    private = {"_sentinel", "keyword_required"}
    assert not set(parameters) - used - dropped - private


def test_the_table_loads_fast():
    fastest = 1.0
    for _ in range(5):
        data.table.cache_clear()
        start = time.perf_counter()
        data.table()
        fastest = min(fastest, time.perf_counter() - start)
    assert fastest < 0.02  # 2 ms on an idle machine


def test_reasons_are_for_names_that_are_there():
    known = data.table()
    names = known.same | known.legacy | known.gone | set(known.moved) | known.packages
    whole = [name for name in known.refused if not name.endswith(".")]
    assert not [name for name in whole if name not in names and name != "nn.rnn_cell"]


@pytest.mark.tensorflow
def test_the_table_is_what_remake_makes():
    tf = pytest.importorskip("tensorflow")
    committed = (HERE / "symbols.json").read_text("utf-8")
    if tf.__version__ != json.loads(committed)["tensorflow"]:
        pytest.skip(f"symbols.json was made with another TensorFlow than {tf.__version__}")
    from migrate.source.api import remake

    made = remake.dump(remake.make(json.loads((HERE / "tensorflow1.json").read_text("utf-8"))))
    assert made == committed, "run: python -m migrate.source.api.remake"
