"""Python's search for unreachable cycles, made rarer while trees are built by the million."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 100_000
"""How many new objects start a search. By default it is 700, and a fifth of the time goes into searches in vain."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Searches for garbage more rarely; as before at the end. Where it is switched off, it stays so."""
    before = gc.get_threshold()
    if 0 < before[0] < _OBJECTS:
        gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
