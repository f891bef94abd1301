"""Makes the operating system fail at a chosen call, for tests of what is left then."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANGING = ("replace", "rename", "unlink", "fsync", "write", "copy_file_range", "chmod", "fdopen", "link")
"""The functions of `os` with which files are written, put in place and removed."""


class Killed(BaseException):
    """The process is gone: nothing catches it, and nothing works after it."""


@contextlib.contextmanager
def failing(
    at: int, error: BaseException, *, for_good: bool, functions: tuple[str, ...] = CHANGING
) -> Iterator[list[str]]:
    """Lets a call fail.

    Args:
        at: Which of the calls, from 0 on.
        error: What is raised.
        for_good: Whether all later calls fail, too.
        functions: Of `os`, whose calls count.

    Yields:
        The calls so far.
    """
    calls: list[str] = []

    def wrapped(name: str, function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            calls.append(name)
            if len(calls) - 1 == at or (for_good and len(calls) > at):
                raise error
            return function(*args, **kwargs)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in functions:
            patch.setattr(os, name, wrapped(name, getattr(os, name)))
        yield calls
