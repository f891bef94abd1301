"""Proves one file of a review: runs it as it is and as it would be, and compares what both export."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from migrate.results import Result
from migrate.review.file import digest_of
from migrate.review.review import Review
from migrate.review.verdict import Verdict


def prove(
    review: Review, path: str, args: Sequence[str] = (), *, announce: Callable[[str], None] | None = None
) -> Verdict:
    """Proves a file with all of its rewrites that were not rejected, and notes what came out of it.

    The script is run, as by `rewrite --verify`: in a copy of its directory, without network.

    Args:
        review: The review.
        path: The file.
        args: The arguments of the script; `{out}` in them is where to export.
        announce: Is called before a script is run, with one line that says what will be run, and by what.

    Returns:
        The verdict, which is in `review.verdicts`, too.
    """
    verdict = prove_text(path, review.file(path).result.before, review.preview(path), args, announce=announce)
    review.verdicts[path] = verdict
    return verdict


def prove_text(
    path: str, before: str, after: str, args: Sequence[str] = (), *, announce: Callable[[str], None] | None = None
) -> Verdict:
    """The same for two texts of a file: it asks no review, and may take its time in a thread of its own.

    Args:
        path: The file.
        before: What it holds.
        after: What it would hold.
        args: The arguments of the script.
        announce: Is called before a script is run.
    """
    from migrate.report.script_verification import verdict as said_of
    from migrate.verify.results import Status
    from migrate.verify.scripts import prove as prove_results

    digest = digest_of(after)
    for proof in prove_results([Result(path, before, after)], args, announce=announce):
        if proof.comparison is None:
            return Verdict(path, digest, None, f"not proved: {proof.error}")
        equal = {Status.EQUAL: True, Status.DIFFERENT: False}.get(proof.comparison.status)
        return Verdict(path, digest, equal, said_of(proof.comparison))
    return Verdict(path, digest, None, "not proved: nothing would change")
