"""The diff in the terminal: going from change to change, searching, unfolding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType

from migrate.review.diff.find import Match, find
from migrate.review.diff.layout import Fold
from migrate.review.diff.rows import Mark, Side
from migrate.review.diff.visible import visible
from migrate.review.tui.diff_pane import DiffPane

if TYPE_CHECKING:
    from textual import events

_ABOVE = 3
"""Lines that stay visible above what one jumps to."""


class DiffView(DiffPane):
    """Shows what becomes of a text, side by side or unified.

    A click on a fold opens it; a click on a line that moved goes to where it is in the other text.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "next_hunk", "Next change", show=False),
        Binding("left_square_bracket", "previous_hunk", "Previous change", show=False),
        Binding("enter", "open_fold", "Unfold", show=False),
        Binding("o", "toggle_folds", "Unfold all", show=False),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 -- as Textual has it
        super().__init__(id=id, classes=classes)
        self._found: Sequence[Match] = ()
        self._at: int | None = None

    def show(self, before: str, after: str, title: str = "") -> bool:
        """Shows a diff, and forgets what was searched for in the last one. For the arguments see `DiffPane`."""
        new = super().show(before, after, title)
        if new:
            self._found, self._at = (), None
        return new

    # ---- going places --------------------------------------------------------------------------------------------

    def next_hunk(self) -> bool:
        """Goes to the next change. Returns whether there is one."""
        return self._step(1)

    def previous_hunk(self) -> bool:
        """Goes to the previous change. Returns whether there is one."""
        return self._step(-1)

    def reveal(self, line: int) -> None:
        """Goes to a line of the text before, and marks its number.

        Args:
            line: Its number.
        """
        for index, row in enumerate(self.diff):
            if row.left is not None and row.left.number == line:
                self._point(index)
                return

    def action_next_hunk(self) -> None:
        """Goes to the next change."""
        self.next_hunk()

    def action_previous_hunk(self) -> None:
        """Goes to the previous change."""
        self.previous_hunk()

    def toggle_split(self) -> None:
        """Puts the texts next to each other, or below each other."""
        self.split = not self.split

    def action_toggle_split(self) -> None:
        """Puts the texts next to each other, or below each other."""
        self.toggle_split()

    def _step(self, way: int) -> bool:
        """Goes on from the current change where that is on the screen; else from what is."""
        top, bottom = self.scroll_offset.y, self.scroll_offset.y + self.scrollable_content_region.height
        places = [self.place(change.start) for change in self.changes]
        if self.current is not None and top <= places[self.current] < bottom:
            aim = self.current + way
        elif way > 0:
            aim = sum(place < top for place in places)
        else:
            aim = sum(place < bottom for place in places) - 1
        if not 0 <= aim < len(self.changes):
            return False
        self.current, self.pointed = aim, None
        self._go_to(self.changes[aim].start)
        self.say()
        self.refresh()
        return True

    def _point(self, row: int) -> None:
        self.pointed = row
        self._go_to(row)
        self.refresh()

    def _go_to(self, row: int) -> None:
        """Scrolls to a row; opens the fold that hides it."""
        fold = self.entry(self.place(row))
        if isinstance(fold, Fold):
            self.open_folds([fold])
        self.scroll_to(y=max(0, self.place(row) - _ABOVE), animate=False)

    # ---- unfolding -----------------------------------------------------------------------------------------------

    def action_open_fold(self) -> None:
        """Opens the first fold on the screen."""
        top = self.scroll_offset.y
        for place in range(top, top + self.scrollable_content_region.height):
            entry = self.entry(place)
            if isinstance(entry, Fold):
                self.open_folds([entry])
                return

    def action_toggle_folds(self) -> None:
        """Opens all folds, or closes them where none is left."""
        folds = self.folds()
        if folds:
            self.open_folds(folds)
        else:
            self.close_folds()

    def on_click(self, event: events.Click) -> None:
        """Opens the fold that is clicked on; from a line that moved goes to where it is in the other text."""
        offset = event.get_content_offset(self)
        entry = self.entry(self.scroll_offset.y + offset.y) if offset is not None else None
        if offset is None or entry is None:
            return
        if isinstance(entry, Fold):
            self.open_folds([entry])
            return
        row = self.diff[entry.row]
        on_left = offset.x < self.scrollable_content_region.width // 2 if self.is_split else entry.side is Side.LEFT
        line = row.left if on_left else row.right
        if line is None or line.mark is not Mark.MOVED:
            return
        for index, other in enumerate(self.diff):
            there = other.right if on_left else other.left
            if there is not None and there.number == line.other:
                self._point(index)
                return

    # ---- searching -----------------------------------------------------------------------------------------------

    def search(self, text: str) -> int:
        """Marks all places where a text is, and goes to the first one from the top of the screen on.

        Args:
            text: The text; capitals matter only if it has some. An empty one ends the search.

        Returns:
            How many places there are.
        """
        self._found = find(self.diff, text)
        self._at = None
        if self._found:
            top = self.scroll_offset.y
            before = sum(self.place(match.row) < top for match in self._found)
            self._at = before % len(self._found)
        self._show_match()
        return len(self._found)

    def action_next_match(self) -> None:
        """Goes to the next place; behind the last one to the first."""
        self._step_match(1)

    def action_previous_match(self) -> None:
        """Goes to the previous place; before the first one to the last."""
        self._step_match(-1)

    def _step_match(self, way: int) -> None:
        if self._at is not None:
            self._at = (self._at + way) % len(self._found)
            self._show_match()

    def _show_match(self) -> None:
        marked: defaultdict[tuple[int, Side], list[tuple[int, int, bool]]] = defaultdict(list)
        for index, match in enumerate(self._found):
            for side in (Side.LEFT, Side.RIGHT):
                if match.side in (side, Side.BOTH):
                    marked[match.row, side].append((match.start, match.end, index == self._at))
        self.marked = dict(marked)
        if self._at is not None:
            self._show_row(self._found[self._at])
        self.repaint()

    def _show_row(self, match: Match) -> None:
        """Scrolls to a match if it cannot be seen."""
        place, height = self.place(match.row), self.scrollable_content_region.height
        hidden = isinstance(self.entry(place), Fold)
        if hidden or not self.scroll_offset.y <= place < self.scroll_offset.y + height:
            self._go_to(match.row)
        row = self.diff[match.row]
        line = row.left if match.side is Side.LEFT else row.right
        shown = visible(line.text if line is not None else "")
        start, end = (cell_len(shown.text[: shown.place(at)]) for at in (match.start, match.end))
        x, room = self.scroll_offset.x, self.code_width() - 1
        if not x <= start <= end <= x + room:
            self.scroll_to(x=max(0, end - room) if end > room else 0, animate=False)
