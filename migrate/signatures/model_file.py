"""Opens the file of a SavedModel: saved_model.pb as it lies on the disk, saved_model.pbtxt as the same bytes."""

from __future__ import annotations

import contextlib
import mmap
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.signatures.layout import MetaGraphLayout, read_layout
from migrate.signatures.text_form import binary_of
from migrate.signatures.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from migrate.signatures.wire import Buffer

_NAMES = ("saved_model.pb", "saved_model.pbtxt")


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """An open SavedModel.

    Attributes:
        path: The saved_model.pb or saved_model.pbtxt.
        buffer: The serialised SavedModel.
        meta_graphs: Where in the buffer its MetaGraphs are; at least one.
        status: The file's when it was opened.
    """

    path: Path
    buffer: Buffer
    meta_graphs: tuple[MetaGraphLayout, ...]
    status: os.stat_result

    @property
    def is_text(self) -> bool:
        """Whether the file is in text form, and the buffer its translation."""
        return self.path.suffix == ".pbtxt"


@contextlib.contextmanager
def open_model(path: str | PathLike[str]) -> Iterator[ModelFile]:
    """The SavedModel at a path, as long as the block lasts.

    A saved_model.pb is mapped into memory, not read. As in TensorFlow, the binary file goes first where there
    are both.

    Args:
        path: The SavedModel directory, or the saved_model.pb(txt) in it.

    Raises:
        MigrateError: There is no such directory, no SavedModel in it, or it cannot be read or parsed.
    """
    with open_file(model_file(path)) as model:
        yield model


@contextlib.contextmanager
def open_file(file: Path) -> Iterator[ModelFile]:
    """The SavedModel in a file of any name, in text form where that ends in `.pbtxt`.

    Raises:
        MigrateError: It cannot be read or parsed.
    """
    with contextlib.ExitStack() as stack:
        try:
            opened = stack.enter_context(file.open("rb"))
            status = os.fstat(opened.fileno())
            if not status.st_size:
                raise MigrateError(f"{file}: the file is empty (0 bytes); export the model again")
            buffer: Buffer
            if file.suffix == ".pbtxt":
                buffer = binary_of(opened.read(), file)
            else:
                buffer = stack.enter_context(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
        except OSError as error:
            raise MigrateError(f"{file}: cannot read it: {error.strerror or error}") from error
        try:
            meta_graphs = read_layout(buffer)
        except WireError as error:
            from migrate.signatures.mistaken import mistaken_for

            what = mistaken_for(buffer) or f"truncated, or no SavedModel: {error}; copy or export the model again"
            raise MigrateError(f"{file}: {what}") from error
        if not meta_graphs:
            raise MigrateError(f"{file}: there is no MetaGraph in it; copy or export the model again")
        yield ModelFile(file, buffer, meta_graphs, status)


def model_file(path: str | PathLike[str]) -> Path:
    """The file that holds the SavedModel's proto.

    Raises:
        MigrateError: There is none at that path.
    """
    directory = Path(path)
    try:
        if directory.name in _NAMES and directory.is_file():
            return directory
        if not directory.exists():
            raise MigrateError(f"{directory}: no such directory")
        if not directory.is_dir():
            from migrate.signatures.mistaken import mistaken_file

            what = mistaken_file(directory) or "name the directory that holds a saved_model.pb"
            raise MigrateError(f"{directory}: not a SavedModel directory: {what}")
        for name in _NAMES:
            if _is_file(directory / name):
                return directory / name
        if (directory / "saved_model.cpb").is_file():
            raise MigrateError(f"{directory}: saved_model.cpb is a SavedModel in chunks; save it again without them")
        raise MigrateError(f"{directory}: no saved_model.pb in it{_hint(directory)}")
    except OSError as error:
        raise MigrateError(f"{directory}: cannot read it: {error.strerror or error}") from error


def _hint(directory: Path) -> str:
    """What may be meant by a directory that is no model."""
    names = [child.name for child in directory.iterdir()]
    if not names:
        return " (the directory is empty)"
    inside = {child.parent.name for child in directory.glob("*/saved_model.pb*")}
    if inside:
        # Of versions, which are numbers, the last one.
        last = max(inside, key=lambda name: (int(name) if name.isdecimal() else -1, name))
        return f"; did you mean {directory / last}?"
    meta = max((name for name in names if name.endswith(".meta")), default=None)
    if meta is not None:
        return f", but a checkpoint; `tf-migrate convert {directory / meta} OUT` makes a SavedModel of it"
    return "; name the directory that `tf.saved_model.save` or `model.export` wrote"


def _is_file(path: Path) -> bool:
    """Whether there is a file.

    Raises:
        MigrateError: There is something else of that name.
    """
    if path.is_file():
        return True
    if path.is_symlink():
        raise MigrateError(
            f"{path}: a link to {path.readlink()}, where no file is; copy the model with what it links to"
        )
    if path.exists():
        raise MigrateError(f"{path}: not a regular file{', but a directory' if path.is_dir() else ''}; export it again")
    return False
