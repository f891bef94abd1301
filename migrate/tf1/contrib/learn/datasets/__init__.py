"""`tf.contrib.learn.datasets`: the reader of MNIST."""

from __future__ import annotations

from migrate.tf1.contrib.learn.datasets import mnist

__all__ = ["mnist"]
