"""Images and labels that are handed out in batches, as TensorFlow 1's tutorials did it."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

_FAKES = 10000
_PIXELS = 784


class DataSet:
    """Images with their labels.

    `next_batch` shuffles with NumPy's global generator, as TensorFlow 1 did, so that a program that seeds it, or gives
    a seed, gets the same batches.
    """

    def __init__(self, images: Any, labels: Any, *, dtype: tf.DType, reshape: bool, seed: int | None) -> None:
        """Takes them.

        Args:
            images: uint8 `[count, rows, columns, 1]`.
            labels: `[count, ...]`.
            dtype: `tf.float32` or `tf.uint8`.
            reshape: Whether an image becomes one row.
            seed: For NumPy; without one, the seed of the graph.
        """
        _seed(seed, dtype)
        assert len(images) == len(labels), f"images.shape: {images.shape} labels.shape: {labels.shape}"
        if reshape:
            assert images.shape[3] == 1
            images = images.reshape(len(images), images.shape[1] * images.shape[2])
        if dtype == tf.float32:
            images = np.multiply(images.astype(np.float32), 1.0 / 255.0)
        self._images, self._labels = images, labels
        self._fake: tuple[Any, Any] | None = None
        self._count = len(images)
        self._epochs = 0
        self._next = 0

    @classmethod
    def fake(cls, *, one_hot: bool, dtype: tf.DType, seed: int | None) -> DataSet:
        """Data that is not read: images of ones with label 0."""
        _seed(seed, dtype)
        made = cls.__new__(cls)
        made._images = made._labels = None
        made._fake = ([1] * _PIXELS, [1] + [0] * 9 if one_hot else 0)
        made._count, made._epochs, made._next = _FAKES, 0, 0
        return made

    @property
    def images(self) -> Any:
        """All images, in their present order."""
        return self._images

    @property
    def labels(self) -> Any:
        """All labels, in their present order."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """How many images there are."""
        return self._count

    @property
    def epochs_completed(self) -> int:
        """How often all of them were handed out."""
        return self._epochs

    def next_batch(self, batch_size: int, fake_data: bool = False, shuffle: bool = True) -> tuple[Any, Any]:
        """The next images and labels; at the end of the data they are shuffled, and it starts anew.

        Args:
            batch_size: How many.
            fake_data: Whether to make them up, where the data is not read.
            shuffle: Whether to shuffle before each epoch.
        """
        if fake_data:
            image, label = self._fake or ([1] * _PIXELS, 0)
            return [image] * batch_size, [label] * batch_size
        start = self._next
        if self._epochs == 0 and start == 0 and shuffle:
            self._shuffle()
        if start + batch_size <= self._count:
            self._next += batch_size
            return self._images[start : self._next], self._labels[start : self._next]
        self._epochs += 1
        images, labels = self._images[start : self._count], self._labels[start : self._count]
        if shuffle:
            self._shuffle()
        self._next = batch_size - len(images)
        return (
            np.concatenate((images, self._images[: self._next]), axis=0),
            np.concatenate((labels, self._labels[: self._next]), axis=0),
        )

    def _shuffle(self) -> None:
        order = np.arange(self._count)
        np.random.shuffle(order)
        self._images, self._labels = self._images[order], self._labels[order]


def _seed(seed: int | None, dtype: tf.DType) -> None:
    of_graph, of_operation = tf.compat.v1.get_seed(seed)
    np.random.seed(of_graph if seed is None else of_operation)
    if dtype not in (tf.uint8, tf.float32):
        raise TypeError(f"Invalid image dtype {dtype!r}, expected uint8 or float32")
