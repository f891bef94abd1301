"""Writes the new content of a large file beside the old one, copying what stays without reading it."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.atomic import take_owner
from migrate.signatures.rope import Span

if TYPE_CHECKING:
    from migrate.signatures.rope import Rope

SUFFIX = ".tmp"

_CHUNK = 1 << 22
# What the kernel answers where it cannot copy from this file to that one by itself.
_NOT_BY_KERNEL = frozenset({errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF, errno.EPERM})


def stage(file: Path, content: Rope, directory: Path | None = None) -> Path:
    """A complete new file on the disk, with the mode and owner of `file`.

    Args:
        file: The file whose bytes the spans of `content` are.
        content: The new content.
        directory: Where to write; beside `file` where None.

    Returns:
        The new file's path.

    Raises:
        OSError: It cannot be written; then nothing is left of it.
    """
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=SUFFIX, dir=directory or file.parent)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb", buffering=0) as target, file.open("rb", buffering=0) as source:
            for piece in content.pieces:
                if isinstance(piece, Span):
                    _copy(source.fileno(), target.fileno(), piece)
                else:
                    _write(target.fileno(), piece)
            like = os.fstat(source.fileno())
            take_owner(target.fileno(), like)
            path.chmod(stat.S_IMODE(like.st_mode))
            os.fsync(target.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def remove_leftovers(directory: Path, names: tuple[str, ...]) -> None:
    """Removes what runs that were killed have left of these files."""
    for name in names:
        for path in directory.glob(f".{name}.*{SUFFIX}"):
            path.unlink(missing_ok=True)


def _copy(source: int, target: int, span: Span) -> None:
    position = span.start
    try:
        while position < span.end and hasattr(os, "copy_file_range"):
            copied = os.copy_file_range(source, target, span.end - position, offset_src=position)
            if not copied:
                break
            position += copied
    except OSError as error:
        if error.errno not in _NOT_BY_KERNEL:
            raise
    os.lseek(source, position, os.SEEK_SET)
    while position < span.end:
        data = os.read(source, min(span.end - position, _CHUNK))
        if not data:
            raise OSError(errno.EIO, "the file was cut off while it was read")
        _write(target, data)
        position += len(data)


def _write(target: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(target, view) :]
