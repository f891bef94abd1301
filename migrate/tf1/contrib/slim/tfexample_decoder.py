"""`slim.tfexample_decoder`: items of `tf.Example` protocol buffers."""

from __future__ import annotations

from migrate.tf1.contrib.slim._example_decoder import TFExampleDecoder
from migrate.tf1.contrib.slim._item_handlers import (
    BackupHandler,
    BoundingBox,
    ItemHandler,
    ItemHandlerCallback,
    LookupTensor,
    SparseTensor,
    Tensor,
)
from migrate.tf1.contrib.slim._item_images import Image

__all__ = [
    "BackupHandler",
    "BoundingBox",
    "Image",
    "ItemHandler",
    "ItemHandlerCallback",
    "LookupTensor",
    "SparseTensor",
    "TFExampleDecoder",
    "Tensor",
]
