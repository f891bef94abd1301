"""The files of MNIST's format (https://yann.lecun.com/exdb/mnist): gzip, big-endian sizes, then bytes."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np

_IMAGES, _LABELS = 2051, 2049


def stored(directory: Path, name: str, source: str) -> Path:
    """A file of the directory, downloaded to it where it is not there; half of a file is never left."""
    path = directory / name
    if path.exists():
        return path
    directory.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=directory)
    try:
        with urllib.request.urlopen(source + name) as answer, os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(answer, file)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    return path


def read_images(path: Path) -> Any:
    """uint8 `[count, rows, columns, 1]`.

    Raises:
        ValueError: It is no file with images.
    """
    data = gzip.decompress(path.read_bytes())
    magic, count, rows, columns = (int(size) for size in np.frombuffer(data, ">u4", 4))
    if magic != _IMAGES:
        raise ValueError(f"Invalid magic number {magic} in MNIST image file: {path}")
    return np.frombuffer(data, np.uint8, count * rows * columns, 16).reshape(count, rows, columns, 1)


def read_labels(path: Path) -> Any:
    """uint8 `[count]`.

    Raises:
        ValueError: It is no file with labels.
    """
    data = gzip.decompress(path.read_bytes())
    magic, count = (int(size) for size in np.frombuffer(data, ">u4", 2))
    if magic != _LABELS:
        raise ValueError(f"Invalid magic number {magic} in MNIST label file: {path}")
    return np.frombuffer(data, np.uint8, count, 8)


def one_hot_rows(labels: Any, classes: int) -> Any:
    """float64 `[count, classes]`."""
    return np.eye(classes)[labels]
