"""`tf.contrib.deprecated`: the summaries of before TensorFlow 1, which take their tags as tensors."""

from __future__ import annotations

from tensorflow.python.ops.logging_ops import (
    audio_summary,
    histogram_summary,
    image_summary,
    merge_all_summaries,
    merge_summary,
    scalar_summary,
)

__all__ = [
    "audio_summary",
    "histogram_summary",
    "image_summary",
    "merge_all_summaries",
    "merge_summary",
    "scalar_summary",
]
