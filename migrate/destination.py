"""Where a new model is written: beside its place, and moved there only when it is whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.errors import MigrateError

if TYPE_CHECKING:
    from types import TracebackType


class Destination:
    """A directory that appears whole or not at all; use it in a `with` block and call `keep` in the end.

    Args:
        path: The directory.
        overwrite: Whether it may exist, and is then replaced.

    Raises:
        MigrateError: It exists. (That its parent cannot be made is told when the block is entered.)
    """

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        self._path = path
        self._kept = False
        if path.is_symlink() and not path.exists():
            raise MigrateError(f"{path}: a symbolic link to nothing; remove it or choose another place")
        if path.exists() and not overwrite:
            raise MigrateError(f"{path}: exists already; choose another place or give --overwrite")
        if path.exists() and not path.is_dir():
            raise MigrateError(f"{path}: not a directory")

    def refuse_to_replace(self, *sources: Path) -> None:
        """Raises where replacing the directory would take away what is read: the model, its values, its assets.

        Raises:
            MigrateError: One of them is the directory, or in it.
        """
        if self._path.exists() and any(source.resolve().is_relative_to(self._path.resolve()) for source in sources):
            raise MigrateError(f"{self._path}: what is to be read is there; choose another place")

    def __enter__(self) -> Path:
        parent, name = self._path.resolve().parent, self._path.resolve().name
        try:
            parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MigrateError(f"{parent}: cannot make this directory: {error.strerror or error}") from error
        try:
            self._work = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=".tf-migrate", dir=parent))
        except OSError as error:
            raise MigrateError(f"{parent}: cannot write there: {error.strerror or error}") from error
        return self._work

    def keep(self) -> None:
        """Says that the model is whole."""
        self._kept = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._kept:
                self._move()
        finally:
            shutil.rmtree(self._work, ignore_errors=True)

    def _move(self) -> None:
        target = self._path.resolve()
        try:
            # A directory made by mkdtemp is for its owner only.
            self._work.chmod(0o777 & ~_umask())
            if target.exists():
                self._replace(target)
            else:
                self._work.rename(target)
        except OSError as error:
            raise MigrateError(f"{self._path}: cannot put the model there: {error.strerror or error}") from error

    def _replace(self, target: Path) -> None:
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".old", dir=target.parent))
        try:
            target.rename(old / "model")
            self._work.rename(target)
        except BaseException:
            # Ctrl-C comes at any moment, also here.
            if not target.exists() and (old / "model").exists():
                (old / "model").rename(target)
            raise
        finally:
            # Should even that have failed, the old one stays where it is.
            if target.exists():
                shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
