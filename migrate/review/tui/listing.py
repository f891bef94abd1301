"""The files and items as they are listed: which are shown, in which order, and which waits next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from migrate.review.decision import State
from migrate.review.tui.narrowing import Narrowing
from migrate.review.tui.views import FileView, ItemView, Spot


class Listing:
    """What is listed, with what was pressed and is not carried out yet."""

    def __init__(self) -> None:
        self.files: dict[str, FileView] = {}
        self.narrowing = Narrowing()
        # What was shown when it was narrowed stays so: an item does not vanish because it was decided on.
        self._shown: dict[str, frozenset[int]] = {}
        self._pressed: dict[Spot, tuple[int, State]] = {}

    # ---- what there is ---------------------------------------------------------------------------------------

    def put(self, files: Iterable[FileView]) -> None:
        """Takes files as they are now."""
        for file in files:
            self.files[file.path] = file
            shown = self._shown.get(file.path, frozenset())
            for view in file.items:
                if not shown.isdisjoint(view.item.ordinals) or self.narrowing.shows(file, self._now(view)):
                    shown = shown.union(view.item.ordinals)
            self._shown[file.path] = shown

    def narrow(self, narrowing: Narrowing) -> None:
        """Shows other items."""
        self.narrowing = narrowing
        files, self.files, self._shown = self.files, {}, {}
        self.put(files.values())

    def press(self, spots: Iterable[Spot], state: State, number: int) -> None:
        """Notes what was pressed, to be shown until order `number` was carried out."""
        self._pressed.update((spot, (number, state)) for spot in spots)

    def carried_out(self, number: int) -> None:
        """Forgets what was pressed up to order `number`."""
        self._pressed = {spot: pressed for spot, pressed in self._pressed.items() if pressed[0] > number}

    # ---- looking ---------------------------------------------------------------------------------------------

    def state(self, view: ItemView) -> State:
        """What was decided about an item, or was pressed just now."""
        pressed = self._pressed.get(view.spot)
        return view.state if pressed is None else pressed[1]

    def now(self) -> list[FileView]:
        """All files, with what was pressed just now."""
        return [replace(file, items=tuple(map(self._now, file.items))) for file in self.files.values()]

    def _now(self, view: ItemView) -> ItemView:
        return replace(view, state=self.state(view)) if self._pressed else view

    def is_pressed(self, view: ItemView) -> bool:
        """Whether a decision about it is still to be carried out."""
        return view.spot in self._pressed

    def pending(self, view: ItemView) -> bool:
        """Whether it waits for a decision."""
        return view.decidable and self.state(view) is State.PENDING

    def decided_any(self) -> bool:
        """Whether anything was decided."""
        states = (self.state(view) for file in self.files.values() for view in file.items)
        return any(state is not State.PENDING for state in states)

    def items(self, path: str) -> tuple[ItemView, ...]:
        """The items of a file that are shown."""
        shown = self._shown.get(path, frozenset())
        return tuple(view for view in self.files[path].items if not shown.isdisjoint(view.item.ordinals))

    def shows(self, path: str) -> bool:
        """Whether a file is shown."""
        file = self.files[path]
        return bool(self.items(path)) or (not file.items and self.narrowing.shows_file(file))

    def all_items(self) -> Iterator[ItemView]:
        """All items that are shown."""
        for path in self.files:
            yield from self.items(path)

    def view(self, spot: Spot | None) -> ItemView | None:
        """The item that is selected there, if one is."""
        file = self.files.get(spot.path) if spot is not None else None
        return file.item(spot) if file is not None and spot is not None else None

    def spots(self) -> list[Spot]:
        """All that can be selected, in its order."""
        found = []
        for path in self.files:
            if self.shows(path):
                found.append(Spot(path))
                found += [view.spot for view in self.items(path)]
        return found

    def step(self, spot: Spot | None, by: int, *, pending: bool) -> Spot | None:
        """The next item.

        Args:
            spot: From where.
            by: 1 for the next one, -1 for the one before.
            pending: Whether it must wait for a decision. Then the search goes on from the other end.

        Returns:
            Where it is; None where there is none.
        """
        spots = self.spots() if by > 0 else self.spots()[::-1]
        at = spots.index(spot) if spot in spots else -1
        around = spots[:at] if pending and at > 0 else []
        for one in [*spots[at + 1 :], *around]:
            view = self.view(one)
            if view is not None and (not pending or self.pending(view)):
                return one
        return None
