"""The tutorials of TensorFlow 1, of which only the MNIST reader was installed."""

from __future__ import annotations

from migrate.tf1._lazy import subpackages

__all__, __getattr__ = subpackages(__name__, __path__)
