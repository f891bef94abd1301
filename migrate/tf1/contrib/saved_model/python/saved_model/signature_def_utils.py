"""`tf.contrib.saved_model.python.saved_model.signature_def_utils`."""

from __future__ import annotations

from migrate.tf1.contrib.saved_model._reading import get_signature_def_by_key

__all__ = ["get_signature_def_by_key"]
