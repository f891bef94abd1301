"""A decoder of `tf.Example`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.slim.data_decoder import DataDecoder

v1 = tf.compat.v1


class TFExampleDecoder(DataDecoder):
    """Parses an example, and makes items of its features."""

    def __init__(self, keys_to_features: Mapping[str, Any], items_to_handlers: Mapping[str, Any]) -> None:
        """Makes one.

        Args:
            keys_to_features: How to parse each feature.
            items_to_handlers: What makes each item.
        """
        self._keys_to_features = keys_to_features
        self._items_to_handlers = items_to_handlers

    def list_items(self) -> list[str]:
        """The names of the items."""
        return list(self._items_to_handlers)

    def decode(self, serialized_example: Any, items: Iterable[str] | None = None) -> list[Any]:
        """The tensors of some items, or of all.

        Args:
            serialized_example: A scalar with an example.
            items: Which items.
        """
        example = v1.parse_single_example(serialized_example, self._keys_to_features)
        for key, feature in sorted(self._keys_to_features.items()):
            if isinstance(feature, tf.io.FixedLenFeature):
                example[key] = tf.reshape(example[key], feature.shape)
        handlers = [self._items_to_handlers[item] for item in items or self._items_to_handlers]
        return [handler.tensors_to_item({key: example[key] for key in handler.keys}) for handler in handlers]
