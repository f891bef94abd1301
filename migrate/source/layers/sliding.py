"""Sizes of what a window goes over."""

from __future__ import annotations

from migrate.source.specs import Dimension


def slid(size: Dimension, window: int, stride: int, padding: str, dilation: int = 1) -> Dimension:
    """The size of a dimension after a window went over it."""
    if not isinstance(size, int):
        return None
    reach = size if padding == "SAME" else size - (window - 1) * dilation
    return max(-(-reach // stride), 0)
