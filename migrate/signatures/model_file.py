"""Opens the file of a SavedModel: saved_model.pb as it lies on the disk, saved_model.pbtxt as the same bytes."""

from __future__ import annotations

import contextlib
import mmap
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
_LFS_POINTER = b"version https://git-lfs"


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """An open SavedModel.

    Attributes:
        path: The saved_model.pb or saved_model.pbtxt.
        buffer: The serialised SavedModel.
        meta_graphs: Where in the buffer its MetaGraphs are; at least one.
    """

    path: Path
    buffer: Buffer
    meta_graphs: tuple[MetaGraphLayout, ...]

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
            start = opened.read(len(_LFS_POINTER))
            if not start:
                raise MigrateError(f"{file}: the file is empty (0 bytes); export the model again")
            if start == _LFS_POINTER:
                raise MigrateError(f"{file}: a pointer of Git LFS, not the model; run `git lfs pull` first")
            buffer: Buffer
            if file.suffix == ".pbtxt":
                buffer = binary_of(start + opened.read(), file)
            else:
                buffer = stack.enter_context(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
        except OSError as error:
            raise MigrateError(f"{file}: cannot read it: {error.strerror or error}") from error
        try:
            meta_graphs = read_layout(buffer)
        except WireError as error:
            raise MigrateError(f"{file}: truncated, or no SavedModel: {error}") from error
        if not meta_graphs:
            raise MigrateError(f"{file}: there is no MetaGraph in it; is it a SavedModel?")
        yield ModelFile(file, buffer, meta_graphs)


def model_file(path: str | PathLike[str]) -> Path:
    """The file that holds the SavedModel's proto.

    Raises:
        MigrateError: There is none at that path.
    """
    directory = Path(path)
    if directory.name in _NAMES and directory.is_file():
        return directory
    try:
        if not directory.exists():
            raise MigrateError(f"{directory}: no such directory")
        if not directory.is_dir():
            raise MigrateError(f"{directory}: not a SavedModel directory")
        for name in _NAMES:
            if (directory / name).is_file():
                return directory / name
        if (directory / "saved_model.cpb").is_file():
            raise MigrateError(f"{directory}: saved_model.cpb is a SavedModel in chunks; save it again without them")
        inside = sorted(child.parent.name for child in directory.glob("*/saved_model.pb*"))
    except OSError as error:
        raise MigrateError(f"{directory}: cannot read it: {error.strerror or error}") from error
    hint = f"; did you mean {directory / inside[-1]}?" if inside else ""
    raise MigrateError(f"{directory}: no saved_model.pb in it{hint}")
