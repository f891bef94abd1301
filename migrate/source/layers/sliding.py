"""Sizes of what a window goes over."""

from __future__ import annotations

from migrate.source.specs import Dimension


def slid(size: Dimension, window: Dimension, stride: int, padding: str, dilation: int = 1) -> Dimension:
    """The size of a dimension after a window went over it."""
    if not isinstance(size, int) or not (isinstance(window, int) or padding == "SAME"):
        return None
    reach = size - (window - 1) * dilation if isinstance(window, int) and padding != "SAME" else size
    return max(-(-reach // stride), 0)
