"""`tf.contrib.learn`: the names of modes, and vocabularies of texts."""

from __future__ import annotations

from migrate.tf1.contrib.learn import preprocessing
from migrate.tf1.contrib.learn._modes import ModeKeys

__all__ = ["ModeKeys", "preprocessing"]
