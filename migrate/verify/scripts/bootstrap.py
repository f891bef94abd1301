"""Runs one script as `__main__` and records what it writes: what a sandbox starts, under the script's own Python.

    python bootstrap.py JOB.json

It stands alone and runs on Python 3.5 and later: no f-strings, no annotated variables, nothing of this package.
The record has one JSON object a line: `{"event": ..., "path": ..., "new": ...}`; events are `write`, `rename` (with
`to`), `delete`, `refused` (with `why`) and `remote`. `new` is, outside the sandbox, the topmost path that was not
there before.
"""

# ruff: noqa: UP006, UP020, UP031, UP035, PTH100, PTH112, PTH113, PTH116, PTH118, PTH119, PTH120, PTH123, B904, A002, ARG002

import builtins
import functools
import importlib.abc
import importlib.util
import io
import json
import os
import shutil
import socket
import sys
import threading
import types
from typing import Any, Callable, Dict, List, Set  # noqa: F401 (in comments)

_FILE_IO = ".python.lib.io.file_io"
_SEEDS = ".python.framework.random_seed"
_WITHOUT = ("/dev/", "/proc/", "/sys/")
_SAME = ("python", "core", "tools", "compat")
_INSIDE = threading.local()


class Recorder:
    """Writes down what the script writes; refuses to change what was there before, outside the sandbox."""

    def __init__(self, record: str, root: str) -> None:
        self._record = record
        self._root = os.path.realpath(root)
        self._made = set()  # type: Set[str]
        self._start = os.stat(record).st_mtime
        self._open = builtins.open

    def _say(self, **event: Any) -> None:
        line = json.dumps(event) + "\n"
        with self._open(self._record, "a") as file:
            file.write(line)

    def _outside(self, path: str) -> bool:
        inside = path == self._root or path.startswith(self._root + os.sep)
        return not inside and not path.startswith(_WITHOUT)

    def _is_made(self, path: str) -> bool:
        if any(path == made or path.startswith(made + os.sep) for made in self._made):
            return True
        # TensorFlow's C++ side writes checkpoints, of which nothing here hears.
        return os.path.isfile(path) and os.stat(path).st_ctime > self._start

    def _refuse(self, path: str, what: str) -> None:
        self._say(event="refused", path=path, why=what)
        message = "tf-migrate: this script may not %s %s, which was there before it" % (what, path)
        raise PermissionError(1, message)

    def writes(self, path: Any, what: str = "change") -> None:
        """A file is about to be written, or a directory made."""
        name = _name(path)
        if name is None:
            return
        if "://" in name:
            self._say(event="remote", path=name)
            return
        full = _real(name)
        event = {"event": "write", "path": full}
        if self._outside(full):
            if self._is_made(full):
                event["new"] = ""
            elif os.path.lexists(full):
                if os.path.isdir(full) or not os.path.isfile(full):
                    return  # Making a directory that is there changes nothing; pipes and terminals are no files.
                self._refuse(full, what)
            else:
                new = full
                while not os.path.lexists(os.path.dirname(new)):
                    new = os.path.dirname(new)
                self._made.add(new)
                event["new"] = new
        self._say(**event)

    def removes(self, path: Any) -> None:
        """A file or directory is about to be deleted or moved away."""
        name = _name(path)
        if name is None or "://" in name:
            return
        full = os.path.join(_real(os.path.dirname(name) or os.curdir), os.path.basename(name.rstrip(os.sep)))
        if self._outside(full) and os.path.lexists(full) and not self._is_made(full):
            self._refuse(full, "delete")
        self._say(event="delete", path=full)

    def renames(self, old: Any, new: Any) -> None:
        """Something is about to get another name."""
        before, after = _name(old), _name(new)
        if before is None or after is None:
            return
        if "://" in before or "://" in after:
            self._say(event="remote", path=after)
            return
        source = os.path.join(_real(os.path.dirname(before) or os.curdir), os.path.basename(before.rstrip(os.sep)))
        if self._outside(source) and os.path.lexists(source) and not self._is_made(source):
            self._refuse(source, "move")
        self.writes(after, "replace")
        self._say(event="rename", path=source, to=_real(after))


def _name(path: Any) -> Any:
    """A path as text; None for file descriptors and what is no path."""
    if hasattr(path, "__fspath__"):
        path = path.__fspath__()
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if isinstance(path, str) and path.startswith("file://"):
        path = path[len("file://") :]
    return path if isinstance(path, str) else None


def _real(path: str) -> str:
    return os.path.realpath(os.path.abspath(path))


def _wrap(owner: Any, name: str, before: Callable[..., None]) -> None:
    """Calls `before` with the arguments whenever a function is called, but not by another that is watched."""
    function = getattr(owner, name, None)
    if function is None:
        return

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if getattr(_INSIDE, "watched", False):
            return function(*args, **kwargs)
        before(*args, **kwargs)
        _INSIDE.watched = True
        try:
            return function(*args, **kwargs)
        finally:
            _INSIDE.watched = False

    # Also what TensorFlow's API decorators leave on a function.
    functools.update_wrapper(wrapped, function)
    setattr(owner, name, _Builtin(wrapped) if isinstance(function, types.BuiltinFunctionType) else wrapped)


class _Builtin:
    """A function that does not become a method where a class has it, as built-in ones do not (pathlib of 3.10)."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        functools.update_wrapper(self, function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)


def watch_python(recorder: Recorder) -> None:
    """Records what Python's own functions write."""

    def opened(file: Any = None, mode: Any = "r", *_: Any, **__: Any) -> None:
        if isinstance(mode, str) and set(mode) & set("wax+"):
            recorder.writes(file)

    def made(path: Any = None, *_: Any, **kwargs: Any) -> None:
        if kwargs.get("dir_fd") is None:
            recorder.writes(kwargs.get("name", path))

    def removed(path: Any = None, *_: Any, **kwargs: Any) -> None:
        if kwargs.get("dir_fd") is None:
            recorder.removes(path)

    def renamed(src: Any = None, dst: Any = None, **kwargs: Any) -> None:
        if kwargs.get("src_dir_fd") is None and kwargs.get("dst_dir_fd") is None:
            recorder.renames(src, dst)

    _wrap(builtins, "open", opened)
    io.open = builtins.open
    for name in ("mkdir", "makedirs"):
        _wrap(os, name, made)
    for name in ("remove", "unlink", "rmdir"):
        _wrap(os, name, removed)
    for name in ("rename", "replace"):
        _wrap(os, name, renamed)
    _wrap(shutil, "rmtree", removed)


def watch_file_io(module: Any, recorder: Recorder) -> None:
    """Records what TensorFlow's Python code writes."""

    def first(path: Any = None, *_: Any, **kwargs: Any) -> None:
        recorder.writes(next(iter(kwargs.values()), path) if path is None else path)

    def removed(path: Any = None, *_: Any, **kwargs: Any) -> None:
        recorder.removes(next(iter(kwargs.values()), path) if path is None else path)

    def renamed(*args: Any, **kwargs: Any) -> None:
        both = list(args) + [kwargs[key] for key in ("oldname", "src", "newname", "dst") if key in kwargs]
        recorder.renames(both[0], both[1])

    def copied(*args: Any, **kwargs: Any) -> None:
        both = list(args) + [kwargs[key] for key in ("oldpath", "src", "newpath", "dst") if key in kwargs]
        recorder.writes(both[1], "replace")

    def opened(_: Any, name: Any = None, mode: Any = "r", *__: Any, **___: Any) -> None:
        if isinstance(mode, str) and set(mode) & set("wa+"):
            recorder.writes(name)

    for base in ("create_dir", "recursive_create_dir"):
        for name in (base, base + "_v2"):
            _wrap(module, name, first)
    for base in ("delete_file", "delete_recursively"):
        for name in (base, base + "_v2"):
            _wrap(module, name, removed)
    for suffix in ("", "_v2"):
        _wrap(module, "rename" + suffix, renamed)
        _wrap(module, "copy" + suffix, copied)
    if hasattr(module, "FileIO"):
        _wrap(module.FileIO, "__init__", opened)


def without_seeds(module: Any) -> None:
    """Makes TensorFlow's random operations start anew in each run, whatever seed the script sets."""

    def get_seed(op_seed: Any) -> Any:
        del op_seed
        return None, None

    module.get_seed = get_seed


class Patches(importlib.abc.MetaPathFinder):
    """Changes a module of TensorFlow right after it has been imported, before others take names from it."""

    def __init__(self, patches: Dict[str, Callable[[Any], None]]) -> None:
        self._patches = patches
        self._under_way = set()  # type: Set[str]

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """As `importlib.abc.MetaPathFinder` says."""
        patch = next((patch for end, patch in self._patches.items() if fullname.endswith(end)), None)
        if patch is None or not fullname.startswith("tensorflow") or fullname in self._under_way:
            return None
        self._under_way.add(fullname)
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._under_way.discard(fullname)
        if spec is None or spec.loader is None:
            return None
        loader = spec.loader  # type: Any
        execute = loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            patch(module)

        loader.exec_module = exec_module
        return spec


def raise_loopback() -> None:
    """Switches on the loopback interface, which is off in a new network namespace."""
    import fcntl
    import struct

    set_flags, is_up, is_running = 0x8914, 1, 64  # SIOCSIFFLAGS, IFF_UP, IFF_RUNNING (linux/sockios.h, net/if.h)
    request = struct.pack("16sh14x", b"lo", is_up | is_running)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            fcntl.ioctl(sock.fileno(), set_flags, request)
    except OSError:
        pass  # Without it, the script has no way to talk to itself; that is all.


def close_network() -> None:
    """Makes Python's sockets fail, but for those that stay on this machine."""

    def refuse(sock: Any, *args: Any, **__: Any) -> None:
        hosts = [arg[0] for arg in args if isinstance(arg, tuple) and arg]
        if sock.family == getattr(socket, "AF_UNIX", None):
            return
        if not any(host in ("localhost", "::1") or str(host).startswith("127.") for host in hosts):
            raise OSError(101, "Network is unreachable: scripts run without network; --network allows it")

    base = socket.socket  # type: Any
    guarded = {}  # type: Dict[str, Any]
    for name in ("connect", "connect_ex", "sendto", "sendmsg"):
        function = getattr(base, name, None)
        if function is not None:
            guarded[name] = _guarded(function, refuse)
    setattr(socket, "socket", type("socket", (base,), guarded))  # noqa: B010


def _guarded(function: Callable[..., Any], check: Callable[..., None]) -> Callable[..., Any]:
    def guarded(sock: Any, *args: Any, **kwargs: Any) -> Any:
        check(sock, *args)
        return function(sock, *args, **kwargs)

    return guarded


class _AsV1(types.ModuleType):
    """What `tensorflow` is to a TF1 script under TF2: compat.v1, and the packages that v1 scripts reach into."""

    def __init__(self, real: Any) -> None:
        types.ModuleType.__init__(self, "tensorflow", real.__doc__)
        self.__dict__["_real"] = real
        self.__dict__["__path__"] = real.__path__
        self.__dict__["__spec__"] = real.__spec__

    def __getattr__(self, name: str) -> Any:
        real = self.__dict__["_real"]
        if name in _SAME and name != "compat":
            return getattr(real, name)
        try:
            return getattr(real.compat.v1, name)
        except AttributeError:
            raise AttributeError("module 'tensorflow' (compat.v1) has no attribute %r" % name)

    def __dir__(self) -> List[str]:
        return dir(self.__dict__["_real"].compat.v1)


def _v1_package(v1: Any, name: str) -> Any:
    """What `tensorflow.NAME` was in TensorFlow 1; None where compat.v1 has no such package."""
    if name.partition(".")[0] in _SAME:
        return None
    for part in name.split("."):
        v1 = getattr(v1, part, None)
    return v1


def tensorflow_is_v1(root: str) -> None:
    """Lets the imports in the script's own files mean compat.v1; TensorFlow's own and Keras' stay as they are."""
    import tensorflow

    tensorflow.compat.v1.disable_v2_behavior()
    stand_in = _AsV1(tensorflow)
    inside = os.path.realpath(root) + os.sep
    original = builtins.__import__

    def import_(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        first, _, rest = name.partition(".")
        if level == 0 and first == "tensorflow":
            file = (globals or {}).get("__file__") or ""
            if os.path.realpath(file).startswith(inside):
                found = stand_in if not rest else _v1_package(tensorflow.compat.v1, rest)
                if fromlist and found is not None:
                    return found
                module = original(name, globals, locals, fromlist, level)
                return module if fromlist else stand_in
        return original(name, globals, locals, fromlist, level)

    builtins.__import__ = import_


def main() -> None:
    """Does the job."""
    with open(sys.argv[1]) as file:
        job = json.load(file)
    script = job["script"]
    recorder = Recorder(job["record"], job["root"])
    patches = {_FILE_IO: lambda module: watch_file_io(module, recorder)}  # type: Dict[str, Callable[[Any], None]]
    if job["without_seeds"]:
        patches[_SEEDS] = without_seeds
    sys.meta_path.insert(0, Patches(patches))
    if job["close_network"]:
        close_network()
    if job["raise_loopback"]:
        raise_loopback()
    # Before TensorFlow is imported: libraries keep functions that they have found once.
    watch_python(recorder)
    if job["as_v1"]:
        tensorflow_is_v1(job["root"])
    sys.argv[:] = [script] + job["args"]
    sys.path[0] = os.path.dirname(script)
    module = types.ModuleType("__main__")
    module.__file__ = script
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    with io.open(script, "rb") as source:
        code = compile(source.read(), script, "exec", dont_inherit=True)
    exec(code, module.__dict__)


if __name__ == "__main__":
    main()
