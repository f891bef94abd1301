"""Changes a model where it is: whatever happens meanwhile, there is the old model or the new one.

Two files belong together, saved_model.pb and fingerprint.pb, and no file system replaces two at once. So the old
fingerprint goes before the model changes, and the new one comes after it: a model without a fingerprint is whole, one
with another's is not. What is missing when a run was killed is in the undo file, and the next run puts it back.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from migrate.atomic import is_same, replace_file, sync_directory, write_beside
from migrate.errors import MigrateError
from migrate.restore.staging import remove_leftovers, stage
from migrate.restore.undo_file import NAME as UNDO
from migrate.restore.undo_file import Step, identity, read_steps, write_steps
from migrate.signatures.canonical import Checksums
from migrate.signatures.fingerprint import NAME as FINGERPRINT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from migrate.signatures.rope import Rope


@contextlib.contextmanager
def exclusively(file: Path) -> Iterator[None]:
    """Keeps other runs away from a model, and mends what a killed one has left.

    Args:
        file: The model's saved_model.pb or saved_model.pbtxt.

    Raises:
        MigrateError: Another run is at it, or the directory cannot be written.
    """
    directory = file.parent
    with contextlib.ExitStack() as stack:
        if os.name == "posix":
            stack.enter_context(_locked(directory))
        try:
            _mend(file)
        except OSError as error:
            raise MigrateError(f"{directory}: cannot write there: {error.strerror or error}") from error
        try:
            yield
        except BaseException:
            # What cannot be mended now, because the disk is full perhaps, the next run mends.
            with contextlib.suppress(OSError, MigrateError):
                _mend(file)
            raise


def change(
    file: Path,
    status: os.stat_result,
    content: Rope,
    inverse: Rope,
    fingerprint: Callable[[Path, Checksums], bytes | None] | None,
) -> None:
    """Gives a model's file new content, and keeps what undoes that.

    Args:
        file: The model's saved_model.pb or saved_model.pbtxt.
        status: That of the file which the contents were made from.
        content: Its new content, in spans of the old one.
        inverse: The old content, in spans of the new one.
        fingerprint: What makes the fingerprint.pb for the new file; None where there is none, or is to be none.

    Raises:
        MigrateError: Somebody else has written the model meanwhile, and it is what they wrote; or the new model has
            taken its place, and only its fingerprint.pb could not.
        OSError: It cannot be written; then the model is what it was.
    """
    directory = file.parent
    steps = read_steps(directory)
    checksums = Checksums()
    before = identity(file, checksums)
    if steps and steps[-1].after != before:
        steps = ()  # Somebody else has written the model since; that cannot be undone from here.
    new = stage(file, content)
    try:
        old_fingerprint = _read(directory / FINGERPRINT)
        new_fingerprint = fingerprint(new, checksums) if fingerprint is not None else None
        step = Step(before, identity(new, checksums), inverse, old_fingerprint, new_fingerprint)
        if not is_same(file.stat(), status):
            raise MigrateError(f"{file}: somebody else has written it meanwhile; run this again")
        write_steps(directory, (*steps, step), status)
        _put(file, new, new_fingerprint)
    finally:
        _remove(new)


def undo(file: Path) -> int:
    """Takes the last change back.

    Args:
        file: The model's saved_model.pb or saved_model.pbtxt.

    Returns:
        How many more can be undone.

    Raises:
        MigrateError: There is none, the model has been changed by others since, or only its fingerprint.pb could not
            be written.
        OSError: It cannot be written; then the model is what it was.
    """
    directory = file.parent
    steps = read_steps(directory)
    if not steps:
        raise MigrateError(f"{directory}: nothing to undo (there is no {UNDO})")
    last = steps[-1]
    changed = f"{file}: not the file that the last restore wrote; {UNDO} cannot bring back what was before it"
    if identity(file) != last.after:
        raise MigrateError(changed)
    old = stage(file, last.content)
    try:
        if identity(old) != last.before:
            raise MigrateError(changed)
        _put(file, old, last.fingerprint_before)
        with contextlib.suppress(OSError):  # The next run knows from the model that this step is done.
            write_steps(directory, steps[:-1], file.stat())
            sync_directory(directory)
    finally:
        _remove(old)
    return len(steps) - 1


def _put(file: Path, new: Path, fingerprint: bytes | None) -> None:
    place = file.parent / FINGERPRINT
    # It is on the disk before anything changes: a full one is noticed in time.
    staged = None if fingerprint is None else write_beside(place, fingerprint, file.stat())
    try:
        place.unlink(missing_ok=True)
        sync_directory(file.parent)
        new.replace(file)
        sync_directory(file.parent)
        if staged is None:
            return
        try:
            staged.replace(place)
        except OSError as error:
            raise MigrateError(
                f"{place}: cannot write it: {error.strerror or error}; the model itself is done, and the next restore "
                "or --undo adds it"
            ) from error
        sync_directory(file.parent)
    finally:
        if staged is not None:
            _remove(staged)


def _mend(file: Path) -> None:
    """Ends what a killed run has begun: its temporary files go, the fingerprint comes back."""
    directory = file.parent
    remove_leftovers(directory, (file.name, FINGERPRINT, UNDO))
    steps = read_steps(directory)
    if not steps:
        return
    last, now = steps[-1], identity(file)
    # Where it is neither, somebody else has written the model since.
    fingerprint = {last.before: last.fingerprint_before, last.after: last.fingerprint_after}.get(now)
    if fingerprint is not None and not (directory / FINGERPRINT).exists():
        replace_file(directory / FINGERPRINT, fingerprint, file.stat())
    if now == last.before:
        # Killed before the change took place, or after it was undone.
        write_steps(directory, steps[:-1], file.stat())


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[None]:
    import fcntl

    try:
        handle = os.open(directory, os.O_RDONLY)
    except OSError as error:
        raise MigrateError(f"{directory}: cannot read it: {error.strerror or error}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise MigrateError(f"{directory}: another tf-migrate is changing this model; try again later") from error
        except OSError:  # A file system without locks.
            pass
        yield
    finally:
        os.close(handle)


def _remove(temporary: Path) -> None:
    with contextlib.suppress(OSError):  # The next run removes what is left.
        temporary.unlink(missing_ok=True)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except IsADirectoryError as error:
        raise MigrateError(f"{path}: a directory, where a model has a file; remove it") from error
