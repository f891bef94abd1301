"""What `review` and `rewrite --interactive` share: reading a review with its decisions, and carrying these out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from migrate.cli.output import err

if TYPE_CHECKING:
    from migrate.results import Result
    from migrate.review.outcome import HeldBack
    from migrate.review.review import Review
    from migrate.review.store import Resumed, Store
    from migrate.settings import Settings


def read_review(paths: Sequence[str], settings: Settings, store: Store, jobs: int) -> tuple[Review, Resumed]:
    """Reads a tree, and gives it the decisions that are kept."""
    from migrate.review.review import Review

    review = Review(paths, settings)
    for _ in review.read(jobs=jobs):
        pass
    review.settle()
    return review, store.load(review)


def accepted_only(results: Iterable[Result]) -> list[Result]:
    """The results without the sites that were not accepted, of which there is nothing to tell."""
    from migrate.results import Level

    kept = [replace(one, sites=tuple(site for site in one.sites if site.level is not Level.FLAGGED)) for one in results]
    return [one for one in kept if one.changed or one.error is not None]


def tell_held(held: Iterable[HeldBack]) -> None:
    """Says on stderr what was accepted and is not carried out."""
    from migrate.report.text import one_line

    for one in held:
        place = f"{one.path}:{one.site.position}"
        err(f"{one_line(f'{place}: held back: {one.reason}')}\n")


def count_decisions(review: Review) -> str:
    """How much was decided: `3 accepted, 1 rejected, 2 not decided`."""
    from collections import Counter

    from migrate.review.decision import State

    counts: Counter[str] = Counter()
    for file in review.files:
        for item in review.items(file.path):
            state = review.state(item)
            if item.proposal is not None or state is not State.PENDING:
                counts["not decided" if state is State.PENDING else str(state)] += len(item.sites)
    order = [State.ACCEPTED, State.EDITED, State.REJECTED, "not decided"]
    return ", ".join(f"{counts[name]} {name}" for name in order if counts[name]) or "nothing to decide"


class Terminal:
    """Talks to whoever is at the terminal: what is said goes to stderr, so that stdout has the results alone."""

    def say(self, text: str) -> None:
        """Shows some lines."""
        err(text)

    def ask(self, prompt: str) -> str | None:
        """Asks for a line; None where there will be none any more."""
        # Not as an argument of input, which would print it to stdout.
        err(prompt)
        try:
            line = input()
        except EOFError:
            err("\n")
            return None
        if not sys.stdin.isatty():
            err("\n")
        return line

    def edited(self, text: str, name: str) -> str:
        """Lets somebody edit a text; see `migrate.review.editor`."""
        from migrate.review.editor import edited, editor_command

        return edited(text, name, editor_command())
