"""Decisions as JSON: the form of review.json, of what the page exports, and of `--decisions`; told in docs/json.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from migrate.errors import MigrateError
from migrate.results import Level, Mode
from migrate.review.decision import Decision, State

VERSION = 1

Json = dict[str, Any]
E = TypeVar("E", bound=StrEnum)
_KINDS = {str: "a string", int: "a whole number", list: "an array", dict: "an object"}


@dataclass(frozen=True, slots=True)
class KeptSite:
    """What was decided about one site.

    Attributes:
        ordinal: Which of the file's sites it is.
        line: Where it stands.
        decision: The decision.
    """

    ordinal: int
    line: int
    decision: Decision


@dataclass(frozen=True, slots=True)
class KeptVerdict:
    """What a proof came to: as `Verdict` has it, for the file that it is kept with."""

    digest: str
    equal: bool | None
    said: str


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What was decided about one file.

    Attributes:
        path: The file, relative to the directory of the project, with slashes.
        digest: Digest of the text that the decisions are about.
        sites: Its sites.
        text: A new text that the reviewer wrote.
        mode: How TensorFlow must behave for that text.
        verdict: What its proof came to.
        raw: All of this as it was read.
    """

    path: str
    digest: str
    sites: tuple[KeptSite, ...]
    text: str | None
    mode: Mode | None
    verdict: KeptVerdict | None
    raw: Json

    @property
    def decided(self) -> bool:
        """Whether anything was decided."""
        return any(site.decision.state is not State.PENDING for site in self.sites)


def to_json(files: Sequence[Json]) -> str:
    """One document of files, in ASCII, with a newline in the end."""
    return json.dumps(as_document(files), indent=2) + "\n"


def as_document(files: Sequence[Json]) -> Json:
    """The same as Python values."""
    return {"version": VERSION, "files": list(files)}


def read_document(path: Path) -> tuple[KeptFile, ...]:
    """Reads decisions.

    Args:
        path: The file.

    Returns:
        What it holds, a value for each file.

    Raises:
        MigrateError: It cannot be read, is no JSON, is of a later version, or a value is missing or of the wrong type.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MigrateError(f"{path}: {(error.strerror or str(error)).lower()}") from error
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        said = (str(error).splitlines() or [""])[0]
        raise MigrateError(f"{path}: not valid JSON ({said}); mend it, or move it away to start anew") from error
    reader = _Reader(path)
    if not isinstance(document, dict) or not isinstance(document.get("version"), int):
        raise MigrateError(f'{path}: holds no decisions of a review: it has no "version"')
    if document["version"] != VERSION:
        raise MigrateError(
            f"{path}: is of version {document['version']}, and this tf-migrate reads version {VERSION}; "
            "use the one that wrote it, or move the file away to start anew"
        )
    files = reader.value(document, "files", list, "")
    kept = tuple(reader.file(one, f"files[{number}]") for number, one in enumerate(files))
    for number, one in enumerate(kept):
        if one.path in {other.path for other in kept[:number]}:
            raise reader.wrong(f"files[{number}].path", f"is there twice: {one.path}")
    return kept


class _Reader:
    """Reads values of their types, and says where one is of another."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def wrong(self, where: str, said: str) -> MigrateError:
        return MigrateError(f"{self._path}: {where} {said}")

    def value(self, table: Mapping[str, Any], key: str, kind: type, where: str) -> Any:
        found = table.get(key)
        if not isinstance(found, kind) or isinstance(found, bool):
            place = f"{where}.{key}".removeprefix(".")
            raise self.wrong(place, "is missing" if key not in table else f"must be {_KINDS[kind]}")
        return found

    def word(self, table: Mapping[str, Any], key: str, kind: type[E], where: str) -> E:
        found = self.value(table, key, str, where)
        if found not in set(kind):
            raise self.wrong(f"{where}.{key}", f"must be one of {', '.join(kind)}, not {found!r}")
        return kind(found)

    def maybe(self, table: Mapping[str, Any], key: str, kind: type[E], where: str) -> E | None:
        return None if table.get(key) is None else self.word(table, key, kind, where)

    def file(self, table: Any, where: str) -> KeptFile:
        self._object(table, where)
        edit = table.get("edit")
        if edit is not None:
            self._object(edit, f"{where}.edit")
        sites = self.value(table, "sites", list, where)
        return KeptFile(
            self.value(table, "path", str, where),
            self.value(table, "digest", str, where),
            tuple(self.site(one, f"{where}.sites[{number}]") for number, one in enumerate(sites)),
            None if edit is None else self.value(edit, "text", str, f"{where}.edit"),
            None if edit is None else self.maybe(edit, "mode", Mode, f"{where}.edit"),
            self.verdict(table.get("verdict"), f"{where}.verdict"),
            table,
        )

    def site(self, table: Any, where: str) -> KeptSite:
        self._object(table, where)
        state = self.word(table, "state", State, where)
        taken = state in (State.ACCEPTED, State.EDITED)
        decision = Decision(
            state,
            self.word(table, "level", Level, where) if taken else None,
            self.maybe(table, "limit", Level, where) or Level.NATIVE,
            self.value(table, "rewrite", str, where) if taken else "",
        )
        return KeptSite(self.value(table, "ordinal", int, where), self.value(table, "line", int, where), decision)

    def verdict(self, table: Any, where: str) -> KeptVerdict | None:
        if table is None:
            return None
        self._object(table, where)
        equal = table.get("equal")
        if equal is not None and not isinstance(equal, bool):
            raise self.wrong(f"{where}.equal", "must be true, false or null")
        return KeptVerdict(self.value(table, "digest", str, where), equal, self.value(table, "said", str, where))

    def _object(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise self.wrong(where, "must be an object")
