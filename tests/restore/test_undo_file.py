from __future__ import annotations

import contextlib
import stat
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.restore.undo_file import NAME, Identity, Step, forget_last, identity, read_steps, write_steps
from migrate.signatures.farmhash import fingerprint64
from migrate.signatures.rope import Rope, Span, rope


def step(content: Rope, *, fingerprint: bytes | None = None, after_size: int = 100) -> Step:
    return Step(Identity(len(content), 2**64 - 1), Identity(after_size, 7), content, fingerprint, None)


STEPS = (
    step(rope(b"a", Span(0, 5), b"\xff", Span(7, 100))),
    step(rope(Span(3, 9)), fingerprint=b""),
    step(rope(), fingerprint=b"\x08\x01", after_size=0),
)


def test_steps_come_back(tmp_path):
    (tmp_path / "like").write_text("")
    (tmp_path / "like").chmod(0o640)
    write_steps(tmp_path, STEPS, (tmp_path / "like").stat())
    assert read_steps(tmp_path) == STEPS
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o640


def test_no_steps_are_no_file(tmp_path):
    assert read_steps(tmp_path) == ()
    write_steps(tmp_path, STEPS, tmp_path.stat())
    write_steps(tmp_path, (), tmp_path.stat())
    assert not (tmp_path / NAME).exists()
    write_steps(tmp_path, (), tmp_path.stat())


@pytest.mark.parametrize("size", [0, 1, 1000, 300_000])
def test_a_file_is_known_by_its_size_and_hash(tmp_path, size):
    (tmp_path / "f").write_bytes(b"x" * size)
    assert identity(tmp_path / "f") == Identity(size, fingerprint64(b"x" * size))


def test_the_last_step_is_forgotten(tmp_path):
    forget_last(tmp_path)
    write_steps(tmp_path, STEPS, tmp_path.stat())
    forget_last(tmp_path)
    assert read_steps(tmp_path) == STEPS[:-1]
    forget_last(tmp_path)
    forget_last(tmp_path)
    assert not (tmp_path / NAME).exists()


def damaged(directory: Path) -> None:
    with pytest.raises(MigrateError, match=r"tf-migrate\.undo: damaged; remove it"):
        read_steps(directory)


@pytest.mark.parametrize("data", [b"", b"not ours\n", b"\x0a\xff", b"\x0a\x7f", b"\x10\x01", b"\xff" * 30])
def test_garbage(tmp_path, data):
    (tmp_path / NAME).write_bytes(data)
    damaged(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        Rope((Span(0, 101),)),
        Rope((Span(50, 60), Span(40, 70))),
        Rope((Span(10, 5), b"x" * 9)),
        Rope((Span(2**63, 2**63 + 4),)),
    ],
)
def test_places_that_are_not_in_the_file(tmp_path, content):
    size = sum(p.end - p.start if isinstance(p, Span) else len(p) for p in content.pieces)
    write_steps(tmp_path, (Step(Identity(max(size, 0), 0), Identity(100, 0), content, None, None),), tmp_path.stat())
    damaged(tmp_path)


def test_more_bytes_than_there_were(tmp_path):
    write_steps(tmp_path, (Step(Identity(3, 0), Identity(100, 0), rope(b"four"), None, None),), tmp_path.stat())
    damaged(tmp_path)


def test_every_cut_is_noticed_or_a_whole_step_less(tmp_path):
    write_steps(tmp_path, STEPS[:2], tmp_path.stat())
    data = (tmp_path / NAME).read_bytes()
    for end in range(len(data)):
        (tmp_path / NAME).write_bytes(data[:end])
        with contextlib.suppress(MigrateError):
            assert read_steps(tmp_path) == STEPS[:1]


def test_what_cannot_be_read_is_one_line(tmp_path):
    (tmp_path / NAME).mkdir()
    with pytest.raises(MigrateError, match=r"tf-migrate\.undo: cannot read it: Is a directory"):
        read_steps(tmp_path)
