"""What a process has started, and how much memory all of it has; on Linux, as other systems do not tell it."""

from __future__ import annotations

import contextlib
import os
import signal
from collections import defaultdict
from pathlib import Path

_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def descendants(pid: int) -> tuple[int, ...]:
    """The processes that a process has started, and those that these have; empty where the system does not tell.

    Args:
        pid: The process; itself is not among them.
    """
    children: defaultdict[int, list[int]] = defaultdict(list)
    with contextlib.suppress(OSError):
        for entry in os.scandir(_PROC):
            if entry.name.isdigit():
                parent = _parent(int(entry.name))
                if parent is not None:
                    children[parent].append(int(entry.name))
    found: list[int] = []
    todo = [pid]
    while todo:
        some = children[todo.pop()]
        found += some
        todo += some
    return tuple(found)


def resident(pid: int) -> int:
    """The bytes of memory that a process has; 0 where the system does not tell."""
    try:
        return int((_PROC / str(pid) / "statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def kill_all(pid: int) -> None:
    """Kills a process that leads its own group, with all that it has started.

    Args:
        pid: The process; it must not have been waited for, so that the number is still its own.
    """
    # While it stands still it starts nothing more, and what it started can be found.
    _signal(pid, signal.SIGSTOP)
    started = descendants(pid)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    for one in (pid, *started):
        _signal(one, signal.SIGKILL)


def kill_descendants() -> None:
    """Kills all that this process has started."""
    for one in descendants(os.getpid()):
        _signal(one, signal.SIGKILL)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _parent(pid: int) -> int | None:
    try:
        # The name of the program may hold spaces and parentheses; what comes after it has none.
        return int((_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return None
