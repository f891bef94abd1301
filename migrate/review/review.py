"""The review itself: a tree with its proposals, the decisions about them, and what these come to.

It knows nothing of screens and files of decisions: the terminal application, the plain prompts, the page and the tests
are its callers. One thread may use it at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from migrate.choices import Choices
from migrate.errors import MigrateError
from migrate.results import Level, Result
from migrate.review.book import Book, Key
from migrate.review.carrying import Wanted, carry_out
from migrate.review.decision import PENDING, Decision, State
from migrate.review.edit import Edit, check_text
from migrate.review.file import ReviewedFile, digest_of
from migrate.review.item import Item
from migrate.review.outcome import Outcome
from migrate.review.tree import Tree
from migrate.review.verdict import Verdict
from migrate.settings import Settings

_LEVELS = list(Level)
_ACCEPTED = (State.ACCEPTED, State.EDITED)


class Review:
    """The proposals for a tree, and what was decided about each.

    Args:
        paths: Files and directories, as for `rewrite_paths`.
        settings: What may be done.

    Attributes:
        book: The decisions.
        verdicts: What proofs came to, by file; `verdict` gives those that still hold.
    """

    def __init__(self, paths: Iterable[str | Path], settings: Settings) -> None:
        self.paths = tuple(paths)
        self.settings = settings
        self.verdicts: dict[str, Verdict] = {}
        self._tree = Tree(self.paths, settings)
        self.book = Book()

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
        return (file for file in self._tree.read(jobs=jobs) if _is_shown(file))

    def settle(self) -> frozenset[str]:
        """Makes the proposals of the files fit together, for the decisions made so far.

        Files that run in one program share TensorFlow's behaviour (`migrate.programs`), so that what is decided about
        one may change the proposals for another.

        Returns:
            The files whose proposals are others now.
        """
        return self._tree.settle(self._choices)

    @property
    def progress(self) -> tuple[int, int]:
        """How many files were read, and of how many that may hold a site; none of them is known before the walk is over."""
        return self._tree.progress

    # ---- looking ---------------------------------------------------------------------------------------------

    @property
    def files(self) -> tuple[ReviewedFile, ...]:
        """The files with sites, and those that cannot be read, in their order."""
        return tuple(file for file in self._tree.files.values() if _is_shown(file))

    @property
    def followers(self) -> tuple[Result, ...]:
        """What changes without a proposal of its own, because of others that were not rejected (`--whole-program`)."""
        return tuple(self._tree.followers.values())

    def file(self, path: str) -> ReviewedFile:
        """One file."""
        return self._tree.files[path]

    def items(self, path: str) -> tuple[Item, ...]:
        """What is to be decided about a file, in its order; with what was rejected, as it was offered."""
        file = self._tree.files[path]
        rejected = {ordinal for ordinal, one in self.book.of(path).items() if one.state is State.REJECTED}
        if not rejected:
            return file.items()
        shown = [item for item in file.items() if rejected.isdisjoint(item.ordinals)]
        offered = self._tree.plans.file(
            file.found, replace(self._choices(path), closed=frozenset()), file.stays_because
        )
        shown += [item for item in offered.items() if rejected.issuperset(item.ordinals)]
        left = rejected.difference(*(item.ordinals for item in shown))
        shown += [item for item in file.items() if left.intersection(item.ordinals)]
        return tuple(sorted(shown, key=lambda item: item.ordinals))

    def state(self, item: Item) -> State:
        """What was decided about an item; pending where its proposal is another one by now."""
        decisions = self._decisions_of(item)
        states = {decision.state for decision in decisions}
        if len(states) > 1:
            return State.PENDING
        state = states.pop()
        if state is State.EDITED:
            return state if self.standing_edit(item.path) is not None else State.PENDING
        if state is State.ACCEPTED and any(decision.rewrite != item.digest for decision in decisions):
            return State.PENDING
        return state

    def is_changed(self, item: Item) -> bool:
        """Whether an item was accepted, and has another proposal now."""
        return self.state(item) is State.PENDING and any(one.state in _ACCEPTED for one in self._decisions_of(item))

    def standing_edit(self, path: str) -> Edit | None:
        """The text that the reviewer wrote for a file, where its sites are still the ones that it was written for."""
        edit = self.book.edit(path)
        if edit is None:
            return None
        meant = [item for item in self.items(path) if not set(edit.ordinals).isdisjoint(item.ordinals)]
        known = [(one.state, one.rewrite == item.digest) for item in meant for one in self._decisions_of(item)]
        return edit if all(one == (State.EDITED, True) for one in known) else None

    def decisions(self) -> Mapping[Key, Decision]:
        """All decisions."""
        return dict(self.book.decisions())

    def edits(self) -> Mapping[str, Edit]:
        """The texts that the reviewer wrote, by file."""
        return dict(self.book.edits())

    def preview(self, path: str) -> str:
        """The text of a file where all is carried out that was not rejected."""
        edit = self.standing_edit(path)
        if edit is not None:
            return edit.text
        follower = self._tree.followers.get(path)
        return (follower or self._tree.files[path].result).after

    def verdict(self, path: str) -> Verdict | None:
        """What the proof of a file came to; None where it was not proved, or its new text is another one by now."""
        verdict = self.verdicts.get(path)
        return verdict if verdict is not None and verdict.digest == digest_of(self.preview(path)) else None

    # ---- deciding --------------------------------------------------------------------------------------------

    def accept(self, items: Iterable[Item]) -> frozenset[str]:
        """Accepts proposals; what has none stays as it is, and what was edited stays edited.

        Returns:
            The files whose proposals are others now.
        """
        items = [item for item in items if item.proposal is not None and self.state(item) not in _ACCEPTED]
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
            The files whose proposals are others now; none where there is no other rewrite, and then nothing was decided.
        """
        self.book.begin()
        limited = any(decision.limit is not Level.NATIVE for decision in self._decisions_of(item))
        touched = self._forget_edit(item.path)
        if item.level in (Level.NATIVE, Level.WRAPPED):
            limit = _LEVELS[_LEVELS.index(item.level) + 1]
            for ordinal in item.ordinals:
                self.book.put(item.path, ordinal, Decision(limit=limit))
            changed = self.settle()
            now = [one for one in self._tree.files[item.path].items() if set(one.ordinals) & set(item.ordinals)]
            if any(one.proposal is not None for one in now):
                return changed | touched
        if not limited:
            self.book.cancel()
            self.settle()
            return frozenset()
        for ordinal in self._group(item):
            self.book.put(item.path, ordinal, PENDING)
        return self.settle() | touched

    def edit(self, path: str, text: str) -> frozenset[str]:
        """Takes a text that the reviewer wrote for all sites of a file that are not rejected, also for flagged ones.

        Args:
            path: The file.
            text: Its new text. Where it is the preview, all of this is accepted.

        Returns:
            The file.

        Raises:
            MigrateError: The text is no Python, has names without a value, cannot be written in the encoding of the
                file, or is what the file holds. The message does not name the file.
        """
        file = self._tree.files[path]
        if text == file.result.before:
            raise MigrateError("nothing was changed; reject the rewrites to leave the file as it is")
        items = [item for item in self.items(path) if self.state(item) is not State.REJECTED]
        if not items:
            raise MigrateError("all of its rewrites were rejected, or it has none; take one up again before you edit")
        if text == file.result.after:
            return self._decide([item for item in items if item.proposal is not None], State.ACCEPTED) | {path}
        check_text(text, file.result.before, self._tree.plans.bytes_of(file.found))
        self.book.begin()
        self._forget_edit(path)
        self.book.put_edit(path, Edit(text, tuple(n for item in items for n in item.ordinals), file.result.mode))
        for item in items:
            self._put(item, State.EDITED)
        return frozenset([path])

    def takes(self, path: str, text: str) -> bool:
        """Whether a text that was written before may still be taken."""
        file = self._tree.files[path]
        try:
            check_text(text, file.result.before, self._tree.plans.bytes_of(file.found))
        except MigrateError:
            return False
        return True

    def undo(self) -> frozenset[str] | None:
        """Takes the last decision back.

        Returns:
            The files that it was about, and those whose proposals are others now; None where there is nothing to take
            back.
        """
        touched = self.book.back()
        return None if touched is None else self._after(touched) | touched

    def resume(self, decisions: Mapping[Key, Decision], edits: Mapping[str, Edit]) -> frozenset[str]:
        """Takes decisions that were made before; the caller has seen that they are about these texts.

        Returns:
            The files whose proposals are others now.
        """
        for (path, ordinal), decision in decisions.items():
            self.book.put(path, ordinal, decision)
        for path, edit in edits.items():
            self.book.put_edit(path, edit)
        return self.settle()

    # ---- what it comes to ------------------------------------------------------------------------------------

    def outcome(self) -> Outcome:
        """What becomes of the tree where exactly that is carried out which was accepted.

        What was not decided stays as it is, as what was rejected does. Where that is in the way of a rewrite which was
        accepted, as it is where a session has to stay that other exports of the file share, that one is held back.
        """
        wanted = {path: self._wanted(file) for path, file in self._tree.files.items()}
        return carry_out(wanted, self._tree.plans, self._tree.programs, self.settings)

    def _wanted(self, file: ReviewedFile) -> Wanted:
        if not self.book.of(file.path):
            return Wanted(file, ())
        accepted = [item for item in self.items(file.path) if self.state(item) in _ACCEPTED]
        sites = tuple(site for item in accepted for site in item.sites)
        return Wanted(file, sites, self.standing_edit(file.path))

    # ---- inside ----------------------------------------------------------------------------------------------

    def _decide(self, items: Iterable[Item], state: State) -> frozenset[str]:
        self.book.begin()
        paths: set[str] = set()
        touched: frozenset[str] = frozenset()
        for item in items:
            paths.add(item.path)
            touched |= self._forget_edit(item.path)
            self._put(item, state)
        return self._after(paths) | touched

    def _put(self, item: Item, state: State) -> None:
        taken = state in _ACCEPTED
        for ordinal in item.ordinals:
            limit = self.book.at(item.path, ordinal).limit
            decision = Decision(state, item.level if taken else None, limit, item.digest if taken else "")
            self.book.put(item.path, ordinal, decision)

    def _forget_edit(self, path: str) -> frozenset[str]:
        """A text that the reviewer wrote stands for all sites of a file: it goes with the decision about any of them."""
        edit = self.book.edit(path)
        if edit is None:
            return frozenset()
        for ordinal in edit.ordinals:
            self.book.put(path, ordinal, Decision(limit=self.book.at(path, ordinal).limit))
        self.book.put_edit(path, None)
        return frozenset([path])

    def _after(self, paths: Collection[str]) -> frozenset[str]:
        """Settles, where decisions about some files can have changed a proposal."""
        if all(self._choices(path) == self._tree.settled(path) for path in paths):
            return frozenset()
        return self.settle()

    def _group(self, item: Item) -> frozenset[int]:
        """The sites that the best rewrite of an item takes together."""
        units = [one.ordinals for one in self._tree.plans.first(item.path).proposals]
        return frozenset(item.ordinals).union(*(unit for unit in units if set(unit) & set(item.ordinals)))

    def _decisions_of(self, item: Item) -> list[Decision]:
        return [self.book.at(item.path, ordinal) for ordinal in item.ordinals]

    def _choices(self, path: str) -> Choices:
        """The choices for proposals: what was rejected stays."""
        decisions = sorted(self.book.of(path).items())
        return Choices(
            frozenset(ordinal for ordinal, one in decisions if one.state is State.REJECTED),
            tuple((ordinal, one.limit) for ordinal, one in decisions if one.limit is not Level.NATIVE),
        )


def _is_shown(file: ReviewedFile) -> bool:
    return bool(file.result.sites) or file.result.error is not None
