"""The export directory: what may be there already, and how a model gets onto a remote file system."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.bridge import BridgeError, ExportDirectoryError
from migrate.signatures.quiet import import_tensorflow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike


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


def check_empty(export_dir: str) -> None:
    """Refuses a directory with something in it, as TF1's builder does.

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
        raise ExportDirectoryError(
            f"{export_dir}: the export directory exists already and is not empty; choose another one, delete what is "
            f"in it, or pass overwrite=True"
        )


def upload(model: Path, export_dir: str) -> None:
    """Copies a model to a remote file system, saved_model.pb last: before that, no loader takes it for a model.

    Raises:
        BridgeError: It cannot be written.
    """
    tf = import_tensorflow()
    gfile: Any = tf.io.gfile
    files = sorted(
        (file for file in model.rglob("*") if file.is_file()), key=lambda file: file.name == "saved_model.pb"
    )
    try:
        if gfile.exists(export_dir):
            gfile.rmtree(export_dir)
        for file in files:
            target = f"{export_dir}/{file.relative_to(model).as_posix()}"
            gfile.makedirs(target.rpartition("/")[0])
            gfile.copy(str(file), target, overwrite=True)
    except tf.errors.OpError as error:
        raise BridgeError(f"{export_dir}: cannot write the model there: {error.message}") from error
