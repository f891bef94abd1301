"""`tf.layers`: the classes and the functions, with TensorFlow 1's variable names, collections and numbers."""

from __future__ import annotations

from migrate.tf1.layers._base import Layer
from migrate.tf1.layers._core import Dense, dense

__all__ = ["Dense", "Layer", "dense"]
