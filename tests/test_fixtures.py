"""The proof of the rewriter: every fixture is rewritten, run under TensorFlow 2, and compared with its golden."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from migrate.engine import rewrite_source
from migrate.results import Level, Result
from migrate.settings import Settings
from migrate.signatures.components import argument_names
from migrate.signatures.quiet import import_tensorflow
from migrate.verify import Comparison, verify_models
from tests.forked import run_forked

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"


@dataclass(frozen=True)
class Fixture:
    """A folder of fixtures/."""

    name: str

    @property
    def folder(self) -> Path:
        return FIXTURES / self.name

    @property
    def settings(self) -> dict[str, Any]:
        return tomllib.loads((self.folder / "fixture.toml").read_text("utf-8"))

    @property
    def level(self) -> str:
        return self.settings["level"]

    @property
    def exports(self) -> list[str]:
        export = self.settings.get("export", [])
        return [export] if isinstance(export, str) else export

    @property
    def result(self) -> str | None:
        return self.settings.get("result")

    @property
    def tags(self) -> list[str]:
        return self.settings.get("tags", ["serve"])

    @property
    def script_name(self) -> str:
        return self.settings.get("script", "export.py")

    def script(self) -> str:
        # Newlines as they are: rewriting must keep them.
        return (self.folder / self.script_name).read_bytes().decode("utf-8")

    @property
    def asked(self) -> Level | None:
        """The level that is asked for, where one is."""
        return Level(self.settings["asked"]) if "asked" in self.settings else None

    @property
    def package(self) -> bool:
        """Whether the new code needs this project where it runs: the bridge, or what ended with TensorFlow 1."""
        return self.level == "bridged" or self.settings.get("package", False)

    def rewritten(self) -> Result:
        return _rewritten(self.script(), str(self.folder / self.script_name), self.asked)

    def samples(self, export: str) -> dict[str, np.ndarray]:
        """What TensorFlow 1.15 took and returned, under the keys of one export."""
        with np.load(self.folder / "samples.npz", allow_pickle=False) as arrays:
            everything = {key: arrays[key] for key in arrays.files}
        if len(self.exports) == 1:
            return everything
        prefix = f"{export}::"
        return {key.removeprefix(prefix): value for key, value in everything.items() if key.startswith(prefix)}


@cache
def _rewritten(text: str, name: str, asked: Level | None) -> Result:
    return rewrite_source(text, name, Settings(level=asked))


ALL = [Fixture(path.parent.name) for path in sorted(FIXTURES.glob("*/fixture.toml"))]
REWRITTEN = [fixture for fixture in ALL if fixture.level != "flagged"]
NATIVE = [fixture for fixture in ALL if fixture.level == "native" and fixture.exports]


def _each(fixtures: list[Fixture]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fixture", fixtures, ids=lambda fixture: fixture.name)


every_fixture = _each(ALL)
rewritten_fixtures = _each(REWRITTEN)
exporting_fixtures = _each([fixture for fixture in REWRITTEN if fixture.exports])
result_fixtures = _each([fixture for fixture in REWRITTEN if fixture.result])
session_free_fixtures = _each([fixture for fixture in ALL if fixture.level in ("native", "wrapped")])
native_exports = _each(NATIVE)
bridged_fixtures = _each([fixture for fixture in ALL if fixture.level == "bridged" and fixture.exports])
flagged_fixtures = _each([fixture for fixture in ALL if fixture.level == "flagged"])


def run_script(
    text: str, fixture: Fixture, work: Path, export_dir: Path, *, python_path: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs a script in a copy of its folder, as a user would, with nothing of this project on the path but what is given."""
    shutil.copytree(fixture.folder, work, ignore=shutil.ignore_patterns("golden", "samples.npz", "fixture.toml"))
    (work / fixture.script_name).write_bytes(text.encode("utf-8"))
    arguments = [argument.format(export_dir=export_dir) for argument in fixture.settings["args"]]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment |= {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {"PYTHONPATH": python_path} if python_path else {}
    return run_forked(fixture.script_name, arguments, work, environment)


def why(comparison: Comparison) -> str:
    """What a comparison has against two models."""
    said = [*comparison.reasons]
    for signature in comparison.signatures:
        said += [difference.message for difference in signature.contract if difference.breaking]
        said += signature.reasons
        for output in signature.outputs:
            said += [f"{signature.key}/{output.name}: {reason} {output.first_difference}" for reason in output.reasons]
    return "\n".join(said)


# ---- the text -------------------------------------------------------------------------------------------------------


def test_there_are_enough_fixtures():
    assert len(ALL) >= 12
    assert {fixture.level for fixture in ALL} >= {"native", "bridged", "flagged"}


@every_fixture
def test_it_shows_something_that_can_be_compared(fixture: Fixture):
    assert fixture.exports or fixture.result
    assert all((fixture.folder / "golden" / export).is_dir() for export in fixture.exports)
    assert fixture.result is None or (fixture.folder / "golden" / fixture.result).is_file()


@every_fixture
def test_it_reaches_the_stated_level(fixture: Fixture):
    result = fixture.rewritten()
    assert result.error is None
    assert {str(site.level) for site in result.sites} == {fixture.level}, [site.reason for site in result.sites]
    assert len(result.sites) == fixture.settings.get("sites", 1)


@every_fixture
def test_the_output_parses(fixture: Fixture):
    compile(fixture.rewritten().after, fixture.script_name, "exec")


@every_fixture
def test_a_second_run_changes_nothing(fixture: Fixture):
    after = fixture.rewritten().after
    assert rewrite_source(after, settings=Settings(level=fixture.asked)).after == after


@flagged_fixtures
def test_what_is_flagged_stays_as_it_is_with_a_reason(fixture: Fixture):
    result = fixture.rewritten()
    assert result.after == fixture.script()
    assert all(site.reason for site in result.sites)


@native_exports
def test_what_is_native_saves_with_tf2(fixture: Fixture):
    assert "tf.saved_model.save(" in fixture.rewritten().after


@session_free_fixtures
def test_what_is_native_or_wrapped_has_no_builder_left_and_needs_tensorflow_alone(fixture: Fixture):
    after = fixture.rewritten().after
    for gone in ("simple_save", "SavedModelBuilder", "saved_model.Builder", "import bridge"):
        assert gone not in after
    assert fixture.package == any(line.startswith(("import migrate", "from migrate")) for line in after.splitlines())


@bridged_fixtures
def test_what_is_bridged_keeps_its_session_and_hands_it_to_the_bridge(fixture: Fixture):
    after = fixture.rewritten().after
    assert "from migrate import bridge" in after
    assert "bridge.SavedModelBuilder(" in after or "bridge.simple_save(" in after
    assert "tensorflow.compat.v1" in after or "tf.compat.v1" in after


@rewritten_fixtures
def test_no_import_is_left_unused_by_the_rewrite(fixture: Fixture):
    def unused(text: str) -> set[str]:
        tree = ast.parse(text)
        bound = {
            (alias.asname or alias.name).partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom)) and getattr(node, "module", "") != "__future__"
            for alias in node.names
        }
        return bound - {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    assert unused(fixture.rewritten().after) <= unused(fixture.script())


# ---- the numbers ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory):
    """Runs the rewritten script of a fixture, once; where it exported to."""
    made: dict[str, Path] = {}

    def run(fixture: Fixture) -> Path:
        if fixture.name not in made:
            directory = tmp_path_factory.mktemp(fixture.name)
            # Nothing needs this project but what says so.
            path = str(ROOT) if fixture.package else ""
            after = fixture.rewritten().after
            done = run_script(after, fixture, directory / "work", directory / "out", python_path=path)
            assert done.returncode == 0, done.stderr
            made[fixture.name] = directory / "out"
        return made[fixture.name]

    return run


@pytest.mark.slow
@pytest.mark.tensorflow
@exporting_fixtures
def test_the_rewritten_script_exports_an_equal_model(fixture: Fixture, exported):
    out = exported(fixture)
    for export in fixture.exports:
        comparison = verify_models(fixture.folder / "golden" / export, out / export, tags=fixture.tags)
        assert comparison.equal, why(comparison)


@pytest.mark.slow
@pytest.mark.tensorflow
@exporting_fixtures
def test_it_is_equal_on_the_recorded_samples_too(fixture: Fixture, exported):
    out = exported(fixture)
    for export in fixture.exports:
        golden = fixture.folder / "golden" / export
        comparison = verify_models(golden, out / export, samples=fixture.samples(export), tags=fixture.tags)
        assert comparison.equal, why(comparison)


@pytest.mark.slow
@pytest.mark.tensorflow
@exporting_fixtures
def test_it_returns_what_tensorflow_1_15_returned(fixture: Fixture, exported):
    tf = import_tensorflow()
    out = exported(fixture)
    for export in fixture.exports:
        model = tf.saved_model.load(str(out / export))
        recorded = fixture.samples(export)
        assert {key.partition("/")[0] for key in recorded} == set(model.signatures)
        for key, function in model.signatures.items():
            prefix = f"{key}/inputs/"
            inputs = {
                name.removeprefix(prefix): tf.constant(value.astype(object) if value.dtype.kind == "S" else value)
                for name, value in recorded.items()
                if name.startswith(prefix)
            }
            # TF2's own loader knows inputs whose keys are no Python names under others.
            taken = function.structured_input_signature[1]
            names = argument_names(inputs)
            outputs = function(**{name if name in taken else names[name]: value for name, value in inputs.items()})
            skipped = {name for name in outputs if f"{key}/{name}" in fixture.settings.get("skip_outputs", [])}
            assert {name for name in recorded if name.startswith(f"{key}/outputs/")} == {
                f"{key}/outputs/{name}" for name in outputs.keys() - skipped
            }
            for name in outputs.keys() - skipped:
                _assert_same(outputs[name].numpy(), recorded[f"{key}/outputs/{name}"], f"{key}/{name}")


def _assert_same(found: Any, wanted: np.ndarray, what: str) -> None:
    if wanted.dtype.kind == "S":
        assert np.asarray(found, dtype=object).tolist() == wanted.tolist(), what
    else:
        np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=1e-6, err_msg=what)


@pytest.mark.slow
@pytest.mark.tensorflow
@result_fixtures
def test_the_rewritten_script_gets_the_same_results(fixture: Fixture, exported):
    assert fixture.result is not None
    with np.load(fixture.folder / "golden" / fixture.result, allow_pickle=False) as golden:
        wanted = {key: golden[key] for key in golden.files}
    with np.load(exported(fixture) / fixture.result, allow_pickle=False) as results:
        found = {key: results[key] for key in results.files}
    assert found.keys() == wanted.keys()
    for key, value in wanted.items():
        assert (found[key].dtype, found[key].shape) == (value.dtype, value.shape), key
        _assert_same(found[key], value, key)


@pytest.mark.slow
@pytest.mark.tensorflow
@exporting_fixtures
def test_its_variables_keep_their_tf1_names_and_values(fixture: Fixture, exported):
    """So that an old checkpoint restores by name."""
    tf = import_tensorflow()
    out = exported(fixture)
    for export in fixture.exports:
        checkpoint = fixture.folder / "golden" / export / "variables" / "variables"
        variables = _variables(tf, out / export)
        if not checkpoint.with_suffix(".index").exists():
            # A model of constants, such as a frozen graph.
            assert not variables
            continue
        golden = tf.train.load_checkpoint(str(checkpoint))
        assert variables
        for name, value in variables.items():
            if name in fixture.settings.get("set_on_load", []):
                continue
            if fixture.settings.get("keras"):
                # A Keras model's variables have the names that Keras gives them.
                known = [golden.get_tensor(other) for other in golden.get_variable_to_shape_map()]
                assert any(value.shape == other.shape and np.allclose(value, other, rtol=1e-5) for other in known), name
                continue
            whole = name.rpartition("/part_")[0]
            if whole and not golden.has_tensor(name):
                # A part of a partitioned variable, which a checkpoint holds as one.
                rows = golden.get_tensor(whole)
                assert any(np.allclose(rows[start : start + len(value)], value) for start in range(len(rows))), name
                continue
            assert golden.has_tensor(name)
            np.testing.assert_allclose(value, golden.get_tensor(name), rtol=1e-5, atol=1e-6, err_msg=name)


def _variables(tf, export: Path) -> dict[str, np.ndarray]:
    """The variables of a TF2 SavedModel by name."""
    loaded = tf.saved_model.load(str(export))
    found = {}
    for attribute in vars(loaded).values():
        for value in tf.nest.flatten(attribute, expand_composites=False):
            if isinstance(value, tf.Variable):
                found[value.name.partition(":")[0]] = value.numpy()
    return found


@pytest.mark.slow
@pytest.mark.tensorflow
def test_a_directory_with_files_is_refused_as_tf1_did(tmp_path: Path):
    fixture = Fixture("simple_save_linear")
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine\n")
    done = run_script(fixture.rewritten().after, fixture, tmp_path / "work", out)
    assert done.returncode == 1
    assert "AssertionError" in done.stderr.splitlines()[-1]
    assert [path.name for path in out.iterdir()] == ["notes.txt"]


@pytest.mark.slow
@pytest.mark.tensorflow
def test_an_empty_directory_is_taken_as_tf1_did(tmp_path: Path):
    fixture = Fixture("python_saved_model_imports")
    out = tmp_path / "out"
    out.mkdir()
    # The script throws an old directory away; here it must not, or the check would not be reached.
    script = fixture.rewritten().after.replace("shutil.rmtree(path)", "pass")
    done = run_script(script, fixture, tmp_path / "work", out)
    assert done.returncode == 0, done.stderr
    assert (out / "saved_model.pb").exists()


@pytest.mark.oracle
@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("TF1_PYTHON"), reason="TF1_PYTHON names no TensorFlow 1.15 interpreter")
def test_tensorflow_1_15_still_makes_the_same_golden():
    done = subprocess.run(
        [sys.executable, str(FIXTURES / "remake.py"), "--check", "simple_save_linear"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "simple_save_linear: same" in done.stdout
