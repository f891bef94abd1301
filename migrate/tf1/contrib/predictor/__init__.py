"""`tf.contrib.predictor`: a SavedModel in a session, called with a dictionary."""

from __future__ import annotations

from migrate.tf1.contrib.predictor._saved_model import from_saved_model

__all__ = ["from_saved_model"]
