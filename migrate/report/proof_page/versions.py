"""What made a proof, and when."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

NOT_LOADED = "not loaded: no model was run"


@dataclass(frozen=True, slots=True)
class Versions:
    """The environment of a proof.

    Attributes:
        tf_migrate: The version of this program.
        tensorflow: What both models were run by; `NOT_LOADED` where their declarations said enough.
        numpy: What compared their results.
        python: What ran it all.
        platform: Operating system and machine.
        date: When it was done, in UTC.
        directory: Where paths that are not absolute begin.
    """

    tf_migrate: str
    tensorflow: str
    numpy: str
    python: str
    platform: str
    date: str
    directory: str


def these_versions() -> Versions:
    """Those of this process, now; TensorFlow is not imported for it."""
    import numpy as np

    from migrate import __version__

    tensorflow = sys.modules.get("tensorflow")
    return Versions(
        tf_migrate=__version__,
        tensorflow=NOT_LOADED if tensorflow is None else str(tensorflow.__version__),
        numpy=np.__version__,
        python=f"{platform.python_version()} ({sys.executable})",
        platform=platform.platform(),
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        directory=str(Path.cwd()),
    )
