"""Remakes golden.npz, golden.json.gz and the checkpoint: TensorFlow 1.15 (Python 3.7) runs this file, in its folder."""

import gzip
import json

import data_cases  # noqa: F401 - adds its cases
import numpy as np
import small_cases  # noqa: F401 - adds its cases
import tensorflow as tf
import tensorflow.contrib
from recurrent_cases import CASES
from recurrent_running import run


class Api:
    nn, contrib, layers = tf.nn, tf.contrib, tf.layers


def main():
    arrays, names = {}, {}
    for name, case in CASES.items():
        found, names[name] = run(tf, Api, name, case, "multi.ckpt" if name == "multi" else None)
        arrays.update(found)
    np.savez_compressed("golden.npz", **{key: as_text(each) for key, each in arrays.items()})
    write_vocabulary()
    with gzip.GzipFile("golden.json.gz", "wb", mtime=0) as file:
        file.write(json.dumps(names, sort_keys=True).encode())


def write_vocabulary():
    """A file as programs have kept it since."""
    processor = tf.contrib.learn.preprocessing.VocabularyProcessor(4)
    list(processor.fit_transform(["the cat sits", "a cat"]))
    processor.save("vocabulary.pickle")


def as_text(array):
    """Without objects, which only a pickle could hold."""
    return array.astype("S") if array.dtype == object else array


main()
