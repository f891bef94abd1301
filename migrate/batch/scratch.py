"""A temporary directory for each process that works, removed with it, and by the next run where both were killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

from migrate.batch.processes import kill_descendants

_PREFIX = "tf-migrate-batch-"
_LOCK = "lock"
# A directory this young may not have been locked yet.
_YOUNG_SECONDS = 60
_ATTEMPTS = 10


class Scratch:
    """A temporary directory that is known to be in use as long as this process lives."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def remove(self) -> None:
        """Removes it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.close(self._lock)


def sweep() -> None:
    """Removes the directories of processes that are gone."""
    now = time.time()
    with contextlib.suppress(OSError):
        for directory in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):
                about = directory.lstat()
                if about.st_uid == os.getuid() and now - about.st_mtime > _YOUNG_SECONDS:
                    _remove_unused(directory)


def _remove_unused(directory: Path) -> None:
    try:
        handle = os.open(directory / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        # Somebody was killed who had begun to remove it.
        shutil.rmtree(directory, ignore_errors=True)
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(directory, ignore_errors=True)
    finally:
        os.close(handle)


def abandon() -> None:
    """Ends this process, which works in such a directory, at once: with all that it started and wrote there."""
    directory = Path(tempfile.gettempdir())
    for _ in range(_ATTEMPTS):
        kill_descendants()
        if not directory.name.startswith(_PREFIX) or not directory.exists():
            break
        # Another thread may still write there.
        shutil.rmtree(directory, ignore_errors=True)
    os._exit(0)
