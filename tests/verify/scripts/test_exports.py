import shutil
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.verify.scripts.exports import move_exports, removed_exports
from migrate.verify.scripts.results import ExportKind

# A script without TensorFlow that writes what an export leaves.
SAVE = """
import os, sys, shutil
def save(path, data=DATA):
    os.makedirs(path)
    with open(os.path.join(path, "saved_model.pb"), "wb") as file:
        file.write(data)
"""


@pytest.fixture
def exporting(run, model_bytes):
    """Runs lines that may call `save(directory)`."""
    return lambda lines, *args, **options: run(SAVE.replace("DATA", repr(model_bytes)) + lines, *args, **options)


def test_models_are_found_wherever_they_are(exporting, tmp_path: Path):
    outside = tmp_path / "elsewhere" / "deep" / "model"
    ran = exporting(
        "import tempfile\nsave('exports/1')\nsave(sys.argv[1])\nsave(os.path.expanduser('~/mine'))\n"
        f"save(os.path.join(tempfile.gettempdir(), 't'))\nsave({str(outside)!r})\n",
        "{out}",
    )
    assert ran.names == ["exports/1", "{out}", "~/mine", "{tmp}/t", str(outside)]
    assert all((export.path / "saved_model.pb").is_file() for export in ran.found.exports)


def test_what_was_written_outside_is_moved_so_that_the_place_is_free_again(exporting, tmp_path: Path):
    outside = tmp_path / "elsewhere" / "model"
    lines = f"save({str(outside)!r})\n"
    for name in ("first", "second"):
        assert exporting(lines, name=name).names == [str(outside)]
        assert not outside.parent.exists()


def test_a_file_in_a_directory_that_was_there_is_moved_alone(exporting, tmp_path: Path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "mine.txt").write_text("mine")
    ran = exporting(f"save({str(tmp_path / 'shared' / 'm')!r})\nopen({str(tmp_path / 'shared' / 'log')!r}, 'w')\n")
    assert ran.names == [str(tmp_path / "shared" / "m")]
    assert [file.name for file in (tmp_path / "shared").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("open(PATH, 'w')", "change"),
        ("open(PATH, 'ab')", "change"),
        ("import pathlib; pathlib.Path(PATH).write_text('x')", "change"),
        ("os.remove(PATH)", "delete"),
        ("shutil.rmtree(os.path.dirname(PATH))", "delete"),
        ("os.rename(PATH, 'stolen')", "move"),
        ("open('new', 'w').close(); os.replace('new', PATH)", "replace"),
        ("shutil.copy('export.py', PATH)", "change"),
    ],
)
def test_what_was_there_before_is_neither_changed_nor_removed(exporting, tmp_path: Path, line: str, what: str):
    path = tmp_path / "there" / "mine.txt"
    path.parent.mkdir()
    path.write_text("mine")
    # Also where the script does not mind.
    lines = f"PATH = {str(path)!r}\ntry:\n    {line}\nexcept OSError:\n    pass\nsave('m')\n"
    named = path.parent if "rmtree" in line else path
    with pytest.raises(MigrateError) as caught:
        exporting(lines)
    assert str(caught.value) == (
        f"BEFORE (export.py): it would {what} {named}, which was there before it; move that away, or let the script "
        f"write into {{out}}"
    )
    assert path.read_text() == "mine"


def test_its_own_files_outside_a_script_may_change(exporting, tmp_path: Path):
    outside = str(tmp_path / "elsewhere" / "model")
    ran = exporting(f"save({outside!r})\nshutil.rmtree({outside!r})\nsave({outside!r})\n")
    assert [(export.name, export.times) for export in ran.found.exports] == [(outside, 2)]
    assert ran.found.notes == (f"{outside} was written 2 times; what was written last counts",)


def test_a_failed_script_leaves_nothing_outside(exporting, tmp_path: Path):
    with pytest.raises(MigrateError, match="ZeroDivisionError"):
        exporting(f"save({str(tmp_path / 'elsewhere')!r})\n1 / 0\n")
    assert not (tmp_path / "elsewhere").exists()


def test_renamed_directories_and_files(exporting):
    ran = exporting(
        "save('exports/temp-1')\nos.rename('exports/temp-1', 'exports/1')\n"
        "os.mkdir('direct')\n"
        "open('direct/x.tmp', 'wb').write(open('exports/1/saved_model.pb', 'rb').read())\n"
        "os.replace('direct/x.tmp', 'direct/saved_model.pb')\n"
    )
    assert [(export.name, export.times) for export in ran.found.exports] == [("exports/1", 1), ("direct", 1)]


def test_the_order_is_that_of_the_last_writing(exporting):
    ran = exporting("save('b')\nsave('a')\nshutil.rmtree('b')\nsave('b')\n")
    assert [(export.name, export.times) for export in ran.found.exports] == [("a", 1), ("b", 2)]


def test_models_that_lay_there_do_not_count_unless_they_are_changed(exporting, project: Path, model_bytes: bytes):
    for name in ("old", "changed"):
        (project / name).mkdir()
        (project / name / "saved_model.pb").write_bytes(model_bytes)
    ran = exporting(
        "save('new')\nopen('changed/saved_model.pb', 'ab').close()\n"
        "open('changed/saved_model.pb', 'wb').write(open('new/saved_model.pb', 'rb').read())\n"
    )
    assert ran.names == ["new", "changed"]


def test_frozen_graphs(run, project: Path, frozen, model_bytes: bytes):
    (project / "frozen").write_bytes(frozen(w=1.0))
    (project / "model").write_bytes(model_bytes)
    graph = "node { name: 'v' op: 'VariableV2' }"
    ran = run(
        "import os, shutil\n"
        "shutil.copyfile('frozen', 'graph.pb')\n"
        f"open('graph.pbtxt', 'w').write({graph!r})\n"
        "open('labels.pbtxt', 'w').write('item { id: 1 }')\n"
        "os.makedirs('m/assets')\nshutil.copyfile('frozen', 'm/assets/g.pb')\nshutil.copyfile('model', 'm/saved_model.pb')\n"
    )
    assert [(export.name, export.kind) for export in ran.found.exports] == [
        ("graph.pb", ExportKind.FROZEN_GRAPH),
        ("m", ExportKind.SAVED_MODEL),
    ]
    assert ran.found.notes == ("graph.pbtxt: a graph with variables and without their values; it was not compared",)


def test_an_export_that_is_removed_again_is_known(exporting):
    ran = exporting("save('m')\nshutil.rmtree('m')\n")
    assert ran.names == []
    assert removed_exports(ran.events)
    assert not removed_exports(exporting("open('x', 'w')", name="other").events)


def test_keeping_exports(exporting, tmp_path: Path):
    ran = exporting("save('a/1')\nsave('b/1')\n")
    kept = move_exports(ran.found.exports, tmp_path / "kept")
    shutil.rmtree(ran.sandbox.root)
    assert [export.path for export in kept] == [tmp_path / "kept" / "1-1", tmp_path / "kept" / "2-1"]
    assert [export.name for export in kept] == ["a/1", "b/1"]
    assert all((export.path / "saved_model.pb").exists() for export in kept)
