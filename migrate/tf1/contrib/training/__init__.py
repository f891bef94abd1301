"""`tf.contrib.training`: hyperparameters."""

from __future__ import annotations

from migrate.tf1.contrib.training._hparam import HParams, parse_values

__all__ = ["HParams", "parse_values"]
