"""The values that the examples may use. Runs under TensorFlow 1.15, and so under Python 3.7, too.

x, y        float32 of shape [2, 3]
n           int32 of shape [2, 3]
b           bool of shape [2, 3]
m           float32 of shape [3, 2]
ids         int32 of shape [3]: rows of m
onehot      float32 of shape [2, 3]: distributions over 3 classes
images      float32 of shape [1, 4, 4, 2]
volume      float32 of shape [1, 4, 4, 4, 2]
kernel      float32 of shape [2, 2, 2, 3]: a convolution of images
backward    float32 of shape [2, 2, 3, 2]: a transposed convolution of images
s, words    strings of shape [3]
digits      strings of shape [3] that are numbers
rows        strings of shape [2] that are lines of CSV
raw         strings of shape [2] of four bytes each
examples    strings of shape [2] that are serialized tf.Examples
sparse      a SparseTensor of float32 and shape [2, 3]
sparse_ids  a SparseTensor of int64 and shape [2, 3]: rows of m
double      a NumPy function
inside      inside(scope, tensor): the tensor, made within a scope
after       after(operation, tensor): the tensor, made after an operation
"""

from __future__ import annotations

import re

import numpy as np


def arrays():
    """The dense values, as NumPy arrays."""
    random = np.random.RandomState(0)

    def numbers(*shape):
        return random.normal(size=shape).astype(np.float32)

    return {
        "x": numbers(2, 3),
        "y": numbers(2, 3),
        "n": np.array([[3, 1, 2], [0, 2, 1]], np.int32),
        "b": np.array([[True, False, True], [False, False, True]]),
        "m": numbers(3, 2),
        "ids": np.array([2, 0, 1], np.int32),
        "onehot": np.array([[0, 1, 0], [0.5, 0.25, 0.25]], np.float32),
        "images": numbers(1, 4, 4, 2),
        "volume": numbers(1, 4, 4, 4, 2),
        "kernel": numbers(2, 2, 2, 3),
        "backward": numbers(2, 2, 3, 2),
        "s": np.array([b"abc", b"b\xc3\xa4", b"c"], object),
        "words": np.array([b"a, b", b"c,,d  e", b" f"], object),
        "digits": np.array([b"1", b"20", b"-3"], object),
        "rows": np.array([b'1,2.5,"a,b"', b"3,4.5,c"], object),
        "raw": np.array([b"\x01\x02\x03\x04", b"\xff\x00\x10\x20"], object),
    }


def serialized(tf):
    """Two tf.Examples with a dense feature `a` and a sparse feature `b`."""

    def example(floats, integers):
        return tf.train.Example(
            features=tf.train.Features(
                feature={
                    "a": tf.train.Feature(float_list=tf.train.FloatList(value=floats)),
                    "b": tf.train.Feature(int64_list=tf.train.Int64List(value=integers)),
                }
            )
        ).SerializeToString()

    return np.array([example([1.0, 2.0], [7]), example([3.0, 4.0], [])], object)


def named(example, dense):
    """Those of the dense values that an example names."""
    return {name: value for name, value in dense.items() if re.search(rf"\b{name}\b", example)}


def namespace(tf, example, dense):
    """Everything an example names, from the tensors of the dense values."""

    def after(operation, tensor):
        with tf.control_dependencies([operation]):
            return tf.identity(tensor)

    def inside(scope, tensor):
        with scope:
            return tf.identity(tensor)

    def double(array):
        return array * np.float32(2)

    found = dict(dense, tf=tf, after=after, inside=inside, double=double)
    if "sparse" in example:
        indices, shape = np.array([[0, 0], [0, 2], [1, 1]], np.int64), np.array([2, 3], np.int64)
        found["sparse"] = tf.SparseTensor(indices, np.array([1.5, 2.5, 3.5], np.float32), shape)
        found["sparse_ids"] = tf.SparseTensor(indices, np.array([2, 0, 1], np.int64), shape)
    return found
