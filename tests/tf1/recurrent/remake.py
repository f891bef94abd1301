"""Remakes golden.npz and golden.json: python3.7 with TensorFlow 1.15 runs this file, in its folder."""

import json

import numpy as np
import tensorflow as tf
import tensorflow.contrib  # noqa: F401 - makes tf.contrib complete

from recurrent_cases import CASES
from recurrent_running import run


class Api:
    nn, contrib, layers = tf.nn, tf.contrib, tf.layers


def main():
    arrays, names = {}, {}
    for name, case in CASES.items():
        found, names[name] = run(tf, Api, name, case)
        arrays.update(found)
    np.savez_compressed("golden.npz", **arrays)
    with open("golden.json", "w") as file:
        json.dump(names, file, indent=1, sort_keys=True)
        file.write("\n")


main()
