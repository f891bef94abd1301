"""The error every layer raises for bad input; the command line turns it into one line and exit code 2."""

from __future__ import annotations


class MigrateError(Exception):
    """Something about the input is wrong; the message is one line that says what, where and what to do."""
