"""The MNIST reader gives what TensorFlow 1.15's gave."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path
from typing import Any

import mnist_cases
import numpy as np
import pytest
import tensorflow as tf

from migrate.tf1.examples.tutorials.mnist.input_data import read_data_sets

GOLDEN: list[Any] = json.loads(Path(__file__).with_name("golden.json").read_text("utf-8"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A directory with the four files."""
    mnist_cases.write(tmp_path)
    return tmp_path


@pytest.mark.parametrize("number", range(len(mnist_cases.CASES)))
def test_the_same_batches(data: Path, number: int) -> None:
    """Order, values and dtypes are those of TensorFlow 1.15."""
    assert mnist_cases.read(mnist_cases.CASES[number], data, read_data_sets, tf) == GOLDEN[number]


def test_the_golden_tells_cases_apart() -> None:
    """Seeds and options matter, so that equality says something."""
    assert len({json.dumps(one) for one in GOLDEN}) == len(mnist_cases.CASES) == len(GOLDEN)


def test_fake_data() -> None:
    """Nothing is read."""
    parts = read_data_sets("absent", fake_data=True, one_hot=True)
    images, labels = parts.test.next_batch(2, fake_data=True)
    assert np.array(images).tolist() == [[1] * 784] * 2
    assert labels == [[1] + [0] * 9] * 2
    assert parts.train.num_examples == 10000
    assert parts.train.images is None


def test_files_that_are_missing_are_fetched(data: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """From the address that is given; they are there the next time."""
    target = tmp_path_factory.mktemp("fetched") / "new"
    fetched = read_data_sets(str(target), validation_size=0, seed=1, source_url=data.as_uri() + "/")
    assert sorted(path.name for path in target.iterdir()) == sorted(path.name for path in data.glob("*.gz"))
    again = read_data_sets(str(target), validation_size=0, seed=1, source_url="file:///nowhere/")
    assert np.array_equal(again.train.images, fetched.train.images)


def test_a_failed_fetch_leaves_nothing(tmp_path: Path) -> None:
    """No half of a file would be taken for a whole one later."""
    with pytest.raises(OSError, match="nowhere"):
        read_data_sets(str(tmp_path), source_url="file:///nowhere/")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"validation_size": 61}, ValueError, "Validation size should be between 0 and 60. Received: 61."),
        ({"validation_size": 0, "dtype": tf.int32}, TypeError, "expected uint8 or float32"),
    ],
)
def test_wrong_options(data: Path, options: dict[str, Any], error: type[Exception], message: str) -> None:
    """They are errors, as in TensorFlow 1."""
    with pytest.raises(error, match=message):
        read_data_sets(str(data), **options)


def test_another_format(data: Path) -> None:
    """A file of another format is named."""
    with gzip.open(data / "t10k-labels-idx1-ubyte.gz", "wb") as file:
        file.write(struct.pack(">2I", 2050, 0))
    with pytest.raises(ValueError, match=r"Invalid magic number 2050 in MNIST label file: .*t10k-labels"):
        read_data_sets(str(data), validation_size=0)
