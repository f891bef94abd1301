"""`tf.contrib.lookup`: tables, filled by `tf.compat.v1.tables_initializer()`."""

from __future__ import annotations

import tensorflow as tf

from migrate.tf1.contrib.lookup._buckets import FastHashSpec, HasherSpec, IdTableWithHashBuckets, StrongHashSpec
from migrate.tf1.contrib.lookup._functions import (
    index_table_from_file,
    index_table_from_tensor,
    index_to_string,
    index_to_string_table_from_file,
    index_to_string_table_from_tensor,
    string_to_index,
    string_to_index_table_from_file,
    string_to_index_table_from_tensor,
)
from migrate.tf1.contrib.lookup._tables import HashTable, TextFileIdTableInitializer, TextFileStringTableInitializer

KeyValueTensorInitializer = tf.lookup.KeyValueTensorInitializer
MutableDenseHashTable = tf.lookup.experimental.DenseHashTable
MutableHashTable = tf.lookup.experimental.MutableHashTable
TextFileIndex = tf.lookup.TextFileIndex
TextFileInitializer = tf.lookup.TextFileInitializer

__all__ = [
    "FastHashSpec",
    "HashTable",
    "HasherSpec",
    "IdTableWithHashBuckets",
    "KeyValueTensorInitializer",
    "MutableDenseHashTable",
    "MutableHashTable",
    "StrongHashSpec",
    "TextFileIdTableInitializer",
    "TextFileIndex",
    "TextFileInitializer",
    "TextFileStringTableInitializer",
    "index_table_from_file",
    "index_table_from_tensor",
    "index_to_string",
    "index_to_string_table_from_file",
    "index_to_string_table_from_tensor",
    "string_to_index",
    "string_to_index_table_from_file",
    "string_to_index_table_from_tensor",
]
