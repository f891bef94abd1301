"""`tf-migrate.undo`: what brings a model back to what it was, kept in its directory."""

from __future__ import annotations

import contextlib
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from migrate.atomic import replace_file
from migrate.errors import MigrateError
from migrate.signatures.canonical import Checksums
from migrate.signatures.farmhash import fingerprint64
from migrate.signatures.proto import new_message
from migrate.signatures.rope import Rope, Span
from migrate.signatures.wire import WireError

if TYPE_CHECKING:
    import os

NAME = "tf-migrate.undo"
_DAMAGED = "damaged; remove it (the model itself is not touched by that, but cannot be undone)"


@dataclass(frozen=True, slots=True)
class Identity:
    """By which a content is known again.

    Attributes:
        size: In bytes.
        fingerprint64: FarmHash's; of a serialised SavedModel with the entries of its maps in order.
    """

    size: int
    fingerprint64: int


@dataclass(frozen=True, slots=True)
class Step:
    """One change to a model.

    Attributes:
        before: What its file was.
        after: What its file became.
        content: The old content, in spans of the new one.
        fingerprint_before: The fingerprint.pb before; None where there was none.
        fingerprint_after: The fingerprint.pb after; None where there was none.
    """

    before: Identity
    after: Identity
    content: Rope
    fingerprint_before: bytes | None
    fingerprint_after: bytes | None


def identity(file: Path, checksums: Checksums | None = None) -> Identity:
    """The identity of a file's content.

    Of a saved_model.pb it is the checksum that its fingerprint.pb has, too, so that large files are hashed once for
    both.

    Args:
        file: The file.
        checksums: Those that are known already.

    Raises:
        OSError: It cannot be read.
    """
    size = file.stat().st_size
    if not size:
        return Identity(0, fingerprint64(b""))
    with contextlib.suppress(WireError):
        return Identity(size, (checksums or Checksums()).of(file))
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY) as pages:
        return Identity(size, fingerprint64(pages))


def read_steps(directory: Path) -> tuple[Step, ...]:
    """The changes that can be undone, the last one at the end.

    Raises:
        MigrateError: There is a file of that name that is none of ours, or is damaged.
    """
    file = directory / NAME
    undo = new_message("Undo")
    try:
        undo.ParseFromString(file.read_bytes())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise MigrateError(f"{file}: cannot read it: {error.strerror or error}") from error
    except DecodeError as error:
        raise MigrateError(f"{file}: {_DAMAGED}") from error
    steps = tuple(_step(step) for step in undo.steps)
    if not steps or not all(map(_is_sound, steps)):
        raise MigrateError(f"{file}: {_DAMAGED}")
    return steps


def write_steps(directory: Path, steps: tuple[Step, ...], like: os.stat_result) -> None:
    """Writes the changes that can be undone, or removes the file where there are none.

    Args:
        directory: The model's.
        steps: The last one at the end.
        like: Status of the file whose mode and owner it gets.

    Raises:
        OSError: It cannot be written.
    """
    file = directory / NAME
    if not steps:
        file.unlink(missing_ok=True)
        return
    undo = new_message("Undo")
    for step in steps:
        message = undo.steps.add()
        for known, into in ((step.before, message.before), (step.after, message.after)):
            into.size, into.fingerprint64 = known.size, known.fingerprint64
        for piece in step.content.pieces:
            if isinstance(piece, Span):
                message.pieces.add(start=piece.start, end=piece.end)
            else:
                message.pieces.add(data=piece)
        if step.fingerprint_before is not None:
            message.fingerprint_before = step.fingerprint_before
        if step.fingerprint_after is not None:
            message.fingerprint_after = step.fingerprint_after
    replace_file(file, undo.SerializeToString(), like)


def forget_last(directory: Path) -> None:
    """Gives up undoing the last change.

    Raises:
        MigrateError: The file cannot be read or written.
    """
    steps = read_steps(directory)
    try:
        if steps:
            write_steps(directory, steps[:-1], (directory / NAME).stat())
    except OSError as error:
        raise MigrateError(f"{directory / NAME}: cannot write it: {error.strerror or error}") from error


def _step(message: Any) -> Step:
    return Step(
        before=Identity(message.before.size, message.before.fingerprint64),
        after=Identity(message.after.size, message.after.fingerprint64),
        content=Rope(
            tuple(piece.data if piece.HasField("data") else Span(piece.start, piece.end) for piece in message.pieces)
        ),
        fingerprint_before=message.fingerprint_before if message.HasField("fingerprint_before") else None,
        fingerprint_after=message.fingerprint_after if message.HasField("fingerprint_after") else None,
    )


def _is_sound(step: Step) -> bool:
    """Whether the old content can be made from the new one: there are no more bytes than there were."""
    position = 0
    for piece in step.content.pieces:
        if isinstance(piece, Span):
            if not position <= piece.start <= piece.end <= step.after.size:
                return False
            position = piece.end
    return len(step.content) == step.before.size
