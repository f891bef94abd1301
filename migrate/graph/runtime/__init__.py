"""Writes a converted model for an older runtime."""

from migrate.graph.runtime.lower import lower_to

__all__ = ["lower_to"]
