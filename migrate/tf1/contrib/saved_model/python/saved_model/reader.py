"""`tf.contrib.saved_model.python.saved_model.reader`."""

from __future__ import annotations

from migrate.tf1.contrib.saved_model._reading import get_saved_model_tag_sets, read_saved_model

__all__ = ["get_saved_model_tag_sets", "read_saved_model"]
