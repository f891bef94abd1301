"""For training scripts: an export that appears with its signatures restored, or not at all."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.destination import Destination
from migrate.errors import MigrateError
from migrate.restore import restore_signatures
from migrate.restore.undo_file import forget_last

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from os import PathLike


@contextlib.contextmanager
def exporting(
    path: str | PathLike[str],
    *,
    classify: Iterable[str] = (),
    regress: Iterable[str] = (),
    original: str | PathLike[str] | None = None,
    copy: Mapping[str, str] | None = None,
    overwrite: bool = False,
) -> Iterator[str]:
    """Gives a directory to export to; the model is restored there, and moved to its place when it is whole.

    A server that watches the place never sees the model without its method names. Use it with
    `tf.saved_model.save`, with Keras' `model.export`, or with whatever else writes a SavedModel.

    Args:
        path: Where the model is to be.
        classify: Keys of signatures for TensorFlow Serving's Classify API.
        regress: Likewise for Regress.
        original: The model that this one replaces; it gets that one's method names, key by key.
        copy: Keys of signatures to the keys that they get beside them.
        overwrite: Whether a model at `path` may be replaced.

    Yields:
        The directory to export to.

    Raises:
        MigrateError: There is a model at `path`, none was exported, or a signature could never serve; then nothing
            appears.
    """
    destination = Destination(Path(path), overwrite=overwrite)
    with destination as work:
        yield str(work)
        try:
            done = restore_signatures(work, classify=classify, regress=regress, original=original, copy=copy)
            if done.written:
                forget_last(work)
        except MigrateError as error:
            raise MigrateError(str(error).replace(str(work), str(path))) from error
        destination.keep()
