"""Lists of repositories in files: JSON, CSV, or one a line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from migrate.batch.repository import Wanted, is_address
from migrate.errors import MigrateError

_COLUMNS = ("source", "ref", "name")


def read_list(path: Path) -> tuple[Wanted, ...]:
    """Reads a list of repositories.

    A `.json` file holds a list, each of its elements a source or an object with `source` and, if wanted, `ref` and
    `name`. A `.csv` file has a header with the same names. Any other file has a source a line, and a ref after it where
    one is wanted; empty lines and those that start with `#` say nothing. A directory that is not absolute is looked for
    beside the file.

    Args:
        path: The file.

    Returns:
        The repositories, in their order.

    Raises:
        MigrateError: The file cannot be read, or is no such list.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise MigrateError(f"{path}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise MigrateError(f"{path}: is no UTF-8 text") from error
    read = {".json": _json, ".csv": _csv}.get(path.suffix.lower(), _lines)
    return tuple(_beside(path.parent, one) for one in read(text, path))


def _json(text: str, path: Path) -> list[Wanted]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise MigrateError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(document, list):
        raise MigrateError(f"{path}: must hold a list of repositories")
    return [_wanted(one, f"{path}: element {number}") for number, one in enumerate(document, 1)]


def _csv(text: str, path: Path) -> list[Wanted]:
    try:
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise MigrateError(f"{path}: not valid CSV: {error}") from error
    found = []
    for number, row in enumerate(rows, 2):
        if None in row:
            raise MigrateError(f"{path}: line {number}: has more fields than the header")
        found.append(_wanted({key: value or "" for key, value in row.items()}, f"{path}: line {number}"))
    return found


def _lines(text: str, path: Path) -> list[Wanted]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) > 2:
            raise MigrateError(f"{path}: line {number}: a source and a ref are all that a line may hold")
        found.append(Wanted(*words))
    return found


def _wanted(value: Any, where: str) -> Wanted:
    if isinstance(value, str):
        return Wanted(value)
    if not isinstance(value, Mapping):
        raise MigrateError(f"{where}: must be a source, or an object with one")
    unknown = [str(key) for key in value if key not in _COLUMNS]
    if unknown:
        raise MigrateError(f"{where}: unknown {unknown[0]!r}; known are {', '.join(_COLUMNS)}")
    fields: Sequence[Any] = [value.get(key, "") for key in _COLUMNS]
    if not all(isinstance(field, str) for field in fields) or not fields[0]:
        raise MigrateError(f"{where}: needs a source, and its ref and name must be text")
    return Wanted(*fields)


def _beside(directory: Path, wanted: Wanted) -> Wanted:
    if is_address(wanted.source) or Path(wanted.source).is_absolute():
        return wanted
    return Wanted(str(directory / wanted.source), wanted.ref, wanted.name)
