"""Imports TensorFlow without its chatter, and keeps its loggers quiet while models run."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # One set of kernels for both models, whose rounding does not change with the processor.
    "TF_ENABLE_ONEDNN_OPTS": "0",
}


def import_tensorflow() -> Any:
    """The `tensorflow` module; the first import in this process takes about three seconds.

    What TensorFlow's C++ side writes to stderr while it is imported is dropped, unless the import fails.

    Raises:
        ImportError: TensorFlow is not installed, or is broken; its own words are on stderr.
    """
    if "tensorflow" in sys.modules:
        return sys.modules["tensorflow"]
    set_environment()
    with stderr_to_file() as said:
        try:
            import tensorflow
        except BaseException:
            said.keep()
            raise
    return tensorflow


def set_environment() -> None:
    """Sets what TensorFlow's libraries look at when they are loaded, where the user has not."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keeps Python warnings and TensorFlow's Python logger silent inside the block, and only there."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


class _Said:
    """What was written to stderr meanwhile; `keep` asks to have it written out in the end."""

    def __init__(self) -> None:
        self.kept = False

    def keep(self) -> None:
        self.kept = True


@contextlib.contextmanager
def stderr_to_file() -> Iterator[_Said]:
    """Sends file descriptor 2 to a temporary file: C++ does not write through `sys.stderr`."""
    said = _Said()
    try:
        saved = os.dup(2)
    except OSError:  # There is no stderr at all.
        yield said
        return
    with tempfile.TemporaryFile() as file:
        with contextlib.suppress(Exception):
            sys.stderr.flush()
        os.dup2(file.fileno(), 2)
        try:
            yield said
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            if said.kept:
                file.seek(0)
                os.write(2, file.read())
