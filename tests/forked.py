"""Runs Python in processes that have TensorFlow already: importing it takes longer than most scripts do.

One server a test process imports TensorFlow, and nothing else; each program runs in a fork of it, with arguments, working
directory, environment, open files and module path of its own, as if Python had been started for it. `warm_python` is a
command that takes Python's place where the tested code starts one itself.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

_CLIENT = """#!{python} -IS
import json, os, signal, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
job = {{"arguments": sys.argv[1:], "cwd": os.getcwd(), "environment": dict(os.environ), "executable": {path!r}}}
socket.send_fds(server, [b"!"], [0, 1, 2])
server.sendall(json.dumps(job).encode())
server.shutdown(socket.SHUT_WR)
code = int(server.makefile().read() or 1)
if code < 0:
    signal.signal(-code, signal.SIG_DFL) if -code != signal.SIGKILL else None
    os.kill(os.getpid(), -code)
sys.exit(code)
"""

_SERVER = """
import atexit, contextlib, json, os, runpy, select, signal, socket, sys, traceback
listener = socket.socket(fileno=int(sys.argv[1]))
sys.argv[1:] = []
import numpy
import tensorflow

def become(job, files):
    # What Python does before it runs a program.
    os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout, sys.stderr = (open(n, m, closefd=False) for n, m in ((0, "r"), (1, "w"), (2, "w")))
    os.chdir(job["cwd"])
    os.environ.clear()
    os.environ.update(job["environment"])
    sys.executable = job["executable"]
    numpy.random.seed()  # Python's own and TensorFlow's random numbers differ in each fork already.
    arguments = job["arguments"]
    safe = False
    while arguments[0] in ("-P", "-I", "-IS"):
        safe = arguments.pop(0) == "-P" or safe
    first = [] if safe else [job["cwd"]]
    if arguments[0] not in ("-m", "-c"):
        first = [os.path.dirname(os.path.abspath(arguments[0]))]
    added = job["environment"].get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:1] = [*first, *filter(None, added)]
    return arguments

def run(job, files):
    code = 1
    try:
        try:
            arguments = become(job, files)
            if arguments[0] == "-m":
                sys.argv[:] = arguments[1:]
                runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
            elif arguments[0] == "-c":
                sys.argv[:] = ["-c", *arguments[2:]]
                exec(compile(arguments[1], "<string>", "exec"), {"__name__": "__main__"})
            else:
                sys.argv[:] = arguments
                runpy.run_path(arguments[0], run_name="__main__")
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

def serve(connection):
    _, files, _, _ = socket.recv_fds(connection, 1, 3)
    job = json.loads(connection.makefile().read())
    ended, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.set_wakeup_fd(wakeup)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    child = os.fork()
    if child == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for one in (ended, wakeup, connection.detach()):
            os.close(one)
        run(job, files)
    for file in files:
        os.close(file)
    gone = select.poll()
    gone.register(ended, select.POLLIN)
    gone.register(connection, 0)  # Who asked was killed.
    if all(file != ended for file, _ in gone.poll()):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    connection.sendall(str(code).encode())

signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nothing waits for those who serve.
while 0 not in select.select([listener, 0], [], [])[0]:  # Standard input ends with the process of the tests.
    connection, _ = listener.accept()
    if os.fork() == 0:
        try:
            listener.close()
            serve(connection)
        finally:
            os._exit(0)
    connection.close()
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
    command = [str(warm_python()), script, *arguments]
    return subprocess.run(
        command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        errors="replace", check=False,
    )  # fmt: skip


@cache
def warm_python() -> Path:
    """A Python that has imported TensorFlow. What is read while that is imported, it does not read again."""
    place = Path(tempfile.mkdtemp(prefix="warm-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    python = place / "python"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place / "socket"))
        listener.listen(16)
        _start_server(listener)
    python.write_text(_CLIENT.format(python=sys.executable, address=str(place / "socket"), path=str(python)), "utf-8")
    python.chmod(0o755)
    return python


def _start_server(listener: socket.socket) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment |= {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(listener.fileno())],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[listener.fileno()],
        env=environment,
        cwd=tempfile.gettempdir(),
    )
    atexit.register(process.kill)
