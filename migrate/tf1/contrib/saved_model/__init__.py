"""What code imports from below `tf.contrib.saved_model` to read SavedModels."""

from __future__ import annotations

from migrate.tf1._lazy import subpackages
from migrate.tf1.contrib.saved_model._reading import get_signature_def_by_key

_modules, __getattr__ = subpackages(__name__, __path__)

__all__ = ["get_signature_def_by_key"]


def __dir__() -> list[str]:
    return sorted({*globals(), *_modules})
