"""Line breaks that Python's parser and editors count in different ways."""

from __future__ import annotations

import re

_UNUSUAL_BREAK = re.compile(r"\r(?!\n)|\x0c")


def has_unusual_breaks(text: str) -> bool:
    """Whether a file has form feeds, or lines that end with a carriage return alone: their places are not Python's."""
    return _UNUSUAL_BREAK.search(text) is not None
