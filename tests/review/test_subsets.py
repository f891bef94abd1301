"""Any subset of what is proposed gives whole code: nothing half rewritten, no name lost, and equal models."""

from __future__ import annotations

import builtins
import dis
import itertools
import os
import tempfile
import textwrap
import types
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from migrate.paths import rewrite_paths
from migrate.results import Level, Result
from migrate.review.decision import State
from migrate.review.review import Review
from migrate.settings import Settings
from migrate.verify import verify_models
from tests.forked import run_forked
from tests.review.joined import Part, joined, program
from tests.review.scripts import FLAGGED, HEAD, NATIVE, TWO_OF_ONE_GRAPH, exporting, graph

ROOT = Path(__file__).parents[2]
NATIVE_FIXTURES = (
    "branches_and_helpers", "class_trained", "class_with_methods", "classify_examples", "compat_v1_shared",
    "default_temperature", "embedding_mixed_types", "freeze_keras_named_nodes", "get_variable_scopes",
    "helper_export_tensors", "helper_layers", "helper_tuple", "intermediate_input", "keras_exported_by_function",
    "keras_two_inputs", "layers_conv_batch_norm", "layers_dense_scopes", "load_globals", "load_predictor",
    "load_signature", "modules_class", "modules_trained", "regress_houses", "restored_averages", "restored_initializers",
    "restored_scopes", "trained_momentum", "vocabulary_asset", "xai_preprocess",
)  # fmt: skip
LOWER_FIXTURES = (
    "bridged_main_op", "bridged_monitored_session", "bridged_parameters", "bridged_text_tables", "freeze_meta_graph",
    "freeze_restored", "frozen_builder", "frozen_class", "frozen_default_graph", "frozen_helper", "load_by_name",
    "load_meta_graph",
)  # fmt: skip


def decide(review: Review, answers: Iterator[str]) -> None:
    """Gives an answer to each item, in order; what changes by that is left pending."""
    for file in review.files:
        asked: set[int] = set()
        while (
            item := next((one for one in review.items(file.path) if not asked.issuperset(one.ordinals)), None)
        ) is not None:
            asked.update(item.ordinals)
            match next(answers):
                case "y":
                    review.accept([item])
                case "n":
                    review.reject([item])
                case "l":
                    review.lower(item)
                    review.accept([one for one in review.items(file.path) if set(one.ordinals) & set(item.ordinals)])


def read(place: Path) -> Review:
    review = Review([place], Settings())
    assert [file.result.error for file in review.read() if file.result.error] == []
    review.settle()
    return review


def undefined(text: str) -> set[str]:
    """The names that are read somewhere and have a value nowhere: a check of its own, on the compiled code."""
    pending = [compile(text, "module.py", "exec")]
    module = pending[0]
    known = set(dir(builtins)) | {"__file__", "__name__", "__doc__", "__annotations__"}
    known |= {str(one.argval) for one in dis.get_instructions(module) if one.opname in ("STORE_NAME", "STORE_GLOBAL")}
    used: set[str] = set()
    while pending:
        code = pending.pop()
        stored = {str(one.argval) for one in dis.get_instructions(code) if one.opname == "STORE_NAME"}
        for one in dis.get_instructions(code):
            if one.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_CLASSDEREF") and one.argval not in stored:
                used.add(str(one.argval))
            elif one.opname == "STORE_GLOBAL":
                known.add(str(one.argval))
        pending += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return used - known


def check(place: Path, answers: Sequence[str]) -> None:
    """Decides, carries out, and looks at what is there then."""
    review = read(place)
    decide(review, itertools.cycle(answers))
    outcome = review.outcome()
    held = {(one.path, one.site.ordinal) for one in outcome.held}
    carried = {
        (item.path, ordinal)
        for file in review.files
        for item in review.items(file.path)
        if review.state(item) is State.ACCEPTED
        for ordinal in item.ordinals
    } - held
    left: dict[str, Counter[str]] = {}
    for result in outcome.results:
        compile(result.after, result.path, "exec")
        assert undefined(result.after) <= undefined(result.before), result.path
        done = {ordinal for path, ordinal in carried if path == result.path}
        assert result.changed == bool(done), result.path
        left[result.path] = Counter(site.kind for site in result.sites if site.ordinal not in done)
        Path(result.path).write_bytes(result.after.encode())
    again = read(place)
    for result in outcome.results:
        # What was carried out is no site any more, and what was not is still one.
        now = again.file(result.path).result.sites
        assert left[result.path] <= Counter(site.kind for site in now), result.path
        more = Counter(site.kind for site in now) - left[result.path]
        # A session that only loads, and stays with TF1's names, is one as before.
        staying = (site.kind for site in now if site.level is Level.FLAGGED or site.rule in ("TFM304", "TFM305"))
        assert more <= Counter(staying), result.path
    for file in again.files:
        again.accept(again.items(file.path))
    carried_out = again.outcome().results
    for result in carried_out:
        compile(result.after, result.path, "exec")
        assert undefined(result.after) <= undefined(result.before), result.path
        Path(result.path).write_bytes(result.after.encode())
    assert_settled(place, carried_out)


def assert_settled(place: Path, written: Sequence[Result]) -> None:
    """Another run changes nothing, and what was left as it is has no better rewrite by now."""
    before = {result.path: result for result in written}
    for result in rewrite_paths([place], Settings()):
        assert not result.changed, result.path
        if result.path in before and not before[result.path].changed:
            assert levels(result) == levels(before[result.path]), result.path


def levels(result: Result) -> list[tuple[str, Level]]:
    return [(site.kind, site.level) for site in result.sites]


def relaxed(examples: int) -> settings:
    return settings(derandomize=True, deadline=None, max_examples=examples, suppress_health_check=list(HealthCheck))


# ---- small modules, of which there are many -------------------------------------------------------------------------


def block(kind: str, name: str) -> str:
    """Some code that exports something."""
    match kind:
        case "function":
            return exporting(name)
        case "two graphs":
            return f"\ndef main_{name}():\n" + textwrap.indent(graph(f"{name}1") + graph(f"{name}2"), "  ")
        case "one graph":
            return TWO_OF_ONE_GRAPH.removeprefix(HEAD).replace("def export(", f"def export_{name}(")
        case "default graph":
            return NATIVE.removeprefix(HEAD).replace("def export(", f"def export_{name}(")
        case "loop":
            return f"\ndef loop_{name}():\n  for step in range(2):\n" + textwrap.indent(graph(name), "    ")
        case "flagged":
            return FLAGGED.removeprefix(HEAD).replace("def export(", f"def export_{name}(")
    raise AssertionError(kind)


BLOCKS = ("function", "two graphs", "one graph", "default graph", "loop", "flagged")
small_modules = st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=3)
some_answers = st.lists(st.sampled_from("yyynjl"), min_size=3, max_size=6)


@relaxed(10)
@given(st.lists(small_modules, min_size=1, max_size=3), st.booleans(), some_answers)
def test_any_subset_is_whole(modules: list[list[str]], together: bool, answers: list[str]):
    with tempfile.TemporaryDirectory() as name:
        for number, kinds in enumerate(modules):
            imports = f"import part{number - 1}\n" if number and together else ""
            blocks = "".join(block(kind, "abc"[at]) for at, kind in enumerate(kinds))
            Path(name, f"part{number}.py").write_text(HEAD + imports + blocks)
        check(Path(name), answers)


# ---- the scripts of fixtures/ ---------------------------------------------------------------------------------------

two_parts = st.lists(st.sampled_from(NATIVE_FIXTURES + LOWER_FIXTURES), min_size=2, max_size=2, unique=True)


@relaxed(4)
@given(two_parts, some_answers)
def test_any_subset_of_fixtures_in_one_module_is_whole(parts: list[str], answers: list[str]):
    with tempfile.TemporaryDirectory() as name:
        Path(name, "one.py").write_text(joined(parts), "utf-8")
        check(Path(name), answers)


@relaxed(6)
@given(two_parts)
@example(["load_predictor", "freeze_meta_graph"])
def test_a_second_run_over_a_program_changes_nothing(parts: list[str]):
    with tempfile.TemporaryDirectory() as name:
        program(parts, Path(name))
        results = list(rewrite_paths([name], Settings()))
        for result in results:
            Path(result.path).write_bytes(result.after.encode())
        assert_settled(Path(name), results)


@relaxed(4)
@given(two_parts, some_answers)
def test_any_subset_of_fixtures_in_one_program_is_whole(parts: list[str], answers: list[str]):
    with tempfile.TemporaryDirectory() as name:
        program(parts, Path(name))
        check(Path(name), answers)


# ---- the numbers ----------------------------------------------------------------------------------------------------


def written(place: Path, wanted: frozenset[int]) -> list[str]:
    """Rejects all items but some, accepts these, and writes what comes of it; the levels that these have then."""
    review = read(place)
    every = [item for file in review.files for item in review.items(file.path)]
    review.reject([item for number, item in enumerate(every) if number not in wanted])
    now = [item for file in review.files for item in review.items(file.path)]
    review.accept([item for number, item in enumerate(now) if number in wanted])
    outcome = review.outcome()
    assert outcome.held == ()
    for result in outcome.results:
        Path(result.path).write_bytes(result.after.encode())
    return [str(item.level) for number, item in enumerate(now) if number in wanted]


def run(command: Sequence[str], place: Path) -> None:
    """Runs a script of a directory under TensorFlow 2, with this project on the path, for the bridge."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment |= {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)}
    done = run_forked(command[0], list(command[1:]), place, environment)
    assert done.returncode == 0, done.stderr


def arguments(part: str, out: Path) -> list[str]:
    """The arguments of the script of a fixture."""
    return [one.format(export_dir=out) for one in Part(part).settings["args"]]


def assert_equal(part: str, out: Path) -> None:
    """What a part exported is what TensorFlow 1.15 did."""
    for export in Part(part).exports:
        comparison = verify_models(Part(part).folder / "golden" / export, out / export)
        assert comparison.equal, comparison


@pytest.mark.slow
@pytest.mark.tensorflow
def test_what_is_accepted_of_a_module_exports_equal_models(tmp_path: Path):
    parts = ("bridged_parameters", "bridged_main_op")
    (tmp_path / "one.py").write_text(joined(parts), "utf-8")
    # The first one stays as it is.
    assert written(tmp_path, frozenset({1})) == ["bridged"]
    out = tmp_path / "out"
    run(["one.py", "1", *arguments(parts[1], out)], tmp_path)
    assert_equal(parts[1], out)


@pytest.mark.slow
@pytest.mark.tensorflow
def test_what_is_accepted_of_a_program_exports_equal_models_in_one_run(tmp_path: Path):
    parts = ("xai_preprocess", "bridged_parameters")
    program(parts, tmp_path)
    assert written(tmp_path, frozenset({0, 1})) == ["native", "wrapped"]
    lines = ["import runpy, sys"]
    for number, part in enumerate(parts):
        lines.append(f"sys.argv = {['', *arguments(part, tmp_path / f'out{number}')]!r}")
        lines.append(f"runpy.run_path('part{number}.py', run_name='__main__')")
    (tmp_path / "start.py").write_text("\n".join(lines) + "\n")
    run(["start.py"], tmp_path)
    for number, part in enumerate(parts):
        assert_equal(part, tmp_path / f"out{number}")
