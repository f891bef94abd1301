"""Files that are replaced in one step: whoever reads them, or pulls the plug, sees the old content or the new."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path


def replace_file(target: Path, data: bytes | Iterable[bytes], like: os.stat_result | None = None) -> None:
    """Puts `data` into `target` in one step: whoever reads it sees the old content or the new, never a part.

    Args:
        target: The file; not a symbolic link.
        data: Its new content; in pieces where it is not to be in memory as a whole.
        like: Status of the file whose mode and owner it gets; None for those that a new file gets.

    Raises:
        OSError: It cannot be written; then the old content is still there.
    """
    temporary = write_beside(target, data, like)
    try:
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(target.parent)


def write_beside(target: Path, data: bytes | Iterable[bytes], like: os.stat_result | None = None) -> Path:
    """Writes a temporary file that only has to be renamed to `target`.

    Args:
        target: The file that it is to become.
        data: Its content; on the disk when this returns.
        like: Status of the file whose mode and owner it gets; None for those that a new file gets.

    Returns:
        The temporary file, in the same directory.

    Raises:
        OSError: It cannot be written; then nothing is left of it.
    """
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            if like is not None:
                take_owner(handle, like)
            temporary.chmod(stat.S_IMODE(like.st_mode) if like is not None else _new_mode())
            os.fsync(handle)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _new_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def is_same(one: os.stat_result, other: os.stat_result) -> bool:
    """Whether these are statuses of one file that nobody has written, or put another one in the place of, between."""
    return all(getattr(one, what) == getattr(other, what) for what in ("st_dev", "st_ino", "st_size", "st_mtime_ns"))


def take_owner(handle: int, like: os.stat_result) -> None:
    """Gives an open file the owner of another one, where one may."""
    mine = os.fstat(handle)
    if hasattr(os, "fchown") and (mine.st_uid, mine.st_gid) != (like.st_uid, like.st_gid):
        with contextlib.suppress(PermissionError):
            os.fchown(handle, like.st_uid, like.st_gid)


def sync_directory(directory: Path) -> None:
    """Makes renames in a directory lasting, where the platform can."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):  # some file systems cannot; the rename is made all the same
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
