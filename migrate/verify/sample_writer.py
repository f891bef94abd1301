"""Writes `--save-samples FILE.npz`: the inputs on which two models were compared, to be given again."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from migrate.errors import MigrateError
from migrate.verify.sample_file import LENGTHS, PARTS, set_key
from migrate.verify.samples import SparseValue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    from numpy.typing import NDArray

    from migrate.verify.samples import Sample


def write_samples(path: str | PathLike[str], samples: Mapping[str, Sequence[Sample]]) -> None:
    """Writes samples by signature key, so that `read_samples` makes the same ones of the file.

    The keys are those of `read_samples`. Strings are `S` arrays; beside those of which an element ends in zero bytes,
    which NumPy drops, their lengths are written. The file appears whole or not at all; an older one is replaced.

    Raises:
        MigrateError: It cannot be written.
    """
    target = Path(path)
    arrays = _arrays(samples)
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
        temporary.chmod(0o644)
        temporary.replace(target)
    except OSError as error:
        raise MigrateError(f"{target}: cannot write samples: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()


def _arrays(samples: Mapping[str, Sequence[Sample]]) -> dict[str, Any]:
    arrays: dict[str, Any] = {}
    for key, sets in samples.items():
        number = 0
        for sample in sets:
            number += 1
            while number > 1 and set_key(key, number) in samples:  # A signature that is really called so.
                number += 1
            for name, value in sample.inputs.items():
                for part, array in _parts(name, value):
                    arrays.update(_stored(f"{set_key(key, number)}/{part}", np.asarray(array)))
    return arrays


def _parts(name: str, value: Any) -> list[tuple[str, NDArray[Any]]]:
    if isinstance(value, SparseValue):
        values = (value.indices, value.values, value.dense_shape)
        return [(f"{name}/{part}", array) for part, array in zip(PARTS, values, strict=True)]
    if isinstance(value, tuple):
        return [(f"{name}/{number}", array) for number, array in enumerate(value)]
    return [(name, value)]


def _stored(key: str, array: NDArray[Any]) -> dict[str, NDArray[Any]]:
    if array.dtype.kind != "O":
        return {key: array}
    lengths = np.asarray([len(item) for item in array.ravel()], dtype=np.int64).reshape(array.shape)
    stored = {key: array.astype(f"S{max(1, int(lengths.max(initial=1)))}")}
    if any(item.endswith(b"\0") for item in array.ravel()):
        stored[f"{key}{LENGTHS}"] = lengths
    return stored
