"""Writes a model's conversion as a Python script that needs nothing but TensorFlow (`convert --code`)."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.errors import MigrateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrate.graph.code.script import Script
    from migrate.graph.prepare import Prepared
    from migrate.graph.save import Written
    from migrate.graph.view import MetaGraphView

__all__ = ["graphs_directory", "write_code"]


def write_code(
    path: Path,
    view: MetaGraphView,
    prepared: Sequence[Prepared],
    initialization: Prepared | None,
    written: Written,
    *,
    requested: Iterable[str] = (),
    overwrite: bool = False,
) -> None:
    """Writes a script that does a conversion, and the graphs that it reads into a directory beside it.

    Both appear whole or not at all.

    Args:
        path: The script.
        view: The source's MetaGraph.
        prepared: The signatures that were converted.
        initialization: What runs when the model is loaded, or None.
        written: What `save_model` made of them.
        requested: The keys of the signatures that the source did not have.
        overwrite: Whether the script and its directory may exist, and are then replaced.

    Raises:
        MigrateError: Something is in the way, cannot be written, or has no form as code.
    """
    from migrate.graph.code.script import make_script

    directory = graphs_directory(path)
    for there in (path, directory):
        if os.path.lexists(there) and not overwrite:
            raise MigrateError(f"{there}: exists already; choose another name or give --overwrite")
    if path.is_dir():
        raise MigrateError(f"{path}: a directory; --code takes the name of a Python file")
    script = make_script(path.name, directory.name, view, prepared, initialization, written, frozenset(requested))
    try:
        _write(script, path, directory)
    except OSError as error:
        raise MigrateError(f"{path}: cannot write it: {error.strerror or error}") from error


def graphs_directory(path: Path) -> Path:
    """Where the graphs of a script are."""
    return path.with_name(f"{path.stem}_graphs")


def _write(script: Script, path: Path, directory: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".tf-migrate", dir=path.parent))
    try:
        graphs = work / "graphs"
        graphs.mkdir()
        for file in script.files:
            (graphs / file.name).write_bytes(file.data)
        text = work / "script"
        with text.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(script.text)
            stream.flush()
            os.fsync(stream.fileno())
        if directory.exists():
            directory.rename(work / "old")
        try:
            graphs.rename(directory)
            text.replace(path)
        except OSError:
            shutil.rmtree(directory, ignore_errors=True)
            if (work / "old").exists():
                (work / "old").rename(directory)
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
