"""Starts a script in its sandbox, without network where that can be had, and stops it in time."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.verify.scripts.results import Isolation
from migrate.verify.scripts.sandbox import arguments, environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrate.verify.scripts.results import Interpreter
    from migrate.verify.scripts.sandbox import Sandbox

_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
_UNSHARE = (("--user", "--map-root-user", "--net"), ("--net",))
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Iteration|Warning|Failure)\b")
_NETWORK = re.compile(
    "Network is unreachable|Temporary failure in name resolution|Name or service not known|nodename nor servname"
)
_LONGEST_LINE = 300


def isolation(*, network: bool) -> Isolation:
    """How a script is kept from the network on this machine."""
    if network:
        return Isolation.NONE
    return Isolation.NAMESPACE if _unshare() else Isolation.SOCKETS


@cache
def _unshare() -> tuple[str, ...]:
    """The command that runs another in a network namespace of its own; empty where the platform has none."""
    program = shutil.which("unshare") if sys.platform == "linux" else None
    if program is None:
        return ()
    for options in _UNSHARE:
        command = (program, *options)
        try:
            done = subprocess.run([*command, "true"], capture_output=True, timeout=10, check=False)
        except (OSError, subprocess.SubprocessError):
            continue
        if done.returncode == 0:
            return command
    return ()


def run_script(
    sandbox: Sandbox,
    interpreter: Interpreter,
    args: Sequence[str],
    *,
    label: str,
    timeout: float,
    network: bool,
    added: Mapping[str, str],
    without_seeds: bool = False,
) -> float:
    """Runs the script of a sandbox to its end.

    Args:
        sandbox: Where.
        interpreter: By what.
        args: Its arguments; `{out}` is the sandbox's output directory.
        label: What to call it in messages.
        timeout: Seconds after which it is stopped, with all the processes that it has started.
        network: Whether it may use the network.
        added: Further environment variables.
        without_seeds: Whether TensorFlow's random numbers differ from run to run, whatever seed is set.

    Returns:
        The seconds that it took.

    Raises:
        MigrateError: It could not be started, did not end in time, or failed; with the last line of what it said.
    """
    how = isolation(network=network)
    job = {
        "script": str(sandbox.script),
        "args": arguments(sandbox, args),
        "root": str(sandbox.root),
        "record": str(sandbox.record),
        "as_v1": interpreter.as_v1,
        "close_network": how is Isolation.SOCKETS,
        "raise_loopback": how is Isolation.NAMESPACE,
        "without_seeds": without_seeds,
    }
    sandbox.record.touch()
    job_file = sandbox.root / "job.json"
    job_file.write_text(json.dumps(job), "utf-8")
    command = [*(_unshare() if how is Isolation.NAMESPACE else ()), str(interpreter.path), str(_BOOTSTRAP)]
    start = perf_counter()
    said = sandbox.root / "stderr.txt"
    with (sandbox.root / "stdout.txt").open("wb") as out, said.open("wb") as err:
        try:
            process = subprocess.Popen(
                [*command, str(job_file)],
                cwd=sandbox.work, env=environment(sandbox, added), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise MigrateError(f"{label}: cannot start {interpreter.path}: {error.strerror or error}") from error
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise MigrateError(
                f"{label}: stopped after {timeout:g} s; give it more with --timeout, or smaller work in its arguments"
            ) from error
        finally:
            _stop(process)
    if code:
        raise MigrateError(_failure(label, code, said.read_text("utf-8", "replace"), network=network))
    return perf_counter() - start


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and what it has started and left behind: all that is in its session's group."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    if process.poll() is None:
        process.kill()
    process.wait()


def _failure(label: str, code: int, said: str, *, network: bool) -> str:
    line = last_line(said)
    if code < 0:
        how = f"was killed by {_signal(-code)}"
    else:
        how = f"failed with exit code {code}"
    hint = ""
    if not network and _NETWORK.search(said):
        hint = " (scripts run without network; --network allows it)"
    return f"{label}: it {how}{f': {line}' if line else ''}{hint}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def last_line(said: str) -> str:
    """What a program said last that means something: the exception's line of a traceback, else the last one."""
    lines = [line.rstrip() for line in said.splitlines() if line.strip()]
    starts = [index for index, line in enumerate(lines) if line.startswith("Traceback (most recent call last)")]
    tail = lines[starts[-1] + 1 :] if starts else []
    found = next((line for line in tail if _EXCEPTION.match(line)), lines[-1] if lines else "").strip()
    return found if len(found) <= _LONGEST_LINE else f"{found[: _LONGEST_LINE - 3]}..."
