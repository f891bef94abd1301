"""The table that is filled once, and initializers that read it from a file."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

LINE, NUMBER = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER


class HashTable(tf.compat.v1.lookup.StaticHashTable):  # type: ignore[misc]
    """A table that does not change once it is filled."""

    def __init__(
        self, initializer: Any, default_value: Any, shared_name: str | None = None, name: str | None = None
    ) -> None:
        if shared_name:
            raise ValueError(
                "HashTable: migrate.tf1 does not support `shared_name`, which lets sessions on one server share a "
                "table; leave it out, and fill a table in each session."
            )
        super().__init__(initializer, default_value, name=name)

    @property
    def init(self) -> Any:
        """The operation that fills the table."""
        return self.initializer


class TextFileIdTableInitializer(tf.lookup.TextFileInitializer):  # type: ignore[misc]
    """From the lines of a file to their numbers."""

    def __init__(
        self,
        filename: Any,
        key_column_index: int = LINE,
        value_column_index: int = NUMBER,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str = "text_file_id_table_init",
        key_dtype: Any = tf.string,
    ) -> None:
        super().__init__(
            filename,
            key_dtype,
            key_column_index,
            tf.int64,
            value_column_index,
            vocab_size=vocab_size,
            delimiter=delimiter,
            name=name,
        )


class TextFileStringTableInitializer(tf.lookup.TextFileInitializer):  # type: ignore[misc]
    """From the numbers of a file's lines to the lines."""

    def __init__(
        self,
        filename: Any,
        key_column_index: int = NUMBER,
        value_column_index: int = LINE,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str = "text_file_string_table_init",
    ) -> None:
        super().__init__(
            filename,
            tf.int64,
            key_column_index,
            tf.string,
            value_column_index,
            vocab_size=vocab_size,
            delimiter=delimiter,
            name=name,
        )
