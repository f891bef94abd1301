"""Two texts as one long picture of lines, of which only what is on the screen is painted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import work
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from migrate.review.diff.layout import Fold, Layout, Shown, laid_out
from migrate.review.diff.rows import Hunk, Line, Mark, Row, Side, hunks, rows
from migrate.review.diff.syntax import Word, words_of
from migrate.review.diff.visible import visible
from migrate.review.tui.diff_strips import beside, code, folded, margin, note
from migrate.review.tui.diff_style import CLASSES, CSS, Palette, palette

NARROW = 100
"""Columns that two texts next to each other need at least."""
_SHORT = 20_000
"""Characters of texts that are coloured before they are shown: one does not see that it takes time."""


class DiffPane(ScrollView, can_focus=True):
    """Shows what becomes of a text; `DiffView` adds what one can do with it.

    Attributes:
        split: Whether the texts are next to each other, where there is room for it.
        diff: All rows.
        changes: Those that change, by ranges.
        current: The index of the change where one is; None where nothing changes.
        pointed: The row that one was shown; None where there is none, so that it is the change.
        marked: Characters to mark, by row and side: from where to where, and whether they are what one jumped to.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = CLASSES
    DEFAULT_CSS = CSS

    split: reactive[bool] = reactive(True)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 -- as Textual has it
        super().__init__(id=id, classes=classes)
        self.diff: Sequence[Row] = ()
        self.changes: Sequence[Hunk] = ()
        self.current: int | None = None
        self.pointed: int | None = None
        self.marked: Mapping[tuple[int, Side], Sequence[tuple[int, int, bool]]] = {}
        self._texts = ("", "")
        self._title = ""
        self._layout = Layout((), {})
        self._is_split = False
        self._has_size = False
        self._opened: set[int] = set()
        self._words: dict[Side, Sequence[Sequence[Word]]] = {}
        self._digits = 2
        self._longest = 0
        self._endings = False
        self._counts = ""
        self._palette: Palette | None = None
        self._texts_painted: LRUCache[tuple[int, Side], Strip] = LRUCache(2048)
        self._lines_painted: LRUCache[tuple[int, int, int, bool], Strip] = LRUCache(1024)

    # ---- what is shown -------------------------------------------------------------------------------------------

    def show(self, before: str, after: str, title: str = "") -> bool:
        """Shows a diff, from its beginning; what is shown already stays as it is, at its place.

        Args:
            before: The text before.
            after: The text after; the same where nothing changes, and all of it is shown.
            title: What it is about.

        Returns:
            Whether it is another one.
        """
        self._title = visible(title).text
        if self._texts == (before, after):
            self.say()
            return False
        self._texts = (before, after)
        self.diff = rows(before, after)
        self.changes = hunks(self.diff, 0)
        self.current = 0 if self.changes else None
        self.pointed = None
        self.marked = {}
        self._opened = set()
        self._measure()
        self._words = {}
        if len(before) + len(after) <= _SHORT:
            self._words = {Side.LEFT: words_of(before), Side.RIGHT: words_of(after)}
        elif self.is_mounted:
            self._colour()
        self._forget()
        self.lay_out()
        self.scroll_to(0, 0, animate=False)
        return True

    @property
    def is_split(self) -> bool:
        """Whether the texts are next to each other now."""
        return self._is_split

    def folds(self) -> list[Fold]:
        """What is not shown."""
        return [entry for entry in self._layout.entries if isinstance(entry, Fold)]

    def open_folds(self, folds: Iterable[Fold]) -> None:
        """Shows what was not."""
        self._opened.update(fold.start for fold in folds)
        self.lay_out()

    def close_folds(self) -> None:
        """Shows what changes and a few lines around it, as in the beginning."""
        self._opened.clear()
        self.lay_out()

    def place(self, row: int) -> int:
        """How many lines there are above a row."""
        return self._layout.places[row]

    def entry(self, place: int) -> Shown | Fold | None:
        """What is shown there."""
        return self._layout.entries[place] if 0 <= place < len(self._layout.entries) else None

    def repaint(self) -> None:
        """Paints all lines anew."""
        self._forget()
        self.refresh()

    def _forget(self) -> None:
        self._texts_painted.clear()
        self._lines_painted.clear()

    def lay_out(self) -> None:
        """Decides which lines are shown where; the one at the top stays there if it can."""
        entry = self.entry(self.scroll_offset.y)
        # Lines may be asked for after a change of size, and before this is done again for it.
        self._is_split = self.split and self.size.width >= NARROW and bool(self.changes)
        self._layout = laid_out(self.diff, split=self._is_split, opened=self._opened)
        self._lines_painted.clear()
        width = self.scrollable_content_region.width
        beyond = max(0, self._longest - self.code_width())
        self.virtual_size = Size(width + beyond, max(1, len(self._layout.entries)))
        self.say()
        self.refresh()
        row = entry.start if isinstance(entry, Fold) else entry.row if entry is not None else None
        if row is not None and self.scroll_offset.y and row in self._layout.places:
            self.scroll_to(y=self.place(row), animate=False)

    def say(self) -> None:
        """Says at the edge what is shown, and where one is."""
        where = f"change {(self.current or 0) + 1} of {len(self.changes)}" if self.changes else "no change"
        parts = [part for part in (where, self._counts) if part]
        title = f"{self._title}  " if self._title else ""
        self.border_title = Content.assemble(title, ("  ".join(parts), "dim"))

    def _measure(self) -> None:
        lines = [line for row in self.diff for line in (row.left, row.right) if line is not None]
        self._digits = max(2, len(str(max((line.number for line in lines), default=0))))
        self._endings = len({line.ending for line in lines} - {""}) > 1
        widths = (cell_len(visible(line.text).text + note(line, Side.LEFT, self._endings)) for line in lines)
        self._longest = max(widths, default=0)
        marks = [line.mark for line in lines]
        counts = {"-": marks.count(Mark.REMOVED), "+": marks.count(Mark.ADDED), "~": marks.count(Mark.MOVED) // 2}
        self._counts = " ".join(f"{sign}{count}" for sign, count in counts.items() if count)

    @work(exclusive=True, group="diff-view-syntax")
    async def _colour(self) -> None:
        """Finds the words of both texts while these can be looked at already."""
        texts = self._texts
        left, right = [await asyncio.to_thread(words_of, text) for text in texts]
        if self._texts == texts:
            self._words = {Side.LEFT: left, Side.RIGHT: right}
            self.repaint()

    # ---- what happens to it --------------------------------------------------------------------------------------

    def watch_split(self) -> None:
        """Lays the lines out anew."""
        self.lay_out()

    def on_mount(self) -> None:
        """Begins with what was to be shown before."""
        self.lay_out()
        if not self._words:
            self._colour()

    def on_resize(self) -> None:
        """Fits the lines to the new size."""
        self._has_size = True
        self.lay_out()

    def notify_style_update(self) -> None:
        """Takes the new colours."""
        super().notify_style_update()
        self._palette = None
        self._forget()

    # ---- painting ------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Paints one line of the screen."""
        if self._palette is None:
            self._palette = palette(self)
        x, top = self.scroll_offset
        width = self.scrollable_content_region.width
        entry = self.entry(top + y)
        if entry is None or not self._has_size:  # the first size is about to come: no picture for another one
            return Strip.blank(width, self._palette.line[Mark.EQUAL])
        if isinstance(entry, Fold):
            return folded(entry, self._digits, width, self._palette)
        current = self._is_current(entry.row)
        key = (top + y, x, width, current)
        strip = self._lines_painted.get(key)
        if strip is None:
            strip = self._lines_painted[key] = self._line(entry, width, current, self._palette)
        return strip

    def _line(self, entry: Shown, width: int, current: bool, colours: Palette) -> Strip:
        row = self.diff[entry.row]
        if self._is_split:
            half = (width - 1) // 2
            left = self._half(entry.row, Side.LEFT, row.left, half, current, colours)
            right = self._half(entry.row, Side.RIGHT, row.right, width - 1 - half, current, colours)
            middle = Strip([Segment("│", colours.line[Mark.EQUAL] + colours.part["line-number"])], 1)
            return Strip.join([left, middle, right])
        side = Side.LEFT if entry.side is Side.LEFT else Side.RIGHT
        line = row.left if side is Side.LEFT else row.right
        assert line is not None
        numbers = {
            Side.LEFT: (line.number, None),
            Side.RIGHT: (None, line.number),
            Side.BOTH: (line.other, line.number),
        }[Side.BOTH if line.mark is Mark.EQUAL else side]
        edge = margin(line, numbers, self._digits, current, colours)
        return self._beside(edge, entry.row, side, line, width, colours)

    def _half(self, row: int, side: Side, line: Line | None, width: int, current: bool, colours: Palette) -> Strip:
        if line is None:
            return Strip.blank(width, colours.part["absent"])
        edge = margin(line, (line.number,), self._digits, current, colours)
        return self._beside(edge, row, side, line, width, colours)

    def _beside(self, edge: Strip, row: int, side: Side, line: Line, width: int, colours: Palette) -> Strip:
        """A margin and the part of the line that has room next to it."""
        text = self._texts_painted.get((row, side))
        if text is None:
            words = self._words.get(side, ())
            known = words[line.number - 1] if words else ()
            text = code(line, side, known, self.marked.get((row, side), ()), self._endings, colours)
            self._texts_painted[row, side] = text
        return beside(edge, text, self.scroll_offset.x, width, colours.line[line.mark], colours)

    def _is_current(self, row: int) -> bool:
        if self.pointed is not None or self.current is None:
            return row == self.pointed
        change = self.changes[self.current]
        return change.start <= row < change.end

    def code_width(self) -> int:
        """How many columns of a line can be seen."""
        width = self.scrollable_content_region.width
        if self._is_split:
            return max(1, (width - 1) // 2 - self._digits - 3)
        return max(1, width - 2 * self._digits - 4)
