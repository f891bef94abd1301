"""What tests share: a quiet TensorFlow, the command line in this process, an engine to test its shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from migrate.choices import Choices
from migrate.engine import Planned
from migrate.results import Finding, Level, Result, Signature, Site
from migrate.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# The same examples in every run, and no clock: what fails here fails everywhere, also on a busy machine.
settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

PREDICT = "tensorflow/serving/predict"


def toy_rewrite(text: str, path: str = "-", settings: Settings = Settings()) -> Result:  # noqa: B008
    """An engine with every outcome: `simple_save(` is rewritten, words in capitals make more happen."""
    if "CRASH" in text:
        raise ZeroDivisionError("first line\nsecond line")
    if "DEEP" in text:
        return toy_rewrite(text, path, settings)
    if "DIE" in text:
        os._exit(3)
    if "SYNTAX" in text:
        return Result(path, text, text, error="line 1: invalid syntax")
    after = text.replace("simple_save(", "save_it(")
    if "SNOWMAN" in text:
        after += "# \N{SNOWMAN}\n"
    if "UNCOOKIE" in text:
        after = after.replace("coding", "cooking")
    sites = []
    for match in re.finditer(r"simple_save\(|SavedModelBuilder\(", text):
        flagged = match.group() == "SavedModelBuilder("
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - text.rfind("\n", 0, match.start())
        sites.append(
            Site(
                rule="TFM900" if flagged else "TFM001",
                kind="builder" if flagged else "simple_save",
                line=line,
                column=column,
                level=Level.FLAGGED if flagged else settings.best,
                message="left as it is" if flagged else "exported with save_it",
                reason="the builder comes from elsewhere" if flagged else None,
                signatures=(Signature("serving_default", PREDICT, ("x",), ("y", "z")),),
                findings=(Finding("TFM002", line, 1, "said on top", Level.FLAGGED, "so it is"),) if flagged else (),
            )
        )
    return Result(path, text, after, tuple(sites))


class ToyPlanner:
    """Its `Planner`: with one proposal for all that it rewrites."""

    def __init__(self, text: str, path: str = "-", settings: Settings = Settings()) -> None:  # noqa: B008
        self._asked = (text, path, settings)

    def result(self, _: Choices = Choices()) -> Result:  # noqa: B008
        """What `toy_rewrite` makes of it."""
        return toy_rewrite(*self._asked)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: in the end no process waits for a long one of another (`make test`)."""
    slow, tensorflow = (
        {item.path for item in items if item.get_closest_marker(mark)} for mark in ("slow", "tensorflow")
    )
    items.sort(key=lambda item: (item.path not in slow, item.path not in tensorflow))


@pytest.fixture
def toy_engine(monkeypatch: pytest.MonkeyPatch):
    """Puts `toy_rewrite` in the place of the engine, in this process and those it forks."""
    module = types.ModuleType("migrate.engine")
    module.rewrite_source = toy_rewrite
    module.Planned = Planned
    module.Planner = ToyPlanner
    monkeypatch.setitem(sys.modules, "migrate.engine", module)
    return toy_rewrite


@dataclass(frozen=True)
class Ran:
    """What a run of the command line left."""

    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def errors(self) -> str:
        return self.err.decode()


@pytest.fixture
def tf_migrate(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch):
    """Runs the command line in this process: `tf_migrate("rewrite", path, stdin=b"...")`."""
    from migrate.cli.main import main

    def call(*args: object, stdin: bytes = b"") -> Ran:
        read, write = os.pipe()
        with os.fdopen(write, "wb") as sink:
            sink.write(stdin)
        capfdbinary.readouterr()
        with os.fdopen(read, encoding="utf-8") as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            code = main([str(arg) for arg in args])
        captured = capfdbinary.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture
def cwd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory, made the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Repository:
    """A git work tree in a directory."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.git("init", "-q")

    def git(self, *args: str) -> str:
        env = {"PATH": os.environ["PATH"], "HOME": str(self.top), "GIT_CONFIG_NOSYSTEM": "1"}
        who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
        return subprocess.run(
            ["git", *who, *args], cwd=self.top, env=env, check=True, capture_output=True, text=True
        ).stdout

    def commit(self) -> None:
        """Commits everything there is."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "all", "--allow-empty")


@pytest.fixture
def repository(cwd: Path) -> Repository:
    """An empty git work tree, the current directory."""
    return Repository(cwd)
