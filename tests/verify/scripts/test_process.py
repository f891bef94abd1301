import os
import time
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.verify.scripts import process
from migrate.verify.scripts.process import isolation, last_line
from migrate.verify.scripts.results import Interpreter, Isolation


def test_it_runs_as_main_in_the_copy_with_its_arguments(run, project: Path):
    (project / "helper.py").write_text("WORD = 'helped'\n")
    (project / "words.txt").write_text("read")
    text = (
        "import os, sys\nimport helper\n"
        "print(__name__, sys.argv, helper.WORD, open('words.txt').read(), __file__ == os.path.abspath(sys.argv[0]))\n"
        "open('made.txt', 'w').close()\n"
    )
    ran = run(text, "--out", "{out}")
    assert ran.said == f"__main__ {[str(ran.sandbox.script), '--out', str(ran.sandbox.out)]} helped read True\n"
    assert (ran.sandbox.work / "made.txt").exists()
    assert not (project / "made.txt").exists()


def test_classes_of_the_script_can_be_pickled_and_functions_be_inspected(run):
    text = (
        "import inspect, pickle\nclass A: pass\ndef f(): return 1\n"
        "print(type(pickle.loads(pickle.dumps(A()))) is A, inspect.getsource(f).strip())\n"
    )
    assert run(text).said == "True def f(): return 1\n"


def test_an_exit_with_zero_is_no_failure(run):
    assert run("import sys\nprint(1)\nsys.exit(0)\n").said == "1\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise ValueError('no data')", "failed with exit code 1: ValueError: no data"),
        ("import sys\nsys.exit('give me a directory')", "failed with exit code 1: give me a directory"),
        ("def f(:", "failed with exit code 1: SyntaxError: invalid syntax"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "was killed by SIGSEGV"),
        ("import os\nos._exit(3)", "failed with exit code 3"),
        (
            "import argparse\np = argparse.ArgumentParser()\np.add_argument('d')\np.parse_args()",
            "failed with exit code 2: export.py: error: the following arguments are required: d",
        ),
    ],
)
def test_a_failure_is_one_line(run, text: str, said: str):
    with pytest.raises(MigrateError) as caught:
        run(text)
    assert str(caught.value) == f"BEFORE (export.py): it {said}"


def test_what_takes_too_long_is_stopped_with_its_children(run, tmp_path: Path):
    text = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n"
        "sys.stdout.flush()\ntime.sleep(60)\n"
    )
    with pytest.raises(MigrateError, match=r"stopped after 3 s; give it more with --timeout"):
        run(text, timeout=3)
    moved = tmp_path / "box" / "moved" / Path(str(tmp_path / "pid")).relative_to("/")
    assert _ends(int(moved.read_text()))


def test_children_that_are_left_behind_are_ended(run):
    text = (
        "import subprocess, sys\nprint(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid)\n"
    )
    assert _ends(int(run(text).said))


def _ends(pid: int) -> bool:
    """Whether a process is gone, or a zombie that nobody has asked for."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_an_interpreter_that_is_not_there(run):
    with pytest.raises(MigrateError, match=r"cannot start /no/python: No such file"):
        run("pass", interpreter=Interpreter(Path("/no/python"), "3", "2"))


CONNECT = "import socket\nsocket.create_connection(('192.0.2.1', 9), timeout=5)\n"


def choose(namespace: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not namespace:
        monkeypatch.setattr(process, "_unshare", lambda: ())
    elif isolation(network=False) is not Isolation.NAMESPACE:
        pytest.skip("this platform has no network namespaces")


@pytest.mark.parametrize("namespace", [True, False])
def test_there_is_no_network_unless_it_is_asked_for(run, namespace: bool, monkeypatch: pytest.MonkeyPatch):
    choose(namespace, monkeypatch)
    with pytest.raises(MigrateError, match=r"Network is unreachable.*--network allows it"):
        run(CONNECT, network=False)
    assert isolation(network=False) is (Isolation.NAMESPACE if namespace else Isolation.SOCKETS)
    assert isolation(network=True) is Isolation.NONE


@pytest.mark.parametrize("namespace", [True, False])
@pytest.mark.parametrize("family", ["AF_UNIX", "AF_INET"])
def test_a_script_can_talk_to_itself(run, family: str, namespace: bool, monkeypatch: pytest.MonkeyPatch):
    choose(namespace, monkeypatch)
    text = (
        f"import socket, ssl\nserver = socket.socket(socket.{family})\n"
        f"server.bind({'s' if family == 'AF_UNIX' else ('127.0.0.1', 0)!r})\nserver.listen(1)\n"
        f"client = socket.socket(socket.{family})\nclient.connect(server.getsockname())\nprint('connected')\n"
    )
    assert run(text, network=False).said == "connected\n"


def test_the_last_meaningful_line():
    assert last_line("") == ""
    assert last_line("note\n\nusage: x\n  \n") == "usage: x"
    trace = "Traceback (most recent call last):\n  File\ntf.errors.NotFoundError: no file\n\t [[node x]]\nbye\n"
    assert last_line(trace) == "tf.errors.NotFoundError: no file"
    assert len(last_line("x" * 1000)) == 300
