"""How a supervisor and its worker talk: values as pickles after their length, in a pipe that nobody else has."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from migrate.batch.job import Job

_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is told to do.

    Attributes:
        job: The repository.
        given_up: Files that are passed over, and why.
    """

    job: Job
    given_up: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Started:
    """The event that a file is begun.

    Attributes:
        path: The file; empty where the one before is done, and none is begun.
        timed: Whether the time limit for one file holds; not for a file that is run to prove it.
    """

    path: str
    timed: bool = True


def send(stream: IO[bytes], value: object) -> None:
    """Writes a value."""
    data = pickle.dumps(value)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> object:
    """Reads a value.

    Raises:
        EOFError: The other side is gone.
    """
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return pickle.loads(_exactly(stream, length))


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
