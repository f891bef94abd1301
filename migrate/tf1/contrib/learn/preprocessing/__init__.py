"""`tf.contrib.learn.preprocessing`: texts as numbers of words."""

from __future__ import annotations

from migrate.tf1.contrib.learn.preprocessing._processor import VocabularyProcessor, tokenizer
from migrate.tf1.contrib.learn.preprocessing._vocabulary import CategoricalVocabulary

__all__ = ["CategoricalVocabulary", "VocabularyProcessor", "tokenizer"]
