"""Which Python files and notebooks lie under some paths: a sorted walk without what git ignores and what is no source."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.places import absolute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pathspec import GitIgnoreSpec

SKIPPED = frozenset(
    (
        ".bzr",
        ".direnv",
        ".eggs",
        ".git",
        ".hg",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".venv",
        "__pycache__",
        "__pypackages__",
        "_build",
        "build",
        "dist",
        "node_modules",
        "site-packages",
    )
)
"""Names of directories that hold no source of the project."""

_NOT_ELSEWHERE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_LARGEST_IGNORE = 1 << 22
_VIRTUALENV_MARKS = ("pyvenv.cfg", "conda-meta", "bin/activate", "Scripts/activate.bat")


@dataclass(frozen=True, slots=True)
class Found:
    """A path a walk came to.

    Attributes:
        path: A file, in the spelling of the path it was found under.
        error: One line that says why it cannot be read; None for a file that is there.
    """

    path: Path
    error: str | None = None


@dataclass(frozen=True, slots=True)
class _Patterns:
    base: str
    spec: GitIgnoreSpec

    def ignores(self, path: str) -> bool | None:
        """Whether `path` (absolute; a directory ends with a slash) is ignored; None where no pattern says."""
        relative = path[len(self.base) :] if path.startswith(self.base) else path.lstrip("/")
        return self.spec.check_file(relative).include


_SUFFIXES = (".py", ".ipynb")


def find_files(paths: Iterable[str | Path], exclude: Sequence[str] = (), root: str | Path = "") -> Iterator[Found]:
    """Finds the Python files and notebooks under `paths`, each once.

    A file named in `paths` is always taken, whatever its name. In a directory, `*.py` and `*.ipynb` files are, in the
    order of their names. Left out are what .gitignore files say (also those above the directory, up to the top of
    the work tree), what `exclude` says, virtual environments, build products, and symbolic links.

    Args:
        paths: Files and directories.
        exclude: Globs as in a .gitignore file.
        root: The directory that `exclude` is relative to; the current one where empty.

    Yields:
        The files, and with an error the paths that cannot be read.

    Raises:
        MigrateError: One of `exclude` is not a valid glob.
    """
    excluded = _Patterns(_directory(root), _exclude_spec(exclude)) if exclude else None
    named = list(map(Path, paths))
    if len(named) == 1:
        # A walk comes to each file once; only two of them may meet.
        yield from _found(named[0], excluded)
        return
    seen: set[str] = set()
    for path in named:
        for found in _found(path, excluded):
            real = os.path.realpath(found.path)
            if real not in seen:
                seen.add(real)
                yield found


def _found(path: Path, excluded: _Patterns | None) -> Iterator[Found]:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        yield Found(path, _reason(error))
        return
    if stat.S_ISDIR(mode):
        yield from _walk(path, excluded)
    else:
        yield Found(path)


def _walk(root: Path, excluded: _Patterns | None) -> Iterator[Found]:
    # A stack instead of recursion: a tree may be deeper than Python's stack.
    stack: list[tuple[Path, str, tuple[_Patterns, ...]]] = [(root, _directory(root), _above(root))]
    while stack:
        path, place, ignores = stack.pop()
        if not place.endswith("/"):
            yield Found(path)
            continue
        try:
            with os.scandir(path) as entries:
                found = sorted(entries, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield Found(path, _reason(error))
            continue
        own = _read_gitignore(place)
        if own:
            ignores = (*ignores, own)
        for entry in found:
            below = place + entry.name
            if entry.is_dir(follow_symlinks=False):
                below += "/"
                if entry.name in SKIPPED or _is_virtualenv(below):
                    continue
            elif not (entry.name.endswith(_SUFFIXES) and entry.is_file(follow_symlinks=False)):
                continue
            if not _ignored(below, ignores) and not (excluded and excluded.ignores(below)):
                stack.append((path / entry.name, below, ignores))


def _above(root: Path) -> tuple[_Patterns, ...]:
    """The .gitignore files from the top of the work tree to above `root`; none where they ignore `root`."""
    place = absolute(root)
    top = next((above for above in (place, *place.parents) if (above / ".git").exists()), None)
    if top is None or top == place:
        return ()
    between = [above for above in reversed(place.parents) if above == top or top in above.parents]
    ignores: tuple[_Patterns, ...] = ()
    for directory, child in zip(between, [*between[1:], place], strict=True):
        own = _read_gitignore(_directory(directory))
        if own:
            ignores = (*ignores, own)
        if _ignored(_directory(child), ignores):
            return ()
    return ignores


def _ignored(path: str, ignores: tuple[_Patterns, ...]) -> bool:
    return next((verdict for patterns in reversed(ignores) if (verdict := patterns.ignores(path)) is not None), False)


def _read_gitignore(directory: str) -> _Patterns | None:
    try:
        # As git does, not where it is a link: that may lead anywhere. Nor is a pipe waited for.
        handle = os.open(directory + ".gitignore", os.O_RDONLY | _NOT_ELSEWHERE)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            with open(handle, encoding="utf-8-sig", errors="surrogateescape", closefd=False) as file:
                text = file.read(_LARGEST_IGNORE)
        finally:
            os.close(handle)
    except OSError:
        return None
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    if not lines:
        return None
    from pathspec import GitIgnoreSpec

    try:
        spec = GitIgnoreSpec.from_lines(lines)
    except ValueError:  # git passes over a line that is no pattern
        spec = GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)])
    return _Patterns(directory, spec)


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _exclude_spec(globs: Sequence[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    for glob in globs:
        if not _is_pattern(glob):
            raise MigrateError(f"{glob!r} is not a glob to exclude files by")
    return GitIgnoreSpec.from_lines(globs)


def _is_virtualenv(directory: str) -> bool:
    # Unlike Path.exists, this is false where a path is too long to be asked about; reading the directory says so.
    return any(os.path.exists(directory + mark) for mark in _VIRTUALENV_MARKS)  # noqa: PTH110


def _directory(path: str | Path) -> str:
    place = absolute(path).as_posix()
    return place if place.endswith("/") else place + "/"


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
