"""What is not seen from outside: test_process.py and test_exports.py run it."""

import ast
import json
import subprocess
import sys
import types
from pathlib import Path

from migrate.verify.scripts import bootstrap

FILE = Path(bootstrap.__file__)


def test_python_3_5_can_read_it():
    tree = ast.parse(FILE.read_text(), feature_version=(3, 5))
    later = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match)
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, later)]
    for node in ast.walk(tree):
        if isinstance(node, ast.arguments):
            assert not node.posonlyargs
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module]
            assert "migrate" not in {name.partition(".")[0] for name in names}
            assert "__future__" not in names


def test_it_needs_nothing_but_its_file(tmp_path: Path):
    (tmp_path / "s.py").write_text("print('ran')")
    (tmp_path / "record").touch()
    job = {"script": str(tmp_path / "s.py"), "args": [], "root": str(tmp_path), "record": str(tmp_path / "record")}
    job |= {"as_v1": False, "close_network": False, "raise_loopback": False, "without_seeds": False}
    (tmp_path / "job.json").write_text(json.dumps(job))
    done = subprocess.run(
        [sys.executable, "-IS", str(FILE), str(tmp_path / "job.json")], capture_output=True, text=True, cwd=tmp_path
    )
    assert (done.stdout, done.stderr, done.returncode) == ("ran\n", "", 0)


def test_functions_that_a_watched_one_calls_are_not_told_twice():
    said = []
    module = types.SimpleNamespace(inner=lambda path: path, outer=lambda path: module.inner(path))
    bootstrap._wrap(module, "inner", lambda path: said.append(("inner", path)))
    bootstrap._wrap(module, "outer", lambda path: said.append(("outer", path)))
    assert module.outer("a") == "a"
    assert module.inner("b") == "b"
    assert said == [("outer", "a"), ("inner", "b")]


def test_tensorflows_own_file_functions(tmp_path: Path):
    class FileIO:
        def __init__(self, name, mode="r"):
            self.name, self.mode = name, mode

    def no(*_, **__):
        return None

    names = ("rename", "rename_v2", "copy", "delete_file", "delete_recursively_v2", "recursive_create_dir_v2")
    module = types.SimpleNamespace(FileIO=FileIO, **dict.fromkeys(names, no))
    (tmp_path / "record").touch()
    recorder = bootstrap.Recorder(str(tmp_path / "record"), str(tmp_path))
    bootstrap.watch_file_io(module, recorder)
    root = str(tmp_path)
    module.FileIO(f"{root}/read")
    module.FileIO(f"{root}/w", mode="wb")
    module.FileIO(f"{root}/bytes".encode(), "w")
    module.rename_v2(src=f"{root}/w", dst=f"{root}/v", overwrite=True)
    module.rename(oldname=f"{root}/v", newname=f"{root}/u")
    module.copy(f"{root}/u", f"{root}/c")
    module.delete_file(filename=f"{root}/c")
    module.recursive_create_dir_v2(path=f"{root}/d")
    module.FileIO(f"file://{root}/local", "w")
    module.FileIO("gs://bucket/m/saved_model.pb", "w")
    events = [json.loads(line) for line in (tmp_path / "record").read_text().splitlines()]
    said = [
        (event["event"], event["path"].rpartition("/")[2], event.get("to", "").rpartition("/")[2]) for event in events
    ]
    assert said == [
        ("write", "w", ""),
        ("write", "bytes", ""),
        ("write", "v", ""),
        ("rename", "w", "v"),
        ("write", "u", ""),
        ("rename", "v", "u"),
        ("write", "c", ""),
        ("delete", "c", ""),
        ("write", "d", ""),
        ("write", "local", ""),
        ("remote", "saved_model.pb", ""),
    ]
