"""`--depend-on-migrate`: the new code calls `migrate` where it would otherwise bring a helper."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import migrate
from migrate.engine import rewrite_source
from migrate.settings import Settings
from migrate.verify import verify_models
from tests.test_fixtures import NATIVE, run_script, why

WITH_METHOD_NAMES = [fixture for fixture in NATIVE if fixture.name in ("classify_examples", "regress_houses")]
ROOT = str(Path(migrate.__file__).resolve().parents[1])
SETTINGS = Settings(depend_on_migrate=True)


@pytest.mark.parametrize("fixture", WITH_METHOD_NAMES, ids=lambda fixture: fixture.name)
def test_method_names_are_set_by_migrate(fixture):
    after = rewrite_source(fixture.script(), settings=SETTINGS).after
    imported = [node for node in ast.parse(after).body if isinstance(node, ast.Import)]
    assert sum(alias.name == "migrate" for node in imported for alias in node.names) == 1
    assert after.count("migrate.set_method_names(") >= 1
    assert "MethodNameUpdater" not in after
    assert "fingerprinting_utils" not in after
    assert "_restore_method_names" not in after


@pytest.mark.parametrize("fixture", WITH_METHOD_NAMES, ids=lambda fixture: fixture.name)
def test_a_second_run_changes_nothing(fixture):
    after = rewrite_source(fixture.script(), settings=SETTINGS).after
    assert rewrite_source(after, settings=SETTINGS).after == after


def test_without_other_method_names_migrate_is_not_imported():
    fixture = next(fixture for fixture in NATIVE if fixture.name == "simple_save_linear")
    assert rewrite_source(fixture.script(), settings=SETTINGS).after == fixture.rewritten().after


def test_a_name_migrate_of_the_file_is_left_alone():
    script = WITH_METHOD_NAMES[0].script() + "\n\ndef migrate():\n    return 1\n"
    after = rewrite_source(script, settings=SETTINGS).after
    assert "_restore_method_names(" in after
    assert "import migrate" not in after


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize("fixture", WITH_METHOD_NAMES, ids=lambda fixture: fixture.name)
def test_the_script_exports_an_equal_model(fixture, tmp_path):
    after = rewrite_source(fixture.script(), settings=SETTINGS).after
    done = run_script(after, fixture, tmp_path / "work", tmp_path / "out", python_path=ROOT)
    assert done.returncode == 0, done.stderr
    for export in fixture.exports:
        comparison = verify_models(fixture.folder / "golden" / export, tmp_path / "out" / export)
        assert comparison.equal, why(comparison)
        assert not (tmp_path / "out" / export / "tf-migrate.undo").exists()
