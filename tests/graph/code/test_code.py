"""The scripts that `convert --code` writes, run without this project, answer as TensorFlow 1.15 did."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from converted import arguments, check_outputs, declared, gradients, requested
from model_fixtures import MODELS, model_fixture

from migrate.errors import MigrateError
from migrate.graph.convert import convert_model
from migrate.verify.contract import compare_signatures
from tests.forked import run_forked

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

FEW = [
    "mixed_variables",  # types of all kinds
    "lookup_assets",  # tables from files and constants
    "old_tables",  # tables of string references, and mutable ones whose content is in the checkpoint
    "main_op_work",  # an initialisation that computes, assets outside tables
    "odd_keys",  # keys that are no Python names
    "partitioned",  # parts of what the checkpoint holds
    "sparse_input",
    "meta_v1_checkpoint",  # no SavedModel, other names in the checkpoint
    "frozen_text",  # no variables
    "counter",  # state
]
OTHER_GRADIENTS = {("defun_calls", "serving_default"), ("odd_keys", "from/right")}
"""Those of `convert` itself differ from TF 1.15's there: see test_convert.py."""
ALL = os.environ.get("TF_MIGRATE_ALL_SCRIPTS") == "1"
CHOSEN = [fixture for fixture in MODELS if not fixture.hazards] if ALL else [model_fixture(name) for name in FEW]


def convert(fixture, folder, **options):
    return convert_model(
        fixture.path,
        folder / "converted",
        checkpoint=fixture.checkpoint,
        tags=fixture.tags or None,
        signatures=requested(fixture),
        verify=False,
        code=folder / "script.py",
        **options,
    )


def run_script(fixture, folder):
    """Runs the script in an empty directory, with nothing of this project to import."""
    source = [str(fixture.path)] if fixture.form == "saved_model" else []
    if fixture.form == "meta_graph":
        source = [str(fixture.checkpoint)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    (folder / "elsewhere").mkdir()
    return run_forked(str(folder / "script.py"), [*source, str(folder / "out")], folder / "elsewhere", env)


@pytest.mark.parametrize("fixture", CHOSEN, ids=str)
def test_a_script_does_what_convert_does(fixture, tmp_path):
    import tensorflow as tf

    conversion = convert(fixture, tmp_path)
    text = (tmp_path / "script.py").read_text("utf-8")
    assert "migrate" not in text
    for command in (["format", "--check"], ["check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--isolated", str(tmp_path / "script.py")]
        done = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or "No module named ruff" in done.stderr, done.stdout
    done = run_script(fixture, tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]

    tags = fixture.tags or ("serve",)
    ours, theirs = declared(tmp_path / "out", tags), declared(tmp_path / "converted", tags)
    assert ours.keys() == theirs.keys()
    assert not [found for key in ours for found in compare_signatures(theirs[key], ours[key])]
    model = tf.saved_model.load(str(tmp_path / "out"), tags=list(tags))
    for call in fixture.calls:
        check_outputs(call, model.signatures[call.signature](**arguments(fixture, call)))
    variables = {variable.name.removesuffix(":0"): variable for variable in getattr(model, "variables", ())}
    assert variables.keys() >= {variable.name for variable in conversion.variables}
    for key, expected in ({} if fixture.stateful else fixture.gradients).items():
        if not expected or key in fixture.settings.get("no_gradients", []) or (fixture.name, key) in OTHER_GRADIENTS:
            continue
        call = next(call for call in fixture.calls if call.signature == key)
        found = gradients(model, key, arguments(fixture, call))
        for name, value in expected.items():
            np.testing.assert_allclose(found[name], value, rtol=2e-4, atol=2e-5, err_msg=f"{key} {name}")


def test_the_same_model_gives_the_same_script(tmp_path):
    fixture = model_fixture("lookup_assets")
    texts = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        convert(fixture, folder)
        files = sorted(path for path in folder.rglob("*") if "converted" not in path.parts and path.is_file())
        texts.append([(path.relative_to(folder), path.read_bytes()) for path in files])
    assert texts[0] == texts[1]
    assert not list(tmp_path.rglob(".*"))


@pytest.mark.parametrize("there", ["script.py", "script_graphs"])
def test_what_is_there_already_stays(there, tmp_path):
    fixture = model_fixture("frozen_text")
    if there == "script.py":
        (tmp_path / there).write_text("mine")
    else:
        (tmp_path / there).mkdir()
        (tmp_path / there / "old.pbtxt").write_text("mine")
    with pytest.raises(MigrateError, match=f"{there}: exists already"):
        convert(fixture, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [there]
    convert(fixture, tmp_path, overwrite=True)
    assert (tmp_path / "script.py").read_text().startswith('"""Converts')
    assert not (tmp_path / "script_graphs" / "old.pbtxt").exists()


def test_a_directory_is_no_script(tmp_path):
    (tmp_path / "script.py").mkdir()
    with pytest.raises(MigrateError, match=r"script\.py: "):
        convert(model_fixture("frozen_text"), tmp_path, overwrite=True)
