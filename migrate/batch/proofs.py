"""Proves what changes in a repository, where that was asked for: this runs its scripts, old and new."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from migrate.batch.protocol import Started
from migrate.places import absolute
from migrate.results import Result


def proved(
    results: Iterable[Result], announce: Callable[[Started], None], verdicts: dict[str, str]
) -> Iterator[Result]:
    """Runs each file of the current directory that changes, as it was and as it would be, and compares the exports.

    Args:
        results: What the rewriter made.
        announce: Is called before a file is run, and when that is done.
        verdicts: Is given what came out for each file that changes, by path.

    Yields:
        The results; one that was not proved has an error and no change.
    """
    from migrate.report.script_verification import verdict
    from migrate.verify.scripts import prove

    for result in results:
        if not result.changed:
            yield result
            continue
        announce(Started(result.path, timed=False))
        there = replace(result, path=str(absolute(result.path)))
        # Interpreters are looked for in the current directory, too, and none of a repository's is to be taken.
        with contextlib.chdir(tempfile.gettempdir()):
            (proof,) = prove([there])
        announce(Started(""))
        said = _without_places(f"not proved: {proof.error}" if proof.comparison is None else verdict(proof.comparison))
        verdicts[result.path] = said
        yield result if proof.equal else replace(result, after=result.before, error=said)


def _without_places(said: str) -> str:
    """What is said without the temporary directories that scripts ran in, which differ each time."""
    place = re.escape(tempfile.gettempdir())
    return re.sub(rf"(?:/private)?{place}/tf-migrate-[^\s/'\"]+/(?:before|after)(?:-again)?(?:/work)?/?", "", said)
