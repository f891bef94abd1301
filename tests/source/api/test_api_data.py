"""The committed table, and the entries it is made of."""

from __future__ import annotations

import ast
import json
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from migrate.source.api import compiling, data
from tests.forked import warm_python

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


def test_reasons_are_for_names_that_are_there():
    known = data.table()
    names = known.same | known.legacy | known.gone | set(known.moved) | known.packages
    whole = [name for name in known.refused if not name.endswith(".")]
    assert not [name for name in whole if name not in names and name != "nn.rnn_cell"]


@pytest.mark.tensorflow
def test_the_table_is_what_remake_makes():
    committed = (HERE / "symbols.json").read_text("utf-8")
    if version("tensorflow") != json.loads(committed)["tensorflow"]:
        pytest.skip(f"symbols.json was made with another TensorFlow than {version('tensorflow')}")
    # What packages of TensorFlow hold depends on what was imported before, such as by other tests.
    command = [warm_python(), "-m", "migrate.source.api.remake", "--check"]
    done = subprocess.run(command, check=False, cwd=Path(__file__).parents[3])
    assert done.returncode == 0, "run: python -m migrate.source.api.remake"
