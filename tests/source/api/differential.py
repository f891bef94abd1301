"""Evaluates examples as TF1 code and as TF2 code. Runs under TensorFlow 1.15, and so under Python 3.7, too.

python differential.py INPUTS.json OUTPUT.npz     the values of the examples under TensorFlow 1.15
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import inputs
import numpy as np


def plain(values):
    """Values as arrays whose dtype says everything (strings are objects else)."""
    arrays = [np.asarray(value) for value in values]
    return [array.astype("S") if array.dtype == object else array for array in arrays]


def legacy(tf, examples):
    """The values of examples as a TF1 session gives them; an exception where one fails."""
    dense = dict(inputs.arrays(), examples=inputs.serialized(tf))
    results = []
    for example in examples:
        with tf.Graph().as_default(), tf.Session() as session:
            feeds = {
                name: tf.placeholder(tf.string if value.dtype == object else value.dtype, value.shape)
                for name, value in inputs.named(example, dense).items()
            }
            try:
                made = eval(example, inputs.namespace(tf, example, feeds))
                flat = tf.nest.flatten(made, expand_composites=True)
                values = session.run(flat, {tensor: dense[name] for name, tensor in feeds.items()})
                results.append(plain(values))
            except Exception as error:
                results.append(error)
    return results


def modern(tf, examples):
    """The values of examples as TF2 functions give them; an exception where one fails."""
    dense = dict(inputs.arrays(), examples=inputs.serialized(tf))
    results = []
    for example in examples:

        def computed(tensors, example=example):
            made = eval(example, inputs.namespace(tf, example, tensors))
            return tf.nest.flatten(made, expand_composites=True)

        try:
            given = {name: tf.constant(value) for name, value in inputs.named(example, dense).items()}
            results.append(plain(value.numpy() for value in tf.function(computed, autograph=False)(given)))
        except Exception as error:
            results.append(error)
    return results


if __name__ == "__main__":
    import tensorflow

    found = legacy(tensorflow, json.loads(Path(sys.argv[1]).read_text()))
    saved = {}
    for row, values in enumerate(found):
        if isinstance(values, Exception):
            saved[f"error_{row}"] = np.array(str(values))
        else:
            saved.update((f"value_{row}_{column}", value) for column, value in enumerate(values))
    np.savez(sys.argv[2], **saved)
