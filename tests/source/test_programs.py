"""Files that run in one program, found by their imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.source.programs import import_graph, importers, meets, programs_with


def tree(root: Path, **files: str) -> dict[str, Path]:
    """Files with a content each; `__` in a name stands for a slash."""
    made = {}
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        made[name] = path
    return made


def edges(root: Path, files: dict[str, Path]) -> set[tuple[str, str]]:
    names = {path: name for name, path in files.items()}
    return {(names[one], names[other]) for one, other in import_graph(files.values()).edges}


@pytest.mark.parametrize(
    "statement",
    ["import helper", "import helper as h", "from helper import x", "from . import helper", "from .helper import x"],
)
def test_a_module_beside_the_file(tmp_path: Path, statement: str):
    files = tree(tmp_path, package__main=statement, package__helper="x = 1")
    assert edges(tmp_path, files) == {("package__main", "package__helper")}


@pytest.mark.parametrize(
    "statement",
    ["import a.b.c", "from a.b import c", "from a.b.c import x", "from ...a.b import c", "from a.b.c import *"],
)
def test_a_module_from_the_top_of_the_tree(tmp_path: Path, statement: str):
    files = tree(tmp_path, r__d__e__main=statement, r__a__b__c="x = 1")
    assert edges(tmp_path, files) == {("r__d__e__main", "r__a__b__c")}


def test_an_import_inside_a_function_counts(tmp_path: Path):
    files = tree(tmp_path, main="def f():\n  try:\n    import helper\n  except ImportError: pass\n", helper="")
    assert edges(tmp_path, files) == {("main", "helper")}


def test_the_nearest_module_of_a_name_is_meant(tmp_path: Path):
    files = tree(tmp_path, a__main="import util", a__util="", util="")
    assert edges(tmp_path, files) == {("a__main", "a__util")}


def test_packages_on_the_way_run_too(tmp_path: Path):
    files = tree(tmp_path, main="import a.b", a__b="")
    init = tmp_path / "a" / "__init__.py"
    init.write_text("")
    assert edges(tmp_path, {**files, "init": init}) == {("main", "init"), ("main", "a__b")}


@pytest.mark.parametrize("text", ["import (", "\0", "import os, tensorflow\nfrom ......far import x"])
def test_what_cannot_be_resolved_imports_nothing(tmp_path: Path, text: str):
    files = tree(tmp_path, main=text, other="")
    assert edges(tmp_path, files) == set()


def test_two_files_meet_in_what_imports_both(tmp_path: Path):
    files = tree(tmp_path, main="import one, two", one="", two="import three", three="", apart="import one")
    met = meets(import_graph(files.values()), [files["three"]])
    assert {path.stem for path in met} == {"main", "one", "two", "three"}
    assert set(met.values()) == {files["three"]}


def test_files_that_never_run_together_do_not_meet(tmp_path: Path):
    files = tree(tmp_path, one="import shared", two="import shared", shared="")
    assert set(meets(import_graph(files.values()), [files["one"]])) == {files["one"], files["shared"]}


def test_circles_are_survived(tmp_path: Path):
    files = tree(tmp_path, one="import two", two="import one")
    assert set(meets(import_graph(files.values()), [files["one"]])) == set(files.values())


def test_programs_that_have_several_files(tmp_path: Path):
    files = tree(tmp_path, one="import helper", two="import helper, other", three="import two", helper="", other="")
    graph = import_graph(files.values())
    found = programs_with(graph, [files["helper"], files["other"]])
    assert found == {files[name] for name in ("two", "three", "helper", "other")}
    assert programs_with(graph, [files["one"], files["other"]]) == set()


def test_what_imports_a_file(tmp_path: Path):
    for name, text in {"a": "import b", "b": "import c", "c": "", "d": "import a"}.items():
        (tmp_path / f"{name}.py").write_text(text)
    files = sorted(tmp_path.glob("*.py"))
    assert {path.stem for path in importers(import_graph(files), tmp_path / "b.py")} == {"a", "d"}
