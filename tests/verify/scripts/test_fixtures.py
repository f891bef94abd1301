"""Every fixture through `verify_scripts`: the script that TensorFlow 1.15 runs, and its rewritten form."""

import os
import tomllib
from pathlib import Path

import pytest

from migrate.engine import rewrite_source
from migrate.verify.scripts import verify_scripts

FIXTURES = Path(__file__).parents[3] / "fixtures"
SETTINGS = {path.parent.name: tomllib.loads(path.read_text("utf-8")) for path in FIXTURES.glob("*/fixture.toml")}
EXPORTING = sorted(name for name, found in SETTINGS.items() if found["level"] != "flagged" and "export" in found)


@pytest.mark.oracle
@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.skipif(not os.environ.get("TF1_PYTHON"), reason="TF1_PYTHON names no TensorFlow 1.15 interpreter")
@pytest.mark.parametrize("name", EXPORTING)
def test_it_exports_what_the_original_exports(name: str):
    settings = SETTINGS[name]
    script = FIXTURES / name / settings.get("script", "export.py")
    after = rewrite_source(script.read_bytes().decode("utf-8"), script.name).after
    args = [argument.format(export_dir="{out}") for argument in settings["args"]]
    found = verify_scripts(script, script, args, after_text=after.encode("utf-8"))
    assert found.equal, [(pair.status, pair.notes, pair.differences, pair.reasons) for pair in found.pairs]
    exports = settings["export"] if isinstance(settings["export"], list) else [settings["export"]]
    wanted = {"{out}" if export == "." else f"{{out}}/{export}" for export in exports}
    assert {pair.before.name for pair in found.pairs if pair.before} == wanted
    assert {pair.how for pair in found.pairs} == {"the same path"}
    # Nothing in them is random.
    assert found.carried == ()
