"""Keeps a process at work, and kills it where it takes too much: what it worked on then is what took too much."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Empty, SimpleQueue

from migrate.batch.job import Job, Limits
from migrate.batch.processes import descendants, kill_all, resident
from migrate.batch.protocol import Started, Task, receive, send
from migrate.batch.record import Migrated, Record
from migrate.batch.scratch import Scratch, sweep

_POLL = 0.2
# What a process has started is looked for less often: all processes of the machine are read for that.
_FAMILY_SECONDS = 2.0
# A process that has worked on many repositories holds memory that it does not need any more.
_REPOSITORIES = 50
_GIVEN_UP = 20
_END_SECONDS = 2.0


class Stopped(Exception):
    """The run is stopped, and the repository not worked on."""


@dataclass(slots=True)
class _Watch:
    """What a worker is doing."""

    limits: Limits
    started: float
    event: Started = field(default_factory=lambda: Started(""))
    since: float = 0
    family_seen: float = 0

    def begins(self, event: Started) -> None:
        """A file is begun, or none."""
        self.event, self.since = event, time.monotonic()

    def exceeded(self, pid: int) -> str | None:
        """Why the process is to be killed, if it is."""
        now = time.monotonic()
        limits = self.limits
        if now - self.started > limits.repository_seconds:
            return f"took longer than {limits.repository_seconds:g} s"
        if self.event.path and self.event.timed and now - self.since > limits.file_seconds:
            return f"took longer than {limits.file_seconds:g} s"
        used = resident(pid)
        if now - self.family_seen > _FAMILY_SECONDS:
            self.family_seen = now
            used += sum(map(resident, descendants(pid)))
        return f"needed more than {limits.memory_mib} MiB" if used > limits.memory_mib << 20 else None


@dataclass(slots=True)
class _Worker:
    """A process, what it says, and where it may write."""

    process: subprocess.Popen[bytes]
    events: SimpleQueue[object]
    scratch: Scratch
    done: int = 0

    def end(self) -> int:
        """Ends it with all it started, removes what it wrote, and gives its exit code."""
        process = self.process
        kill_all(process.pid)
        code = process.wait()
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        self.scratch.remove()
        return code


class Supervisor:
    """Works on repositories in a process of its own, which is started again whenever it dies.

    Where this process is killed, that one ends, too: its standard input then ends.
    """

    def __init__(self) -> None:
        self._worker: _Worker | None = None
        self._ending = threading.Lock()
        self._stopped = threading.Event()
        self._swept = False

    def migrated(self, job: Job, observe: Callable[[str], None] = lambda _: None) -> Migrated:
        """Works on one repository.

        A file that takes too long or too much memory, or that makes the process die, is passed over in another try,
        and said to be.

        Args:
            job: The repository, and what to do with it.
            observe: Is called with each file that is begun.

        Returns:
            What became of it; where it cannot be worked on at all, the record says why.

        Raises:
            Stopped: `stop` was called.
        """
        started = time.monotonic()
        given_up: dict[str, str] = {}
        while True:
            watch = _Watch(job.options.limits, started)
            try:
                done = self._tried(Task(job, given_up), watch, observe)
            except OSError as error:
                return failed(job, f"no process can be started: {error.strerror or error}")
            seconds = time.monotonic() - started
            if isinstance(done, Migrated):
                return replace(done, seconds=seconds)
            path = watch.event.path
            if not path or seconds > job.options.limits.repository_seconds or len(given_up) >= _GIVEN_UP:
                return replace(failed(job, f"{done}{f', at {path}' if path else ''}"), seconds=seconds)
            given_up[path] = f"{done}; passed over"

    def stop(self) -> None:
        """Stops the work, from another thread; what is under way is given up."""
        self._stopped.set()
        self.close()

    def close(self) -> None:
        """Ends the process."""
        self._end()

    # ---- inside ----------------------------------------------------------------------------------------------

    def _tried(self, task: Task, watch: _Watch, observe: Callable[[str], None]) -> Migrated | str:
        """What became of a repository, or why the process is dead."""
        worker = self._running()
        process = worker.process
        assert process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # then it is dead, which its events tell, too
            send(process.stdin, task)
        while True:
            try:
                event = worker.events.get(timeout=_POLL)
            except Empty:
                event = None
            if self._stopped.is_set():
                self.close()
                raise Stopped
            if isinstance(event, Started):
                watch.begins(event)
                if event.path:
                    observe(event.path)
            elif isinstance(event, Migrated):
                worker.done += 1
                if worker.done >= _REPOSITORIES:
                    self.close()
                return event
            elif event is not None:
                _wait_for_end(process)
                return f"the process that read it died ({_death(self._end())})"
            exceeded = watch.exceeded(process.pid)
            if exceeded is not None:
                self.close()
                return exceeded

    def _running(self) -> _Worker:
        if self._worker is None:
            if not self._swept:
                sweep()
                self._swept = True
            self._worker = _started()
        return self._worker

    def _end(self) -> int:
        with self._ending:  # `stop` comes from another thread
            worker, self._worker = self._worker, None
            return worker.end() if worker is not None else 0


def _started() -> _Worker:
    scratch = Scratch()
    try:
        # -P: the directory it works in is one of a repository, and nothing is to be imported from there.
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "migrate.batch.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("TF_MIGRATE_DEBUG") == "1" else subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_import_path()), "TMPDIR": str(scratch.path)},
            start_new_session=True,
        )
    except BaseException:
        scratch.remove()
        raise
    events: SimpleQueue[object] = SimpleQueue()
    threading.Thread(target=_listen, args=(process, events), daemon=True).start()
    return _Worker(process, events, scratch)


def _listen(process: subprocess.Popen[bytes], events: SimpleQueue[object]) -> None:
    assert process.stdout is not None
    with process.stdout as stream:
        while True:
            try:
                events.put(receive(stream))
            except Exception as error:  # it is dead, or in the middle of dying
                events.put(error)
                return


def _wait_for_end(process: subprocess.Popen[bytes]) -> None:
    """Gives a process that says nothing more the time to end as it wants to; its number stays its own."""
    deadline = time.monotonic() + _END_SECONDS
    while time.monotonic() < deadline:
        if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return
        time.sleep(0.01)


def _import_path() -> list[str]:
    """Where this process imports from, but for the current directory."""
    return [str(Path(entry).absolute()) for entry in sys.path if entry]


def _death(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def failed(job: Job, error: str) -> Migrated:
    """A repository that cannot be worked on.

    Args:
        job: The repository.
        error: Why.
    """
    repository = job.repository
    return Migrated(Record(repository.name, repository.source, repository.ref, error=error))
