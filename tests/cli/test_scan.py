from __future__ import annotations

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("toy_engine")

TEXT = (
    "a.py:2:1: TFM001 native simple_save: exported with save_it\n"
    "    signature serving_default(x) -> y, z\n"
    "b.py:1:1: TFM900 flagged builder: left as it is\n"
    "    signature serving_default(x) -> y, z\n"
    "    the builder comes from elsewhere\n"
    "    TFM002 on line 1: said on top: so it is\n"
    "    1  native   simple_save TFM001\n"
    "    1  flagged  builder TFM900\n"
    "2 sites in 2 files: 1 native, 1 flagged\n"
)


@pytest.fixture(autouse=True)
def tree(cwd: Path) -> Path:
    """Two files with sites, one of them flagged, and one without."""
    (cwd / "a.py").write_text("import x\nsimple_save(s)\n")
    (cwd / "b.py").write_text("SavedModelBuilder(d)\n")
    (cwd / "c.py").write_text("pass\n")
    return cwd


def test_the_inventory_is_on_stdout_and_nothing_is_written(tf_migrate):
    ran = tf_migrate("scan", ".")
    assert (ran.code, ran.text, ran.errors) == (0, TEXT, "")
    assert Path("a.py").read_text() == "import x\nsimple_save(s)\n"


def test_processes_make_no_difference(tf_migrate):
    for index in range(20):
        Path(f"more{index}.py").write_text("simple_save(s)\n")
    assert tf_migrate("scan", ".", "--jobs", 2).out == tf_migrate("scan", ".", "--jobs", 1).out


def test_json(tf_migrate):
    document = json.loads(tf_migrate("scan", ".", "--format", "json").text)
    assert [file["path"] for file in document["files"]] == ["a.py", "b.py"]
    assert [row["sites"] for row in document["rules"]] == [1, 1]


def test_strict_is_for_flagged_sites(tf_migrate):
    assert tf_migrate("scan", "a.py", "--strict").code == 0
    assert tf_migrate("scan", "b.py", "--strict").code == 1


def test_exclude(tf_migrate):
    assert "b.py" not in tf_migrate("scan", ".", "--exclude", "b.*").text


def test_settings_are_those_of_the_tree(tf_migrate):
    Path("pyproject.toml").write_text('[tool.tf-migrate]\nlevel = "bridged"\n')
    assert "TFM001 bridged" in tf_migrate("scan", "a.py").text


def test_errors_come_first_and_the_others_go_on(tf_migrate):
    Path("d.py").write_text("saved_model SYNTAX\n")
    ran = tf_migrate("scan", ".")
    assert ran.code == 2
    assert ran.errors.endswith("d.py: line 1: invalid syntax\n")
    assert ran.text == TEXT[:-1] + "; 1 error\n"


def test_a_path_that_is_not_there(tf_migrate):
    ran = tf_migrate("scan", "none")
    assert ran.code == 2
    assert "none" in ran.errors
