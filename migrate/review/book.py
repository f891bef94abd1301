"""The decisions of a review, in the order in which they were made, so that the last one can be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from migrate.review.decision import PENDING, Decision
from migrate.review.edit import Edit

Key = tuple[str, int]
"""A site: its file, and its ordinal there."""


@dataclass(slots=True)
class _Moment:
    """What stood there before one call that decided something."""

    decisions: dict[Key, Decision | None] = field(default_factory=dict)
    edits: dict[str, Edit | None] = field(default_factory=dict)

    @property
    def paths(self) -> frozenset[str]:
        return frozenset([*(path for path, _ in self.decisions), *self.edits])


class Book:
    """What was decided so far."""

    def __init__(self) -> None:
        self._decisions: dict[str, dict[int, Decision]] = {}
        self._edits: dict[str, Edit] = {}
        self._past: list[_Moment] = []

    def at(self, path: str, ordinal: int) -> Decision:
        """What was decided about a site."""
        return self._decisions.get(path, {}).get(ordinal, PENDING)

    def of(self, path: str) -> Mapping[int, Decision]:
        """The decisions about a file, by site."""
        return self._decisions.get(path, {})

    def decisions(self) -> Iterator[tuple[Key, Decision]]:
        """All decisions."""
        for path, by_ordinal in self._decisions.items():
            for ordinal, decision in by_ordinal.items():
                yield (path, ordinal), decision

    def edit(self, path: str) -> Edit | None:
        """The text of a file that the reviewer wrote."""
        return self._edits.get(path)

    def edits(self) -> Mapping[str, Edit]:
        """All of these."""
        return self._edits

    # ---- writing ---------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Starts a new decision: what is put from now on is taken back together."""
        if not self._past or self._past[-1].paths:
            self._past.append(_Moment())

    def put(self, path: str, ordinal: int, decision: Decision) -> None:
        """Writes down what was decided about a site."""
        of_file = self._decisions.setdefault(path, {})
        before = of_file.get(ordinal)
        if (before or PENDING) == decision:
            return
        if self._past:
            self._past[-1].decisions.setdefault((path, ordinal), before)
        of_file[ordinal] = decision

    def put_edit(self, path: str, edit: Edit | None) -> None:
        """Writes down a text that the reviewer wrote, or that it counts no more."""
        before = self._edits.get(path)
        if before == edit:
            return
        if self._past:
            self._past[-1].edits.setdefault(path, before)
        if edit is None:
            del self._edits[path]
        else:
            self._edits[path] = edit

    def back(self) -> frozenset[str] | None:
        """Takes the last decision back.

        Returns:
            The files that it was about; None where there is none left.
        """
        while self._past:
            paths = self._past[-1].paths
            self.cancel()
            if paths:
                return paths
        return None

    def cancel(self) -> None:
        """Takes back what was put since `begin`."""
        moment = self._past.pop()
        for (path, ordinal), decision in moment.decisions.items():
            if decision is None:
                del self._decisions[path][ordinal]
            else:
                self._decisions[path][ordinal] = decision
        for path, edit in moment.edits.items():
            if edit is None:
                self._edits.pop(path, None)
            else:
                self._edits[path] = edit
