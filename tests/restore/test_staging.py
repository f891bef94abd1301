from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.restore.staging import remove_leftovers, stage
from migrate.signatures.rope import Span, rope
from tests.restore.faults import failing
from tests.restore.models import names

DATA = bytes(range(256)) * 40


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "saved_model.pb"
    path.write_bytes(DATA)
    path.chmod(0o640)
    return path


CONTENT = rope(b"new", Span(5, 4000), b"x", Span(4001, len(DATA)), b"end")


def test_the_new_content_lies_beside_the_old(file):
    new = stage(file, CONTENT)
    assert new.parent == file.parent
    assert new.read_bytes() == CONTENT.bytes_from(DATA)
    assert stat.S_IMODE(new.stat().st_mode) == 0o640
    assert file.read_bytes() == DATA


def test_in_another_directory(file, tmp_path):
    (tmp_path / "out").mkdir()
    new = stage(file, CONTENT, tmp_path / "out")
    assert new.parent == tmp_path / "out"
    assert new.read_bytes() == CONTENT.bytes_from(DATA)


@given(st.lists(st.tuples(st.integers(0, 1000), st.binary(max_size=30)), max_size=6))
def test_any_content(tmp_path_factory, pieces):
    file = tmp_path_factory.mktemp("m") / "f"
    file.write_bytes(DATA)
    places = sorted(min(place, len(DATA)) for place, _ in pieces)
    content = rope(
        *[part for start, (_, data) in zip(places, pieces, strict=True) for part in (data, Span(start, start + 1))]
    )
    assert stage(file, content).read_bytes() == content.bytes_from(DATA)


def test_nothing_at_all(file):
    assert stage(file, rope()).read_bytes() == b""


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP])
def test_where_the_kernel_cannot_copy(file, number):
    with failing(0, OSError(number, "not here"), for_good=True, functions=("copy_file_range",)):
        assert stage(file, CONTENT).read_bytes() == CONTENT.bytes_from(DATA)


def test_where_the_kernel_copies_less_than_it_is_asked_for(file, monkeypatch):
    real = os.copy_file_range
    monkeypatch.setattr(os, "copy_file_range", lambda s, t, n, **at: real(s, t, min(n, 100), **at))
    assert stage(file, CONTENT).read_bytes() == CONTENT.bytes_from(DATA)


def test_where_the_kernel_gives_up_in_the_middle(file):
    """The rest is read and written, from where it stopped."""
    real = os.copy_file_range
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "copy_file_range", lambda s, t, n, **at: real(s, t, min(n, 100), **at))
        with failing(3, OSError(errno.EINVAL, "no"), for_good=True, functions=("copy_file_range",)) as calls:
            assert stage(file, CONTENT).read_bytes() == CONTENT.bytes_from(DATA)
    assert len(calls) > 3


def test_where_there_is_no_such_call(file, monkeypatch):
    monkeypatch.delattr(os, "copy_file_range")
    assert stage(file, CONTENT).read_bytes() == CONTENT.bytes_from(DATA)


def test_where_less_is_written_than_asked_for(file, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, bytes(data)[:7]))
    monkeypatch.delattr(os, "copy_file_range")
    assert stage(file, CONTENT).read_bytes() == CONTENT.bytes_from(DATA)


def test_a_file_that_is_shorter_than_it_was(file):
    with pytest.raises(OSError, match="cut off while it was read"):
        stage(file, rope(Span(0, len(DATA) + 1)))
    assert names(file.parent) == ["saved_model.pb"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_nothing(file, error):
    with failing(10_000, error, for_good=False) as calls:
        stage(file, CONTENT).unlink()
    for at in range(calls.index("unlink")):
        with pytest.raises(type(error)), failing(at, error, for_good=False):
            stage(file, CONTENT)
        assert names(file.parent) == ["saved_model.pb"]


def test_a_directory_that_cannot_be_written(file, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        stage(file, CONTENT, tmp_path / "not there")


def test_leftovers_go_and_nothing_else(file):
    kept = [".saved_model.pb.tmp", "saved_model.pb.1.tmp", ".other.1.tmp", ".saved_model.pb.1.swp"]
    for name in (*kept, ".saved_model.pb.1.tmp", ".fingerprint.pb.abc.tmp"):
        (file.parent / name).write_text("x")
    remove_leftovers(file.parent, ("saved_model.pb", "fingerprint.pb"))
    assert names(file.parent) == sorted([*kept, "saved_model.pb"])
