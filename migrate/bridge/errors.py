"""What `migrate.bridge` raises."""

from __future__ import annotations

from migrate.errors import MigrateError


class BridgeError(MigrateError):
    """A session cannot be saved as a TF2 model; the message says what is in the way."""


class ExportDirectoryError(BridgeError, AssertionError):
    """The export directory is not empty: TF1's builder raises AssertionError there."""
