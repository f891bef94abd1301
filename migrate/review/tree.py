"""The files of a review with their proposals, made to fit together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from migrate.choices import Choices
from migrate.paths import candidates, plan_files
from migrate.programs import Programs
from migrate.results import Result
from migrate.review.file import ReviewedFile
from migrate.review.plans import Plans
from migrate.settings import Settings
from migrate.source.walk import Found, find_files


class Tree:
    """The files under some paths, and what can be done about them.

    Args:
        paths: Files and directories.
        settings: What may be done.

    Attributes:
        plans: The proposals for any choices.
        programs: Which files run together.
        files: All files that may hold a site, with the proposals for the choices that were settled last.
        followers: What changes without a proposal of its own, by file.
    """

    def __init__(self, paths: Iterable[str | Path], settings: Settings) -> None:
        self._paths = tuple(paths)
        self._settings = settings
        self._settled: dict[str, Choices] = {}
        self._to_read = 0
        self.plans = Plans(settings)
        self.programs = Programs(())
        self.files: dict[str, ReviewedFile] = {}
        self.followers: dict[str, Result] = {}

    @property
    def progress(self) -> tuple[int, int]:
        """How many files were read, and of how many."""
        return len(self.files), self._to_read

    def read(self, *, jobs: int) -> Iterator[ReviewedFile]:
        """Reads the files; yields each as it is known.

        Raises:
            MigrateError: A setting is not valid.
        """
        found = list(find_files(self._paths, self._settings.exclude, self._settings.root))
        self.programs = Programs(found)
        todo = list(candidates(found, self._settings))
        self._to_read = len(todo)
        for one, planned in zip(todo, plan_files(todo, self._settings, jobs=jobs), strict=True):
            file = self.plans.add(one, planned)
            self.files[file.path] = file
            yield file

    def settle(self, choices: Callable[[str], Choices]) -> frozenset[str]:
        """Makes the proposals of the files fit together.

        Args:
            choices: What was decided about the sites of a file.

        Returns:
            The files whose proposals are others now.
        """
        before = dict(self.files)
        for path, file in before.items():
            self._settled[path] = choices(path)
            self.files[path] = self.plans.file(file.found, self._settled[path])

        def again(found: Found, settings: Settings) -> Result:
            path = str(found.path)
            self.files[path] = self.plans.file(found, self._settled[path], settings.stays_because)
            return self.files[path].result

        results = [file.result for file in self.files.values()]
        reconciled = self.programs.reconciled(results, self._settings, again)
        self.followers = {result.path: result for result in reconciled if result.because}
        return frozenset(path for path, file in self.files.items() if file != before[path])

    def settled(self, path: str) -> Choices:
        """The choices for which the proposals of a file were settled last."""
        return self._settled.get(path, Choices())
