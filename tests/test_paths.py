from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from migrate.paths import rewrite_bytes, rewrite_paths
from migrate.results import Level
from migrate.settings import Settings
from migrate.source.walk import Found

pytestmark = pytest.mark.usefixtures("toy_engine")


def rewritten(paths=(".",), settings=Settings(), **options):  # noqa: B008
    return list(rewrite_paths(paths, settings, **options))


def test_only_files_that_may_export_give_a_result(cwd):
    (cwd / "a.py").write_text("import tensorflow as tf\n")
    (cwd / "b.py").write_text("simple_save(s)\n")
    (cwd / "c.py").write_bytes(b"# not utf-8, and none of our business: \xff\n")
    (result,) = rewritten()
    assert (result.path, result.before, result.after) == ("b.py", "simple_save(s)\n", "save_it(s)\n")
    assert (cwd / "b.py").read_text() == "simple_save(s)\n"


def test_settings_are_read_where_none_are_given(cwd):
    (cwd / "pyproject.toml").write_text('[tool.tf-migrate]\nlevel = "wrapped"\nexclude = ["/b.py"]\n')
    (cwd / "a.py").write_text("simple_save(s)\n")
    (cwd / "b.py").write_text("simple_save(s)\n")
    (result,) = rewrite_paths([cwd])
    assert result.sites[0].level is Level.WRAPPED


def test_what_goes_wrong_with_one_file_does_not_stop_the_others(cwd, monkeypatch):
    for name in ("CRASH", "DEEP", "SYNTAX", "fine"):
        (cwd / f"{name}.py").write_text(f"simple_save({name})\n")
    (cwd / "encoding.py").write_bytes(b"simple_save('\xff')\n")
    results = rewritten([".", "missing.py", "fine.py"])
    assert [(result.path, result.error) for result in results] == [
        ("CRASH.py", "internal error: ZeroDivisionError: first line"),
        ("DEEP.py", "internal error: RecursionError: maximum recursion depth exceeded"),
        ("SYNTAX.py", "line 1: invalid syntax"),
        ("encoding.py", "line 1 is not valid utf-8: invalid start byte"),
        ("fine.py", None),
        ("missing.py", "no such file or directory"),
    ]
    assert not any(result.changed for result in results if result.error)


def test_a_file_that_vanishes_is_told(cwd, monkeypatch):
    (cwd / "a.py").write_text("simple_save(s)\n")
    monkeypatch.setattr("migrate.paths.find_files", lambda *_: iter([Found(Path("a.py")), Found(Path("b.py"))]))
    first, second = rewrite_paths(["."], Settings())
    assert first.error is None
    assert second.error == "no such file or directory"


def test_jobs_change_nothing(cwd):
    for number in range(40):
        word = {7: "CRASH", 11: "SYNTAX", 13: "SavedModelBuilder("}.get(number, "s")
        (cwd / f"{number:02}.py").write_text(f"# {number}\nsimple_save({word})\n")
    (cwd / "08.py").write_bytes(b"simple_save('\xff')\n")
    alone = rewritten(["missing", "."])
    assert len(alone) == 41
    assert rewritten(["missing", "."], jobs=2) == alone
    assert rewritten(["missing", "."], jobs=0) == alone


def test_a_worker_that_dies_costs_one_file(cwd):
    for number in range(24):
        (cwd / f"{number:02}.py").write_text(f"simple_save({'DIE' if number in (5, 20) else number})\n")
    results = rewritten(jobs=3)
    assert [result.path for result in results] == [f"{number:02}.py" for number in range(24)]
    assert {result.path: result.error for result in results if result.error} == {
        "05.py": "internal error: the process that read this file died",
        "20.py": "internal error: the process that read this file died",
    }


def test_no_paths_and_empty_directories(cwd):
    assert rewritten([]) == []
    assert rewritten() == []


def test_an_empty_file_named_on_its_own_gives_no_result(cwd):
    (cwd / "a.py").touch()
    assert rewritten(["a.py"]) == []


def test_bytes_keep_mark_and_line_ends():
    result = rewrite_bytes(codecs.BOM_UTF8 + b"simple_save(\r\n)", "x.py", Settings())
    assert (result.before, result.after) == ("simple_save(\r\n)", "save_it(\r\n)")


@pytest.mark.parametrize("word", ["SNOWMAN", "UNCOOKIE"])
def test_text_that_the_encoding_could_not_hold_is_an_error(word):
    result = rewrite_bytes(f"# coding: latin-1\nsimple_save('ä {word}')\n".encode("latin-1"), "x.py", Settings())
    assert result.error is not None
    assert not result.changed


def test_debugging_shows_the_exception(monkeypatch):
    monkeypatch.setenv("TF_MIGRATE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        rewrite_bytes(b"simple_save(CRASH)", "x.py", Settings())
