"""Where the commands print: results to stdout, everything else to stderr, both as exact bytes."""

from __future__ import annotations

import os
import sys
from typing import TextIO

BROKEN_PIPE = 141
"""The exit code of a program that died of SIGPIPE, as a shell tells it."""


def out(data: str | bytes) -> None:
    """Prints a result."""
    _write(sys.stdout, data)


def err(data: str | bytes) -> None:
    """Prints what is not a result."""
    _write(sys.stderr, data)


def error_line(message: str) -> None:
    """Prints an error, on one line."""
    from migrate.report.text import one_line

    err(f"tf-migrate: error: {one_line(message)}\n")


def wants_colour(stream: TextIO) -> bool:
    """Whether a stream is a terminal that shows colours, and its user has not switched them off."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _write(stream: TextIO, data: str | bytes) -> None:
    # Text layers would translate line ends, and fail at file names that are not valid in the locale.
    if isinstance(data, str):
        data = data.encode(stream.encoding or "utf-8", "backslashreplace")
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except BrokenPipeError:
        # The reader has gone. Point the stream elsewhere, or the interpreter complains when it flushes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        sys.exit(BROKEN_PIPE)
