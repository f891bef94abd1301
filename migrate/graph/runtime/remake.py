"""Makes `ops.json` anew from TensorFlow's wheels.

    python -m migrate.graph.runtime.remake [--pythons DIR] [--cache DIR]

It takes a Python of the right version for every release (pyenv's, by default), and downloads about 5 GB, one wheel
at a time. With `--cache`, op lists are kept there and not fetched again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.graph.runtime.table import FILE, make_table
from migrate.graph.runtime.wheels import Release, op_list
from migrate.protos import op_list as empty_op_list

if TYPE_CHECKING:
    from collections.abc import Sequence

RELEASES = (
    Release("1.13", "1.13.2", "3.7", "tensorflow"),
    Release("1.14", "1.14.0", "3.7", "tensorflow"),
    Release("1.15", "1.15.5", "3.7", "tensorflow"),
    Release("2.0", "2.0.4", "3.7", "tensorflow"),
    Release("2.1", "2.1.4", "3.7"),
    Release("2.2", "2.2.3", "3.8"),
    Release("2.3", "2.3.4", "3.8"),
    Release("2.4", "2.4.4", "3.8"),
    Release("2.5", "2.5.3", "3.9"),
    Release("2.6", "2.6.5", "3.9"),
    Release("2.7", "2.7.4", "3.9"),
    Release("2.8", "2.8.4", "3.10"),
    Release("2.9", "2.9.3", "3.10"),
    Release("2.10", "2.10.1", "3.10"),
    Release("2.11", "2.11.1", "3.10"),
    Release("2.12", "2.12.1", "3.11"),
    Release("2.13", "2.13.1", "3.11"),
    Release("2.14", "2.14.1", "3.11"),
    Release("2.15", "2.15.1", "3.11"),
    Release("2.16", "2.16.2", "3.11"),
    Release("2.17", "2.17.1", "3.11"),
    Release("2.18", "2.18.1", "3.11"),
    Release("2.19", "2.19.1", "3.11"),
    Release("2.20", "2.20.0", "3.11"),
    Release("2.21", "2.21.0", "3.11"),
)


def main(arguments: Sequence[str]) -> None:
    """Fetches what is missing and writes the table."""
    parser = argparse.ArgumentParser(description="Makes ops.json anew from TensorFlow's wheels.")
    parser.add_argument("--pythons", type=Path, default=Path.home() / ".pyenv" / "versions")
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args(arguments)
    lists = []
    for release in RELEASES:
        message = empty_op_list()
        message.ParseFromString(_cached(release, options.pythons, options.cache))
        lists.append((release.minor, release.version, message))
    FILE.write_text(make_table(lists), "utf-8")


def _cached(release: Release, pythons: Path, cache: Path | None) -> bytes:
    if cache is None:
        return op_list(release, pythons)
    file = cache / f"{release.version}.pb"
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        file.write_bytes(op_list(release, pythons))
    return file.read_bytes()


if __name__ == "__main__":
    main(sys.argv[1:])
