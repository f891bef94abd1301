from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from migrate.atomic import is_same, replace_file, sync_directory, take_owner, write_beside


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o640)
    return path


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_file_is_replaced(target):
    replace_file(target, b"new", target.stat())
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert names(target.parent) == ["file"]


def test_it_need_not_exist(target):
    replace_file(target.with_name("other"), b"", target.stat())
    assert target.with_name("other").read_bytes() == b""
    assert stat.S_IMODE(target.with_name("other").stat().st_mode) == 0o640


def test_whoever_reads_it_goes_on_to_read_the_old_one(target):
    with target.open("rb") as reader:
        replace_file(target, b"new", target.stat())
        assert reader.read() == b"old"


def test_other_names_of_the_file_keep_the_old_content(target):
    os.link(target, target.with_name("link"))
    replace_file(target, b"new", target.stat())
    assert target.with_name("link").read_bytes() == b"old"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["fsync", "replace", "fdopen"])
def test_a_failure_leaves_the_old_one_and_nothing_else(target, monkeypatch, where, error):
    def fail(*_: object, **__: object):
        raise error

    status = target.stat()
    monkeypatch.setattr(*((Path, "replace") if where == "replace" else (os, where)), fail)
    with pytest.raises(type(error)):
        replace_file(target, b"new", status)
    monkeypatch.undo()
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["file"]


def test_it_is_on_the_disk_before_it_is_put_in_place(target, monkeypatch):
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("fsync"), fsync(handle))[1])
    monkeypatch.setattr(Path, "replace", lambda path, to: (done.append("replace"), replace(path, to))[1])
    replace_file(target, b"new", target.stat())
    assert done == ["fsync", "replace", "fsync"]


def test_what_is_written_beside_only_has_to_be_renamed(target):
    beside = write_beside(target, b"new", target.stat())
    assert target.read_bytes() == b"old"
    assert beside.parent == target.parent
    assert beside.read_bytes() == b"new"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o640


def test_a_file_is_the_same_until_somebody_writes_it(target):
    before = target.stat()
    assert is_same(target.stat(), before)
    os.utime(target, ns=(1, before.st_mtime_ns))
    assert is_same(target.stat(), before)
    replace_file(target, b"old", before)
    os.utime(target, ns=(1, before.st_mtime_ns))
    assert not is_same(target.stat(), before)


@pytest.mark.parametrize("data", [b"longer", b"new"])
def test_a_file_that_is_written_in_place_is_another(target, data):
    before = target.stat()
    target.write_bytes(data)
    os.utime(target, ns=(1, before.st_mtime_ns + (0 if len(data) > 3 else 1)))
    assert not is_same(target.stat(), before)


def test_who_may_not_change_the_owner_does_not_have_to(target, monkeypatch):
    class Other:
        st_uid, st_gid = os.getuid() + 1, os.getgid() + 1

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "fchown", refuse)
    with target.open("rb") as file:
        take_owner(file.fileno(), Other())


def test_a_directory_that_cannot_be_synced_is_no_failure(tmp_path, monkeypatch):
    sync_directory(tmp_path)
    sync_directory(tmp_path / "not there")

    def fail(_: int) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "fsync", fail)
    sync_directory(tmp_path)
