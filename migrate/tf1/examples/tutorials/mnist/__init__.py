"""The MNIST reader of TensorFlow 1's tutorials."""

from __future__ import annotations

from migrate.tf1._lazy import subpackages

__all__, __getattr__ = subpackages(__name__, __path__)
