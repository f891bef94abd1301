"""Small data in MNIST's format, and what is read of it; for both TensorFlows, so no syntax that Python 3.7 lacks."""

from __future__ import annotations

import gzip
import hashlib
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

CASES: list[dict[str, Any]] = [
    {"seed": 1},
    {"seed": 1, "one_hot": True, "reshape": False},
    {"seed": 5, "dtype": "uint8", "validation_size": 0},
    {"graph_seed": 11},
    {"graph_seed": 11, "seed": 2, "one_hot": True},
]


def write(directory: Path) -> None:
    """60 images for training and 20 for tests, of 4 by 5 pixels."""
    for part, count in (("train", 60), ("t10k", 20)):
        images = bytes((i * 7 + j * 3) % 256 for i in range(count) for j in range(20))
        labels = bytes(i * 3 % 10 for i in range(count))
        with gzip.open(str(directory / (part + "-images-idx3-ubyte.gz")), "wb") as file:
            file.write(struct.pack(">4I", 2051, count, 4, 5) + images)
        with gzip.open(str(directory / (part + "-labels-idx1-ubyte.gz")), "wb") as file:
            file.write(struct.pack(">2I", 2049, count) + labels)


def told(array: Any) -> list[Any]:
    """Dtype, shape and a digest of the bytes."""
    array = np.asarray(array)
    return [str(array.dtype), list(array.shape), hashlib.sha256(array.tobytes()).hexdigest()[:16]]


def read(case: dict[str, Any], directory: Path, read_data_sets: Callable[..., Any], tf: Any) -> list[Any]:
    """What one case gives: the parts, and batches over more than two epochs, not all of them shuffled."""
    options = dict(case)
    graph_seed = options.pop("graph_seed", None)
    options.setdefault("validation_size", 10)
    options["dtype"] = tf.as_dtype(options.get("dtype", "float32"))
    with tf.Graph().as_default():
        tf.compat.v1.set_random_seed(graph_seed)
        parts = read_data_sets(str(directory), **options)
    found: list[Any] = [[part.num_examples, told(part.images), told(part.labels)] for part in parts]
    for turn in range(12):
        images, labels = parts.train.next_batch(13, shuffle=turn % 5 != 4)
        found.append([told(images), told(labels), parts.train.epochs_completed])
    found.append(told(parts.test.next_batch(7)[1]))
    return found
