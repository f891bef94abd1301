"""Tables that put keys they do not have into buckets, by a hash."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf

v1 = tf.compat.v1


class HasherSpec(NamedTuple):
    """Which hash: `fasthash`, `legacy`, or `stronghash` with a key of two numbers."""

    hasher: str
    key: Any


FastHashSpec = HasherSpec("fasthash", None)


def StrongHashSpec(key: Any) -> HasherSpec:  # noqa: N802 - the name that TensorFlow 1 gave it
    """A strong hash with a key of two numbers."""
    if len(key) != 2 or not all(isinstance(each, int) for each in key):
        raise ValueError(f"A strong hash needs two integers as its key, not {key}.")
    return HasherSpec("stronghash", key)


class IdTableWithHashBuckets:
    """A table from keys to numbers; others get a number behind these by their hash."""

    def __init__(
        self,
        table: Any,
        num_oov_buckets: int,
        hasher_spec: HasherSpec = FastHashSpec,
        name: str | None = None,
        key_dtype: Any = None,
    ) -> None:
        if table is None and num_oov_buckets <= 0:
            raise ValueError("oov_buckets must be > 0 if no table is supplied.")
        if not isinstance(hasher_spec, HasherSpec) or hasher_spec.hasher not in ("fasthash", "legacy", "stronghash"):
            raise TypeError(f"hasher_spec must be FastHashSpec or a StrongHashSpec of migrate.tf1, not {hasher_spec!r}")
        key_dtype = tf.as_dtype(key_dtype or (tf.string if table is None else table.key_dtype))
        if not key_dtype.is_integer and key_dtype != tf.string:
            raise TypeError(f"Invalid key_dtype, expected integer or string, got {key_dtype.name}.")
        if table is not None and (table.key_dtype == tf.string) != (key_dtype == tf.string):
            raise TypeError(f"key_dtype {key_dtype.name} does not fit a table of {table.key_dtype.name}")
        self._table = table
        self._num_oov_buckets = num_oov_buckets
        self._hasher_spec = hasher_spec
        name = (name or "").rstrip("/") or ("hash_bucket" if table is None else table.name)
        self._name = name.split("/")[-1]
        self.key_dtype = key_dtype
        self.value_dtype = tf.int64

    @property
    def name(self) -> str:
        """The table's, or `hash_bucket`."""
        return self._name

    @property
    def initializer(self) -> Any:
        """The operation that fills the table."""
        if self._table is not None:
            return self._table.initializer
        with v1.name_scope(None, "init"):
            return tf.no_op()

    init = initializer

    @property
    def resource_handle(self) -> Any:
        """The table's."""
        return None if self._table is None else self._table.resource_handle

    def size(self, name: str | None = None) -> Any:
        """How many numbers there are."""
        with v1.name_scope(name, f"{self.name}_Size"):
            size = tf.constant(0, tf.int64) if self._table is None else self._table.size()
            return size + self._num_oov_buckets

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The numbers of keys, in a tensor of the same kind."""
        if keys.dtype.base_dtype != self.key_dtype:
            raise TypeError(f"keys must be {self.key_dtype.name}, not {keys.dtype.name}")
        values = keys if tf.is_tensor(keys) and not hasattr(keys, "with_values") else keys.values
        if self._table is not None and self._table.key_dtype == tf.int64:
            values = tf.cast(values, tf.int64)
        if self._num_oov_buckets == 0:
            ids = self._table.lookup(values, name=name)
        else:
            with v1.name_scope(name, f"{self.name}_Lookup"):
                ids = self._buckets(values)
                if self._table is not None:
                    known = self._table.lookup(values)
                    ids = ids + self._table.size()
                    ids = tf.where(tf.not_equal(known, self._table.default_value), known, ids)
        if isinstance(keys, tf.SparseTensor):
            return tf.SparseTensor(keys.indices, ids, keys.dense_shape)
        return keys.with_values(ids) if isinstance(keys, tf.RaggedTensor) else ids

    def _buckets(self, values: Any) -> Any:
        texts = values if values.dtype == tf.string else tf.strings.as_string(values)
        number = self._num_oov_buckets
        if self._hasher_spec.hasher == "fasthash":
            return tf.strings.to_hash_bucket_fast(texts, number, name="hash_bucket")
        if self._hasher_spec.hasher == "legacy":
            return tf.strings.to_hash_bucket(texts, number, name="hash_bucket")
        return tf.strings.to_hash_bucket_strong(texts, number, key=self._hasher_spec.key, name="hash_bucket")
