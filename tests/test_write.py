from __future__ import annotations

import codecs
import os
import stat
import subprocess
from pathlib import Path

import pytest

from migrate import write
from migrate.errors import MigrateError
from migrate.results import Result
from migrate.write import bytes_of, copy_results, refuse_dirty, write_results


def change(path, before="old\n", after="new\n") -> Result:
    return Result(str(path), before, after)


def put(file: Path, data: bytes = b"old\n") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


@pytest.mark.parametrize(
    ("data", "after"),
    [
        (b"old\r\nx", b"new\r\nx"),
        (codecs.BOM_UTF8 + b"old\n", codecs.BOM_UTF8 + b"new\n"),
        (b"# coding: latin-1\nold\xe4", b"# coding: latin-1\nnew\xe4"),
        (b"\told\r", b"\tnew\r"),
    ],
)
def test_bytes_are_kept_but_for_the_change(tmp_path, data, after):
    file = put(tmp_path / "x.py", data)
    from migrate.source.files import decode

    text = decode(data).text
    (result,) = write_results([change(file, text, text.replace("old", "new"))])
    assert result.error is None
    assert file.read_bytes() == after


def test_unchanged_files_are_not_touched(tmp_path):
    file = put(tmp_path / "x.py")
    before = file.stat()
    assert write_results([Result(str(file), "old\n", "old\n")])[0].error is None
    assert file.stat() == before


def test_mode_is_kept_and_nothing_is_left_behind(tmp_path):
    file = put(tmp_path / "x.py")
    file.chmod(0o751)
    write_results([change(file)])
    assert stat.S_IMODE(file.stat().st_mode) == 0o751
    assert list(tmp_path.iterdir()) == [file]


def test_the_target_of_a_link_is_written_and_the_link_stays(tmp_path):
    real = put(tmp_path / "real/x.py")
    link = tmp_path / "link.py"
    link.symlink_to("real/x.py")
    write_results([change(link)])
    assert link.is_symlink()
    assert real.read_bytes() == b"new\n"


def test_a_file_that_has_changed_since_is_left_alone(tmp_path):
    file = put(tmp_path / "x.py", b"newer\n")
    (result,) = write_results([change(file)])
    assert result.error == "not written: changed while it was being rewritten; run again"
    assert not result.changed
    assert file.read_bytes() == b"newer\n"


def test_a_file_that_is_gone_or_no_longer_text_is_an_error(tmp_path):
    put(tmp_path / "x.py", b"\xff")
    gone, binary = write_results([change(tmp_path / "gone.py"), change(tmp_path / "x.py")])
    assert gone.error == "not written: No such file or directory"
    assert "changed while" in (binary.error or "")


def test_a_read_only_file_is_left_alone_and_the_others_are_written(tmp_path):
    closed, open_ = put(tmp_path / "a.py"), put(tmp_path / "b.py")
    closed.chmod(0o444)
    first, second = write_results([change(closed), change(open_)])
    assert (first.error, second.error) == ("not written: read-only", None)
    assert (closed.read_bytes(), open_.read_bytes()) == (b"old\n", b"new\n")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_on_the_way_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch, step):
    file = put(tmp_path / "x.py")

    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fail)
    (result,) = write_results([change(file)])
    assert result.error == "not written: No space left on device"
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old\n"]


def test_bytes_of_takes_the_bytes_given():
    assert bytes_of(change("-"), b"old\n") == (b"old\n", b"new\n")
    with pytest.raises(MigrateError):
        bytes_of(change("-"), b"other\n")


class TestCopies:
    def test_places_are_relative_to_what_the_paths_share(self, cwd):
        results = [change(put(cwd / "a/src/x.py")), change(put(cwd / "b/src/x.py"))]
        copy_results(results, ["a/src", "b/src"], Path("out"))
        assert sorted(path.as_posix() for path in Path("out").rglob("*.py")) == [
            "out/a/src/x.py",
            "out/b/src/x.py",
        ]
        assert (cwd / "a/src/x.py").read_bytes() == b"old\n"

    def test_one_file_goes_right_below(self, cwd, tmp_path_factory):
        out = tmp_path_factory.mktemp("elsewhere") / "new"
        file = put(cwd / "a/src/x.py")
        file.chmod(0o755)
        copy_results([change("a/src/x.py")], ["a/src/x.py"], out)
        assert (out / "x.py").read_bytes() == b"new\n"
        assert (out / "x.py").stat().st_mode & 0o777 == 0o755

    def test_paths_with_dots_stay_inside(self, cwd, monkeypatch):
        put(cwd / "src/x.py")
        (cwd / "work").mkdir()
        monkeypatch.chdir(cwd / "work")
        copy_results([change("../src/x.py")], ["../src"], Path("out"))
        assert (cwd / "work/out/x.py").read_bytes() == b"new\n"

    def test_unchanged_files_are_not_copied(self, cwd):
        put(cwd / "x.py")
        copy_results([Result("x.py", "old\n", "old\n")], ["."], Path("out"))
        assert not Path("out").exists()

    @pytest.mark.parametrize("out", [".", "src", "src/../src/"])
    def test_a_directory_that_holds_the_sources_is_refused(self, cwd, out):
        put(cwd / "src/x.py")
        put(cwd / "x.py", b"another\n")
        with pytest.raises(MigrateError, match="holds the files to rewrite"):
            copy_results([change("src/x.py")], ["src"], Path(out))
        assert ((cwd / "x.py").read_bytes(), (cwd / "src/x.py").read_bytes()) == (b"another\n", b"old\n")

    def test_a_link_back_to_the_source_is_not_written_through(self, cwd):
        put(cwd / "src/x.py")
        (cwd / "out").symlink_to("src")
        (result,) = copy_results([change("src/x.py")], ["src"], Path("out"))
        assert "use --write" in (result.error or "")
        assert (cwd / "src/x.py").read_bytes() == b"old\n"

    def test_a_second_run_does_not_take_the_output_for_input(self, cwd):
        put(cwd / "x.py")
        put(cwd / "out/x.py")
        results = copy_results([change("out/x.py"), change("x.py")], ["."], Path("out"))
        assert [result.path for result in results] == ["x.py"]
        assert not (cwd / "out/out").exists()

    def test_what_cannot_be_made_is_an_error(self, cwd):
        put(cwd / "x.py")
        put(cwd / "out", b"")
        (result,) = copy_results([change("x.py")], ["x.py"], Path("out"))
        assert (result.error or "").startswith("not written: ")


class TestDirtyTrees:
    def test_a_clean_tree_is_written(self, repository):
        put(repository.top / "x.py")
        repository.commit()
        write_results([change("x.py")])
        assert Path("x.py").read_bytes() == b"new\n"

    def test_untracked_files_elsewhere_do_not_matter(self, repository):
        put(repository.top / "x.py")
        repository.commit()
        put(repository.top / "notes.txt")
        refuse_dirty(["x.py"])

    @pytest.mark.parametrize("staged", [True, False])
    def test_a_dirty_tree_is_refused_and_nothing_is_written(self, repository, staged):
        put(repository.top / "sub/x.py")
        put(repository.top / "y.py")
        repository.commit()
        put(repository.top / "y.py", b"edited\n")
        if staged:
            repository.git("add", "y.py")
        with pytest.raises(MigrateError, match=r"uncommitted changes \(y.py\); .*--allow-dirty") as caught:
            write_results([change("sub/x.py")])
        assert "\n" not in str(caught.value)
        assert Path("sub/x.py").read_bytes() == b"old\n"
        write_results([change("sub/x.py")], allow_dirty=True)
        assert Path("sub/x.py").read_bytes() == b"new\n"

    @pytest.mark.parametrize("ignored", [True, False])
    def test_an_untracked_file_is_refused(self, repository, ignored):
        put(repository.top / ".gitignore", b"x*.py\n" if ignored else b"\n")
        repository.commit()
        put(repository.top / "x [1].py")
        with pytest.raises(MigrateError, match=r"x \[1\]\.py: not tracked by git"):
            write_results([change("x [1].py")])

    def test_strange_names_are_no_patterns(self, repository):
        names = ["x*.py", ":(top)y.py", "-n.py", 'q"\n.py', os.fsdecode(b"\xff.py")]
        for name in names:
            put(repository.top / name)
        repository.commit()
        refuse_dirty(names)

    def test_a_tree_without_commits_is_refused(self, repository):
        put(repository.top / "x.py")
        repository.git("add", "x.py")
        with pytest.raises(MigrateError, match="uncommitted"):
            refuse_dirty(["x.py"])

    def test_the_tree_of_the_target_of_a_link_counts(self, repository, tmp_path_factory):
        real = put(tmp_path_factory.mktemp("outside") / "x.py")
        Path("x.py").symlink_to(real)
        put(repository.top / "y.py")
        repository.commit()
        put(repository.top / "y.py", b"edited\n")
        refuse_dirty(["x.py"])

    def test_outside_of_any_tree_all_is_fine(self, cwd):
        put(cwd / "x.py")
        refuse_dirty(["x.py"])
        (cwd / ".git").mkdir()  # empty: no repository either
        refuse_dirty(["x.py"])

    def test_without_git_all_is_fine(self, repository, monkeypatch):
        put(repository.top / "x.py")
        monkeypatch.setenv("PATH", "")
        refuse_dirty(["x.py"])

    def test_a_tree_that_git_refuses_to_read_is_refused(self, repository):
        put(repository.top / "x.py")
        repository.commit()
        put(repository.top / ".git/config", b"[core\n")
        with pytest.raises(MigrateError, match=r"cannot ask git .*--allow-dirty"):
            refuse_dirty(["x.py"])

    def test_no_hook_of_the_repository_runs(self, repository):
        put(repository.top / "x.py")
        repository.commit()
        spy = put(repository.top / ".git/hooks/spy", b"#!/bin/sh\ntouch .git/ran\n")
        spy.chmod(0o755)
        (spy.parent / "post-index-change").symlink_to("spy")
        repository.git("config", "core.fsmonitor", ".git/hooks/spy")
        (repository.top / ".git/ran").unlink(missing_ok=True)
        os.utime("x.py")
        refuse_dirty(["x.py"])
        assert not (repository.top / ".git/ran").exists()

    def test_variables_of_a_calling_git_do_not_mislead(self, repository, monkeypatch, tmp_path_factory):
        put(repository.top / "x.py")
        repository.commit()
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        subprocess.run(["git", "init", "-q"], cwd=elsewhere, check=True)
        monkeypatch.setenv("GIT_DIR", str(elsewhere / ".git"))
        monkeypatch.setenv("GIT_WORK_TREE", str(elsewhere))
        refuse_dirty(["x.py"])

    def test_git_is_asked_once_for_a_tree(self, repository, monkeypatch):
        files = [put(repository.top / f"d/{number}.py") for number in range(30)]
        repository.commit()
        asked = []
        monkeypatch.setattr(write, "_git", lambda *args, ask=write._git: asked.append(args) or ask(*args))
        refuse_dirty(files)
        assert len(asked) == 3
