"""What the tests of scripts share: a sandbox around a few lines of Python, run by this interpreter."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from migrate import protos
from migrate.verify.scripts.exports import Found, find_exports, snapshot, take_in
from migrate.verify.scripts.process import run_script
from migrate.verify.scripts.results import Interpreter
from migrate.verify.scripts.sandbox import Sandbox, make_sandbox

THIS = Interpreter(Path(sys.executable), "3", "2")


@dataclass
class Ran:
    """What a run left."""

    sandbox: Sandbox
    events: tuple[dict[str, Any], ...]
    found: Found

    @property
    def names(self) -> list[str]:
        return [export.name for export in self.found.exports]

    @property
    def said(self) -> str:
        return (self.sandbox.root / "stdout.txt").read_text()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The directory of the user's script."""
    directory = tmp_path / "project"
    directory.mkdir()
    return directory


@pytest.fixture
def run(tmp_path: Path, project: Path) -> Callable[..., Ran]:
    """Writes a script without TensorFlow, runs it in a sandbox, and looks for what it exported."""

    def call(text: str, *args: str, name: str = "box", interpreter: Interpreter = THIS, **options: Any) -> Ran:
        (project / "export.py").write_text(text)
        sandbox = make_sandbox(tmp_path / name, project / "export.py")
        there = snapshot(sandbox)
        options = {"label": "BEFORE (export.py)", "timeout": 60, "network": True, "added": {}, **options}
        try:
            run_script(sandbox, interpreter, args, **options)
        finally:
            events = take_in(sandbox, "BEFORE (export.py)")
        return Ran(sandbox, events, find_exports(sandbox, there, events))

    return call


@pytest.fixture
def model_bytes() -> bytes:
    """A SavedModel without anything in it but tags."""
    model = protos.saved_model()
    model.meta_graphs.add().meta_info_def.tags.append("serve")
    return model.SerializeToString()


def graph_bytes(**consts: float) -> bytes:
    """A frozen graph: y = x + w for each constant."""
    graph = protos.graph_def()
    x = graph.node.add()
    x.name, x.op = "x", "Placeholder"
    x.attr["dtype"].type = 1
    x.attr["shape"].shape.dim.add().size = -1
    for name, value in consts.items():
        const = graph.node.add()
        const.name, const.op = name, "Const"
        const.attr["dtype"].type = 1
        const.attr["value"].tensor.dtype = 1
        const.attr["value"].tensor.tensor_shape.dim.add().size = 2
        const.attr["value"].tensor.float_val.extend([value, value + 1])
        add = graph.node.add()
        add.name, add.op = f"y_{name}", "Add"
        add.input.extend(["x", name])
        add.attr["T"].type = 1
    return graph.SerializeToString()


@pytest.fixture
def frozen() -> Callable[..., bytes]:
    return graph_bytes
