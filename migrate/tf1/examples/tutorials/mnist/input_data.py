"""Reads MNIST, and what else has its four files, as TensorFlow 1's tutorials did: the same batches from the same seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import tensorflow as tf

from migrate.tf1.examples.tutorials.mnist._data_set import DataSet
from migrate.tf1.examples.tutorials.mnist._files import one_hot_rows, read_images, read_labels, stored

__all__ = ["read_data_sets"]

_SOURCE = "https://storage.googleapis.com/cvdf-datasets/mnist/"
_IMAGES, _LABELS = "images-idx3-ubyte.gz", "labels-idx1-ubyte.gz"


class Datasets(NamedTuple):
    """The three parts of the data."""

    train: DataSet
    validation: DataSet
    test: DataSet


def read_data_sets(
    train_dir: str,
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: tf.DType = tf.float32,
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str = _SOURCE,
) -> Datasets:
    """Reads the four files of MNIST's format; those that are not in the directory are downloaded to it.

    Args:
        train_dir: The directory with `train-images-idx3-ubyte.gz` and the other three.
        fake_data: Whether to read nothing, and to make images of ones with label 0.
        one_hot: Whether labels are rows of ten float64, instead of uint8 scalars.
        dtype: `tf.float32`, for values from 0 to 1, or `tf.uint8`, for values from 0 to 255.
        reshape: Whether images are rows of 784 values, instead of `[28, 28, 1]`.
        validation_size: How many of the first training images become the validation data.
        seed: For NumPy's global generator, which shuffles; without it the seed of the graph counts, and without
            that one no batch is like the other.
        source_url: From where files are downloaded.

    Returns:
        `train`, `validation` and `test`, each with `images`, `labels`, `num_examples`, `epochs_completed` and
        `next_batch(batch_size)`.

    Raises:
        ValueError: A file has another format, or there are fewer images than `validation_size`.
        TypeError: `dtype` is neither of the two.
    """

    def data(images: Any, labels: Any) -> DataSet:
        return DataSet(images, labels, dtype=tf.as_dtype(dtype), reshape=reshape, seed=seed)

    def fake() -> DataSet:
        return DataSet.fake(one_hot=one_hot, dtype=tf.as_dtype(dtype), seed=seed)

    if fake_data:
        return Datasets(fake(), fake(), fake())
    train, labels = _read(train_dir, "train", source_url or _SOURCE, one_hot=one_hot)
    test, test_labels = _read(train_dir, "t10k", source_url or _SOURCE, one_hot=one_hot)
    if not 0 <= validation_size <= len(train):
        raise ValueError(f"Validation size should be between 0 and {len(train)}. Received: {validation_size}.")
    return Datasets(
        train=data(train[validation_size:], labels[validation_size:]),
        validation=data(train[:validation_size], labels[:validation_size]),
        test=data(test, test_labels),
    )


def _read(directory: str, part: str, source: str, *, one_hot: bool) -> tuple[Any, Any]:
    def file(name: str, read: Callable[[Path], Any]) -> Any:
        return read(stored(Path(directory), f"{part}-{name}", source))

    labels = file(_LABELS, read_labels)
    return file(_IMAGES, read_images), one_hot_rows(labels, 10) if one_hot else labels
