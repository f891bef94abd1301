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
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue

from migrate.batch.job import Job, Limits
from migrate.batch.protocol import Started, Task, receive, send
from migrate.batch.record import Migrated, Record

_POLL = 0.2
# A process that has worked on many repositories holds memory that it does not need any more.
_REPOSITORIES = 50
_GIVEN_UP = 20


class Stopped(Exception):
    """The run is stopped, and the repository not worked on."""


@dataclass(slots=True)
class _Watch:
    """What a worker is doing."""

    limits: Limits
    started: float
    path: str | None = None
    since: float = 0

    def exceeded(self, now: float) -> str | None:
        """Why it is to be killed, if it is."""
        if now - self.started > self.limits.repository_seconds:
            return f"took longer than {self.limits.repository_seconds:g} s"
        if self.path and now - self.since > self.limits.file_seconds:
            return f"took longer than {self.limits.file_seconds:g} s; passed over"
        return None


class Supervisor:
    """Works on repositories in a process of its own, which is started again whenever it dies."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._events: SimpleQueue[object] = SimpleQueue()
        self._done = 0
        self._stopped = threading.Event()

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
            done = self._tried(Task(job, given_up), watch, observe)
            if isinstance(done, Migrated):
                return replace(done, seconds=time.monotonic() - started)
            over = time.monotonic() - started > job.options.limits.repository_seconds
            if not watch.path or over or watch.path in given_up or len(given_up) >= _GIVEN_UP:
                where = f" at {watch.path}" if watch.path else ""
                return Migrated(_failed(job, done + where), seconds=time.monotonic() - started)
            given_up[watch.path] = done

    def stop(self) -> None:
        """Stops the work, from another thread; what is under way is given up."""
        self._stopped.set()
        self.close()

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is not None:
            _kill(process)

    # ---- inside ----------------------------------------------------------------------------------------------

    def _tried(self, task: Task, watch: _Watch, observe: Callable[[str], None]) -> Migrated | str:
        """What became of a repository, or why the process is dead."""
        process = self._running()
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # then it is dead, which its events tell, too
            send(process.stdin, task)
        while True:
            try:
                event = self._events.get(timeout=_POLL)
            except Empty:
                event = None
            if self._stopped.is_set():
                self.close()
                raise Stopped
            if isinstance(event, Started):
                watch.path, watch.since = event.path, time.monotonic()
                if event.path:
                    observe(event.path)
            elif isinstance(event, Migrated):
                self._done += 1
                if self._done >= _REPOSITORIES:
                    self.close()
                return event
            elif isinstance(event, EOFError):
                code = process.wait()
                self.close()
                return f"the process that read it died ({_death(code)}); passed over"
            exceeded = watch.exceeded(time.monotonic()) or _too_much(process.pid, watch.limits)
            if exceeded is not None:
                self.close()
                return exceeded

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._done = 0
            self._events = SimpleQueue()
            # -P: the directory it works in is one of a repository, and nothing is to be imported from there.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "migrate.batch.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if os.environ.get("TF_MIGRATE_DEBUG") == "1" else subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(_import_path())},
                start_new_session=True,
            )
            threading.Thread(target=_listen, args=(self._process, self._events), daemon=True).start()
        return self._process


def _listen(process: subprocess.Popen[bytes], events: SimpleQueue[object]) -> None:
    assert process.stdout is not None
    with process.stdout as stream:
        while True:
            try:
                events.put(receive(stream))
            except (EOFError, OSError, ValueError):
                events.put(EOFError())
                return


def _import_path() -> list[str]:
    """Where this process imports from, but for the current directory."""
    return [str(Path(entry).absolute()) for entry in sys.path if entry]


def _too_much(pid: int, limits: Limits) -> str | None:
    """Why a process is to be killed for its memory; None also where the system does not tell it."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    resident = next((line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")), "0")
    if int(resident) > limits.memory_mib * 1024:
        return f"needed more than {limits.memory_mib} MiB; passed over"
    return None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kills a process with all it started, such as git."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        process.kill()
    process.wait()
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


def _death(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _failed(job: Job, error: str) -> Record:
    repository = job.repository
    return Record(repository.name, repository.source, repository.ref, error=error)
