"""Remakes golden.json with the reader of TensorFlow 1.15: `PYTHON remake.py`, where PYTHON has it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import tensorflow as tf
from mnist_cases import CASES, read, write
from tensorflow.examples.tutorials.mnist import input_data


def main() -> None:
    """Writes it beside this file."""
    with tempfile.TemporaryDirectory() as directory:
        write(Path(directory))
        found = [read(case, Path(directory), input_data.read_data_sets, tf) for case in CASES]
    Path(__file__).resolve().with_name("golden.json").write_text(
        "[\n" + ",\n".join(json.dumps(one) for one in found) + "\n]\n"
    )


if __name__ == "__main__":
    main()
