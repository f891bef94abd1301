"""`tf.contrib.slim.nets`: residual networks and VGG."""

from __future__ import annotations

from migrate.tf1._lazy import subpackages

__all__, __getattr__ = subpackages(__name__, __path__)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
