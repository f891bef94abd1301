"""What makes items of the features of a `tf.Example`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

v1 = tf.compat.v1
Features = Mapping[str, Any]


class ItemHandler(ABC):
    """Makes an item of the features of some keys."""

    def __init__(self, keys: Any) -> None:
        """Keeps the keys, one or several."""
        self._keys = keys if isinstance(keys, (tuple, list)) else [keys]

    @property
    def keys(self) -> Any:
        """The keys of the features."""
        return self._keys

    @abstractmethod
    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        """The item for parsed features."""


class ItemHandlerCallback(ItemHandler):
    """Makes an item by a function of the features."""

    def __init__(self, keys: Any, func: Callable[[Features], Any]) -> None:
        """Keeps the keys and the function."""
        super().__init__(keys)
        self._func = func

    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        """What the function gives."""
        return self._func(keys_to_tensors)


class BoundingBox(ItemHandler):
    """Makes boxes, a row each, of four features."""

    def __init__(self, keys: Any = None, prefix: str = "") -> None:
        """Keeps the keys, each with the prefix; `ymin`, `xmin`, `ymax`, `xmax` by default."""
        keys = ["ymin", "xmin", "ymax", "xmax"] if keys is None else keys
        if len(keys) != 4:
            raise ValueError(f"BoundingBox expects 4 keys but got {len(keys)}")
        super().__init__([prefix + key for key in keys])

    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        """The boxes."""
        sides = [keys_to_tensors[key] for key in self._keys]
        sides = [side.values if isinstance(side, tf.SparseTensor) else side for side in sides]
        return tf.transpose(tf.concat([tf.expand_dims(side, 0) for side in sides], 0))


class Tensor(ItemHandler):
    """Makes a dense tensor of a feature, with a shape of its own, or that other features have."""

    def __init__(self, tensor_key: str, shape_keys: Any = None, shape: Any = None, default_value: Any = 0) -> None:
        """Keeps what it is given.

        Args:
            tensor_key: The feature.
            shape_keys: Features with the sizes.
            shape: Or the shape.
            default_value: What stands where a sparse feature has nothing.
        """
        if shape_keys and shape is not None:
            raise ValueError("Cannot specify both shape_keys and shape parameters.")
        if shape_keys and not isinstance(shape_keys, list):
            shape_keys = [shape_keys]
        self._tensor_key = tensor_key
        self._shape_keys = shape_keys
        self._shape = shape
        self._default_value = default_value
        super().__init__([tensor_key, *(shape_keys or [])])

    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        """The tensor."""
        tensor = keys_to_tensors[self._tensor_key]
        shape = self._shape
        if self._shape_keys:
            sizes = [_dense(keys_to_tensors[key]) for key in self._shape_keys]
            shape = tf.reshape(tf.stack(sizes), [-1])
        if not isinstance(tensor, tf.SparseTensor):
            return tensor if shape is None else tf.reshape(tensor, shape)
        if shape is not None:
            tensor = tf.sparse.reshape(tensor, shape)
        return tf.sparse.to_dense(tensor, self._default_value)


class LookupTensor(Tensor):
    """Makes what a table has for a feature."""

    def __init__(
        self, tensor_key: str, table: Any, shape_keys: Any = None, shape: Any = None, default_value: Any = ""
    ) -> None:
        """Keeps the table; the rest is as for `Tensor`."""
        self._table = table
        super().__init__(tensor_key, shape_keys, shape, default_value)

    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        """What the table has."""
        return self._table.lookup(super().tensors_to_item(keys_to_tensors))


class BackupHandler(ItemHandler):
    """Makes an item by one handler, or by another where that one's has no elements."""

    def __init__(self, handler: ItemHandler, backup: ItemHandler) -> None:
        """Keeps both handlers."""
        for title, each in (("Primary", handler), ("Backup", backup)):
            if not isinstance(each, ItemHandler):
                raise ValueError(f"{title} handler is of type {type(each)} instead of ItemHandler")
        self._handler = handler
        self._backup = backup
        super().__init__([*handler.keys, *backup.keys])

    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        """The item of one of them."""
        item = self._handler.tensors_to_item(keys_to_tensors)
        empty = tf.equal(tf.reduce_prod(tf.shape(item)), 0)
        return v1.cond(empty, lambda: self._backup.tensors_to_item(keys_to_tensors), lambda: item)


class SparseTensor(ItemHandler):
    """Makes a sparse tensor of the features for its indices and its values."""

    def __init__(
        self,
        indices_key: str | None = None,
        values_key: str | None = None,
        shape_key: str | None = None,
        shape: Any = None,
        densify: bool = False,
        default_value: Any = 0,
    ) -> None:
        """Keeps what it is given.

        Args:
            indices_key: The feature with the indices, `indices` by default.
            values_key: The one with the values, `values` by default.
            shape_key: The one with the shape.
            shape: The shape, without that feature.
            densify: Whether the item is a dense tensor.
            default_value: What stands there where the sparse one has nothing.
        """
        self._indices_key = indices_key or "indices"
        self._values_key = values_key or "values"
        self._shape_key = shape_key
        self._shape = shape
        self._densify = densify
        self._default_value = default_value
        super().__init__([self._indices_key, self._values_key, *([shape_key] if shape_key else [])])

    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        """The tensor."""
        indices, values = keys_to_tensors[self._indices_key], keys_to_tensors[self._values_key]
        shape = self._shape or indices.dense_shape
        if self._shape_key:
            shape = _dense(keys_to_tensors[self._shape_key])
        last = tf.shape(indices.indices)[1] - 1
        others = tf.slice(indices.indices, [0, 0], tf.stack([-1, last]))
        own = tf.reshape(tf.cast(indices.values, tf.int64), [-1, 1])
        tensor = tf.SparseTensor(tf.concat([others, own], 1), values.values, shape)
        return tf.sparse.to_dense(tensor, self._default_value) if self._densify else tensor


def _dense(tensor: Any) -> Any:
    return tf.sparse.to_dense(tensor) if isinstance(tensor, tf.SparseTensor) else tensor
