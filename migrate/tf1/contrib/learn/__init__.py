"""`tf.contrib.learn`: the names of modes, vocabularies of texts, and the reader of MNIST."""

from __future__ import annotations

from migrate.tf1.contrib.learn import datasets, preprocessing
from migrate.tf1.contrib.learn._modes import ModeKeys

__all__ = ["ModeKeys", "datasets", "preprocessing"]
