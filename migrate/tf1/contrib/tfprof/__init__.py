"""`tf.contrib.tfprof`: what a graph computes, and with how many parameters."""

from __future__ import annotations

from migrate.tf1.contrib.tfprof import model_analyzer, tfprof_logger

__all__ = ["model_analyzer", "tfprof_logger"]
