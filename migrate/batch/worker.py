"""A process that works on repositories, one after the other, for the supervisor that started it.

It reads jobs from its standard input and writes events to what was its standard output. Its supervisor may kill it at
any moment; where the supervisor is gone, it ends by itself, in the middle of its work.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
from queue import SimpleQueue
from typing import IO

from migrate.batch.protocol import Task, receive, send
from migrate.batch.scratch import abandon

# After its time, a repository's work ends even where the supervisor is gone and no thread gets to see that.
_GRACE_SECONDS = 60
_LONGEST_SECONDS = 10**8


def main() -> None:
    """Works until its standard input ends."""
    from migrate.batch.work import migrate_repository

    tasks: SimpleQueue[Task] = SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, tasks), daemon=True).start()
    # What anything prints must not come between the events.
    events = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        task = tasks.get()
        seconds = task.job.options.limits.repository_seconds + _GRACE_SECONDS
        faulthandler.dump_traceback_later(min(seconds, _LONGEST_SECONDS), exit=True)
        done = migrate_repository(task.job, lambda event: send(events, event), task.given_up)
        faulthandler.cancel_dump_traceback_later()
        send(events, done)


def _read(stream: IO[bytes], tasks: SimpleQueue[Task]) -> None:
    """Takes in tasks; where there can be no more, ends the process with all it started, and removes what it wrote."""
    while True:
        try:
            task = receive(stream)
        except (EOFError, OSError):
            abandon()
            return
        assert isinstance(task, Task)
        tasks.put(task)


if __name__ == "__main__":
    main()
