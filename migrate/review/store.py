"""Where decisions are kept between two runs: `.tf-migrate/review.json` of the project.

The project is the nearest directory, from the one that holds all paths upwards, with a `[tool.tf-migrate]` table, a
`.tf-migrate` directory, or a git work tree; where there is none, it is the one that holds the paths. So the same
decisions are found however the paths are spelled, and the file can be committed and be carried out elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from migrate.atomic import replace_file
from migrate.errors import MigrateError
from migrate.places import absolute, common_directory
from migrate.results import Site
from migrate.review.book import Key
from migrate.review.decision import PENDING, Decision, State
from migrate.review.document import Json, KeptFile, as_document, read_document, to_json
from migrate.review.edit import Edit
from migrate.review.file import ReviewedFile, digest_of
from migrate.review.item import Item
from migrate.review.review import Review
from migrate.review.verdict import Verdict
from migrate.settings import has_settings
from migrate.source.files import decode

FOLDER = ".tf-migrate"
NAME = "review.json"


@dataclass(frozen=True, slots=True)
class Resumed:
    """What became of decisions that were made before.

    Attributes:
        sites: How many sites are decided again as they were.
        changed: The files that hold another text now, so that all of their sites are pending.
        proposals: The files in which a rewrite that was accepted is another one now, so that it is pending.
    """

    sites: int = 0
    changed: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """All of that in one line; empty where nothing was decided before."""
        parts = []
        if self.sites:
            parts.append(f"{self.sites} site{'s' * (self.sites != 1)} decided before")
        if self.changed:
            parts.append(f"{_files(self.changed)} changed since: pending again")
        if self.proposals:
            parts.append(f"{_files(self.proposals)} would be rewritten in another way now: pending again")
        return "; ".join(parts)


def project_directory(paths: Iterable[str | Path]) -> Path:
    """The directory of the project that some paths belong to."""
    start = common_directory(paths)
    for directory in (start, *start.parents):
        if (directory / FOLDER).is_dir() or (directory / ".git").exists() or has_settings(directory):
            return directory
    return start


def store_of(paths: Iterable[str | Path]) -> Store:
    """The store of the project that some paths belong to."""
    return Store(project_directory(paths) / FOLDER / NAME)


class Store:
    """Decisions in a file.

    Args:
        path: The file: `.tf-migrate/review.json` below the directory that the paths in it are relative to.
        decisions: Another file of decisions; what it says comes before what is kept.
        anew: Whether to forget what is kept about the files of the review.
    """

    def __init__(self, path: Path, *, decisions: Path | None = None, anew: bool = False) -> None:
        self.path = path
        self.root = path.parent.parent
        self._decisions = decisions
        self._anew = anew
        self._elsewhere: list[Json] | None = None

    def kept(self) -> tuple[KeptFile, ...]:
        """What is kept.

        Raises:
            MigrateError: The file cannot be read, or is not what this version writes. It is not written over, then.
        """
        return read_document(self.path) if self.path.exists() else ()

    def decided(self, paths: Iterable[str | Path]) -> int:
        """About how many files under some paths something was decided.

        Raises:
            MigrateError: As for `kept`.
        """
        places = [absolute(path) for path in paths]
        files = [self.root / one.path for one in self.kept() if one.decided]
        return sum(any(file.is_relative_to(place) for place in places) for file in files)

    def load(self, review: Review) -> Resumed:
        """Gives a review the decisions that are kept.

        Args:
            review: The review, read and settled.

        Returns:
            What became of them.

        Raises:
            MigrateError: The file cannot be read, or is not what this version writes.
        """
        files = {_name(file.path, self.root): file for file in review.files}
        kept = {one.path: one for one in self.kept()}
        self._elsewhere = self._others(kept.values(), files)
        about = {} if self._anew else {name: one for name, one in kept.items() if name in files}
        if self._decisions is not None:
            about |= {one.path: one for one in read_document(self._decisions) if one.path in files}
        same = {name: one for name, one in about.items() if one.digest == files[name].digest}
        _resume(review, [(files[name], one) for name, one in same.items()])
        items = {files[name].path: review.items(files[name].path) for name in same}
        changed = [name for name, one in about.items() if name not in same and one.decided]
        return Resumed(
            sum(review.state(item) is not State.PENDING for of_file in items.values() for item in of_file),
            tuple(files[name].path for name in changed),
            tuple(path for path, of_file in items.items() if any(map(review.is_changed, of_file))),
        )

    def save(self, review: Review) -> None:
        """Keeps the decisions of a review: the old file is there or the new one, never a part.

        Raises:
            MigrateError: The file cannot be written; then the old one is still there.
        """
        self._write(self._all(review))

    def forget(self, review: Review, paths: Iterable[str]) -> None:
        """Keeps the decisions of a review but for some files, about which everything is done."""
        done = {_name(path, self.root) for path in paths}
        self._write([one for one in self._all(review) if one["path"] not in done])

    def _all(self, review: Review) -> list[Json]:
        if self._elsewhere is None:
            self._elsewhere = self._others(self.kept(), {_name(file.path, self.root) for file in review.files})
        return [*_files_of(review, self.root, all_sites=False), *self._elsewhere]

    def _others(self, kept: Iterable[KeptFile], names: Collection[str]) -> list[Json]:
        """What is kept about files that are not under review."""
        return [one.raw for one in kept if one.path not in names and self._stands(one)]

    def _stands(self, kept: KeptFile) -> bool:
        """Whether a file that is not under review now is still what its decisions are about."""
        try:
            return digest_of(decode((self.root / kept.path).read_bytes()).text) == kept.digest
        except (OSError, ValueError, MigrateError):
            return False

    def _write(self, files: Sequence[Json]) -> None:
        target = Path(os.path.realpath(self.path))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_file(target, to_json(files).encode("ascii"), target.stat() if target.exists() else None)
        except OSError as error:
            raise MigrateError(f"{self.path}: cannot be written: {error.strerror or error}") from error


def as_dict(review: Review) -> Json:
    """A review as Python values of the form of review.json, with every site of every file, also the pending ones.

    A pending site has the level and the rewrite that an acceptance would be of: who sets its state to `accepted` or
    `rejected` has made a file of decisions. The files stand in the order of `review.files`.
    """
    return as_document(_files_of(review, project_directory(review.paths), all_sites=True))


def _files_of(review: Review, root: Path, *, all_sites: bool) -> list[Json]:
    kept = [file for file in review.files if all_sites or review.book.of(file.path) or review.verdict(file.path)]
    made = [_file(review, file, root, all_sites=all_sites) for file in kept]
    return [one for one in made if all_sites or one["sites"] or one["verdict"]]


def _file(review: Review, file: ReviewedFile, root: Path, *, all_sites: bool) -> Json:
    edit = review.book.edit(file.path)
    verdict = review.verdict(file.path)
    sites = [
        _site(item, site, decision)
        for item in review.items(file.path)
        for site in item.sites
        if (decision := review.book.at(file.path, site.ordinal)) != PENDING or all_sites
    ]
    return {
        "path": _name(file.path, root),
        "digest": file.digest,
        "sites": sites,
        "edit": {"text": edit.text, "mode": edit.mode} if edit is not None else None,
        "verdict": {"digest": verdict.digest, "equal": verdict.equal, "said": verdict.said} if verdict else None,
    }


def _site(item: Item, site: Site, decision: Decision) -> Json:
    taken = decision.state in (State.ACCEPTED, State.EDITED)
    return {
        "ordinal": site.ordinal,
        "line": site.line,
        "state": decision.state,
        "level": decision.level if taken else item.level,
        "limit": decision.limit,
        "rewrite": decision.rewrite if taken else item.digest,
    }


def _resume(review: Review, files: Sequence[tuple[ReviewedFile, KeptFile]]) -> None:
    decisions: dict[Key, Decision] = {}
    edits: dict[str, Edit] = {}
    for file, kept in files:
        lines = {site.ordinal: site.line for site in file.result.sites}
        # Another version of tf-migrate may count the sites in another way.
        known = [site for site in kept.sites if lines.get(site.ordinal) == site.line]
        decisions |= {(file.path, site.ordinal): site.decision for site in known}
        edited = tuple(site.ordinal for site in known if site.decision.state is State.EDITED)
        if kept.text is not None and edited and review.takes(file.path, kept.text):
            edits[file.path] = Edit(kept.text, edited, kept.mode)
    review.resume(decisions, edits)
    for file, kept in files:
        if kept.verdict is not None:
            found = kept.verdict
            review.verdicts[file.path] = Verdict(file.path, found.digest, found.equal, found.said)


def _name(path: str, root: Path) -> str:
    """How a file is named: relative to the project, so that it is found wherever that is checked out."""
    place = absolute(path)
    return (place.relative_to(root) if place.is_relative_to(root) else place).as_posix()


def _files(paths: Sequence[str]) -> str:
    return f"{paths[0]}" if len(paths) == 1 else f"{len(paths)} files"
