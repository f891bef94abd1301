"""Tables between texts and numbers, of a vocabulary in a tensor or a file."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.lookup._buckets import FastHashSpec, HasherSpec, IdTableWithHashBuckets
from migrate.tf1.contrib.lookup._tables import (
    LINE,
    NUMBER,
    TextFileIdTableInitializer,
    TextFileStringTableInitializer,
)

v1 = tf.compat.v1


def index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: Any = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    dtype: Any = tf.string,
    name: str | None = None,
) -> Any:
    """From the entries of a vector to their places."""
    if mapping is None:
        raise ValueError("mapping must be specified.")
    _check_buckets(num_oov_buckets)
    dtype = tf.as_dtype(dtype)
    if not dtype.is_integer and dtype != tf.string:
        raise TypeError("Only integer and string keys are supported.")
    with v1.name_scope(name, "string_to_index"):
        keys = tf.convert_to_tensor(mapping)
        if keys.dtype.is_integer != dtype.is_integer or not (dtype.is_integer or keys.dtype.base_dtype == dtype):
            raise ValueError(f"Expected {dtype.name}, got {keys.dtype.name}.")
        values = tf.cast(tf.range(tf.size(keys)), tf.int64)
        with v1.name_scope(None, "hash_table"):
            keys = tf.cast(keys, tf.int64) if keys.dtype.is_integer else keys
            filling = tf.lookup.KeyValueTensorInitializer(
                keys, values, keys.dtype.base_dtype, tf.int64, name="table_init"
            )
            table = v1.lookup.StaticHashTable(filling, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, dtype)


def index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: Any = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    key_dtype: Any = tf.string,
    name: str | None = None,
    key_column_index: int = LINE,
    value_column_index: int = NUMBER,
    delimiter: str = "\t",
) -> Any:
    """From the lines of a file to their numbers."""
    _check_file(vocabulary_file, vocab_size)
    _check_buckets(num_oov_buckets)
    key_dtype = tf.as_dtype(key_dtype)
    if not key_dtype.is_integer and key_dtype != tf.string:
        raise TypeError("Only integer and string keys are supported.")
    with v1.name_scope(name, "string_to_index"):
        with v1.name_scope(None, "hash_table"):
            filling = TextFileIdTableInitializer(
                vocabulary_file,
                vocab_size=vocab_size,
                key_dtype=tf.int64 if key_dtype.is_integer else key_dtype,
                name="table_init",
                key_column_index=key_column_index,
                value_column_index=value_column_index,
                delimiter=delimiter,
            )
            table = v1.lookup.StaticHashTable(filling, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, key_dtype)


def index_to_string_table_from_tensor(mapping: Any, default_value: Any = "UNK", name: str | None = None) -> Any:
    """From places to the texts of a vector."""
    if mapping is None:
        raise ValueError("mapping must be specified.")
    with v1.name_scope(name, "index_to_string"):
        values = tf.convert_to_tensor(mapping, tf.string)
        keys = tf.cast(tf.range(tf.size(values)), tf.int64)
        filling = tf.lookup.KeyValueTensorInitializer(keys, values, tf.int64, tf.string, name="table_init")
        return v1.lookup.StaticHashTable(filling, default_value)


def index_to_string_table_from_file(
    vocabulary_file: Any,
    vocab_size: int | None = None,
    default_value: Any = "UNK",
    name: str | None = None,
    key_column_index: int = NUMBER,
    value_column_index: int = LINE,
    delimiter: str = "\t",
) -> Any:
    """From the numbers of a file's lines to the lines."""
    _check_file(vocabulary_file, vocab_size)
    with v1.name_scope(name, "index_to_string"):
        filling = TextFileStringTableInitializer(
            vocabulary_file,
            vocab_size=vocab_size,
            name="table_init",
            key_column_index=key_column_index,
            value_column_index=value_column_index,
            delimiter=delimiter,
        )
        return v1.lookup.StaticHashTable(filling, default_value)


def string_to_index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: Any = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    name: str | None = None,
) -> Any:
    """The same as `index_table_from_file`."""
    return index_table_from_file(vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec, name=name)


def string_to_index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: Any = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    name: str | None = None,
) -> Any:
    """The same as `index_table_from_tensor`, for texts."""
    with v1.name_scope(name, "string_to_index") as scope:
        mapping = tf.convert_to_tensor(mapping)
    if mapping.dtype.base_dtype != tf.string:
        raise ValueError("string_to_index_table_from_tensor requires string.")
    return index_table_from_tensor(mapping, num_oov_buckets, default_value, hasher_spec, name=scope)


def string_to_index(tensor: Any, mapping: Any, default_value: Any = -1, name: str | None = None) -> Any:
    """The places of texts in a vector."""
    return index_table_from_tensor(mapping, default_value=default_value, name=name).lookup(tensor)


def index_to_string(tensor: Any, mapping: Any, default_value: Any = "UNK", name: str | None = None) -> Any:
    """The texts of a vector at places."""
    return index_to_string_table_from_tensor(mapping, default_value=default_value, name=name).lookup(tensor)


def _with_buckets(table: Any, number: int, hasher_spec: HasherSpec, dtype: Any) -> Any:
    return IdTableWithHashBuckets(table, number, hasher_spec, key_dtype=dtype) if number else table


def _check_buckets(number: int) -> None:
    if number < 0:
        raise ValueError(f"num_oov_buckets must be greater or equal than 0, got {number}.")


def _check_file(vocabulary_file: Any, vocab_size: int | None) -> None:
    if vocabulary_file is None or (isinstance(vocabulary_file, str) and not vocabulary_file):
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(f"vocab_size must be greater than 0, got {vocab_size}. vocabulary_file: {vocabulary_file}")
