"""What happens when a strategy itself fails: it is a reason like others, and the next strategy is tried."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from migrate.source.unprovable import NOT_REWRITTEN, Unprovable

BUG = "a bug of tf-migrate ended the attempt"


@contextmanager
def bugs_as_reasons() -> Iterator[None]:
    """Makes an `Unprovable` of an exception that nothing expects, but not under TF_MIGRATE_DEBUG=1.

    Raises:
        Unprovable: What was to be done raised it, or failed.
    """
    try:
        yield
    except (Unprovable, RecursionError, MemoryError):
        raise
    except Exception as error:
        if os.environ.get("TF_MIGRATE_DEBUG") == "1":
            raise
        said = (str(error).splitlines() or [""])[0]
        what = f"{type(error).__name__}: {said}".rstrip(": ")
        raise Unprovable(NOT_REWRITTEN, f"{BUG} ({what}); please report it") from error
