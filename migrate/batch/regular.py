"""Reading a file of a foreign directory: a regular one that is no link, and not more of it than is wanted."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from migrate.errors import MigrateError


def read_regular(path: str | Path, largest: int) -> bytes:
    """What a regular file holds.

    A walk saw that it is one; it may have become a pipe or a link since.

    Args:
        path: The file.
        largest: The bytes it may have.

    Raises:
        MigrateError: It is none, or larger. The message does not name it.
        OSError: It cannot be read.
    """
    # Without O_NONBLOCK, opening a pipe waits for somebody who writes.
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise MigrateError("no regular file")
        data = b""
        # In one go; the byte more tells that this is all.
        while len(data) <= largest and (part := os.read(handle, min(about.st_size, largest) + 1)):
            data = data + part if data else part
    finally:
        os.close(handle)
    if len(data) > largest:
        raise MigrateError(too_large(largest))
    return data


def too_large(largest: int) -> str:
    """What is said of a file that is larger."""
    return f"larger than {largest // 1024} KiB; passed over"
