"""The review itself: a tree with its proposals, the decisions about them, and what these come to.

It knows nothing of screens and files of decisions: the terminal application, the plain prompts, the page and the tests
are its callers.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from migrate.choices import Choices
from migrate.engine import Planned
from migrate.errors import MigrateError
from migrate.paths import candidates, plan_file, plan_files
from migrate.programs import Programs
from migrate.results import Level, Mode, Result
from migrate.review.decision import PENDING, Decision, State
from migrate.review.file import ReviewedFile
from migrate.review.item import Item
from migrate.review.outcome import HeldBack, Outcome
from migrate.settings import Settings
from migrate.source.walk import Found, find_files

_LEVELS = list(Level)
_ACCEPTED = (State.ACCEPTED, State.EDITED)

Key = tuple[str, int]
"""A site: its file, and its ordinal there."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A new text of a file that the reviewer wrote.

    Attributes:
        text: The text.
        ordinals: The sites that it rewrites.
        mode: How TensorFlow must behave for it.
    """

    text: str
    ordinals: tuple[int, ...]
    mode: Mode | None


@dataclass(frozen=True, slots=True)
class _Moment:
    """What `undo` brings back."""

    decisions: Mapping[Key, Decision]
    edits: Mapping[str, Edit]


class Review:
    """The proposals for a tree, and what was decided about each.

    Args:
        paths: Files and directories, as for `rewrite_paths`.
        settings: What may be done.
    """

    def __init__(self, paths: Iterable[str | Path], settings: Settings) -> None:
        self.paths = tuple(paths)
        self.settings = settings
        self._found: list[Found] = []
        self._programs = Programs(())
        self._files: dict[str, ReviewedFile] = {}
        self._known: dict[tuple[str, Choices, str], Planned] = {}
        self._decisions: dict[Key, Decision] = {}
        self._edits: dict[str, Edit] = {}
        self._past: list[_Moment] = []

    # ---- reading ---------------------------------------------------------------------------------------------

    def read(self, *, jobs: int = 1) -> Iterator[ReviewedFile]:
        """Reads the tree.

        Args:
            jobs: How many processes to use; 0 for one for every CPU.

        Yields:
            Each file that has a site or cannot be read, as it is known; `settle` has the last word on all of them.

        Raises:
            MigrateError: A setting is not valid.
        """
        self._found = list(find_files(self.paths, self.settings.exclude, self.settings.root))
        self._programs = Programs(self._found)
        todo = list(candidates(self._found, self.settings))
        for found, planned in zip(todo, plan_files(todo, self.settings, jobs=jobs), strict=True):
            file = ReviewedFile(found, planned)
            self._files[file.path] = file
            self._known[file.path, Choices(), ""] = planned
            if planned.result.sites or planned.result.error is not None:
                yield file

    def settle(self) -> frozenset[str]:
        """Makes the proposals of the files fit together, for the decisions made so far.

        Files that run in one program share TensorFlow's behaviour (`migrate.programs`), so that what is decided about
        one may change the proposals for another.

        Returns:
            The files whose proposals are others now.
        """
        before = dict(self._files)
        for path, file in before.items():
            self._files[path] = self._planned(file.found, self._choices(path), "")

        def again(found: Found, settings: Settings) -> Result:
            path = str(found.path)
            self._files[path] = self._planned(found, self._choices(path), settings.stays_because)
            return self._files[path].result

        results = [file.result for file in self._files.values()]
        # What changes only because of other files has no proposal: `outcome` has it.
        settings = replace(self.settings, whole_program=False)
        for _ in self._programs.reconciled(results, settings, again):
            pass
        return frozenset(path for path, file in self._files.items() if file != before[path])

    # ---- looking ---------------------------------------------------------------------------------------------

    @property
    def files(self) -> tuple[ReviewedFile, ...]:
        """The files with sites, and those that cannot be read, in their order."""
        return tuple(file for file in self._files.values() if file.result.sites or file.result.error is not None)

    def file(self, path: str) -> ReviewedFile:
        """One file."""
        return self._files[path]

    def items(self, path: str) -> tuple[Item, ...]:
        """What is to be decided about a file, in its order; with what was rejected."""
        file = self._files[path]
        rejected = {ordinal for ordinal in self._ordinals(path) if self._at(path, ordinal).state is State.REJECTED}
        if not rejected:
            return file.items()
        shown = [item for item in file.items() if rejected.isdisjoint(item.ordinals)]
        offered = self._planned(file.found, replace(self._choices(path), closed=frozenset()), file.stays_because)
        shown += [item for item in offered.items() if rejected.issuperset(item.ordinals)]
        left = rejected.difference(*(item.ordinals for item in shown))
        shown += [item for item in file.items() if left.intersection(item.ordinals)]
        return tuple(sorted(shown, key=lambda item: item.ordinals))

    def state(self, item: Item) -> State:
        """What was decided about an item; pending where its proposal is another one by now."""
        decisions = [self._at(item.path, ordinal) for ordinal in item.ordinals]
        states = {decision.state for decision in decisions}
        if len(states) > 1:
            return State.PENDING
        state = states.pop()
        if state is State.ACCEPTED and any(decision.rewrite != item.digest for decision in decisions):
            return State.PENDING
        return state

    def is_changed(self, item: Item) -> bool:
        """Whether an item was accepted, and has another proposal now."""
        decisions = [self._at(item.path, ordinal) for ordinal in item.ordinals]
        return self.state(item) is State.PENDING and any(one.state is State.ACCEPTED for one in decisions)

    def decisions(self) -> Mapping[Key, Decision]:
        """All decisions."""
        return dict(self._decisions)

    def edits(self) -> Mapping[str, Edit]:
        """The texts that the reviewer wrote, by file."""
        return dict(self._edits)

    # ---- deciding --------------------------------------------------------------------------------------------

    def accept(self, items: Iterable[Item]) -> frozenset[str]:
        """Accepts proposals; what has none stays as it is.

        Returns:
            The files whose proposals are others now.
        """
        return self._decide(items, State.ACCEPTED)

    def reject(self, items: Iterable[Item]) -> frozenset[str]:
        """Rejects proposals: their sites are to stay as they are. Returns as `accept` does."""
        return self._decide(items, State.REJECTED)

    def reopen(self, items: Iterable[Item]) -> frozenset[str]:
        """Takes decisions back. Returns as `accept` does."""
        return self._decide(items, State.PENDING)

    def lower(self, item: Item) -> frozenset[str]:
        """Asks for the rewrite of the next lower level in place of the one that is proposed; after the lowest, the best.

        Returns:
            The files whose proposals are others now.
        """
        self._remember()
        self._forget_edit(item.path)
        at = _LEVELS.index(item.level) + 1
        limit = _LEVELS[at] if at < len(_LEVELS) and item.level is not Level.BRIDGED else Level.NATIVE
        for ordinal in item.ordinals:
            self._decisions[item.path, ordinal] = Decision(limit=limit)
        return self.settle()

    def edit(self, path: str, text: str) -> None:
        """Takes a text that the reviewer wrote for all sites of a file that are not rejected.

        Args:
            path: The file.
            text: Its new text.

        Raises:
            MigrateError: The text is no Python, or cannot be written in the encoding of the file.
        """
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            where = f" on line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
            raise MigrateError(f"not valid Python{where}: {error}") from error
        self._remember()
        file = self._files[path]
        items = [item for item in self.items(path) if item.proposal is not None]
        items = [item for item in items if self.state(item) is not State.REJECTED]
        self._edits[path] = Edit(text, tuple(n for item in items for n in item.ordinals), file.result.mode)
        for item in items:
            for ordinal in item.ordinals:
                limit = self._at(path, ordinal).limit
                self._decisions[path, ordinal] = Decision(State.EDITED, item.level, limit, item.digest)

    def undo(self) -> frozenset[str] | None:
        """Takes the last decision back.

        Returns:
            The files whose proposals are others now; None where there is nothing to take back.
        """
        if not self._past:
            return None
        moment = self._past.pop()
        self._decisions, self._edits = dict(moment.decisions), dict(moment.edits)
        return self.settle()

    def resume(self, decisions: Mapping[Key, Decision], edits: Mapping[str, Edit]) -> None:
        """Takes decisions that were made before; the caller has seen that they are about these texts."""
        self._decisions |= decisions
        self._edits |= edits
        self.settle()

    # ---- what it comes to ------------------------------------------------------------------------------------

    def preview(self, path: str) -> str:
        """The text of a file where all is carried out that was not rejected."""
        edit = self._edits.get(path)
        return edit.text if edit is not None else self._files[path].result.after

    def outcome(self) -> Outcome:
        """What becomes of the tree where exactly that is carried out which was accepted.

        What was not decided stays as it is, as what was rejected does. Where that is in the way of a rewrite which was
        accepted, as it is where a session has to stay that other exports of the file share, that one is held back.
        """
        held: dict[Key, HeldBack] = {}
        while True:
            results = self._carried_out(frozenset(held))
            lost = list(self._lost(results, frozenset(held)))
            if not lost:
                return Outcome(tuple(results), tuple(held[key] for key in sorted(held)))
            held.update(lost)

    def _carried_out(self, held: frozenset[Key]) -> list[Result]:
        """The results where what was accepted is carried out, but for what is held back."""

        def rewritten(found: Found, settings: Settings) -> Result:
            path = str(found.path)
            edit = self._edits.get(path)
            planned = self._planned(found, self._accepted(path, held), settings.stays_because).planned
            if edit is None or any((path, ordinal) in held for ordinal in edit.ordinals):
                return planned.result
            return replace(planned.result, after=edit.text, mode=edit.mode)

        results = [rewritten(file.found, self.settings) for file in self._files.values()]
        return list(self._programs.reconciled(results, self.settings, rewritten))

    def _lost(self, results: Sequence[Result], held: frozenset[Key]) -> Iterator[tuple[Key, HeldBack]]:
        """What was accepted, and comes out otherwise."""
        reached = {(result.path, site.ordinal): site for result in results for site in result.sites}
        for path in self._files:
            for item in self.items(path):
                if self.state(item) not in _ACCEPTED or item.proposal is None:
                    continue
                for site in item.sites:
                    key = (path, site.ordinal)
                    now = reached.get(key)
                    if key not in held and now is not None and now.level is not site.level:
                        yield key, HeldBack(path, site, now.reason or "another site was not accepted")

    # ---- inside ----------------------------------------------------------------------------------------------

    def _decide(self, items: Iterable[Item], state: State) -> frozenset[str]:
        self._remember()
        for item in items:
            if state is State.ACCEPTED and item.proposal is None:
                continue
            self._forget_edit(item.path)
            for ordinal in item.ordinals:
                limit = self._at(item.path, ordinal).limit
                accepted = state is State.ACCEPTED
                self._decisions[item.path, ordinal] = Decision(
                    state, item.level if accepted else None, limit, item.digest if accepted else ""
                )
        return self.settle()

    def _forget_edit(self, path: str) -> None:
        """A text that the reviewer wrote stands for all sites of a file: it goes with the decision about any of them."""
        edit = self._edits.pop(path, None)
        for ordinal in edit.ordinals if edit is not None else ():
            self._decisions[path, ordinal] = Decision(limit=self._at(path, ordinal).limit)

    def _remember(self) -> None:
        self._past.append(_Moment(dict(self._decisions), dict(self._edits)))

    def _at(self, path: str, ordinal: int) -> Decision:
        return self._decisions.get((path, ordinal), PENDING)

    def _ordinals(self, path: str) -> Iterator[int]:
        return (ordinal for other, ordinal in self._decisions if other == path)

    def _choices(self, path: str) -> Choices:
        """The choices for proposals: what was rejected stays."""
        ordinals = sorted(self._ordinals(path))
        limits = [(ordinal, self._at(path, ordinal).limit) for ordinal in ordinals]
        return Choices(
            frozenset(ordinal for ordinal in ordinals if self._at(path, ordinal).state is State.REJECTED),
            tuple(one for one in limits if one[1] is not Level.NATIVE),
        )

    def _accepted(self, path: str, held: frozenset[Key]) -> Choices:
        """The choices for what is written: all stays but what was accepted."""
        accepted = {
            site.ordinal: item.level
            for item in self.items(path)
            if self.state(item) in _ACCEPTED
            for site in item.sites
            if (path, site.ordinal) not in held
        }
        sites = self._known[path, Choices(), ""].result.sites
        closed = frozenset(site.ordinal for site in sites).difference(accepted)
        return Choices(closed, tuple(sorted(accepted.items())))

    def _planned(self, found: Found, choices: Choices, stays_because: str) -> ReviewedFile:
        """The proposals for a file; each is made once."""
        key = (str(found.path), choices, stays_because)
        if key not in self._known:
            self._known[key] = plan_file(found, replace(self.settings, stays_because=stays_because), choices)
        return ReviewedFile(found, self._known[key], stays_because)
