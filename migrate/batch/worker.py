"""A process that works on repositories, one after the other, for the supervisor that started it.

It reads jobs from its standard input and writes events to what was its standard output. Its supervisor may kill it at
any moment.
"""

from __future__ import annotations

import os
import sys

from migrate.batch.protocol import Started, Task, receive, send


def main() -> None:
    """Works until its standard input ends."""
    from migrate.batch.work import migrate_repository

    jobs = sys.stdin.buffer
    # What anything prints must not come between the events.
    events = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            task = receive(jobs)
        except EOFError:
            return
        assert isinstance(task, Task)
        done = migrate_repository(task.job, lambda path: send(events, Started(path)), task.given_up)
        send(events, done)


if __name__ == "__main__":
    main()
