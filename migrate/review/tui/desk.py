"""The one thread that works with the review: it reads, decides in the order in which keys were pressed, and saves.

The review is not made for several threads, and may take a second to answer. So the screen never asks it: it sends
orders here, and gets values back (`migrate.review.tui.news`).
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.review.tui.news import Broken, Done, News, NotSaved, Progress, Ready, Refused, Saved, Summed
from migrate.review.tui.notes import note
from migrate.review.tui.views import FileView, Spot, view_of

if TYPE_CHECKING:
    from migrate.review.item import Item
    from migrate.review.review import Review
    from migrate.review.store import Store
    from migrate.review.verdict import Verdict

_BATCH_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Order:
    """Something to be done with the review.

    Attributes:
        number: The how manieth it is.
        run: Does it; returns the same as `Review.accept`, or None where there was nothing to do.
        spots: What it is about.
        idle: What to say where there was nothing to do.
        edits: The file whose text it changes; may be empty.
        quiet: Whether there is nothing to say about it.
    """

    number: int
    run: Callable[[], frozenset[str] | None]
    spots: tuple[Spot, ...] = ()
    idle: str = ""
    edits: str = ""
    quiet: bool = False


class Desk:
    """Works with the review.

    Args:
        review: The review; from `start` on, nobody else may use it.
        store: Where decisions are kept.
        tell: Is called, in the thread, with what is to be shown.
        jobs: How many processes read files; 0 for one for every CPU.
        resume: Whether to go on with decisions that are kept there.
    """

    def __init__(
        self, review: Review, store: Store, tell: Callable[[News], object], *, jobs: int = 1, resume: bool = False
    ) -> None:
        self._review = review
        self._store = store
        self._tell = tell
        self._jobs = jobs
        self._resume = resume
        self._orders: queue.SimpleQueue[Order | Callable[[], None]] = queue.SimpleQueue()
        self._numbers = count(1)
        self._shown: dict[str, FileView] = {}
        self._hurry = threading.Event()
        self._unsaved = False
        self._thread = threading.Thread(target=self._work, name="review", daemon=True)

    def start(self) -> None:
        """Starts to read; orders that come before the end of it wait."""
        self._thread.start()

    # ---- orders ----------------------------------------------------------------------------------------------

    def accept(self, items: tuple[Item, ...]) -> int:
        """Accepts items. Returns the number of the order, as the others do."""
        return self._order(lambda: self._review.accept(items), items)

    def reject(self, items: tuple[Item, ...]) -> int:
        """Rejects items."""
        return self._order(lambda: self._review.reject(items), items)

    def lower(self, item: Item) -> int:
        """Asks for the next lower level's rewrite."""
        return self._order(
            lambda: self._review.lower(item) or None, (item,), idle="no lower rewrite can be proved here"
        )

    def undo(self) -> int:
        """Takes the last decision back."""
        return self._order(self._review.undo, (), idle="nothing to undo")

    def edit(self, path: str, text: str) -> int:
        """Takes a text that the reviewer wrote."""
        return self._order(lambda: self._review.edit(path, text), (), edits=path)

    def note(self, verdict: Verdict) -> int:
        """Takes what came out when a file was verified."""

        def run() -> frozenset[str]:
            self._review.verdicts[verdict.path] = verdict
            return frozenset((verdict.path,))

        return self._order(run, (), quiet=True)

    def sum_up(self) -> None:
        """Tells what would be written."""
        self._orders.put(self._sum_up)

    def leave(self, *, at_once: bool = False) -> None:
        """Saves after all that was ordered, and tells that the screen may go.

        Args:
            at_once: Whether to read no further files.
        """
        if at_once:
            self._hurry.set()
        self._orders.put(lambda: self._save(leaving=True))

    def _order(
        self,
        run: Callable[[], frozenset[str] | None],
        items: tuple[Item, ...],
        *,
        idle: str = "",
        edits: str = "",
        quiet: bool = False,
    ) -> int:
        spots = tuple(Spot(one.path, one.ordinals) for one in items)
        order = Order(next(self._numbers), run, spots, idle, edits, quiet)
        self._orders.put(order)
        return order.number

    # ---- the thread ------------------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            self._read()
            while True:
                order = self._orders.get()
                if isinstance(order, Order):
                    self._carry_out(order)
                    if self._orders.empty():
                        self._save(leaving=False)
                else:
                    order()
        except Exception as error:  # Whatever it is, the screen has to go and the caller has to know.
            self._tell(Broken(error))

    def _read(self) -> None:
        files: list[FileView] = []
        last = time.monotonic()
        reading = self._review.read(jobs=self._jobs)
        for file in reading:
            files.append(view_of(self._review, file.path))
            if time.monotonic() - last > _BATCH_SECONDS or not self._shown:
                self._progress(files)
                last = time.monotonic()
            if self._hurry.is_set():
                break
        self._progress(files)
        self._review.settle()
        said = self._store.load(self._review).said if self._resume else ""
        self._tell(Ready(self._changed(), said))

    def _progress(self, files: list[FileView]) -> None:
        self._shown.update((file.path, file) for file in files)
        self._tell(Progress(tuple(files), *self._review.progress))
        files.clear()

    def _carry_out(self, order: Order) -> None:
        before = dict(self._shown)
        try:
            done = order.run()
        except MigrateError as error:
            self._tell(Refused(order.number, str(error), order.edits))
            return
        files = self._changed()
        self._unsaved = self._unsaved or done is not None
        if done is None:
            self._tell(Done(order.number, files, order.idle))
        elif order.quiet:
            self._tell(Done(order.number, files))
        else:
            said, spot = note(before, files, order.spots)
            self._tell(Done(order.number, files, said, spot))

    def _changed(self) -> tuple[FileView, ...]:
        """The files that are to be shown in another way than before."""
        files = [view_of(self._review, file.path) for file in self._review.files]
        changed = tuple(file for file in files if file != self._shown.get(file.path))
        self._shown.update((file.path, file) for file in changed)
        return changed

    def _sum_up(self) -> None:
        pending = sum(view.pending for file in self._shown.values() for view in file.items)
        self._tell(Summed(self._review.outcome(), pending))

    def _save(self, *, leaving: bool) -> None:
        try:
            if self._unsaved:
                self._store.save(self._review)
                self._unsaved = False
        except (MigrateError, OSError) as error:
            self._tell(NotSaved(str(error), leaving))
        else:
            if leaving:
                self._tell(Saved())
