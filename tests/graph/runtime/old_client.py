# ruff: noqa: B905, UP031 - Pythons as old as 3.7
"""Runs inside an old TensorFlow (CPython 3.7 or later): loads SavedModels, makes calls, saves what they answer.

Reads jobs as JSON from stdin:

    {"loader": "session" or "eager", "jobs": [
        {"model": DIR, "tags": [..], "samples": FILE.npz, "answers": FILE.npz, "calls": [[WHERE, SIGNATURE], ..]}, ..]}

What goes wrong is written to FILE.npz.txt instead.

A call's inputs are `WHERE/inputs/NAME` of the samples (README.md of fixtures), its outputs become
`WHERE/outputs/NAME` of the answers. With the eager loader, only signatures that it can call by keyword.
"""

import json
import sys
import traceback
from pathlib import Path

import numpy as np
import tensorflow as tf

SPARSE_PARTS = ("indices", "values", "dense_shape")
V1 = tf.compat.v1 if hasattr(tf.compat, "v1") else tf


def part_names(info):
    """The tensors of a TensorInfo: [(suffix of its key in the samples, tensor)]."""
    if info.WhichOneof("encoding") == "coo_sparse":
        sparse = info.coo_sparse
        names = (sparse.indices_tensor_name, sparse.values_tensor_name, sparse.dense_shape_tensor_name)
        return [("/" + part, name) for part, name in zip(SPARSE_PARTS, names)]
    if info.WhichOneof("encoding") == "composite_tensor":
        return [("/%d" % i, c.name) for i, c in enumerate(info.composite_tensor.components)]
    return [("", info.name)]


def inputs_of(signature, where, samples):
    """{tensor name: array}."""
    feeds = {}
    for name, info in signature.inputs.items():
        for suffix, tensor in part_names(info):
            array = samples[where + "/inputs/" + name + suffix]
            # Object arrays keep TF from padding or cutting strings.
            feeds[tensor] = array.astype(object) if array.dtype.kind == "S" else array
    return feeds


def storable(value):
    """An array that needs no pickle."""
    value = np.asarray(value)
    if value.dtype.kind not in "OSU":
        return value
    flat = [v.encode("utf-8") if not isinstance(v, bytes) else v for v in value.ravel()]
    return np.array(flat, dtype=np.bytes_).reshape(value.shape)


def in_session(job, samples):
    """As TF1 programs and TensorFlow Serving do."""
    answers = {}
    config = V1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    with tf.Graph().as_default(), V1.Session(config=config) as sess:
        meta_graph = V1.saved_model.loader.load(sess, job["tags"], job["model"])
        for where, key in job["calls"]:
            signature = meta_graph.signature_def[key]
            fetches = {}
            for name, info in signature.outputs.items():
                fetches.update({where + "/outputs/" + name + suffix: tensor for suffix, tensor in part_names(info)})
            answers.update(sess.run(fetches, inputs_of(signature, where, samples)))
    return answers


def eagerly(job, samples):
    """As TF2 programs do; in 1.15 the loader is `tf.compat.v2.saved_model.load`."""
    V1.enable_v2_behavior()
    answers = {}
    load = tf.saved_model.load if tf.__version__.startswith("2") else tf.compat.v2.saved_model.load
    model = load(job["model"], tags=job["tags"])
    with tf.Graph().as_default(), V1.Session() as sess:
        meta_graph = V1.saved_model.loader.load(sess, job["tags"], job["model"])
    for where, key in job["calls"]:
        function, signature = model.signatures[key], meta_graph.signature_def[key]
        placeholders = {tensor.split(":")[0]: value for tensor, value in inputs_of(signature, where, samples).items()}
        given = {}
        for name in function._arg_keywords:
            # Of `KEY_NAME`, the longest: a name may end as another one does.
            found = [tensor for tensor in placeholders if tensor.endswith("_" + name)]
            tensor = min(found, key=len)
            dtype = next(t.dtype for t in function.inputs if t.name.split(":")[0] == name)
            given[name] = tf.constant(placeholders.pop(tensor), dtype)
        found = function(**given)
        for name, value in found.items():
            answers[where + "/outputs/" + name] = value.numpy()
    return answers


def main():
    given = json.load(sys.stdin)
    for job in given["jobs"]:
        try:
            with np.load(job["samples"], allow_pickle=False) as samples:
                answers = (in_session if given["loader"] == "session" else eagerly)(job, samples)
            np.savez(job["answers"], **{name: storable(value) for name, value in answers.items()})
        except Exception:
            Path(job["answers"] + ".txt").write_text(traceback.format_exc(), "utf-8")


if __name__ == "__main__":
    main()
