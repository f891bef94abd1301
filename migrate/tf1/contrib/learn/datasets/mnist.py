"""`tf.contrib.learn.datasets.mnist`, which the tutorials' `input_data` imported."""

from __future__ import annotations

from migrate.tf1.examples.tutorials.mnist.input_data import read_data_sets

__all__ = ["read_data_sets"]
