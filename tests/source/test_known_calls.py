"""Calls of which it is known whether they do something."""

from __future__ import annotations

import pytest

from migrate.source import known_calls
from migrate.source.known_calls import BUILTINS, EXCEPTIONS, HARMLESS_METHODS, METHODS, NUMPY, NUMPY_CHANGES


@pytest.mark.parametrize(
    ("symbol", "does"),
    [
        ("gfile.Exists", True),
        ("logging.info", True),
        ("summary.scalar", True),
        ("add_to_collection", True),
        ("train.latest_checkpoint", True),
        ("train.exponential_decay", False),
        ("matmul", False),
    ],
)
def test_functions_of_tensorflow(symbol: str, does: bool):
    assert known_calls.does_something(symbol) is does


def test_what_reads_or_writes_is_not_among_what_computes():
    assert not BUILTINS & {"open", "input", "print", "exec", "eval", "next", "iter", "setattr", "globals"}
    assert not METHODS & {"append", "update", "pop", "sort", "write", "read", "seek"}
    assert not NUMPY & NUMPY_CHANGES
    assert not METHODS & HARMLESS_METHODS


def test_exceptions_are_all_of_pythons():
    assert {"ValueError", "KeyboardInterrupt"} <= EXCEPTIONS
    assert "print" not in EXCEPTIONS
