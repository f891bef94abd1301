"""Proves rewritten files: runs each file as it was and as it would be, and compares what both export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.verify.scripts.comparison import verify_scripts
from migrate.write import bytes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from migrate.results import Result
    from migrate.verify.scripts.results import ScriptComparison


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of the proof of one file.

    Attributes:
        path: The file.
        comparison: What was found; None where a script could not be run, or failed.
        error: Why there is none.
    """

    path: str
    comparison: ScriptComparison | None
    error: str = ""

    @property
    def equal(self) -> bool:
        """Whether the new text was proved to export what the old one exports."""
        return self.comparison is not None and self.comparison.equal


def prove(
    results: Iterable[Result], args: Sequence[str] = (), *, announce: Callable[[str], None] | None = None
) -> Iterator[Proof]:
    """Proves files that were rewritten in memory, each by itself: the files beside it stay as they were.

    Args:
        results: What the rewriter made; those without a change are passed over.
        args: The arguments of each script; `{out}` in them is its own output directory.
        announce: Is called before a script is run, with one line that says what will be run, and by what.

    Yields:
        A proof for each changed file.
    """
    for result in results:
        if not result.changed:
            continue
        try:
            before, after = bytes_of(result)
            comparison = verify_scripts(
                result.path, result.path, args, before_text=before, after_text=after, announce=announce
            )
        except MigrateError as error:
            yield Proof(result.path, None, str(error))
        except OSError as error:
            yield Proof(result.path, None, error.strerror or str(error))
        else:
            yield Proof(result.path, comparison)
