"""The export directory: what may be there already, and how a model gets onto a remote file system."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.bridge.errors import BridgeError, ExportDirectoryError
from migrate.signatures.quiet import import_tensorflow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike


def make_directory(export_dir: str) -> None:
    """Makes the export directory, and those above it.

    Raises:
        BridgeError: It cannot be made.
    """
    tf = import_tensorflow()
    try:
        tf.io.gfile.makedirs(export_dir)
    except tf.errors.OpError as error:
        raise BridgeError(f"{export_dir}: cannot make this directory: {error.message}") from error


def place_text(export_dir: str) -> str:
    """Where the export directory is, whatever the current directory is by the time it is written."""
    return export_dir if is_remote(export_dir) else str(Path(export_dir).absolute())


def new_work_directory(place: str) -> Path:
    """A directory with room for the values, inside the export directory, where only this tool looks.

    Raises:
        BridgeError: It cannot be made.
    """
    parent = None if is_remote(place) else Path(place)
    try:
        if parent is not None:
            parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=".tf-migrate-", dir=parent))
    except OSError as error:
        raise BridgeError(f"{place}: cannot write there: {error.strerror or error}") from error


@contextmanager
def work_directory(export_dir: str) -> Iterator[Path]:
    """A directory on the file system of the export directory, which has room for the values; it goes away again.

    Raises:
        BridgeError: It cannot be made.
    """
    parent = None if is_remote(export_dir) else Path(export_dir).resolve().parent
    try:
        if parent is not None:
            parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".tf-migrate-", dir=parent))
    except OSError as error:
        raise BridgeError(
            f"{parent or tempfile.gettempdir()}: cannot write there: {error.strerror or error}"
        ) from error
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def directory_text(export_dir: str | bytes | PathLike[str]) -> str:
    """The export directory as text, without a slash at its end."""
    text = os.fsdecode(export_dir)
    return text if text.endswith("://") else text.rstrip("/") or text


def is_remote(export_dir: str) -> bool:
    """Whether it is on a file system that only TensorFlow knows (`gs://`, `hdfs://`)."""
    return "://" in export_dir


def check_empty(
    export_dir: str, advice: str = "choose another one, delete what is in it, or pass overwrite=True"
) -> None:
    """Refuses a directory with something in it, as TF1's builder does.

    Args:
        export_dir: The directory.
        advice: What to do then.

    Raises:
        ExportDirectoryError: There is something.
        BridgeError: It is a file.
    """
    gfile = import_tensorflow().io.gfile
    if not gfile.exists(export_dir):
        return
    if not gfile.isdir(export_dir):
        raise BridgeError(f"{export_dir}: not a directory")
    if gfile.listdir(export_dir):
        raise ExportDirectoryError(f"{export_dir}: the export directory exists already and is not empty; {advice}")


def write_as_text(model: Path) -> None:
    """Turns saved_model.pb into saved_model.pbtxt. The fingerprint, which is of the former, goes."""
    from migrate.signatures.text_form import text_of

    binary = model / "saved_model.pb"
    (model / "saved_model.pbtxt").write_bytes(text_of(binary.read_bytes()))
    binary.unlink()
    (model / "fingerprint.pb").unlink(missing_ok=True)


def deliver(model: Path, place: str) -> None:
    """Moves a model into the export directory, beside what is there.

    Raises:
        BridgeError: It cannot be written; what was moved already is taken away again.
    """
    if is_remote(place):
        upload(model, place, keep=True)
        return
    moved: list[Path] = []
    try:
        for directory in (path for path in model.rglob("*") if path.is_dir()):
            (Path(place) / directory.relative_to(model)).mkdir(parents=True, exist_ok=True)
        for file in _files(model):
            target = Path(place) / file.relative_to(model)
            file.replace(target)
            moved.append(target)
    except OSError as error:
        for target in moved:
            target.unlink(missing_ok=True)
        raise BridgeError(f"{place}: cannot write the model there: {error.strerror or error}") from error


def _files(model: Path) -> list[Path]:
    """The files of a model, saved_model.pb last: before it is there, no loader takes the directory for a model."""
    files = sorted(path for path in model.rglob("*") if path.is_file())
    return sorted(files, key=lambda file: file.name.startswith("saved_model.pb"))


def upload(model: Path, export_dir: str, *, keep: bool = False) -> None:
    """Copies a model to a remote file system.

    Args:
        model: The model.
        export_dir: Where it goes.
        keep: Whether what is there stays.

    Raises:
        BridgeError: It cannot be written.
    """
    tf = import_tensorflow()
    gfile: Any = tf.io.gfile
    try:
        if not keep and gfile.exists(export_dir):
            gfile.rmtree(export_dir)
        for file in _files(model):
            target = f"{export_dir}/{file.relative_to(model).as_posix()}"
            gfile.makedirs(target.rpartition("/")[0])
            gfile.copy(str(file), target, overwrite=True)
    except tf.errors.OpError as error:
        raise BridgeError(f"{export_dir}: cannot write the model there: {error.message}") from error
