"""Writes a report to a file: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from migrate.errors import MigrateError


def write_report(path: Path, text: str | bytes) -> None:
    """Writes `text`, in UTF-8; an existing file is replaced, a device or pipe is written to.

    Raises:
        MigrateError: It cannot be written; then an old file is still there.
    """
    data = text.encode("utf-8", "backslashreplace") if isinstance(text, str) else text
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        target = Path(os.path.realpath(path))
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            temporary.chmod(_mode(target))
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise MigrateError(f"{path}: cannot write it: {error.strerror or error}") from error


def _mode(target: Path) -> int:
    """The permissions a new file there gets, or those the old one has."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
