"""The summaries of before TensorFlow 1: the names and bytes are what TensorFlow 1.15.5 gives."""

from __future__ import annotations

import pytest


@pytest.mark.tensorflow
def test_names_collections_and_bytes_are_those_of_tensorflow_1():
    import tensorflow as tf

    from migrate.tf1.contrib import deprecated

    with tf.Graph().as_default() as graph:
        with tf.compat.v1.name_scope("s"):
            loss = deprecated.scalar_summary("loss", tf.constant(1.5), name="l")
            several = deprecated.scalar_summary(["p", "q"], [1.0, 2.0])
        picture = deprecated.image_summary("img", tf.zeros([1, 2, 2, 3]), max_images=1, collections=["mine"])
        merged = deprecated.merge_summary([loss, several])
        every = deprecated.merge_all_summaries()
        with tf.compat.v1.Session() as sess:
            written = [sess.run(one) for one in (loss, several, merged, every)]
    assert [one.name for one in graph.get_collection("summaries")] == ["s/l:0", "s/ScalarSummary:0"]
    assert graph.get_collection("mine") == [picture]
    assert (merged.name, every.name) == ("MergeSummary/MergeSummary:0", "MergeSummary_1/MergeSummary:0")
    scalar, pair = b"\n\x0b\n\x04loss\x15\x00\x00\xc0?", b"\n\x08\n\x01p\x15\x00\x00\x80?\n\x08\n\x01q\x15\x00\x00\x00@"
    assert written == [scalar, pair, scalar + pair, scalar + pair]
