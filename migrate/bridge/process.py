"""Converts in a process of its own, where TF2 is in its own mode whatever the caller's is in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.bridge.errors import BridgeError
from migrate.errors import MigrateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.bridge.conversion import Task

_DROPPED = frozenset(
    {
        # They switch TensorFlow to TF1's ways, or to a cluster.
        *("TF2_BEHAVIOR", "TF_ENABLE_EAGER_EXECUTION", "TF_CONFIG", "TF_XLA_FLAGS", "XLA_FLAGS"),
        # They are for the caller's Python.
        *(
            "PYTHONSTARTUP",
            "PYTHONINSPECT",
            "PYTHONPATH",
            "PYTHONBREAKPOINT",
            "PYTHONWARNINGS",
            "PYTHONPROFILEIMPORTTIME",
        ),
    }
)
_TASK, _ANSWER = "task.json", "answer.json"


def convert_in_process(task: Task, work: Path) -> tuple[str, ...]:
    """Converts in a new Python process, which finds the modules that this one finds.

    Args:
        task: What to do.
        work: A directory for the two files by which the processes talk.

    Raises:
        MigrateError: What the conversion raised there.
        BridgeError: The process could not be started, or ended before it was done.
    """
    (work / _TASK).write_text(json.dumps(asdict(task)), "utf-8")
    command = [sys.executable, "-P", "-m", "migrate.bridge.worker", str(work / _TASK), str(work / _ANSWER)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, env=_environment(os.environ), check=False
        )
    except OSError as error:
        raise BridgeError(
            f"cannot start {sys.executable or 'Python'} to convert the session's graph: {error}"
        ) from error
    try:
        answer = json.loads((work / _ANSWER).read_text("utf-8"))
    except (OSError, ValueError) as error:
        lines = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        said = f": {lines[-1]}" if lines else ""
        raise BridgeError(
            f"the process that converts the session's graph ended with {_ending(done.returncode)}{said}"
        ) from error
    if "error" in answer:
        raise MigrateError(answer["error"])
    return tuple(answer["notes"])


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in environment.items() if name not in _DROPPED}
    # The empty path is the current directory.
    kept["PYTHONPATH"] = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    # The caller's TensorFlow may have taken all of their memory; nothing is computed here.
    kept["CUDA_VISIBLE_DEVICES"] = "-1"
    return kept
