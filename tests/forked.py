"""Runs scripts in processes that have TensorFlow already: importing it takes longer than most scripts do.

One server a test process imports TensorFlow, and nothing else; each script runs in a fork of it, with arguments, working
directory, environment and module path of its own, as if Python had been started for it.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

_SERVER = """
import atexit, json, os, runpy, sys, traceback
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)
import tensorflow
answers.write("ready\\n")
for line in sys.stdin:
    job = json.loads(line)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setsid()
            for number, name in enumerate(("stdin", "stdout", "stderr")):
                place = os.open(job[name], os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                os.dup2(place, number)
            sys.stdin, sys.stdout, sys.stderr = (os.fdopen(n, m) for n, m in ((0, "r"), (1, "w"), (2, "w")))
            os.chdir(job["cwd"])
            os.environ.clear()
            os.environ.update(job["environment"])
            sys.path[:1] = [job["cwd"], *filter(None, job["environment"].get("PYTHONPATH", "").split(os.pathsep))]
            sys.argv[:] = [job["script"], *job["arguments"]]
            try:
                runpy.run_path(job["script"], run_name="__main__")
                code = 0
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
                if isinstance(stop.code, str):
                    print(stop.code, file=sys.stderr)
            except BaseException:
                traceback.print_exc()
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)
    answers.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\\n")
"""


def run_forked(
    script: str, arguments: list[str], directory: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Runs a script of a directory in it.

    Args:
        script: Its name.
        arguments: Its arguments.
        directory: Where it is, and where it runs.
        environment: The whole environment.
    """
    with tempfile.TemporaryDirectory() as name:
        out, err = Path(name, "out"), Path(name, "err")
        job = {"script": script, "arguments": arguments, "cwd": str(directory), "environment": environment}
        job |= {"stdin": os.devnull, "stdout": str(out), "stderr": str(err)}
        code = _server().run(job)
        said = out.read_text("utf-8", errors="replace"), err.read_text("utf-8", errors="replace")
    return subprocess.CompletedProcess([script, *arguments], code, *said)


class _Server:
    def __init__(self) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        environment |= {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
            cwd=tempfile.gettempdir(),
        )
        atexit.register(self._process.kill)
        assert self._answer() == "ready"

    def run(self, job: dict[str, object]) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return int(self._answer())

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@cache
def _server() -> _Server:
    return _Server()
