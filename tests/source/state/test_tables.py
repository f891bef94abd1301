"""Lookup tables."""

from __future__ import annotations

import pytest
from checks import check_native, check_not_native

LOOKUP = (
    "import tensorflow as tf\ns = tf.placeholder(tf.string, [None])\n{}\ni = t.lookup(s)\nwith tf.Session() as sess:\n"
    + (
        "  sess.run(tf.tables_initializer())\n  tf.saved_model.simple_save(sess, 'out', {{'s': s}}, {{'i': i}}, "
        "legacy_init_op=tf.tables_initializer())\n"
    )
)


@pytest.mark.parametrize(
    ("table", "parts"),
    [
        (
            "t = tf.contrib.lookup.index_table_from_tensor(tf.constant(['a', 'b']))",
            ["tf.lookup.StaticHashTable", "tf.lookup.KeyValueTensorInitializer", "-1"],
        ),
        (
            "t = tf.contrib.lookup.index_table_from_tensor(['a', 'b'], num_oov_buckets=2)",
            ["tf.lookup.StaticVocabularyTable", "num_oov_buckets=2"],
        ),
        (
            "t = tf.contrib.lookup.index_table_from_file('v.txt', num_oov_buckets=1)",
            ["tf.lookup.StaticVocabularyTable", "tf.lookup.TextFileInitializer", "LINE_NUMBER"],
        ),
        ("t = tf.contrib.lookup.index_table_from_file('v.txt', default_value=7)", ["tf.lookup.StaticHashTable", "7"]),
        (
            "t = tf.contrib.lookup.HashTable(tf.contrib.lookup.KeyValueTensorInitializer(['a'], [1]), 0)",
            ["tf.lookup.StaticHashTable", "tf.lookup.KeyValueTensorInitializer"],
        ),
    ],
)
def test_tables(table: str, parts: list[str]):
    check_native(LOOKUP.format(table), "self.t = ", *parts, without=("contrib", "tables_initializer"))


@pytest.mark.parametrize(
    "table",
    [
        "t = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1)",
        "t = tf.contrib.lookup.index_table_from_tensor(['a'], num_oov_buckets=count())",
        "t = tf.contrib.lookup.index_table_from_file('v.txt', vocab_size=2)",
        "t = tf.contrib.lookup.HashTable(mine(), 0)",
    ],
)
def test_tables_without_a_counterpart_are_flagged(table: str):
    check_not_native(LOOKUP.format(table), "TFM105", "")
