"""Texts as rows of numbers."""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from migrate.tf1.contrib.learn.preprocessing._vocabulary import CategoricalVocabulary

_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|[\'\w\-]+")


def tokenizer(iterator: Iterable[str]) -> Iterator[list[str]]:
    """The words of each text."""
    for value in iterator:
        yield _WORD.findall(value)


class VocabularyProcessor:
    """Learns which words there are, and makes rows of as many numbers as a text may have words."""

    def __init__(
        self,
        max_document_length: int,
        min_frequency: int = 0,
        vocabulary: CategoricalVocabulary | None = None,
        tokenizer_fn: Callable[[Iterable[str]], Iterable[Any]] | None = None,
    ) -> None:
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = vocabulary or CategoricalVocabulary()
        self._tokenizer = tokenizer_fn or tokenizer

    def fit(self, raw_documents: Iterable[str], unused_y: Any = None) -> VocabularyProcessor:  # noqa: ARG002
        """Learns the words, and no more after that."""
        for words in self._tokenizer(raw_documents):
            for word in words:
                self.vocabulary_.add(word)
        if self.min_frequency > 0:
            self.vocabulary_.trim(self.min_frequency)
        self.vocabulary_.freeze()
        return self

    def fit_transform(self, raw_documents: Iterable[str], unused_y: Any = None) -> Iterator[Any]:  # noqa: ARG002
        """Learns the words, and gives the rows."""
        self.fit(raw_documents)
        return self.transform(raw_documents)

    def transform(self, raw_documents: Iterable[str]) -> Iterator[Any]:
        """The rows, as int64."""
        for words in self._tokenizer(raw_documents):
            row = np.zeros(self.max_document_length, np.int64)
            for place, word in enumerate(words):
                if place >= self.max_document_length:
                    break
                row[place] = self.vocabulary_.get(word)
            yield row

    def reverse(self, documents: Iterable[Iterable[int]]) -> Iterator[str]:
        """The words of rows."""
        for row in documents:
            yield " ".join(self.vocabulary_.reverse(each) for each in row)

    def save(self, filename: str) -> None:
        """Writes it to a file."""
        with tf.io.gfile.GFile(filename, "wb") as file:
            file.write(pickle.dumps(self))

    @classmethod
    def restore(cls, filename: str) -> VocabularyProcessor:
        """Reads what this class, or TensorFlow 1's, has written; as ever with pickles, only files that you trust."""
        with tf.io.gfile.GFile(filename, "rb") as file:
            found = _Unpickler(io.BytesIO(file.read())).load()
        if not isinstance(found, cls):
            raise TypeError(f"{filename} holds no VocabularyProcessor.")
        return found


class _Unpickler(pickle.Unpickler):
    """Finds the classes of TensorFlow 1 here."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        if module_name.startswith(("tensorflow.contrib.learn.", "tensorflow_core.contrib.learn.")):
            return {
                "VocabularyProcessor": VocabularyProcessor,
                "CategoricalVocabulary": CategoricalVocabulary,
                "tokenizer": tokenizer,
            }[global_name]
        return super().find_class(module_name, global_name)
