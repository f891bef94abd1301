from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.verify.scripts import sandbox as module
from migrate.verify.scripts.sandbox import arguments, environment, make_sandbox


def test_the_directory_is_copied_without_what_no_script_reads(tmp_path: Path, project: Path):
    (project / "export.py").write_text("old")
    (project / "data").mkdir()
    (project / "data" / "words.txt").write_text("a\n")
    (project / "data" / "link.txt").symlink_to("words.txt")
    (project / ".git").mkdir()
    (project / ".git" / "config").write_text("")
    box = make_sandbox(tmp_path / "box", project / "export.py")
    assert box.script.read_text() == "old"
    assert (box.work / "data" / "link.txt").read_text() == "a\n"
    assert (box.work / "data" / "link.txt").readlink() == Path("words.txt")
    assert not (box.work / ".git").exists()
    assert not box.out.exists()
    assert box.notes == ()


def test_another_text_may_take_the_place_of_the_script(tmp_path: Path, project: Path):
    (project / "export.py").write_text("old")
    box = make_sandbox(tmp_path / "box", project / "export.py", b"new")
    assert box.script.read_bytes() == b"new"
    assert (project / "export.py").read_text() == "old"


def test_large_files_are_linked(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_LARGE", 10)
    (project / "export.py").write_text("pass")
    (project / "big.bin").write_bytes(b"0" * 11)
    box = make_sandbox(tmp_path / "box", project / "export.py")
    assert (box.work / "big.bin").readlink() == project / "big.bin"
    assert "1 large files were linked" in box.notes[0]


def test_of_a_large_directory_the_folders_are_linked(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_MOST_FILES", 2)
    (project / "export.py").write_text("pass")
    (project / "data").mkdir()
    for number in range(3):
        (project / "data" / f"{number}").write_text("")
    box = make_sandbox(tmp_path / "box", project / "export.py")
    assert (box.work / "data").is_symlink()
    assert not box.script.is_symlink()
    assert "is large" in box.notes[0]


def test_a_sandbox_inside_the_directory_is_not_copied_into_itself(project: Path):
    (project / "export.py").write_text("pass")
    box = make_sandbox(project / "tmp" / "box", project / "export.py")
    assert [entry.name for entry in box.work.iterdir()] == ["export.py"]


def test_a_missing_script(tmp_path: Path):
    with pytest.raises(MigrateError, match=r"no\.py: no such file; name a Python script"):
        make_sandbox(tmp_path / "box", tmp_path / "no.py")


def test_the_environment_is_clean(tmp_path: Path, project: Path):
    (project / "export.py").write_text("pass")
    box = make_sandbox(tmp_path / "box", project / "export.py")
    base = {
        "PATH": "/bin",
        "LC_ALL": "C",
        "HOME": "/home/me",
        "PYTHONPATH": "/mine",
        "TF2_BEHAVIOR": "1",
        "https_proxy": "http://proxy",
        "SECRET": "1",
    }
    seen = environment(box, {"EPOCHS": "3"}, base)
    assert (seen["PATH"], seen["LC_ALL"], seen["EPOCHS"]) == ("/bin", "C", "3")
    assert not {"PYTHONPATH", "TF2_BEHAVIOR", "https_proxy", "SECRET"} & set(seen)
    assert (seen["HOME"], seen["TMPDIR"]) == (str(box.home), str(box.tmp))
    assert seen["PYTHONUSERBASE"] == "/home/me/.local"
    assert environment(box, {"HOME": "/home/me"}, base)["HOME"] == "/home/me"


def test_out_is_put_into_the_arguments(tmp_path: Path, project: Path):
    (project / "export.py").write_text("pass")
    box = make_sandbox(tmp_path / "box", project / "export.py")
    assert arguments(box, ["--dir={out}/1", "{other}"]) == [f"--dir={box.out}/1", "{other}"]
